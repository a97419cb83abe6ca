// SPDX-License-Identifier: Apache-2.0
// Bytes of the event stream -> typed events, in constant memory. Pure.
import type { AnsibleEvent } from './run-events.js'
import { StockJsonl } from './jsonl-compat.js'

/** A line of this many bytes or more is dropped and counted. */
export const LINE_LIMIT = 1024 * 1024

const RESULTS = new Set([
  'ok',
  'failed',
  'skipped',
  'unreachable',
  'retry',
  'item_ok',
  'item_failed',
  'item_skipped',
])

/**
 * Feed it chunks as they come, whole or torn anywhere. Lines that are no event of version 1, nor of
 * the stock `ansible.posix.jsonl` callback, are counted and otherwise ignored. Never throws.
 */
export class EventParser {
  #rest: Buffer[] = []
  #restLength = 0
  #dropping = false
  #foreign = 0
  #stock: StockJsonl | undefined

  /** Lines that were no events: foreign output, torn or overlong lines, other versions. */
  get foreignLines(): number {
    return this.#foreign
  }

  push(chunk: Uint8Array): AnsibleEvent[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const events: AnsibleEvent[] = []
    let from = 0
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      this.#finishLine(bytes.subarray(from, to), events)
      from = to + 1
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from))
    return events
  }

  /** The stream is over: what is left without a line end is judged as a line. */
  end(): AnsibleEvent[] {
    const events: AnsibleEvent[] = []
    if (this.#restLength > 0 || this.#dropping) this.#finishLine(Buffer.alloc(0), events)
    return events
  }

  #keep(part: Buffer): void {
    if (this.#dropping) return
    if (this.#restLength + part.length >= LINE_LIMIT) {
      this.#dropping = true
      this.#rest = []
      this.#restLength = 0
      return
    }
    // A copy, so that a few bytes do not hold on to the whole chunk.
    this.#rest.push(Buffer.from(part))
    this.#restLength += part.length
  }

  #finishLine(part: Buffer, events: AnsibleEvent[]): void {
    const length = this.#restLength + part.length
    const line =
      this.#dropping || length >= LINE_LIMIT
        ? null
        : this.#rest.length > 0
          ? Buffer.concat([...this.#rest, part], length)
          : part
    this.#rest = []
    this.#restLength = 0
    this.#dropping = false
    if (line === null) {
      this.#foreign += 1
      return
    }
    const text = line.toString('utf8').trim()
    if (text !== '') this.#judge(text, events)
  }

  #judge(text: string, events: AnsibleEvent[]): void {
    // The plugin writes ASCII only: a replacement character means damaged bytes.
    const value = text.startsWith('{') && !text.includes('\uFFFD') ? parse(text) : undefined
    if (isEvent(value)) events.push(value)
    else if (value !== undefined && typeof value['_event'] === 'string') {
      this.#stock ??= new StockJsonl()
      events.push(...this.#stock.convert(value))
    } else this.#foreign += 1
  }
}

type Fields = Record<string, unknown>

function parse(text: string): Fields | undefined {
  try {
    return object(JSON.parse(text))
  } catch {
    return undefined
  }
}

function object(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined
}

/**
 * Checks what later code relies on; further fields may be there, since a newer plugin may add some.
 */
function isEvent(value: Fields | undefined): value is Fields & AnsibleEvent {
  if (
    value === undefined ||
    value['v'] !== 1 ||
    typeof value['seq'] !== 'number' ||
    typeof value['ts'] !== 'number'
  )
    return false
  const ev = value['ev']
  if (typeof ev !== 'string') return false
  if (RESULTS.has(ev))
    return (
      text(value, 'host') &&
      text(value, 'task') &&
      typeof value['changed'] === 'boolean' &&
      typeof value['ignored'] === 'boolean'
    )
  switch (ev) {
    case 'start':
      return typeof value['check'] === 'boolean' && text(value, 'ansible')
    case 'play':
      return text(value, 'name') && typeof value['hosts'] === 'number'
    case 'task':
      return isTask(value['task'])
    case 'lint_task':
      return isTask(value['task']) && text(value, 'play')
    case 'host_start':
    case 'notified':
      return text(value, 'host') && text(value, 'task')
    case 'stats':
      return object(value['stats']) !== undefined
    case 'guard':
      return text(value, 'reason') && text(value, 'message')
    case 'no_hosts':
      return text(value, 'reason')
    case 'parked':
      return typeof value['section'] === 'number'
    case 'report':
      return (
        text(value, 'host') &&
        text(value, 'task') &&
        text(value, 'name') &&
        text(value, 'text') &&
        typeof value['part'] === 'number' &&
        typeof value['parts'] === 'number'
      )
    default:
      return false
  }
}

function isTask(value: unknown): boolean {
  const task = object(value)
  return (
    task !== undefined &&
    text(task, 'id') &&
    text(task, 'name') &&
    text(task, 'action') &&
    Array.isArray(task['tags'])
  )
}

function text(value: Fields, name: string): boolean {
  return typeof value[name] === 'string'
}
