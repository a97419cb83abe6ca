// SPDX-License-Identifier: Apache-2.0
// The verdict of a check run on one node. Pure.
import { unreachable } from '../errors.js'
import { DRAIN, HOT } from '../rollout/verdict.js'
import type { Failure, Finding, Verdict, WouldChange } from '../rollout/verdict.js'
import type { NodeSummary, RunSummary } from './types.js'

/**
 * What one look at one node found. `untagged` says what a change with neither HotChange nor DrainChange counts as.
 * Blind spots are named but do not decide: check mode cannot tell what they would do.
 */
export function findingOf(summary: NodeSummary, run: RunSummary, untagged: 'drain' | 'error'): Finding {
  const { changes, blindSpots } = summary
  const found = (verdict: Verdict, failure?: Failure): Finding => ({ verdict, changes, blindSpots, ...(failure ? { failure } : {}) })
  switch (summary.result) {
    case 'absent':
      return found('UNKNOWN', summary.failure ?? { cause: 'unknown', message: 'there was no event of this node' })
    case 'failed':
    case 'cut':
      return found('ERROR', summary.failure ?? { cause: 'unknown', message: 'the run ended before this node was through' })
    case 'ok':
      break
    default:
      return unreachable(summary.result)
  }
  // A stopped or damaged run leaves nothing to conclude, even for a node that seems through.
  if (run.guard) return found('ERROR', { cause: 'guard', message: run.guard.message })
  if (run.unplanned.length > 0) return found('ERROR', { cause: 'guard', message: `hosts that were not planned showed up: ${run.unplanned.slice(0, 5).join(', ')}` })
  if (run.fault) return found('ERROR', { cause: 'failed', message: run.fault.message })
  if (changes.length === 0) return found('GOOD')
  if (changes.some((change) => change.tags.includes(DRAIN))) return found('DRAIN')
  const loose = changes.find((change) => !change.tags.includes(HOT))
  if (!loose) return found('HOT')
  return untagged === 'drain' ? found('DRAIN') : found('ERROR', untaggedFailure(loose))
}

function untaggedFailure(change: WouldChange): Failure {
  return {
    cause: 'failed',
    message: 'it would change the node and carries neither HotChange nor DrainChange',
    task: change.task, file: change.file, line: change.line,
  }
}
