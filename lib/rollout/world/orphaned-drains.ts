// SPDX-License-Identifier: Apache-2.0
// Nodes that patchrun drained and that no wave holds any more: they were taken off the lists, or
// the rollout is limited to others. They are not touched, so people must hear of them.
import { DEFAULT_SCHEDULER } from '../../fleet/declare/declared-schedulers.js'
import { nodeState } from '../state/state.js'
import { drainedBy } from './held-schedulers.js'
import { planWaves } from './waves.js'
import { SchedulerViews } from './scheduler-views.js'
import type { World } from './world.js'

export interface OrphanedDrain {
  readonly node: string
  /** It may be touched, and this rollout is limited to others. */
  readonly permitted: boolean
  /** Its change may have begun. */
  readonly begun: boolean
  /** Whose drain it is. */
  readonly scheduler: string
}

export function orphanedDrains(world: World): readonly OrphanedDrain[] {
  const { rollout, nodes, policy } = world
  const permitted = new Set(nodes.map((n) => n.name))
  const reached = new Set(planWaves(nodes, policy, rollout.limit).flatMap((w) => w.nodes))
  return [...rollout.nodes].flatMap(([node, state]): OrphanedDrain[] => {
    const { held } = state
    if (!held || held.foreign || reached.has(node) || isBack(world, node)) return []
    const scheduler = drainedBy(state, rollout) ?? DEFAULT_SCHEDULER
    return [{ node, permitted: permitted.has(node), begun: held.phase !== 'draining', scheduler }]
  })
}

/**
 * Somebody gave this node back or took it over since it was drained, as far as the last look tells.
 */
export function isBack(
  { schedulers, nodes, rollout }: Pick<World, 'schedulers' | 'nodes' | 'rollout'>,
  node: string,
): boolean {
  const { held } = nodeState(rollout, node)
  // What no scheduler knows none can tell.
  if (!held || held.unscheduled || schedulers.length === 0) return false
  // One that was taken off the lists is none of the fleet's any more: whose drain it is, is known
  // from the journal.
  const its =
    new SchedulerViews({ nodes, schedulers }).of(node) ??
    schedulers.find((s) => s.name === (held.scheduler ?? DEFAULT_SCHEDULER))
  // Of a drain of one that is not declared any more the others know nothing.
  if (!its?.seen || its.seen.at <= held.since) return false
  const use = its.seen.uses.get(node) ?? its.seen.others.get(its.nameOf(node))
  return !use || !(use.ours || use.refused !== null)
}
