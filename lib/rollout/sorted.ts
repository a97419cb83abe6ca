// SPDX-License-Identifier: Apache-2.0
// The nodes of a wave by where they stand, and by when those that failed are tried again.
import type { RolloutPolicy } from '../fleet/types.js'
import { nodeState } from './state.js'
import type { NodeState, RolloutState, Stage } from './state.js'
import type { Wave } from './waves.js'
import type { World } from './world.js'

/** A look older than this, ms, says nothing any more: the node is looked at again before it is changed. */
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

export const EMPTY: Sorted = { unseen: [], hot: [], drain: [], applied: [], good: [], failed: [], quarantined: [], due: [], spent: [], busy: [], visiting: [] }

export function sortNodes(wave: Wave, { rollout, policy, now }: Pick<World, 'rollout' | 'policy' | 'now'>): Sorted {
  const sorted: Sorted = { unseen: [], hot: [], drain: [], applied: [], good: [], failed: [], quarantined: [], due: [], spent: [], busy: [], visiting: [] }
  for (const node of wave.nodes) sorted[placeOf(nodeState(rollout, node), policy, now)].push(node)
  return sorted
}

function placeOf(state: NodeState, policy: RolloutPolicy, now: number): keyof Sorted {
  if (state.step !== undefined) return 'busy'
  if (isVisiting(state)) return 'visiting'
  // It waited for a window or for its turn; by now it may need a drain.
  if (state.stage === 'hot' && now >= state.at + LOOK_LASTS) return 'unseen'
  if (state.stage !== 'failed') return state.stage
  if (state.failures >= policy.retries.attempts) return 'spent'
  return now >= retryAt(state, policy) ? 'due' : 'failed'
}

/** Its visit goes on whatever else holds its wave; one that failed is tried again like any other. */
export function isVisiting({ stage, held }: NodeState): boolean {
  if (!held || stage === 'failed' || stage === 'quarantined') return false
  // What an older rollout began is looked at when its turn comes; what it only drained is given back at once.
  return !held.inherited || held.phase === 'draining'
}

/** When a failed node is looked at again, ms: the back-off doubles with each failure. */
export function retryAt({ at, failures }: NodeState, { retries }: RolloutPolicy): number {
  return at + Math.min(retries.longest, retries.backoff * 2 ** Math.min(failures - 1, 40))
}

/** Of these, the ones that a step has tried before and that failed: they go by themselves, so that they hold up nobody. */
export function byRecord(nodes: readonly string[], rollout: RolloutState): { readonly fresh: string[]; readonly tried: string[] } {
  const fresh: string[] = []
  const tried: string[] = []
  for (const node of nodes) (nodeState(rollout, node).failures > 0 ? tried : fresh).push(node)
  return { fresh, tried }
}
