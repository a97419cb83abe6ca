// SPDX-License-Identifier: Apache-2.0
// In which order the nodes of a wave would be drained, and why some would not: asked of the very
// code that drains them.
import { Slots } from '../limits/capacity.js'
import type { Turn } from '../world/drain-order.js'
import { HostGroups } from '../world/host-groups.js'
import { reasonKey } from '../say/reason.js'
import { nodeState } from '../state/state.js'
import { Visits } from '../visit/visits.js'
import { planWaves } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { Waiting, World } from '../world/world.js'

export interface DrainPreview {
  /** Whoever would be drained, in order. */
  readonly order: readonly Turn[]
  /** Those whose drain would begin at once. */
  readonly first: readonly string[]
  /** Why the others would not, nodes with the same reason together. */
  readonly waiting: readonly Waiting[]
}

/**
 * `nodes`: those of one wave that need a drain. As if what stands before the wave held now, and no
 * other wave were at it.
 */
export function previewDrains(world: World, { index, nodes }: Wave): DrainPreview | null {
  if (world.schedulers.length === 0 || nodes.length === 0) return null
  const looked = {
    ...world,
    rollout: {
      ...world.rollout,
      nodes: new Map(
        world.nodes.map((n) => [
          n.name,
          {
            ...nodeState(world.rollout, n.name),
            stage: nodes.includes(n.name) ? ('drain' as const) : ('good' as const),
          },
        ]),
      ),
    },
  }
  const slots = new Slots(looked)
  const waves = planWaves(world.nodes, world.policy, world.rollout.limit)
  const visits = new Visits({
    world: looked,
    closed: null,
    hostGroups: new HostGroups(looked, waves),
    slots: () => slots,
  })
  visits.goOn({ index, nodes }, [], null)
  visits.begin(index, nodes, slots, 0)
  const together = visits.actions.flatMap((a) =>
    'host' in a && a.host !== undefined
      ? [{ host: a.host, members: [...new Set([a.host, ...a.nodes])] }]
      : [],
  )
  const order = together.flatMap(({ host, members }) =>
    members
      .filter((n) => nodes.includes(n))
      .map((node): Turn => ({
        node,
        idle: false,
        why:
          node === host
            ? { is: 'with-guests', guests: members.filter((n) => n !== host) }
            : { is: 'with-host', host },
      })),
  )
  const first = [
    ...new Set([
      ...together.flatMap((t) => t.members),
      ...visits.actions.flatMap((a) => ('nodes' in a ? a.nodes : [])),
    ]),
  ]
  const waiting = new Map<string, Waiting>()
  for (const { nodes: those, ...hold } of visits.waiting) {
    const key = reasonKey(hold.reason)
    const before = waiting.get(key)?.nodes ?? []
    const others = those.filter(
      (n) => !first.includes(n) && nodes.includes(n) && !before.includes(n),
    )
    if (others.length > 0) waiting.set(key, { ...hold, nodes: [...before, ...others] })
  }
  return { order: [...order, ...visits.order], first, waiting: [...waiting.values()] }
}
