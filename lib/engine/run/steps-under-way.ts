// SPDX-License-Identifier: Apache-2.0
// What is under way, and the ends of it that no decision knows of yet. One that comes between a
// decision and the wait after it must not get lost: a node would stand drained until something else
// happens.

type Kind = 'step' | 'look'

export class StepsUnderWay {
  readonly #all = new Map<string, { readonly kind: Kind; readonly done: Promise<void> }>()
  #ends = 0
  #wake: () => void = () => undefined

  /** `work` never rejects. */
  add(kind: Kind, name: string, work: Promise<void>): void {
    const done = work.finally(() => {
      this.#all.delete(name)
      this.#ends += 1
      this.#wake()
    })
    this.#all.set(name, { kind, done })
  }

  names = (kind: Kind): readonly string[] =>
    [...this.#all].flatMap(([name, one]) => (one.kind === kind ? [name] : []))

  count = (kind: Kind): number => this.names(kind).length

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** How many have ended so far: asked for before a decision, and given to `next` after it. */
  get ends(): number {
    return this.#ends
  }

  /**
   * Settles when more than `ends` have ended; at once when they have by now. One waits at a time.
   */
  async next(ends: number): Promise<void> {
    if (this.#ends === ends) await new Promise<void>((resolve) => void (this.#wake = resolve))
  }

  /** Settles when none is left. */
  async settled(): Promise<void> {
    while (this.#all.size > 0) await Promise.all([...this.#all.values()].map(({ done }) => done))
  }
}
