// SPDX-License-Identifier: Apache-2.0
// What the run of a health gate says of one node. Pure.
import { unreachable } from '../../errors.js'
import type { CheckOutcome } from '../../rollout/record/journal-events.js'
import type { Failure } from '../../rollout/record/verdict.js'
import type { NodeSummary, RunSummary } from './run-summary.js'

/** A task with this tag that fails says "nobody knows", not "no". */
export const INCONCLUSIVE = 'inconclusive'

/**
 * pass: the node saw the role through. fail: a task of the role failed on it. inconclusive: it
 * could not be reached, hung, was cut off or never began, the run as a whole is not to be trusted,
 * or the task that failed is tagged `inconclusive`.
 */
export function checkedOf(
  { result, failure, failedTags }: NodeSummary,
  run: RunSummary,
): CheckOutcome {
  const nobodyKnows = (why: Failure): CheckOutcome => ({ checked: 'inconclusive', failure: why })
  switch (result) {
    case 'absent':
    case 'cut':
      return nobodyKnows(
        failure ?? { cause: 'unknown', message: 'the gate ended before this node was through' },
      )
    case 'failed': {
      const why = failure ?? {
        cause: 'unknown',
        message: 'Ansible counts a failure without saying which',
      }
      // One that Ansible only counts, and names no task for, is not the role's word.
      const said =
        why.cause === 'failed' &&
        why.task !== undefined &&
        !(failedTags ?? []).includes(INCONCLUSIVE)
      return said ? { checked: 'fail', failure: why } : nobodyKnows(why)
    }
    case 'ok':
      break
    default:
      return unreachable(result)
  }
  // A stopped or damaged run leaves nothing to conclude, even for a node that seems through.
  if (run.guard) return nobodyKnows({ cause: 'guard', message: run.guard.message })
  if (run.unplanned.length > 0)
    return nobodyKnows({
      cause: 'guard',
      message: `hosts that were not planned showed up: ${run.unplanned.slice(0, 5).join(', ')}`,
    })
  if (run.fault) return nobodyKnows({ cause: 'unknown', message: run.fault.message })
  return { checked: 'pass' }
}
