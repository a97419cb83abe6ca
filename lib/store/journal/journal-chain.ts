// SPDX-License-Identifier: Apache-2.0
// Which lines of the journal count. Each is chained to the one before; whoever holds the lock
// appends to the end.
//
// A process may stall between its look at the lock and its write, be taken over, and wake up: its
// one line then lands among those of the newer holder. It must not count, and it is no damage
// either:
// - behind a line of the newer holder it has the lower token, and follows what its writer knew: it
// is ignored;
// - between the newer holder's reading and its first line it looks in order at first. That first
// line has the higher
//   token and follows what came before the late one, which is then taken back. This is why the last line is held
//   back until the next one has been seen.
// At most one such line a holder can come late: an append that was made without the lock is the
// last one (Journal).
import { follows, readLine, splitLine, START } from './journal-line.js'
import type { JournalEntry, Link } from './journal-line.js'

/** Holders whose last line is remembered: a line that comes later than that is damage. */
const VIEWS = 1000

export class Chain {
  #head: Link
  #before: Link
  readonly #token: number
  #held: JournalEntry | null = null
  /** What the holder of each token knew to be the last line. */
  readonly #views: Map<number, Link>

  /** `from`: the last line before the first one, and the token it was written under. */
  constructor(from: Link & { readonly token: number } = { ...START, token: 0 }) {
    const { seq, sum, token } = from
    this.#head = this.#before = { seq, sum }
    this.#token = token
    this.#views = new Map([[token, this.#head]])
  }

  /**
   * Takes the next line of the file. Returns the entry that is settled by it, or null; false: the
   * line is damaged.
   */
  add(line: Buffer): JournalEntry | null | false {
    const raw = splitLine(line)
    if (!raw) return false
    // First the sum, then the content: reading what is damaged may take long.
    const inOrder = follows(raw, this.#head)
    const entry = readLine(raw)
    if (!entry) return false
    const link: Link = { seq: entry.seq, sum: raw.sum }
    if (inOrder) {
      if (entry.seq !== this.#head.seq + 1) return false
      const settled = this.#held
      this.#before = this.#head
      this.#advance(entry, link)
      return settled
    }
    const token = this.#held?.token ?? this.#token
    if (entry.token > token && follows(raw, this.#before) && entry.seq === this.#before.seq + 1) {
      this.#advance(entry, link)
      return null
    }
    const view = this.#viewOf(entry.token)
    if (entry.token < token && view && follows(raw, view) && entry.seq === view.seq + 1) {
      this.#views.set(entry.token, link)
      return null
    }
    return false
  }

  /** Nothing follows: the entry that was held back. */
  end(): JournalEntry | null {
    return this.#held
  }

  /** The last line that counts, and the token it was written under. */
  get head(): Link & { readonly token: number } {
    return { ...this.#head, token: this.#held?.token ?? this.#token }
  }

  #advance(entry: JournalEntry, link: Link): void {
    this.#held = entry
    this.#head = link
    // Deleted first, so that the oldest is always the first of the map.
    this.#views.delete(entry.token)
    this.#views.set(entry.token, link)
    if (this.#views.size > VIEWS) this.#views.delete(this.#views.keys().next().value ?? 0)
  }

  /** One that had not written yet knew the last line of the holder before it. */
  #viewOf(token: number): Link | undefined {
    const known = this.#views.get(token)
    if (known) return known
    const earlier = [...this.#views.keys()].filter((t) => t < token)
    return earlier.length > 0 ? this.#views.get(Math.max(...earlier)) : undefined
  }
}
