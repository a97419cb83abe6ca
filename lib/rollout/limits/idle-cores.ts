// SPDX-License-Identifier: Apache-2.0
// Idle cores of a node that drains are the users' loss. A place that has just become free waits for
// about as long as a visit takes for a node that costs less of them, an idle one above all, before
// one that is half empty is drained.
import type { NodeUse } from '../../workload/contract/node-use.js'
import { usualVisit } from '../state/durations.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { World } from '../world/world.js'

/** Idle cores worth so much of a visit, as time of the whole node, are worth waiting for. */
const SHARE = 0.25
/** No place waits longer, ms. */
const LONGEST = 600_000

export class IdleCores {
  /** When places became free lately, ms, in order. */
  readonly #freed: readonly number[]
  readonly #visit: number

  constructor(world: Pick<World, 'now' | 'durations' | 'policy' | 'rollout' | 'hurried'>) {
    const { now, rollout, hurried } = world
    this.#visit = Math.min(LONGEST, usualVisit(world))
    // A run that does only what can be done at once would leave the place empty until the next one.
    const since = hurried ? Infinity : now - this.#visit
    this.#freed = [...rollout.nodes.values()]
      .flatMap(({ returned }) => (returned !== undefined && returned > since ? [returned] : []))
      .sort((a, b) => a - b)
  }

  /**
   * Why this node is not drained yet. `free`: places that are left, this node's among them;
   * `nodes`: for how many nodes they are.
   */
  hold({ empty, draining, idle }: NodeUse, free: number, nodes: number): Hold | null {
    // Where each gets a place there is no other to wait for.
    if (nodes <= free) return null
    const wait = this.#freed[this.#freed.length - free]
    if (empty || draining || idle <= SHARE * this.#visit || wait === undefined) return null
    return holdFor({ is: 'idle-cores' }, { until: wait + this.#visit })
  }
}
