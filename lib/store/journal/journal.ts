// SPDX-License-Identifier: Apache-2.0
// lib/store/journal/: the journal: one event a line, chained.
//
// The journal file, open for its one writer: one event a line, checksummed and fsynced before
// anything follows from it. What a line looks like: journal-line.ts; which lines count:
// journal-chain.ts.
import { constants } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { PatchrunError } from '../../errors.js'
import { replay } from '../../rollout/index.js'
import type { EnvironmentState, JournalEvent } from '../../rollout/index.js'
import { encodeLine } from './journal-line.js'
import type { Link } from './journal-line.js'
import { foldJournal } from './journal-read.js'
import type { Tail } from './journal-read.js'
import type { HeldLock } from '../lock/lock.js'
import { syncDirectory } from '../disk/sync-directory.js'
import { stateError } from '../disk/state-error.js'
import type { Journal } from '../store.js'

export { readJournal, readState } from './journal-read.js'
export type { JournalEntry } from './journal-line.js'

const NEWLINE = 10

/** The part of a lock that the journal needs. */
export type JournalLock = Pick<HeldLock, 'token' | 'check' | 'raise'>

/** The journal, open for its one writer: the holder of the lock. */
export class FileJournal implements Journal {
  #state: EnvironmentState
  #link: Link
  /** Bytes that are known to be whole lines. */
  #length: number
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly handle: FileHandle,
    private readonly lock: JournalLock,
    private readonly file: string,
    state: EnvironmentState,
    tail: Tail,
  ) {
    this.#state = state
    this.#link = tail
    this.#length = tail.length
  }

  /**
   * Opens for appending; a torn tail is cut off. Errors: lock/lost, state/journal-damaged,
   * state/journal-newer, state/no-space, state/unwritable.
   */
  static async open(file: string, lock: JournalLock): Promise<FileJournal> {
    let handle: FileHandle | undefined
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      // Appending wherever the end is: a late line of a stalled process must not overwrite what
      // others wrote since.
      handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600)
      const { state, tail } = await foldJournal(file)
      // Who removed the lock's directory made the tokens begin anew; they must rise all the same.
      await lock.raise(tail.token)
      const { size } = await handle.stat()
      await lock.check()
      if (size > tail.length) await handle.truncate(tail.length)
      await handle.datasync()
      await syncDirectory(dirname(file))
      return new FileJournal(handle, lock, file, state, tail)
    } catch (error) {
      await handle?.close().catch(() => undefined)
      throw unwritable(file, error)
    }
  }

  get state(): EnvironmentState {
    return this.#state
  }

  /**
   * Appends one event and returns the state it leads to. When this resolves the event is on disk,
   * and the lock was still ours after that. When it throws nothing may be done on the strength of
   * the event: a half-written line is cut off again, now or by the next process; a whole one that
   * came too late does not count, and one that came just before the lock was taken over is known to
   * whoever holds it now.
   */
  append(event: JournalEvent): Promise<EnvironmentState> {
    const done = this.#queue.then(() => this.#append(event))
    this.#queue = done.catch(() => undefined)
    return done
  }

  async #append(event: JournalEvent): Promise<EnvironmentState> {
    await this.lock.check()
    const { line, link } = encodeLine(
      { seq: this.#link.seq + 1, token: this.lock.token, event },
      this.#link,
    )
    const bytes = Buffer.from(line)
    const size = await this.#end()
    try {
      for (let done = 0; done < bytes.length;)
        done += (await this.handle.write(bytes, done)).bytesWritten
      await this.handle.datasync()
    } catch (error) {
      await this.#cut(size).catch(() => undefined)
      throw unwritable(this.file, error)
    }
    this.#link = link
    this.#length = size + bytes.length
    // A fresh replay of one event: the maps of the state that was handed out before stay as they
    // were.
    this.#state = replay([event], this.#state)
    await this.lock.check()
    return this.#state
  }

  /** Where the next line goes: the end of the file, once it is the end of a whole line. */
  async #end(): Promise<number> {
    const [there, ours] = await Promise.all([stat(this.file).catch(absent), this.handle.stat()])
    if (there?.ino !== ours.ino || ours.size < this.#length) throw changed(this.file)
    if (ours.size === this.#length) return ours.size
    const last = Buffer.alloc(1)
    await this.handle.read(last, 0, 1, ours.size - 1)
    // Whole lines that are not ours are late ones: who reads knows that they do not count.
    if (last[0] === NEWLINE) return ours.size
    await this.#cut(this.#length)
    return this.#length
  }

  /**
   * Takes back what is no whole line; what others write after they took the lock over is not ours
   * to take back.
   */
  async #cut(size: number): Promise<void> {
    await this.lock.check()
    await this.handle.truncate(size)
  }

  async close(): Promise<void> {
    await this.#queue
    await this.handle.close()
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

function changed(file: string): PatchrunError {
  return new PatchrunError({
    code: 'state/journal-changed',
    message: 'the journal was removed, replaced or cut short while this process was writing it',
    hint: 'Nothing more is begun. Leave the file alone while a run is under way; put it back if it was moved, then run again.',
    where: { file },
  })
}

const unwritable = (file: string, error: unknown): PatchrunError =>
  stateError('the journal', file, error)
