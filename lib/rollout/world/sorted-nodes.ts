// SPDX-License-Identifier: Apache-2.0
// The nodes of a wave by where they stand, and by when those that failed are tried again.
import type { RolloutPolicy } from '../../fleet/declare/fleet.js'
import type { HostGroups } from './host-groups.js'
import { nodeState } from '../state/state.js'
import type { NodeState, RolloutState, Stage } from '../state/state.js'
import { DRAIN, HOT } from '../record/verdict.js'
import type { Wave } from './waves.js'
import type { World } from './world.js'

/**
 * A look older than this, ms, says nothing any more: the node is looked at again before it is
 * changed.
 */
export const LOOK_LASTS = 30 * 60_000

/** Every node of the wave is in exactly one of these lists. */
export interface Sorted extends Readonly<Record<Stage, string[]>> {
  /** Failed, and it is time to look again. */
  readonly due: string[]
  /** Failed as often as the policy allows. */
  readonly spent: string[]
  /** In a step just now. */
  readonly busy: string[]
  /** Drained by patchrun, or perhaps: in the middle of a visit. */
  readonly visiting: string[]
}

export const EMPTY: Sorted = {
  unseen: [],
  hot: [],
  drain: [],
  applied: [],
  good: [],
  failed: [],
  quarantined: [],
  due: [],
  spent: [],
  busy: [],
  visiting: [],
}

export function sortNodes(
  wave: Wave,
  world: Pick<World, 'rollout' | 'policy' | 'now'>,
  hostGroups: HostGroups,
): Sorted {
  const sorted: Sorted = {
    unseen: [],
    hot: [],
    drain: [],
    applied: [],
    good: [],
    failed: [],
    quarantined: [],
    due: [],
    spent: [],
    busy: [],
    visiting: [],
  }
  for (const node of wave.nodes) sorted[placeOf(node, world, hostGroups)].push(node)
  return sorted
}

function placeOf(
  node: string,
  { rollout, policy, now }: Pick<World, 'rollout' | 'policy' | 'now'>,
  hostGroups: HostGroups,
): keyof Sorted {
  const state = nodeState(rollout, node)
  if (state.step !== undefined) return 'busy'
  if (state.stage === 'failed' && state.failures >= policy.retries.attempts) return 'spent'
  if (isVisiting(rollout, node) || hostGroups.waits(node)) return 'visiting'
  // It waited for a window or for its turn; by now it may need a drain.
  if (state.stage === 'hot' && now >= state.at + LOOK_LASTS) return 'unseen'
  if (state.stage !== 'failed') return state.stage
  return now >= retryAt(state, policy) ? 'due' : 'failed'
}

/**
 * Its visit goes on whatever else holds its wave; one that failed is tried again like any other.
 */
export function isVisiting(rollout: RolloutState, node: string): boolean {
  const { stage, held } = nodeState(rollout, node)
  if (!held || stage === 'failed' || stage === 'quarantined') return false
  if (held.phase === 'hosted' && held.host !== undefined) {
    const its = nodeState(rollout, held.host)
    // It goes on when its hypervisor does.
    if (its.stage !== 'good' || its.held) return isVisiting(rollout, held.host)
  }
  // What an older rollout began is looked at when its turn comes; what it only drained is given
  // back at once.
  return !held.inherited || held.phase === 'draining'
}

/** When a failed node is looked at again, ms: the back-off doubles with each failure. */
export function retryAt({ at, failures }: NodeState, { retries }: RolloutPolicy): number {
  return at + Math.min(retries.longest, retries.backoff * 2 ** Math.min(failures - 1, 40))
}

/**
 * On a node that needs a drain: what may run under load goes first, once, where the policy says so.
 */
export function hasHotPart(
  { rollout, policy }: Pick<World, 'rollout' | 'policy'>,
  node: string,
): boolean {
  const { applies, changes, stage } = nodeState(rollout, node)
  return (
    stage === 'drain' &&
    policy.drain.hotFirst &&
    applies === 0 &&
    changes.some(({ tags }) => tags.includes(HOT) && !tags.includes(DRAIN))
  )
}

/**
 * Of these, the ones that a step has tried before and that failed: they go by themselves, so that
 * they hold up nobody.
 */
export function byRecord(
  nodes: readonly string[],
  rollout: RolloutState,
): { readonly fresh: string[]; readonly tried: string[] } {
  const fresh: string[] = []
  const tried: string[] = []
  for (const node of nodes) (nodeState(rollout, node).failures > 0 ? tried : fresh).push(node)
  return { fresh, tried }
}

/** It is being looked at, and was not before, or nothing came of it. */
export const isFirstLook = (rollout: RolloutState, node: string): boolean => {
  const { step, failures } = nodeState(rollout, node)
  return failures === 0 && step !== undefined && rollout.steps.get(step)?.action === 'detect'
}
