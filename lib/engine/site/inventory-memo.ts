// SPDX-License-Identifier: Apache-2.0
// What ansible-inventory answered lately, kept between two readings of a declaration.
import type { SourceInventory } from '../../fleet/lists/source-inventory.js'

/**
 * A launch of ansible-inventory takes a second, in which a node may wait to be given back. An
 * answer stands for this long, ms ...
 */
const FRESH = 30_000
/** ... and for this long while a newer one is being fetched. */
const STALE = 60_000

type Ask = () => Promise<SourceInventory>

interface Memo {
  /** When it was asked for. */
  readonly at: number
  readonly answer: Promise<SourceInventory>
  /** The newer one, while it is being fetched. */
  next?: Promise<SourceInventory>
}

export class InventoryMemo {
  readonly #memos = new Map<string, Memo>()

  /** What was answered for this inventory, if that stands; otherwise what `ask` gives. */
  answer(inventory: string, ask: Ask): Promise<SourceInventory> {
    const lately = this.#memos.get(inventory)
    const age = lately ? performance.now() - lately.at : Infinity
    if (!lately || age >= STALE) return lately?.next ?? this.#ask(inventory, ask)
    if (age >= FRESH) lately.next ??= this.#renew(inventory, ask)
    return lately.answer
  }

  #ask(inventory: string, ask: Ask): Promise<SourceInventory> {
    const answer = ask()
    this.#memos.set(inventory, { at: performance.now(), answer })
    answer.catch(() => this.#memos.delete(inventory))
    return answer
  }

  #renew(inventory: string, ask: Ask): Promise<SourceInventory> {
    const at = performance.now()
    const answer = ask()
    // One that fails is asked for again when it is needed, and is told then.
    answer.then(
      () => this.#memos.set(inventory, { at, answer }),
      () => this.#memos.delete(inventory),
    )
    return answer
  }
}
