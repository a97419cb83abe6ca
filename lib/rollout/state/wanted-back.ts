// SPDX-License-Identifier: Apache-2.0
// What a person's word makes of a node that is drained.
import type { Held, NodeState } from './state.js'

/**
 * It may be given back as it is: nothing of its change has begun, and it is going to be looked at
 * by itself.
 */
export const isOnlyDrained = ({ stage, held }: NodeState): boolean =>
  held?.phase === 'draining' && !held.foreign && stage !== 'failed' && stage !== 'quarantined'

/** A person wants it back. */
export const whenWanted = (state: NodeState, until: number): NodeState =>
  state.held && isOnlyDrained(state) ? { ...state, held: { ...state.held, back: until } } : state

/**
 * A person gave it back, and nobody else can say so: it is looked at anew. Where its change may have
 * begun, a reboot may be missing, which no look sees: it needs the whole of it once more.
 */
export function whenGivenBack(state: NodeState, until: number, at: number): NodeState {
  const { held, ...rest } = state
  if (!held || state.step !== undefined) return state
  const isSpent = state.stage === 'failed' || state.stage === 'quarantined'
  const isBegun = held.phase !== 'draining' && held.phase !== 'hosted'
  return {
    ...rest,
    ...(isSpent ? {} : { stage: 'unseen', at }),
    ...(isBegun && { unfinished: { mode: 'full', owed: null } }),
    postponed: until,
  }
}

/** A person wants it to be tried after all. */
export function keepHeld(held: Held): Held {
  const { back: _back, ...rest } = held
  return rest
}
