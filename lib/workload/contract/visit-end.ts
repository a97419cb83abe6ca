// SPDX-License-Identifier: Apache-2.0
// What came of a drain or a release: the word of the role, held against what it saw. Where a role
// told nothing of a node, or not what it saw, nobody knows.
import type { NodeUse } from './node-use.js'
import type { RoleWord } from './manager.js'

/**
 * foreign: somebody else took the node out, or it was down; patchrun left it as it is. outrun: it
 * was to be idle, something came first, and it was given back at once. failed: it is drained by us,
 * and the manager says that it is at fault. unclear: nobody knows.
 */
export type Drained =
  'empty' | 'busy' | 'foreign' | 'foreign-empty' | 'outrun' | 'failed' | 'unclear'

/**
 * failed: it is drained again. waiting: it cannot be tested yet, and nobody can use it meanwhile.
 */
export type Released = 'ok' | 'foreign' | 'failed' | 'waiting' | 'unclear'

export interface DrainEnd {
  readonly drained: Drained
  /** Why, where it failed or nobody knows. */
  readonly why?: string
}

export interface ReleaseEnd {
  readonly released: Released
  /** Why, where it failed or nobody knows; what it waits for. */
  readonly why?: string
}

/** What is known of the node after the step. */
export interface Evidence {
  /** The word of the role; undefined: it said none. */
  readonly word: RoleWord | undefined
  /** What the same report shows; null: it does not show the node. */
  readonly use: NodeUse | null
}

const SILENT: RoleWord = { result: 'nothing', message: '' }

export function endOfDrain({ word = SILENT, use }: Evidence): DrainEnd {
  const drained = drainedOf(word, use)
  if (drained === 'failed')
    return { drained, why: word.message || 'the scheduler says that the node is at fault' }
  if (drained === 'unclear')
    return { drained, why: `it could not be drained: ${answerOf(word, use)}` }
  return { drained }
}

/** Empty is only a node that is seen drained, by us, with nothing on it. */
function drainedOf({ result }: RoleWord, use: NodeUse | null): Drained {
  if (result === 'failed') return 'failed'
  if (!use) return 'unclear'
  if (result === 'drained' && use.draining && use.ours) return use.empty ? 'empty' : 'busy'
  if (result === 'outrun' && !use.draining) return 'outrun'
  if (result === 'foreign' && !use.ours) return use.empty ? 'foreign-empty' : 'foreign'
  return 'unclear'
}

export function endOfRelease({ word = SILENT, use }: Evidence): ReleaseEnd {
  const { result, message } = word
  if (result === 'failed')
    return { released: 'failed', why: message || 'it could not be given back' }
  if (result === 'waiting') return { released: 'waiting', ...(message !== '' && { why: message }) }
  return (
    leftOf(result, use) ?? {
      released: 'unclear',
      why: `it could not be given back: ${answerOf(word, use)}`,
    }
  )
}

/**
 * The role says that it has left the node to others: given back is only a node that is seen in
 * service, and taken over one that is not drained by us. null: it has not said so, or that is not
 * what it saw.
 */
function leftOf(result: string, use: NodeUse | null): ReleaseEnd | null {
  if (!use || (result !== 'released' && result !== 'foreign')) return null
  if (use.refused !== null) return { released: 'failed', why: use.refused }
  if (use.draining && !use.ours) return { released: 'foreign' }
  if (result === 'foreign' && !use.draining) return { released: 'foreign' }
  if (result === 'released' && use.inService) return { released: 'ok' }
  return null
}

/** What was answered of a node, in words. */
function answerOf({ result, message }: RoleWord, use: NodeUse | null): string {
  const shown = use ? `the scheduler shows it ${use.shown}` : 'the scheduler does not show it'
  return `the role said ${result}${message === '' ? '' : ` (${message})`}; ${shown}`
}
