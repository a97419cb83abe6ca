// SPDX-License-Identifier: Apache-2.0
// One line of the journal, and the chain that ties it to the line before.
//
//   {"v":2,"seq":7,"token":3,"event":{...},"sum":"1f2e3d4c5b6a7988"}
//
// `sum` is the first 16 hexadecimal digits of the SHA-256 over the sum of the line before and the
// line up to its own sum. `token` is the fencing token of the lock under which it was written.
import { createHash } from 'node:crypto'
import type { JournalEvent } from '../../rollout/index.js'

export const VERSION = 2

export interface JournalEntry {
  readonly seq: number
  /** Fencing token of the lock under which it was written. */
  readonly token: number
  readonly event: JournalEvent
}

/** What the next line builds on. */
export interface Link {
  readonly seq: number
  readonly sum: string
}

export const START: Link = { seq: 0, sum: '0'.repeat(16) }

/** A line that has the form of one. Nothing of it is to be believed before its sum was compared. */
export interface RawLine {
  readonly body: Buffer
  readonly sum: string
}

const FIELD = Buffer.from(',"sum":"')
const END = Buffer.from('"}')
const BRACE = Buffer.from('}')
const SUM_LENGTH = 16
const SUFFIX_LENGTH = FIELD.length + SUM_LENGTH + END.length

export function encodeLine(
  { seq, token, event }: JournalEntry,
  before: Link,
): { readonly line: string; readonly link: Link } {
  const body = JSON.stringify({ v: VERSION, seq, token, event })
  const sum = createHash('sha256')
    .update(before.sum)
    .update(body)
    .digest('hex')
    .slice(0, SUM_LENGTH)
  return { line: `${body.slice(0, -1)},"sum":"${sum}"}\n`, link: { seq, sum } }
}

/** Takes a line apart at its sum; null when it has none. */
export function splitLine(line: Buffer): RawLine | null {
  const at = line.length - SUFFIX_LENGTH
  if (at <= 0 || line[0] !== 0x7b) return null
  if (
    FIELD.compare(line, at, at + FIELD.length) !== 0 ||
    END.compare(line, line.length - END.length) !== 0
  )
    return null
  const sum = line.toString('latin1', at + FIELD.length, at + FIELD.length + SUM_LENGTH)
  return { body: line.subarray(0, at), sum }
}

/** Was the line written to follow this one? */
export function follows({ body, sum }: RawLine, before: Link): boolean {
  return createHash('sha256')
    .update(before.sum)
    .update(body)
    .update(BRACE)
    .digest('hex')
    .startsWith(sum)
}

/** What the line says, in today's terms; null when that cannot be read. */
export function readLine({ body }: RawLine): JournalEntry | null {
  try {
    const { v, seq, token, event } = JSON.parse(`${body.toString('utf8')}}`) as JournalEntry & {
      readonly v: number
    }
    return { seq, token, event: v === 1 ? migrate(event) : event }
  } catch {
    return null
  }
}

/** The version a line says it has, whatever else may be in it; null when it says none. */
export function versionOf(line: Buffer): number | null {
  const found = /^\{"v":(\d{1,9}),/.exec(line.toString('latin1', 0, 20))
  return found ? Number(found[1]) : null
}

/** Version 1 knew one kind of rollout. */
function migrate(event: JournalEvent): JournalEvent {
  return event.type === 'opened' ? { ...event, kind: 'forward' } : event
}
