// SPDX-License-Identifier: Apache-2.0
// Which other schedulers are asked before a node is drained: how many may be out is counted over
// all nodes of a limit, and what another scheduler has out of service only that one can tell.
import type { SchedulerViews } from '../world/scheduler-views.js'
import type { World } from '../world/world.js'

export class SharedLimits {
  /** By the name of a scheduler. */
  readonly #others = new Map<string, Set<string>>()

  constructor(
    {
      capacity,
      schedulers,
      policy,
      nodes: all,
    }: Pick<World, 'capacity' | 'schedulers' | 'policy' | 'nodes'>,
    views: SchedulerViews,
  ) {
    if (schedulers.length < 2) return
    // Who is in a partition each scheduler tells by itself.
    if (Object.keys(policy.capacity.partitions).length > 0)
      this.#share(views.byScheduler(all.map((n) => n.name)).map(([view]) => view.name))
    for (const { nodes } of capacity)
      this.#share(views.byScheduler(nodes).map(([view]) => view.name))
  }

  /** Those whose nodes count against the same limits as the nodes of this one. */
  of = (scheduler: string): readonly string[] => [...(this.#others.get(scheduler) ?? [])]

  #share(names: readonly string[]): void {
    for (const name of names) {
      const others = this.#others.get(name) ?? new Set()
      this.#others.set(name, others)
      for (const other of names) if (other !== name) others.add(other)
    }
  }
}
