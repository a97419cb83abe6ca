// SPDX-License-Identifier: Apache-2.0
// Whether the visit of a node can begin, whatever the capacity: what it is in use for, by the last
// look at the scheduler, and whose drain it is.
import { isForeign, jobsByNode, schedulerName, useOf } from '../../workload/use.js'
import type { NodeUse } from '../../workload/use.js'
import { notDrained } from '../../workload/say.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { NodeState } from '../state/state.js'
import type { SchedulerView, World } from '../world/world.js'
import type { LookPacing } from './look-pacing.js'

export class Readiness {
  readonly #uses = new Map<string, NodeUse | null>()

  constructor(
    private readonly world: Pick<World, 'now' | 'policy' | 'nodes'>,
    private readonly view: SchedulerView,
    private readonly looking: LookPacing,
  ) {
    const { workload, names, prefix } = view
    if (!workload) return
    const { reservations } = world.policy.drain
    const jobs = jobsByNode(workload)
    for (const { name } of world.nodes)
      this.#uses.set(name, useOf(workload, schedulerName(name, names), prefix, jobs, reservations))
  }

  /** null: the scheduler does not know it; undefined: it was not asked yet. */
  use = (node: string): NodeUse | null | undefined => this.#uses.get(node)

  /** Somebody else's, and not to be patched: no room is of use to it. */
  isLeft(node: string): boolean {
    const use = this.use(node)
    return isForeign(use) && !(this.#patchesForeign && use?.empty)
  }

  /** What keeps it back does not end by waiting. */
  isLasting(node: string): boolean {
    const use = this.use(node)
    return use === null || (isForeign(use) && !this.#patchesForeign)
  }

  /** Why its visit cannot begin. `unseen`: why the scheduler's last word counts no more. */
  unready(node: string, { postponed }: NodeState, unseen: Hold | null): Hold | null {
    if (postponed !== undefined && this.world.now < postponed)
      return holdFor({ is: 'postponed' }, { until: postponed })
    const use = this.use(node)
    // What was seen of it last is worth more to a reader than that it is old; no visit begins from
    // either.
    if (unseen && (this.looking.silenced() || !isForeign(use))) return unseen
    if (!use) {
      this.looking.want()
      return holdFor({ is: 'not-in-scheduler', name: schedulerName(node, this.view.names) })
    }
    return this.#unreadyUse(use, unseen)
  }

  #unreadyUse(use: NodeUse, unseen: Hold | null): Hold | null {
    const isOut = notDrained(use) !== null
    if (!isOut && !isForeign(use)) return null
    if (!isOut && this.#patchesForeign && use.empty) return unseen
    this.looking.want()
    if (isOut) return holdFor({ is: 'not-drained', use })
    const { prefix } = this.view
    return holdFor({ is: this.#patchesForeign ? 'patched-when-empty' : 'left-alone', use, prefix })
  }

  get #patchesForeign(): boolean {
    return this.world.policy.drain.foreign === 'patch'
  }
}
