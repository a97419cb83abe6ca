// SPDX-License-Identifier: Apache-2.0
// The journal file: one event a line, checksummed and fsynced before anything follows from it.
//
//   {"v":1,"seq":7,"token":3,"event":{...},"sum":"1f2e3d4c5b6a7988"}
//
// `sum` is the first 16 hexadecimal digits of the SHA-256 over the line up to it, chained with the sum before, so a
// line that was changed, lost or moved is found. A last line without its end is the mark of a crash in the middle
// of an append: nothing was done on the strength of it, and it is cut off. Damage anywhere else is refused.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PatchrunError } from '../errors.js'
import { NO_STATE, replay } from '../rollout/index.js'
import type { EnvironmentState, JournalEvent } from '../rollout/index.js'
import type { Lock } from './lock.js'
import { stateError } from './state-error.js'

const VERSION = 1
const FIRST_SUM = '0'.repeat(16)

export interface JournalEntry {
  readonly seq: number
  /** Fencing token of the lock under which it was written. */
  readonly token: number
  readonly event: JournalEvent
}

interface Tail {
  readonly seq: number
  readonly sum: string
  /** Bytes up to the end of the last whole line. */
  readonly length: number
}

/** Everything in the journal, oldest first. A journal that does not exist yet is empty. */
export async function readJournal(file: string): Promise<readonly JournalEntry[]> {
  return (await parse(file)).entries
}

/** What the journal amounts to. */
export async function readState(file: string): Promise<EnvironmentState> {
  return replay((await readJournal(file)).map((e) => e.event), NO_STATE)
}

/** The journal, open for its one writer: the holder of the lock. */
export class Journal {
  #state: EnvironmentState
  #tail: Tail
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly handle: FileHandle,
    private readonly lock: Lock,
    private readonly file: string,
    parsed: Parsed,
  ) {
    this.#state = replay(parsed.entries.map((e) => e.event))
    this.#tail = parsed.tail
  }

  /** Opens for appending; a torn tail is cut off. Errors: state/journal-damaged, state/no-space, state/unwritable. */
  static async open(file: string, lock: Lock): Promise<Journal> {
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const parsed = await parse(file)
      const handle = await open(file, constants.O_WRONLY | constants.O_CREAT, 0o600)
      await handle.truncate(parsed.tail.length)
      await handle.datasync()
      await syncDirectory(dirname(file))
      return new Journal(handle, lock, file, parsed)
    } catch (error) {
      throw unwritable(file, error)
    }
  }

  get state(): EnvironmentState {
    return this.#state
  }

  /**
   * Appends one event and returns the state it leads to. When this resolves the event is on disk; when it throws
   * the event did not happen: a half-written line is cut off again, now or by the next process.
   */
  append(event: JournalEvent): Promise<EnvironmentState> {
    const done = this.#queue.then(() => this.#append(event))
    this.#queue = done.catch(() => undefined)
    return done
  }

  async #append(event: JournalEvent): Promise<EnvironmentState> {
    await this.lock.check()
    const seq = this.#tail.seq + 1
    const { line, sum } = encode(seq, this.lock.token, event, this.#tail.sum)
    const bytes = Buffer.from(line)
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await this.handle.write(bytes, done, bytes.length - done, this.#tail.length + done)).bytesWritten
      }
      await this.handle.datasync()
    } catch (error) {
      await this.handle.truncate(this.#tail.length).catch(() => undefined)
      throw unwritable(this.file, error)
    }
    this.#tail = { seq, sum, length: this.#tail.length + bytes.length }
    // A fresh replay of one event: the maps of the state that was handed out before stay as they were.
    this.#state = replay([event], this.#state)
    return this.#state
  }

  async close(): Promise<void> {
    await this.#queue
    await this.handle.close()
  }
}

function encode(seq: number, token: number, event: JournalEvent, previous: string): { line: string; sum: string } {
  const body = JSON.stringify({ v: VERSION, seq, token, event })
  const sum = sumOf(previous, body)
  return { line: `${body.slice(0, -1)},"sum":"${sum}"}\n`, sum }
}

const sumOf = (previous: string, body: string): string =>
  createHash('sha256').update(previous).update(body).digest('hex').slice(0, 16)

interface Parsed {
  readonly entries: readonly JournalEntry[]
  readonly tail: Tail
}

async function parse(file: string): Promise<Parsed> {
  const text = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw unwritable(file, error)
  })
  const entries: JournalEntry[] = []
  let tail: Tail = { seq: 0, sum: FIRST_SUM, length: 0 }
  for (let start = 0, end; (end = text.indexOf(10, start)) !== -1; start = end + 1) {
    const line = text.toString('utf8', start, end)
    const entry = decode(line, tail)
    if (!entry) throw damaged(file, entries.length + 1, line)
    entries.push(entry.entry)
    tail = { seq: entry.entry.seq, sum: entry.sum, length: end + 1 }
  }
  return { entries, tail }
}

function decode(line: string, before: Tail): { entry: JournalEntry; sum: string } | null {
  const match = /^(\{.*),"sum":"([0-9a-f]{16})"\}$/.exec(line)
  const [, open, sum] = match ?? []
  if (open === undefined || sum === undefined || sumOf(before.sum, `${open}}`) !== sum) return null
  const { v, ...entry } = JSON.parse(`${open}}`) as JournalEntry & { v: number }
  return v === VERSION && entry.seq === before.seq + 1 ? { entry, sum } : null
}

function damaged(file: string, line: number, text: string): PatchrunError {
  return new PatchrunError({
    code: 'state/journal-damaged',
    message: `line ${line} of the journal is damaged: it, or one before it, is not what was written`,
    hint: 'Nothing was touched. Restore the file from a backup; or move it away and run `patchrun detect` to see where the nodes stand: a new journal remembers no SHA.',
    where: { file, line, text: text.slice(0, 200) },
  })
}

const unwritable = (file: string, error: unknown): PatchrunError => stateError('the journal', file, error)

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
