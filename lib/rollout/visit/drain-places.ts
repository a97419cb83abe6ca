// SPDX-License-Identifier: Apache-2.0
// How many nodes may be drained at once (drain.atOnce), and who has a place.
import { drained } from '../limits/capacity.js'
import type { Slots } from '../limits/capacity.js'
import type { CpuLimit } from '../limits/cpu-limit.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import { isBack } from '../world/orphaned-drains.js'
import { shareOf } from '../world/waves.js'
import type { World } from '../world/world.js'

export class DrainPlaces {
  readonly atOnce: number
  /** Nodes that are drained, or begin to be by this decision. */
  taken: number

  constructor(
    private readonly world: World,
    private readonly cpuLimit: Pick<CpuLimit, 'kept'>,
  ) {
    const { policy, nodes, rollout } = world
    this.atOnce = Math.max(1, shareOf(policy.drain.atOnce, nodes.length, Math.floor))
    const fleet = new Set(nodes.map((n) => n.name))
    this.taken = drained(rollout).filter((n) => fleet.has(n) || !isBack(world, n)).length
  }

  /** It has its place already. */
  isHeld = (node: string): boolean => this.world.rollout.nodes.get(node)?.held !== undefined

  get isFull(): boolean {
    return this.taken >= this.atOnce
  }

  /** Places that are left, when `chosen` more are taken. */
  left = (chosen: number): number => this.atOnce - this.taken - chosen - this.cpuLimit.kept

  /** Why this node gets none; `chosen`: so many got one before it. */
  refuse(node: string, chosen: number, slots: Pick<Slots, 'places'>): Hold | null {
    const { kept } = this.cpuLimit
    return this.left(chosen) <= 0 && !this.isHeld(node)
      ? this.full(chosen)
      : slots.places(node) - kept <= 0
        ? holdFor({ is: 'idle-first' })
        : null
  }

  full(chosen: number): Hold {
    const taken = this.atOnce - this.left(chosen)
    return holdFor({ is: 'drains-full', taken, most: this.atOnce, kept: this.cpuLimit.kept > 0 })
  }

  /** Whether so many more get a place together, beside `own` of them that have theirs. */
  refuseGroup(asked: number, own: number): Hold | null {
    return this.taken > own && this.taken + asked > this.atOnce
      ? holdFor({ is: 'group-drains-full', asked, held: this.taken, most: this.atOnce })
      : null
  }
}
