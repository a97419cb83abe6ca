// SPDX-License-Identifier: Apache-2.0
// How many visits may compute at once on the control machine, each with an Ansible of its own.
// Where its processors do not suffice each only makes the others slower, whose nodes serve nobody
// meanwhile; an idle node serves until its drain, and for a launch ahead nobody waits.
import { computingUntil, PATIENCE } from './computing-steps.js'
import { underWay } from '../state/under-way.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { Action, World } from '../world/world.js'

export class CpuLimit {
  /** Visits that have an Ansible of their own just now. */
  going: number
  /** Until when those that compute just now are given way, ms. */
  #hasty: number[] = []
  /** Places of idle nodes that wait for a processor. */
  kept = 0

  constructor(private readonly world: Pick<World, 'now' | 'rollout' | 'forks' | 'processors'>) {
    this.going = underWay(world.rollout)
    this.reckon([])
  }

  /**
   * What goes on already, or begins by this decision. To be asked before the visits of idle nodes
   * begin.
   */
  reckon(actions: readonly Action[]): void {
    this.#hasty = [...computingUntil(this.world, actions)]
    this.kept = 0
  }

  /** As many visits as there are forks. */
  full(): Hold | null {
    return this.going < this.world.forks ? null : holdFor({ is: 'forks-full', visits: this.going })
  }

  /** Until when there is no processor for what can wait, ms; null: there is one. */
  get busyUntil(): number | null {
    return this.#hasty.length < this.#most ? null : Math.min(...this.#hasty)
  }

  /** Why the visit of an idle node does not begin yet; null: it begins. It keeps its place. */
  idle(): Hold | null {
    const full = this.full()
    if (full) return full
    const until = this.busyUntil
    if (until === null) {
      this.#hasty.push(this.world.now + PATIENCE)
      this.going += 1
      return null
    }
    this.kept += 1
    return holdFor({ is: 'processors-busy', processors: this.#most }, { until })
  }

  /** patchrun itself, looks and launches need one, too. */
  get #most(): number {
    return Math.max(1, (this.world.processors ?? Infinity) - 1)
  }
}
