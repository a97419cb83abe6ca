// SPDX-License-Identifier: Apache-2.0
// Whether the visit of a node can begin, whatever the capacity: what it is in use for, by the last
// look at the scheduler, and whose drain it is.
import { isForeign } from '../../workload/contract/node-use.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { NodeState } from '../state/state.js'
import type { SchedulerViews } from '../world/scheduler-views.js'
import type { World } from '../world/world.js'
import type { Looks } from './looks.js'

export class Readiness {
  constructor(
    private readonly world: Pick<World, 'now' | 'policy'>,
    private readonly views: SchedulerViews,
    private readonly looking: Looks,
  ) {}

  /** null: its scheduler does not know it, or it has none; undefined: that was not asked yet. */
  use = (node: string): NodeUse | null | undefined => this.views.use(node)

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
    if (unseen && (this.looking.silenced(node) || !isForeign(use))) return unseen
    if (this.views.of(node) === null) return holdFor({ is: 'drain-by-hand', change: undefined })
    if (!use) {
      this.looking.want([node])
      return holdFor({ is: 'not-in-scheduler', name: this.views.of(node)?.nameOf(node) ?? node })
    }
    return this.#unreadyUse(node, use, unseen)
  }

  #unreadyUse(node: string, use: NodeUse, unseen: Hold | null): Hold | null {
    const isHeldBack = !use.out && !use.drainable
    if (!isHeldBack && !isForeign(use)) return null
    if (!isHeldBack && this.#patchesForeign && use.empty) return unseen
    this.looking.want([node])
    const { standing } = use
    if (isHeldBack) return holdFor({ is: 'not-drained', standing })
    return holdFor({ is: this.#patchesForeign ? 'patched-when-empty' : 'left-alone', standing })
  }

  get #patchesForeign(): boolean {
    return this.world.policy.drain.foreign === 'patch'
  }
}
