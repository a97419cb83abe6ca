// SPDX-License-Identifier: Apache-2.0
// Which visits wait for their next step, and which of them a decision passed over.

interface Entry<V> {
  readonly visit: V
  /** What it did last is in the journal: whoever decides from now on knows of it. */
  settled: boolean
}

export class Parked<V> {
  readonly #entries = new Map<string, Entry<V>>()

  park(node: string, visit: V): void {
    this.#entries.set(node, { visit, settled: false })
  }

  has = (node: string): boolean => this.#entries.has(node)

  take(node: string): V | null {
    const found = this.#entries.get(node)
    this.#entries.delete(node)
    return found?.visit ?? null
  }

  settle(node: string): void {
    const found = this.#entries.get(node)
    if (found) found.settled = true
  }

  /**
   * Those that a decision which is made now knows of. To be asked before it: what is journaled
   * while its actions are started, it has not seen.
   */
  get known(): readonly object[] {
    return [...this.#entries.values()].filter((e) => e.settled)
  }

  /** Takes those of `known` that still wait: the decision had nothing for them. */
  passedOver(known: readonly object[]): readonly V[] {
    const idle = [...this.#entries].filter(([, e]) => known.includes(e))
    for (const [node] of idle) this.#entries.delete(node)
    return idle.map(([, { visit }]) => visit)
  }

  takeAll(): readonly V[] {
    const all = [...this.#entries.values()].map(({ visit }) => visit)
    this.#entries.clear()
    return all
  }
}
