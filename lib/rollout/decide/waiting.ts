// SPDX-License-Identifier: Apache-2.0
// Why nodes of a wave do not move that have been reached: in a step, waiting for a drain, failed,
// quarantined.
import { groupBy } from '../../fleet/names/group-by.js'
import type { TaskRef } from '../record/journal-events.js'
import { holdFor, reasonKey } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import { retryAt } from '../world/sorted-nodes.js'
import type { Sorted } from '../world/sorted-nodes.js'
import { nodeState } from '../state/state.js'
import type { NodeState } from '../state/state.js'
import { DRAIN, HOT } from '../record/verdict.js'
import { SchedulerViews } from '../world/scheduler-views.js'
import type { Waiting, World } from '../world/world.js'

export function waitingWithin(
  { busy, drain, failed, spent, quarantined }: Sorted,
  world: World,
): readonly Waiting[] {
  const { rollout, policy } = world
  const views = new SchedulerViews(world)
  const state = (node: string): NodeState => nodeState(rollout, node)
  const { attempts } = policy.retries
  const because = (node: string): Hold => {
    const { failure, failures } = state(node)
    return holdFor(
      { is: 'failed', failure, failures, attempts },
      { until: retryAt(state(node), policy) },
    )
  }
  return [
    ...together(busy, (n) =>
      holdFor({ is: 'step', action: rollout.steps.get(state(n).step ?? '')?.action }),
    ),
    ...together(drain, (n) =>
      holdFor({
        is: views.of(n) ? 'drain-turn' : 'drain-by-hand',
        change: drainCause(state(n)),
      }),
    ),
    // By time as well as by reason: nodes that failed in one step are tried again together.
    ...together(failed, because),
    ...together([...spent, ...quarantined], (n) => {
      const { failure, failures } = state(n)
      return holdFor({ is: 'quarantined', failure, failures })
    }),
  ]
}

/** Nodes for which the same holds, and until the same moment. */
function together(nodes: readonly string[], why: (node: string) => Hold): readonly Waiting[] {
  const all = nodes.map((node) => ({ node, why: why(node) }))
  const groups = groupBy(all, (n) => `${n.why.until ?? ''} ${reasonKey(n.why.reason)}`)
  return [...groups.values()].flatMap((those) =>
    those[0] ? [{ ...those[0].why, nodes: those.map((n) => n.node) }] : [],
  )
}

const drainCause = ({ changes }: NodeState): TaskRef | undefined =>
  changes.find((c) => c.tags.includes(DRAIN)) ?? changes.find((c) => !c.tags.includes(HOT))
