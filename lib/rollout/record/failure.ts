// SPDX-License-Identifier: Apache-2.0
// Failures: in words, by the budget they count against, and whether asking again can help.
import type { BudgetCause } from '../../fleet/declare/fleet.js'
import type { Failure, FailureCause } from './verdict.js'

const BUDGET: Readonly<Record<FailureCause, BudgetCause>> = {
  failed: 'failed',
  guard: 'failed',
  unknown: 'failed',
  unreachable: 'unreachable',
  hung: 'unreachable',
  'not-converged': 'notConverged',
}

export const budgetOf = (failure: Failure | undefined): BudgetCause =>
  BUDGET[failure?.cause ?? 'failed']

/** The node or the way to it is at fault, not the change: a canary is asked again. */
export const isTransient = (failure: Failure | undefined): boolean =>
  failure?.cause === 'unreachable' || failure?.cause === 'hung'

/** One failure in words, complete. */
export function describeFailure(failure: Failure | undefined): string {
  if (!failure) return 'failed'
  const { cause, task, message, file, line } = failure
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`
  const lead = cause === 'unreachable' ? 'unreachable' : cause === 'hung' ? 'hangs' : ''
  return [lead, task && `task "${task}"`, message].filter(Boolean).join(': ') + place
}
