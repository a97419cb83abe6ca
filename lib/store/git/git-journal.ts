// SPDX-License-Identifier: Apache-2.0
// The journal in a remote, open for its one writer. Events that come while a push is under way go
// together in the next.
import { replay } from '../../rollout/index.js'
import type { EnvironmentState, JournalEvent } from '../../rollout/index.js'
import { encodeLine } from '../journal/journal-line.js'
import type { Journal } from '../store.js'
import type { Line } from './git-line.js'
import { addLines, compact, isMuch } from './records.js'
import { subjectOf } from './git-words.js'

interface Waiting {
  readonly event: JournalEvent
  readonly landed: (state: EnvironmentState) => void
  readonly failed: (error: unknown) => void
}

export class GitJournal implements Journal {
  #state: EnvironmentState
  #waiting: Waiting[] = []
  #work: Promise<void> | undefined

  constructor(
    private readonly line: Line,
    state: EnvironmentState,
    /** Bytes of records that are worth a snapshot. */
    private readonly much?: number,
  ) {
    this.#state = state
  }

  get state(): EnvironmentState {
    return this.#state
  }

  append(event: JournalEvent): Promise<EnvironmentState> {
    return new Promise((landed, failed) => {
      this.#waiting.push({ event, landed, failed })
      this.#work ??= this.#push()
    })
  }

  async #push(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        const events = batch.map((w) => w.event)
        await this.#add(events)
        for (const { event, landed } of batch) {
          this.#state = replay([event], this.#state)
          landed(this.#state)
        }
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    // At once, and not when somebody who waits for this is told: what comes between would be in
    // nobody's hands.
    this.#work = undefined
  }

  async #add(events: readonly JournalEvent[]): Promise<void> {
    const { line } = this
    line.lost.throwIfAborted()
    const { directory } = line.remote
    // What is under way stays there line by line.
    const full = events[0]?.type === 'opened' && (await isMuch(directory, this.much))
    let { head } = line
    let text = ''
    for (const event of events) {
      const encoded = encodeLine({ seq: head.seq + 1, token: line.token, event }, head)
      text += encoded.line
      head = { ...encoded.link, token: line.token }
    }
    try {
      if (full) await compact(directory, this.#state, line.head)
      await addLines(directory, text, line.head)
      await line.append(subjectOf(events))
    } catch (error) {
      // What lies in the working copy by now must not go out with the next push.
      line.lose(error)
    }
    line.head = head
  }

  async close(): Promise<void> {
    await this.#work
  }
}
