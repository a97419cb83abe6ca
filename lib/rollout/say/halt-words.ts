// SPDX-License-Identifier: Apache-2.0
// What halts a rollout, from its cause to the words that the journal keeps.
import { are, count } from '../../fleet/names/count.js'
import type { BudgetCause } from '../../fleet/declare/fleet.js'
import { describeFailure } from '../record/failure.js'
import type { Halt } from '../record/journal-events.js'
import type { Failure } from '../record/verdict.js'
import type { Word } from '../state/state.js'
import { some, spoken } from './names.js'

/** A node that failed, and how. */
export interface FailedNode {
  readonly node: string
  readonly failure: Failure | undefined
}

export type HaltCause =
  | { readonly code: 'canary-failed'; readonly failed: readonly FailedNode[] }
  | {
      readonly code: 'too-many-failed'
      readonly failed: readonly FailedNode[]
      readonly cause: BudgetCause | 'any'
      /** So many may fail of so many. */
      readonly limit: number
      readonly of: number
    }
  | {
      readonly code: 'nodes-failed'
      readonly failed: readonly FailedNode[]
      /** Nodes that cannot move before those are seen to. */
      readonly stuck: readonly string[]
    }
  | {
      readonly code: 'gate-failed'
      readonly gate: string
      readonly nodes: readonly string[]
      /** It gave no answer so often; absent: it said no. */
      readonly tries?: number
      readonly failure: Failure | undefined
    }
  | { readonly code: 'deadline' }
  | { readonly code: 'aborted'; readonly said: Pick<Word, 'by' | 'reason'> }

const CAUSES: Readonly<Record<BudgetCause | 'any', string>> = {
  any: 'failed',
  failed: 'failed a task',
  unreachable: 'could not be reached',
  notConverged: 'did not converge',
}

const RETRY =
  'Mend the cause, then `patchrun retry`; or merge a commit that mends it and `patchrun run` again.'
const HINTS: Readonly<Record<HaltCause['code'], string>> = {
  'canary-failed': RETRY,
  'too-many-failed': RETRY,
  'nodes-failed': RETRY,
  'gate-failed': RETRY,
  deadline:
    '`patchrun retry` gives it the same time once more. `patchrun status` shows what it was waiting for.',
  aborted:
    '`patchrun retry` goes on with it, `patchrun rollback` takes it back; a newer commit opens a new rollout.',
}

export const haltFor = (cause: HaltCause): Halt => ({
  code: cause.code,
  message: messageOf(cause),
  hint: HINTS[cause.code],
  nodes: 'failed' in cause ? cause.failed.map((f) => f.node) : 'nodes' in cause ? cause.nodes : [],
})

function messageOf(cause: HaltCause): string {
  switch (cause.code) {
    case 'canary-failed': {
      const { length } = cause.failed
      return `${length === 1 ? 'a canary' : `${length} canaries`} failed: ${describe(cause.failed)}`
    }
    case 'too-many-failed':
      return `${cause.failed.length} of ${count(cause.of, 'node')} ${CAUSES[cause.cause]}, ${cause.limit} ${are(cause.limit)} endured: ${describe(cause.failed)}`
    case 'nodes-failed':
      return `all other nodes are done, ${cause.failed.length} failed: ${describe(cause.failed)}${stuckText(cause.stuck)}`
    case 'gate-failed': {
      const how =
        cause.tries === undefined ? 'failed' : `gave no answer ${count(cause.tries, 'time')}`
      return `the health gate "${cause.gate}" ${how} on ${some(cause.nodes)}${cause.failure ? `: ${describeFailure(cause.failure)}` : ''}`
    }
    case 'deadline':
      return 'the deadline of the rollout is over'
    case 'aborted':
      return `aborted by ${spoken(cause.said)}`
  }
}

const stuckText = (stuck: readonly string[]): string =>
  stuck.length === 0 ? '' : `; ${some(stuck)} ${stuck.length > 1 ? 'wait' : 'waits'} for that`

/** Names the first three in full: the task, its message and where it stands. */
function describe(failed: readonly FailedNode[]): string {
  const told = failed.slice(0, 3).map(({ node, failure }) => `${node}: ${describeFailure(failure)}`)
  const more = failed.length - told.length
  return told.join('; ') + (more > 0 ? `; and ${more} more` : '')
}
