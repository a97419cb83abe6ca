// SPDX-License-Identifier: Apache-2.0
// When a node first came so far in its rollout. Pauses count from there: what comes of a node later does not make its wave begin anew.
import type { NodeState } from './state.js'

/** The state with the moments noted that it has just reached. */
export function withFirsts(state: NodeState, at: number): NodeState {
  const { stage, held, settled, completed } = state
  const settles = settled === undefined && (stage === 'good' || stage === 'drain' || stage === 'failed' || stage === 'quarantined')
  const completes = completed === undefined && stage === 'good' && !held
  return settles || completes ? { ...state, ...(settles && { settled: at }), ...(completes && { completed: at }) } : state
}

/** When a node first was where its wave needs it, ms: a canary GOOD and in service, another one tried. Earlier versions kept no such moment. */
export function firstDone({ stage, at, settled, completed }: NodeState, wave: number): number {
  const first = wave === 0 ? completed : settled
  return first ?? (stage === 'good' || stage === 'failed' || stage === 'quarantined' ? at : 0)
}
