// SPDX-License-Identifier: Apache-2.0
// `patchrun release NODES`: a person wants drained nodes back before their change has begun.
import { dirname } from 'node:path'
import { PatchrunError, refuse } from '../../errors.js'
import type { Problem } from '../../errors.js'
import { groupBy } from '../../fleet/names/group-by.js'
import { hostsOfOption } from '../../fleet/lists/limit.js'
import { summed } from '../../fleet/lists/lists.js'
import type { SteerReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import {
  drainedBy,
  isOnlyDrained,
  isOrphaned,
  nodeState,
  planWaves,
  worldOf,
} from '../../rollout/index.js'
import type { World } from '../../rollout/index.js'
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
  /** A person gave them back, because the scheduler that drained them is not declared any more. */
  readonly byHand?: boolean
}

/**
 * `hosts`: a host expression. By the run that is under way, or by the next one. Throws
 * usage/not-drained, usage/until-passed, usage/host-expression, usage/order-refused, config/…,
 * state/….
 */
export async function release(
  session: Session,
  hosts: string,
  { until: given, reason, byHand = false, clock = systemClock }: ReleaseOptions = {},
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
  const state = await storeOf(fleet).read()
  const { current } = state
  // What a person did by hand is true of a halted rollout, too.
  if (!current || !(current.status === 'running' || (byHand && current.status === 'halted')))
    throw new PatchrunError({
      code: 'usage/not-drained',
      message: current
        ? `no rollout is under way: ${current.id} is ${current.status}`
        : 'nothing has been rolled out yet',
      hint: HINT,
    })
  const schedulers = await lastLooks(dirname(layoutOf(fleet).runs), fleet)
  const world = worldOf({ fleet, state, rollout: current, now: clock.now() }, { schedulers })
  const members = new Set(
    planWaves(fleet.nodes, fleet.policy, current.limit).flatMap((w) => w.nodes),
  )
  requireNone(nodes, (node) => (byHand ? whyNotByHand(world, node) : whyNot(world, node, members)))
  const { signal } = session.options
  const place = placeOfFleet(fleet)
  const done = await giveOrder(
    place,
    {
      do: 'release',
      rollout: current.id,
      nodes,
      until,
      ...(byHand && { byHand: nodes }),
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
 * Why the word of a person that it was given back by hand cannot be taken: it is all there is then,
 * so it must be known that no scheduler can do it.
 */
function whyNotByHand(world: World, node: string): string | null {
  const state = nodeState(world.rollout, node)
  const by = drainedBy(state, world.rollout)
  if (by === null) return 'not drained by patchrun'
  if (state.step !== undefined) return 'a step is under way on it'
  if (world.schedulers.some((s) => s.name === by))
    return `the scheduler ${by} is declared, and gives it back: leave --by-hand out`
  const its = world.nodes.find((n) => n.name === node)?.scheduler
  if (typeof its === 'string')
    return `the scheduler ${its} shows its drain, and gives it back: leave --by-hand out`
  return isOrphaned(world, node)
    ? null
    : 'the scheduler that is declared for it may be the one that drained it, and has not been asked since: `patchrun run` asks it'
}

const HINT =
  '`patchrun status` shows which nodes are drained. What patchrun did not drain it does not give back.'

/**
 * Every node that is named must be one that can be given back: a slip must not pass for an answer.
 */
function requireNone(nodes: readonly string[], whyNot: (node: string) => string | null): void {
  const reasons = nodes.flatMap((node) => {
    const why = whyNot(node)
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

function whyNot(world: World, node: string, members: ReadonlySet<string>): string | null {
  const { rollout, schedulers } = world
  const state = nodeState(rollout, node)
  const by = drainedBy(state, rollout)
  if (by !== null && !schedulers.some((s) => s.name === by) && isOrphaned(world, node))
    return `the scheduler ${by} that drained it is not declared any more: declare it again; or give it back by hand, and say so with --by-hand`
  if (!members.has(node)) return `not in rollout ${rollout.id}`
  if (isOnlyDrained(state)) return null
  if (!state.held) return 'not drained by patchrun'
  if (state.held.foreign) return 'drained by somebody else'
  if (state.stage === 'failed' || state.stage === 'quarantined')
    return 'failed while it was drained: `patchrun retry`, or give it back by hand'
  return 'its change has begun: it is finished, and then given back'
}
