// SPDX-License-Identifier: Apache-2.0
// When the scheduler is asked, and what for: at once, or until one of the nodes that are waited for
// is empty.
import { schedulerName } from '../../workload/use.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { Action, SchedulerView, World } from '../world/world.js'

export class LookPacing {
  readonly #watch: string[] = []
  #wanted = false
  /** Nodes wait for a look that is new enough. */
  #stale = false

  constructor(
    private readonly world: Pick<World, 'now'>,
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
        { is: 'scheduler-silent', why: silent.why },
        { until: Math.max(now + 1, silent.at + every) },
      )
    return holdFor({ is: 'scheduler-first' })
  }

  get isFresh(): boolean {
    const { workload, every } = this.view
    return workload !== null && !this.silenced() && this.world.now < workload.at + every
  }

  /** The last answer was none. */
  silenced(): boolean {
    const { workload, silent } = this.view
    return silent !== null && (!workload || silent.at >= workload.at)
  }

  /**
   * When what is known got too old for those that wait for a look, ms; null: nobody waits, or there
   * was no answer lately.
   */
  get awaited(): number | null {
    const { workload, every } = this.view
    return this.#stale && workload && !this.silenced() ? workload.at + every : null
  }

  /** To be asked last: whether the scheduler has to be looked at, and what for. */
  actions(): Action[] {
    const { workload, looking, names } = this.view
    if (!this.#wanted || this.world.now < this.#lastAsked + this.view.every) return []
    const atOnce: Action = { do: 'observe', watch: [] }
    if (this.#watch.length === 0 || !workload) return looking.now ? [] : [atOnce]
    if (!looking.watch)
      return [{ do: 'observe', watch: this.#watch.map((n) => schedulerName(n, names)) }]
    return !looking.now && this.#stale ? [atOnce] : []
  }

  /** Whether it answered or not, ms. */
  get #lastAsked(): number {
    const { workload, silent } = this.view
    return Math.max(workload?.at ?? -Infinity, silent?.at ?? -Infinity)
  }

  /** When the scheduler is worth asking again, ms; null: nothing waits for it. */
  get wakeAt(): number | null {
    const { workload, silent, every, looking } = this.view
    // The end of a look that is under way wakes by itself.
    if (looking.now || looking.watch) return null
    return this.#wanted
      ? Math.max(this.world.now + 1, Math.max(workload?.at ?? 0, silent?.at ?? 0) + every)
      : null
  }
}
