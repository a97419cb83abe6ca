// SPDX-License-Identifier: Apache-2.0
// The line of commits that the journal's ref is, as its one writer knows it. Each of its pushes
// goes through only where the ref still is what it was: whoever took over has moved it, and then
// nothing of ours lands any more.
import { uptime } from 'node:os'
import { lost } from '../lock/lock-errors.js'
import type { Head } from './records.js'
import { readRecords } from './records.js'
import type { Remote, Swap } from './remote.js'
import type { PatchrunError } from '../../errors.js'

export const JOURNAL_REF = 'journal'
export const BEAT_REF = 'beat'

/**
 * Of the time-out: for so long we act on a push that went through. Whoever takes over watches for
 * the whole of it.
 */
const LEASE = 0.75

export class Line {
  #tip: string | null
  #until: number
  readonly #loss = new AbortController()
  /** Called with the time up to which we may act, s since the machine was started. */
  onRenewed: ((until: number) => void) | undefined

  constructor(
    readonly remote: Remote,
    readonly token: number,
    /** ms */
    private readonly timeout: number,
    tip: string,
    /**
     * When the push of that tip was begun, s since the machine was started: the one clock that goes
     * on while it is suspended.
     */
    begun: number,
    public head: Head,
  ) {
    this.#tip = tip
    this.#until = begun + (timeout / 1000) * LEASE
    remote.persist = () => this.isHopeful()
  }

  get until(): number {
    return this.#until
  }

  get lost(): AbortSignal {
    return this.#loss.signal
  }

  /** It is ours, and the time on the last push is not over: trying again may help. */
  isHopeful(): boolean {
    return uptime() <= this.#until && !this.lost.aborted
  }

  /** From here on nothing of ours is pushed. Throws what was lost first. */
  lose(error: unknown): never {
    this.#loss.abort(error)
    throw this.lost.reason
  }

  /** Makes what lies in the working copy the newest record. */
  async append(message: string): Promise<void> {
    const commit = await this.remote.record(message)
    await this.push([{ name: JOURNAL_REF, from: this.#tip, to: commit }])
    this.#tip = commit
  }

  /**
   * Throws lock/lost when somebody moved a ref of ours, state/remote-… when the remote did not
   * answer for too long.
   */
  async push(swaps: readonly Swap[]): Promise<void> {
    this.lost.throwIfAborted()
    const begun = uptime()
    try {
      if ((await this.remote.swap(swaps, () => this.isHopeful())) === 'moved')
        this.lose(await this.#whoMovedIt())
    } catch (error) {
      this.lost.throwIfAborted()
      this.lose(error)
    }
    // It landed; but what took that long may have been taken over since.
    if (uptime() > begun + (this.timeout / 1000) * LEASE) this.lose(await this.#whoMovedIt())
    this.#until = begun + (this.timeout / 1000) * LEASE
    this.onRenewed?.(this.#until)
  }

  async #whoMovedIt(): Promise<PatchrunError> {
    const holder = await this.remote
      .fetch([JOURNAL_REF])
      .then(async (refs) => {
        await this.remote.checkout(refs.get(JOURNAL_REF) ?? null)
        return (await readRecords(this.remote.directory, this.remote.place)).holder
      })
      .catch(() => null)
    return lost(holder?.token === this.token ? null : holder, this.remote.place, this.token)
  }
}
