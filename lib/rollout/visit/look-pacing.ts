// SPDX-License-Identifier: Apache-2.0
// When a scheduler is asked, and what for: at once, or until one of the nodes that are waited for
// is empty.
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { Action, SchedulerView, World } from '../world/world.js'

export class LookPacing {
  readonly #watch: string[] = []
  #wanted = false
  /** Nodes wait for a look that is new enough. */
  #stale = false

  constructor(
    private readonly world: Pick<World, 'now' | 'schedulers'>,
    private readonly view: SchedulerView,
  ) {}

  /** Something may come of a look: of these nodes being empty, or of whatever happens there. */
  want(nodes: readonly string[] = []): void {
    this.#wanted = true
    this.#watch.push(...nodes)
  }

  /**
   * The scheduler has to be asked first, or gave no answer: nothing is concluded from that, and
   * nothing begun.
   */
  unanswered(): Hold | null {
    const { silent, every } = this.view
    const { now } = this.world
    if (this.isFresh) return null
    this.#wanted = true
    this.#stale = true
    if (silent && this.silenced())
      return holdFor(
        { is: 'scheduler-silent', why: silent.why, name: this.#named },
        { until: Math.max(now + 1, silent.at + every) },
      )
    return holdFor({ is: 'scheduler-first' })
  }

  /** Where there are several, people are told which one it is. */
  get #named(): string | undefined {
    return this.world.schedulers.length > 1 ? this.view.name : undefined
  }

  get isFresh(): boolean {
    const { seen, every } = this.view
    return seen !== null && !this.silenced() && this.world.now < seen.at + every
  }

  /** The last answer was none. */
  silenced(): boolean {
    const { seen, silent } = this.view
    return silent !== null && (!seen || silent.at >= seen.at)
  }

  /**
   * When what is known got too old for those that wait for a look, ms; null: nobody waits, or there
   * was no answer lately.
   */
  get awaited(): number | null {
    const { seen, every } = this.view
    return this.#stale && seen && !this.silenced() ? seen.at + every : null
  }

  /** To be asked last: whether the scheduler has to be looked at, and what for. */
  actions(): Action[] {
    const { seen, looking } = this.view
    if (!this.#wanted || this.world.now < this.#lastAsked + this.view.every) return []
    const { name: scheduler } = this.view
    const atOnce: Action = { do: 'observe', scheduler, watch: [] }
    if (this.#watch.length === 0 || !seen) return looking.now ? [] : [atOnce]
    if (!looking.watch) return [{ do: 'observe', scheduler, watch: [...this.#watch] }]
    return !looking.now && this.#stale ? [atOnce] : []
  }

  /** Whether it answered or not, ms. */
  get #lastAsked(): number {
    const { seen, silent } = this.view
    return Math.max(seen?.at ?? -Infinity, silent?.at ?? -Infinity)
  }

  /** When the scheduler is worth asking again, ms; null: nothing waits for it. */
  get wakeAt(): number | null {
    const { seen, silent, every, looking } = this.view
    // The end of a look that is under way wakes by itself.
    if (looking.now || looking.watch) return null
    return this.#wanted
      ? Math.max(this.world.now + 1, Math.max(seen?.at ?? 0, silent?.at ?? 0) + every)
      : null
  }
}
