// SPDX-License-Identifier: Apache-2.0
// The looks at all schedulers of a fleet: each is asked in its own time, and for its own nodes.
import type { Hold } from '../say/reason.js'
import type { SchedulerViews } from '../world/scheduler-views.js'
import type { Action, SchedulerView, World } from '../world/world.js'
import { LookPacing } from './look-pacing.js'

export class Looks {
  readonly #pacing: ReadonlyMap<string, LookPacing>

  constructor(
    world: Pick<World, 'now' | 'schedulers'>,
    private readonly views: SchedulerViews,
  ) {
    this.#pacing = new Map(world.schedulers.map((view) => [view.name, new LookPacing(world, view)]))
  }

  /** Something may come of a look at the schedulers of these nodes. */
  want(nodes: readonly string[]): void {
    for (const [view] of this.views.byScheduler(nodes)) this.#of(view)?.want()
  }

  /** Something may come of one of these nodes being empty. */
  watch(nodes: readonly string[]): void {
    for (const [view, those] of this.views.byScheduler(nodes)) this.#of(view)?.want(those)
  }

  /** Of its scheduler: see LookPacing. */
  unanswered = (node: string): Hold | null => this.#ofNode(node)?.unanswered() ?? null
  silenced = (node: string): boolean => this.#ofNode(node)?.silenced() ?? false
  isFresh = (node: string): boolean => this.#ofNode(node)?.isFresh ?? false

  /** See LookPacing; the first of them. */
  get awaited(): number | null {
    return earliest([...this.#pacing.values()].map((p) => p.awaited))
  }

  get wakeAt(): number | null {
    return earliest([...this.#pacing.values()].map((p) => p.wakeAt))
  }

  /** To be asked last. */
  actions = (): Action[] => [...this.#pacing.values()].flatMap((p) => p.actions())

  #of = ({ name }: SchedulerView): LookPacing | undefined => this.#pacing.get(name)

  #ofNode(node: string): LookPacing | undefined {
    const view = this.views.of(node)
    return view ? this.#of(view) : undefined
  }
}

const earliest = (times: readonly (number | null)[]): number | null =>
  times.reduce((first, t) => (t !== null && (first === null || t < first) ? t : first), null)
