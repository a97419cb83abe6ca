// SPDX-License-Identifier: Apache-2.0
// In which order the nodes of a wave would be drained, and why some would not: asked of the very code that drains them.
import { Slots } from './capacity.js'
import type { Turn } from './order.js'
import { Visits } from './visits.js'
import type { Wave } from './waves.js'
import type { Waiting, World } from './world.js'

export interface DrainForesight {
  /** Whoever would be drained, in order. */
  readonly order: readonly Turn[]
  /** Those whose drain would begin at once. */
  readonly first: readonly string[]
  /** Why the others would not, nodes with the same reason together. */
  readonly waiting: readonly Waiting[]
}

/** `nodes`: those of one wave that need a drain. As if what stands before the wave held now, and no other wave were at it. */
export function foreseeDrains(world: World, { index, nodes }: Wave): DrainForesight | null {
  if (!world.scheduler || nodes.length === 0) return null
  const visits = new Visits(world, world.scheduler, null)
  visits.begin(index, nodes, new Slots(world))
  const waiting = new Map<string, Waiting>()
  for (const hold of visits.waiting) waiting.set(hold.text, { ...hold, nodes: [...(waiting.get(hold.text)?.nodes ?? []), ...hold.nodes] })
  return { order: visits.order, first: visits.actions.flatMap((a) => ('nodes' in a ? a.nodes : [])), waiting: [...waiting.values()] }
}
