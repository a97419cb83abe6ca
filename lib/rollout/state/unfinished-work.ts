// SPDX-License-Identifier: Apache-2.0
// What was done to a node at this commit, and what of it is missing for the node to be GOOD:
// docs/architecture/core.md says what GOOD means.
import type { LookOutcome, TaskRef } from '../record/journal-events.js'
import type { NodeState } from './state.js'
import type { Failure, Finding, Verdict } from '../record/verdict.js'

/** What was done to a node at this commit, whatever becomes of it otherwise. */
export const doneOf = ({ ran, unfinished }: NodeState): Pick<NodeState, 'ran' | 'unfinished'> => ({
  ...(ran && { ran }),
  ...(unfinished && { unfinished }),
})

/** The whole playbook holds what its HotChange tasks do. */
export const ranWith = (
  before: NodeState['ran'],
  mode: 'hot' | 'full',
  changed: boolean,
): NodeState['ran'] => ({ mode: before?.mode === 'full' ? 'full' : mode, changed })

/**
 * What a node needs beyond being looked at: what would change it, what has to run once, what was
 * not done to its end.
 */
export function neededBy(
  verdict: Verdict,
  { ran, unfinished }: NodeState,
  { unforeseen }: Pick<LookOutcome, 'unforeseen'>,
): 'hot' | 'drain' | null {
  const owes = unforeseen === 'DRAIN' ? ran?.mode !== 'full' : unforeseen === 'HOT' && !ran
  const drain =
    verdict === 'DRAIN' || (owes && unforeseen === 'DRAIN') || unfinished?.mode === 'full'
  return drain ? 'drain' : verdict === 'HOT' || owes || unfinished ? 'hot' : null
}

/**
 * Check mode fails once more, and the apply before it went through without changing anything, or
 * has been done often: no further apply helps.
 */
export const goesNoFurther = ({ ran, applies }: NodeState, most: number): boolean =>
  ran !== undefined && (!ran.changed || applies >= most)

export const neverRan = ([first, ...others]: readonly TaskRef[]): Failure => ({
  cause: 'not-converged',
  message: first
    ? `the handler "${first.task}"${others.length > 0 ? ` and ${others.length} more` : ''} was notified at this commit and has not run: the task that notified it does not any more`
    : 'handlers that were notified at this commit may not have run',
  ...(first && { task: first.task, file: first.file, line: first.line }),
})

/**
 * What a look found, with what was done to the node at this commit before: GOOD is more than
 * nothing to change.
 */
export function withDone({ unforeseen, ...finding }: Finding, state: NodeState): Finding {
  const needed = neededBy(finding.verdict, state, {
    ...(unforeseen && { unforeseen: unforeseen.needs }),
  })
  const owed =
    unforeseen &&
    neededBy('GOOD', { ...state, unfinished: undefined }, { unforeseen: unforeseen.needs }) !== null
  const verdict =
    finding.verdict === 'GOOD' || finding.verdict === 'HOT'
      ? needed === 'drain'
        ? 'DRAIN'
        : needed === 'hot'
          ? 'HOT'
          : finding.verdict
      : finding.verdict
  return { ...finding, verdict, ...(owed && { unforeseen }) }
}
