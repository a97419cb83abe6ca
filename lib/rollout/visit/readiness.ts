// SPDX-License-Identifier: Apache-2.0
// Whether the visit of a node can begin, whatever the capacity: what it is in use for, by the last
// look at the scheduler, and whose drain it is.
import { isForeign } from '../../workload/contract/node-use.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { NodeState } from '../state/state.js'
import type { SchedulerView, World } from '../world/world.js'
import type { LookPacing } from './look-pacing.js'

export class Readiness {
  constructor(
    private readonly world: Pick<World, 'now' | 'policy'>,
    private readonly view: SchedulerView,
    private readonly looking: LookPacing,
  ) {}

  /** null: the scheduler does not know it; undefined: it was not asked yet. */
  use = (node: string): NodeUse | null | undefined =>
    this.view.seen ? (this.view.seen.uses.get(node) ?? null) : undefined

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
      return holdFor({ is: 'not-in-scheduler', name: this.view.nameOf(node) })
    }
    return this.#unreadyUse(use, unseen)
  }

  #unreadyUse(use: NodeUse, unseen: Hold | null): Hold | null {
    const isHeldBack = !use.out && !use.drainable
    if (!isHeldBack && !isForeign(use)) return null
    if (!isHeldBack && this.#patchesForeign && use.empty) return unseen
    this.looking.want()
    const { standing } = use
    if (isHeldBack) return holdFor({ is: 'not-drained', standing })
    return holdFor({ is: this.#patchesForeign ? 'patched-when-empty' : 'left-alone', standing })
  }

  get #patchesForeign(): boolean {
    return this.world.policy.drain.foreign === 'patch'
  }
}
