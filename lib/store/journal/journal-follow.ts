// SPDX-License-Identifier: Apache-2.0
// A journal that is looked at again and again, by somebody who only reads: each time no more than
// what was added since.
import { stat } from 'node:fs/promises'
import { PatchrunError } from '../../errors.js'
import { NO_STATE, replay } from '../../rollout/index.js'
import type { EnvironmentState } from '../../rollout/index.js'
import { Reading } from './journal-read.js'
import { stateError } from '../disk/state-error.js'

export class JournalFollower {
  #reading = new Reading()
  /** All but the last line, which a later one may still take back. */
  #settled: EnvironmentState = NO_STATE
  #state: EnvironmentState = NO_STATE
  #seen = ''

  constructor(private readonly file: string) {}

  /** What the journal amounts to now. Errors as readState. */
  async state(): Promise<EnvironmentState> {
    try {
      const { ino, size, mtimeMs } = await stat(this.file)
      const seen = `${ino}`
      const now = `${seen} ${size} ${mtimeMs}`
      if (now === this.#seen) return this.#state
      // Another file, or one that was cut short, is another journal.
      if (!this.#seen.startsWith(`${seen} `) || size < this.#reading.length) this.#begin()
      await this.#readOn()
      this.#seen = now
      return this.#state
    } catch (error) {
      this.#begin()
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return this.#state
      throw (error as NodeJS.ErrnoException).code === undefined || error instanceof PatchrunError
        ? error
        : stateError('the journal', this.file, error)
    }
  }

  async #readOn(): Promise<void> {
    const from = this.#reading.length
    try {
      await this.#add()
    } catch (error) {
      if (from === 0 || !(error instanceof PatchrunError)) throw error
      // Restored from a backup, perhaps: what does not follow what was read may well be whole by
      // itself.
      this.#begin()
      await this.#add()
    }
  }

  async #add(): Promise<void> {
    await this.#reading.on(this.file, (entries) => {
      this.#settled = replay(
        entries.map((e) => e.event),
        this.#settled,
      )
    })
    const last = this.#reading.chain.end()
    this.#state = last ? replay([last.event], this.#settled) : this.#settled
  }

  #begin(): void {
    this.#reading = new Reading()
    this.#settled = this.#state = NO_STATE
    this.#seen = ''
  }
}
