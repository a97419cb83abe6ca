// SPDX-License-Identifier: Apache-2.0
// The looks at all schedulers of a fleet: each is asked in its own time, and for its own nodes.
import type { Hold } from '../say/reason.js'
import { nodeState } from '../state/state.js'
import { schedulerGone } from '../world/held-schedulers.js'
import type { SchedulerViews } from '../world/scheduler-views.js'
import type { Action, SchedulerView, World } from '../world/world.js'
import { LookPacing } from './look-pacing.js'
import { SharedLimits } from './shared-limits.js'

export class Looks {
  readonly #pacing: ReadonlyMap<string, LookPacing>
  readonly #sharedLimits: SharedLimits

  constructor(
    private readonly world: Pick<
      World,
      'now' | 'nodes' | 'schedulers' | 'capacity' | 'policy' | 'rollout'
    >,
    private readonly views: SchedulerViews,
  ) {
    this.#sharedLimits = new SharedLimits(world, views)
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

  /** The same, or of another one, whose nodes count against the same limits. */
  unansweredWithin(node: string): Hold | null {
    const own = this.unanswered(node)
    const name = this.views.of(node)?.name
    if (own || name === undefined) return own
    const others = this.#sharedLimits
      .of(name)
      .map((other) => this.#pacing.get(other)?.unanswered() ?? null)
    return others.find((why) => why !== null) ?? null
  }

  /** Only the scheduler that drained this node can do anything with it, and that is none any more. */
  gone(node: string): Hold | null {
    const { held } = nodeState(this.world.rollout, node)
    if (this.views.of(node) || !held) return null
    // The roles for a hypervisor that no scheduler knows are those of the nodes on it.
    const its = held.unscheduled ? (held.guests ?? []) : [node]
    if (its.some((n) => this.views.of(n))) return null
    // It may have another name now.
    const [declared] = its.flatMap((n) => this.views.declaredFor(n) ?? [])
    if (declared) this.#of(declared)?.want()
    return this.views.isOrphaned(node, this.world)
      ? schedulerGone(node, this.world)
      : schedulerGone(node, this.world, declared?.name)
  }

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
