// SPDX-License-Identifier: Apache-2.0
// The verdict of a check run on one node. Pure.
import { unreachable } from '../../errors.js'
import type { ChangesPolicy } from '../../fleet/declare/fleet.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'
import type {
  BlindSpot,
  Failure,
  Finding,
  Unforeseen,
  Verdict,
  WouldChange,
} from '../../rollout/record/verdict.js'
import type { NodeSummary, RunSummary } from './run-summary.js'

type Tagged = Pick<WouldChange, 'tags'>

/** What one look at one node found. */
export function findingOf(summary: NodeSummary, run: RunSummary, policy: ChangesPolicy): Finding {
  const { changes, blindSpots } = summary
  const unforeseen = unforeseenOf(summary, policy)
  const found = (verdict: Verdict, failure?: Failure): Finding => ({
    verdict,
    changes,
    blindSpots,
    ...(failure ? { failure } : {}),
    ...(unforeseen ? { unforeseen } : {}),
  })
  switch (summary.result) {
    case 'absent':
      return found(
        'UNKNOWN',
        summary.failure ?? { cause: 'unknown', message: 'there was no event of this node' },
      )
    case 'failed':
    case 'cut':
    case 'ok':
      break
    default:
      return unreachable(summary.result)
  }
  // A stopped or damaged run leaves nothing to conclude, even for a node that seems through.
  const spoilt = spoiltBy(run)
  if (summary.result !== 'ok')
    return (
      (spoilt ? null : beyond(summary, policy, unforeseen)) ??
      found(
        'ERROR',
        summary.failure ?? {
          cause: 'unknown',
          message: 'the run ended before this node was through',
        },
      )
    )
  if (spoilt) return found('ERROR', spoilt)
  if (changes.length === 0) return found('GOOD')
  const needed = neededBy(changes, policy)
  return needed === null ? found('ERROR', untaggedFailure(changes)) : found(needed)
}

function spoiltBy(run: RunSummary): Failure | null {
  if (run.guard) return { cause: 'guard', message: run.guard.message }
  if (run.unplanned.length > 0)
    return {
      cause: 'guard',
      message: `hosts that were not planned showed up: ${run.unplanned.slice(0, 5).join(', ')}`,
    }
  const local = localFailure(run)
  if (local) return local
  return run.fault ? { cause: 'failed', message: run.fault.message } : null
}

/**
 * What comes after a play for localhost that failed counts on what it did not do. Also a
 * DrainChange there: nobody drains it.
 */
export function localFailure({ localhost }: RunSummary): Failure | null {
  if (!localhost) return null
  const { result, failure, changes } = localhost
  if (result === 'failed')
    return {
      ...(failure ?? { cause: 'failed' as const }),
      message: `on localhost: ${failure?.message ?? 'its play failed'}`,
    }
  const drain = changes.find(({ tags }) => tags.includes(DRAIN))
  return drain
    ? {
        cause: 'failed',
        message: `on localhost: "${drain.task}" is a DrainChange, and localhost is not drained`,
        file: drain.file,
        line: drain.line,
      }
    : null
}

/** What these need; null: they have neither tag, and the policy calls that an error. */
function neededBy(tasks: readonly Tagged[], { untagged }: ChangesPolicy): Unforeseen | null {
  if (tasks.some(({ tags }) => tags.includes(DRAIN))) return 'DRAIN'
  if (tasks.every(({ tags }) => tags.includes(HOT))) return 'HOT'
  return untagged === 'error' ? null : 'DRAIN'
}

/**
 * Check mode could not go beyond a task, and that may be because those before it did not really
 * run. null: it failed by itself.
 */
function beyond(
  { changes, blindSpots, failure, failedTags = [], result }: NodeSummary,
  policy: ChangesPolicy,
  unforeseen: Finding['unforeseen'],
): Finding | null {
  if (policy.beyond === 'error' || result !== 'failed' || failure?.cause !== 'failed') return null
  if (changes.length === 0 && blindSpots.length === 0) return null
  const drains = blindSpots.filter(({ tags }) => tags.includes(DRAIN))
  const needed = neededBy([...changes, ...drains, { tags: failedTags }], policy)
  // Where a Hot run would leave out all that came before, the task would fail there, too.
  const verdict =
    needed === 'HOT' &&
    ![...changes, ...blindSpots].some(({ tags }) => tags.includes(HOT) || tags.includes('always'))
      ? 'DRAIN'
      : needed
  return (
    verdict && { verdict, changes, blindSpots, beyond: failure, ...(unforeseen && { unforeseen }) }
  )
}

/** The tasks that check mode skipped and that the policy wants to have run. */
function unforeseenOf(
  { blindSpots }: NodeSummary,
  { unforeseen: { hot, drain, untagged } }: ChangesPolicy,
): Finding['unforeseen'] {
  const found = blindSpots.flatMap(
    ({ query, ...spot }): { readonly needs: Unforeseen; readonly spot: BlindSpot }[] => {
      if (query) return []
      const [wanted, needs] = spot.tags.includes(DRAIN)
        ? [drain, 'DRAIN' as const]
        : spot.tags.includes(HOT)
          ? [hot, 'HOT' as const]
          : [untagged, 'DRAIN' as const]
      return wanted === 'apply' ? [{ needs, spot }] : []
    },
  )
  if (found.length === 0) return undefined
  return {
    needs: found.some(({ needs }) => needs === 'DRAIN') ? 'DRAIN' : 'HOT',
    tasks: found.map(({ spot }) => spot),
  }
}

function untaggedFailure(changes: readonly WouldChange[]): Failure {
  const loose = changes.find(({ tags }) => !tags.includes(HOT))
  return {
    cause: 'failed',
    message: 'it would change the node and carries neither HotChange nor DrainChange',
    ...(loose && { task: loose.task, file: loose.file, line: loose.line }),
  }
}
