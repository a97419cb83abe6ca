// SPDX-License-Identifier: Apache-2.0
// lib/store/lock/: one writer at a time.
//
// One writer at a time. The lock is a numbered file, lock.N; the highest number holds, and N is the
// fencing token that every append of the journal carries and checks.
//
// Taking it means creating lock.N+1, which the file system lets only one process do. That is
// allowed when lock.N says it was released, when its holder is seen to be dead, or when it gave no
// sign of life for the time-out: the holder writes its file anew every few seconds, and the age of
// that is judged by the clock of the file system alone. The number only rises, and lower ones are
// removed before the new holder does anything: a process that was taken for dead finds that at its
// next check, and so does an Ansible it left running (`file`). Neither may do anything more.
import { mkdir, unlink } from 'node:fs/promises'
import type { PatchrunError } from '../../errors.js'
import { startHeartbeat } from './heartbeat.js'
import type { Heartbeat } from './heartbeat.js'
import {
  create,
  highest,
  lockFile,
  markReleased,
  readHolder,
  removeBelow,
  renew,
  replace,
} from '../disk/lock-files.js'
import type { CurrentHolder, Holder } from '../disk/lock-files.js'
import { held, lost, removed } from './lock-errors.js'
import { describeHolder, heartbeatAge, standingOf } from './lock-holder.js'

import type { Lock } from '../store.js'

export type { CurrentHolder, Holder } from '../disk/lock-files.js'

/** A holder that gives no sign of life for this long is taken over, ms. */
export const LOCK_TIMEOUT = 60_000
const BEATS_IN_TIMEOUT = 12
const LONGEST_BEAT = 5_000

export interface LockOptions {
  /** ms without a sign of life after which a holder is taken over. */
  readonly timeout?: number
}

/** The lock of a directory, held by this process. */
export interface HeldLock extends Lock {
  /**
   * Throws lock/lost when somebody else holds it by now; state/unwritable when that cannot be told.
   */
  check(): Promise<void>
  /** Makes sure that the token is higher than this one. */
  raise(above: number): Promise<void>
}

/**
 * Takes the lock or throws lock/held, naming the holder. `now`: ms since the epoch. Errors:
 * lock/held, state/….
 */
export async function takeLock(
  directory: string,
  now: number,
  { timeout = LOCK_TIMEOUT }: LockOptions = {},
): Promise<HeldLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const beat = Math.min(LONGEST_BEAT, Math.max(10, Math.round(timeout / BEATS_IN_TIMEOUT)))
  const current = await highest(directory)
  const holder = current > 0 ? await readHolder(directory, current) : null
  const standing = holder ? await standingOf(holder, directory, current, { timeout }) : 'released'
  if (standing === 'held')
    throw held(holder, directory, current, await heartbeatAge(directory, current), timeout)
  const me = await describeHolder(now, beat)
  const token = current + 1
  await claim(directory, token, me, timeout)
  const taken = standing === 'released' ? null : { holder, standing }
  return new FileLock(
    directory,
    token,
    me,
    beat,
    timeout,
    taken?.holder ?? null,
    taken?.standing ?? null,
  )
}

/** Makes the number ours alone, or throws lock/held. */
async function claim(directory: string, token: number, me: Holder, timeout: number): Promise<void> {
  if (!(await create(directory, token, me)))
    throw held(await readHolder(directory, token), directory, token, 0, timeout)
  // Somebody who came and went between our look and our file has left a higher number behind.
  const top = await highest(directory)
  if (top !== token) {
    await unlink(lockFile(directory, token)).catch(() => undefined)
    throw held(await readHolder(directory, top), directory, top, 0, timeout)
  }
  try {
    await removeBelow(directory, token)
  } catch (error) {
    await unlink(lockFile(directory, token)).catch(() => undefined)
    throw error
  }
}

/**
 * Who holds the lock just now, if anybody does. One that gives no sign of life holds it until it is
 * taken over.
 */
export async function holderNow(
  directory: string,
): Promise<(Holder & { readonly token: number }) | null> {
  const token = await highest(directory)
  const holder = token > 0 ? await readHolder(directory, token) : null
  return holder &&
    (await standingOf(holder, directory, token, { timeout: Infinity, watch: false })) === 'held'
    ? { ...holder, token }
    : null
}

/** The same with its age, for which a file is written. */
export async function currentHolder(directory: string): Promise<CurrentHolder | null> {
  const holder = await holderNow(directory)
  return holder && { ...holder, heartbeatAge: await heartbeatAge(directory, holder.token) }
}

class FileLock implements HeldLock {
  #token: number
  /**
   * ms since the epoch: the one clock of the process that goes on while the machine is suspended.
   */
  #renewed = Date.now()
  readonly #loss = new AbortController()
  #heartbeat: Heartbeat

  constructor(
    private readonly directory: string,
    token: number,
    private readonly me: Holder,
    private readonly beat: number,
    private readonly timeout: number,
    readonly takenFrom: Holder | null,
    readonly takenBecause: 'dead' | 'silent' | null,
  ) {
    this.#token = token
    this.#heartbeat = this.#live()
  }

  #live(): Heartbeat {
    return startHeartbeat(this.beat, async () => {
      await this.check().catch(() => undefined)
      if (!this.lost.aborted) await this.#renew()
      return !this.lost.aborted
    })
  }

  get token(): number {
    return this.#token
  }

  get file(): string {
    return lockFile(this.directory, this.#token)
  }

  get lost(): AbortSignal {
    return this.#loss.signal
  }

  async check(): Promise<void> {
    if (this.lost.aborted) throw this.lost.reason
    // Overdue: it may have been stopped. A network file system must then be asked anew, not its
    // cache.
    const there = Math.abs(Date.now() - this.#renewed) < 2 * this.beat || (await this.#renew())
    const top = await highest(this.directory)
    if (there && top === this.#token) return
    const error: PatchrunError =
      top > this.#token
        ? lost(await readHolder(this.directory, top), this.directory, top)
        : removed(this.file)
    this.#loss.abort(error)
    throw error
  }

  /**
   * False when the file is not there any more. What else hinders the renewal is no loss: others see
   * its age.
   */
  async #renew(): Promise<boolean> {
    try {
      await renew(this.directory, this.#token)
      this.#renewed = Date.now()
      return true
    } catch (error) {
      return !['ENOENT', 'ESTALE'].includes((error as NodeJS.ErrnoException).code ?? '')
    }
  }

  async raise(above: number): Promise<void> {
    if (this.#token > above) return
    await this.check()
    // A beat in between would take our own higher number for somebody else's.
    await this.#heartbeat.stop()
    await claim(this.directory, above + 1, this.me, this.timeout)
    this.#token = above + 1
    this.#heartbeat = this.#live()
  }

  async release(): Promise<void> {
    await this.#heartbeat.stop()
    if ((await highest(this.directory)) !== this.#token) return
    await replace(this.directory, this.#token, { ...this.me, released: true }).catch(() =>
      markReleased(this.directory, this.#token, this.me),
    )
  }
}
