// SPDX-License-Identifier: Apache-2.0
// A reason to wait: its name and what its words are made of. The words follow from these alone, so
// a test asks for the name, and a text is changed in one file.
import { LIMIT_WORDS } from './limit-words.js'
import type { Reader } from './moments.js'
import { runningOnIt } from './names.js'
import { VISIT_WORDS } from './visit-words.js'
import type { WaitCode } from './words.js'

const WORDS = { ...LIMIT_WORDS, ...VISIT_WORDS } as const
type Table = typeof WORDS

type Parameter<F> = F extends () => string
  ? object
  : F extends (of: infer P, ...rest: never) => string
    ? P
    : never

type Plain = {
  readonly [Name in keyof Table]: { readonly is: Name } & Parameter<Table[Name][1]>
}[keyof Table]

export type Reason =
  | Plain
  /** A hypervisor waits for a node that runs on it. */
  | { readonly is: 'guest'; readonly guest: string; readonly why: Plain }

/** Why something does not move, and until when. */
export interface Hold {
  readonly code: WaitCode
  readonly reason: Reason
  /** When it ends by itself, ms since the epoch. */
  readonly until?: number
  /** What `patchrun approve` has to be given. */
  readonly approval?: string
}

export const holdFor = (reason: Reason, more: Pick<Hold, 'until' | 'approval'> = {}): Hold => ({
  code: codeOf(reason),
  reason,
  ...more,
})

const codeOf = (reason: Reason): WaitCode =>
  WORDS[reason.is === 'guest' ? reason.why.is : reason.is][0]

/** The reason of a node that runs on the hypervisor which waits for it. */
export const ofGuest = (guest: string, why: Reason): Reason =>
  why.is === 'guest' ? why : { is: 'guest', guest, why }

/** The reason in words, for this reader. */
export function reasonText(reason: Reason, reader: Reader): string {
  if (reason.is === 'guest')
    return `its change needs ${runningOnIt([reason.guest])} to be empty: ${reasonText(reason.why, reader)}`
  const [, words] = WORDS[reason.is] as readonly [WaitCode, (of: Plain, to: Reader) => string]
  return words(reason, reader)
}

/** The same for reasons that say the same. */
export const reasonKey = (reason: Reason): string => reasonText(reason, NOBODY)

const NOBODY: Reader = { clock: String, command: (verb) => verb }
