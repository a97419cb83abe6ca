// SPDX-License-Identifier: Apache-2.0
// `patchrun release NODES`: a person wants drained nodes back before their change has begun.
import { dirname } from 'node:path'
import { PatchrunError, refuse } from '../../errors.js'
import type { Problem } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { groupBy } from '../../fleet/names/group-by.js'
import { hostsOfOption } from '../../fleet/lists/limit.js'
import { summed } from '../../fleet/lists/lists.js'
import type { SteerReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import {
  isOnlyDrained,
  nodeState,
  planWaves,
  withHeldSchedulers,
  drainedBy,
} from '../../rollout/index.js'
import type { RolloutState } from '../../rollout/index.js'
import { giveOrder } from '../orders/give-order.js'
import { layoutOf } from '../site/layout.js'
import { placeOfFleet } from '../site/places.js'
import { lastLooks } from '../step/scheduler-look.js'
import { systemClock } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { optional, orderReport } from './steer.js'
import type { SteerOptions } from './steer.js'
import { storeOf } from '../site/store-of.js'

export interface ReleaseOptions extends SteerOptions {
  /**
   * Not drained again before this, ms since the epoch; where it is left out, for as long as
   * `drain.timeout`.
   */
  readonly until?: number
}

/**
 * `hosts`: a host expression. By the run that is under way, or by the next one. Throws
 * usage/not-drained, usage/until-passed, usage/host-expression, usage/order-refused, config/…,
 * state/….
 */
export async function release(
  session: Session,
  hosts: string,
  { until: given, reason, clock = systemClock }: ReleaseOptions = {},
): Promise<SteerReport> {
  const said = optional(reason)
  const fleet = await session.observe()
  const until = given ?? clock.now() + fleet.policy.drain.timeout
  if (!(until > clock.now()))
    throw new PatchrunError({
      code: 'usage/until-passed',
      message: 'it would be drained again at once',
      hint: 'Give a time that is still to come.',
    })
  const nodes = hostsOfOption(hosts, 'release')
  const { current } = await storeOf(fleet).read()
  const byHand = await orphanedOf(fleet, current, nodes)
  const isAllByHand = nodes.every((n) => byHand.includes(n))
  if (!current || !(current.status === 'running' || (current.status === 'halted' && isAllByHand)))
    throw new PatchrunError({
      code: 'usage/not-drained',
      message: current
        ? `no rollout is under way: ${current.id} is ${current.status}`
        : 'nothing has been rolled out yet',
      hint: HINT,
    })
  requireOnlyDrained(
    current,
    nodes.filter((n) => !byHand.includes(n)),
    new Set(planWaves(fleet.nodes, fleet.policy, current.limit).flatMap((w) => w.nodes)),
  )
  const { signal } = session.options
  const place = placeOfFleet(fleet)
  const done = await giveOrder(
    place,
    {
      do: 'release',
      rollout: current.id,
      nodes,
      until,
      ...(byHand.length > 0 && { byHand }),
      ...said,
    },
    { clock, ...(signal && { signal }) },
  )
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'steer',
    fleet: fleet.name,
    verb: 'release',
    ...said,
    nodes,
    until: new Date(until).toISOString(),
    environments: [orderReport(place, done)],
  }
}

/**
 * Those of these nodes that no scheduler can give back, because the one that drained them is not
 * declared any more: the word of a person is all there is.
 */
async function orphanedOf(
  fleet: Fleet,
  rollout: RolloutState | null,
  nodes: readonly string[],
): Promise<readonly string[]> {
  if (!rollout) return []
  const looks = await lastLooks(dirname(layoutOf(fleet).runs), fleet)
  const known = new Map(
    withHeldSchedulers(fleet, rollout, looks).nodes.map((n) => [n.name, n.scheduler]),
  )
  const isDeclared = (name: string | null): boolean => fleet.schedulers.some((s) => s.name === name)
  return nodes.filter((n) => {
    const state = nodeState(rollout, n)
    const { held, step } = state
    if (!held || held.unscheduled || step !== undefined) return false
    // One that is off the lists has none but the one that drained it.
    return known.has(n) ? known.get(n) === null : !isDeclared(drainedBy(state, rollout))
  })
}

const HINT =
  '`patchrun status` shows which nodes are drained. What patchrun did not drain it does not give back.'

/**
 * Every node that is named must be one that can be given back: a slip must not pass for an answer.
 */
function requireOnlyDrained(
  rollout: RolloutState,
  nodes: readonly string[],
  members: ReadonlySet<string>,
): void {
  const reasons = nodes.flatMap((node) => {
    const why = whyNot(rollout, node, members)
    return why === null ? [] : [{ node, why }]
  })
  refuse(
    [...groupBy(reasons, (r) => r.why)].map(([why, those]): Problem => ({
      code: 'usage/not-drained',
      message: `${summed(those.map((r) => r.node))}: ${why}`,
      hint: HINT,
    })),
  )
}

function whyNot(rollout: RolloutState, node: string, members: ReadonlySet<string>): string | null {
  const state = nodeState(rollout, node)
  if (!members.has(node)) return `not in rollout ${rollout.id}`
  if (isOnlyDrained(state)) return null
  if (!state.held) return 'not drained by patchrun'
  if (state.held.foreign) return 'drained by somebody else'
  if (state.stage === 'failed' || state.stage === 'quarantined')
    return 'failed while it was drained: `patchrun retry`, or give it back by hand'
  return 'its change has begun: it is finished, and then given back'
}
