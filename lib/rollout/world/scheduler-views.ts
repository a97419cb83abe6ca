// SPDX-License-Identifier: Apache-2.0
// Which scheduler a node has, and what that said of it last.
import { DEFAULT_SCHEDULER } from '../../fleet/declare/declared-schedulers.js'
import type { FleetNode } from '../../fleet/declare/fleet.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import { nodeState } from '../state/state.js'
import type { Action, SchedulerView, World } from './world.js'

const known = new WeakMap<readonly FleetNode[], ReadonlyMap<string, string | null>>()

/** The name of the scheduler of each node. */
function schedulersOf(nodes: readonly FleetNode[]): ReadonlyMap<string, string | null> {
  const before = known.get(nodes)
  if (before) return before
  const found = new Map(nodes.map((n) => [n.name, n.scheduler]))
  known.set(nodes, found)
  return found
}

export class SchedulerViews {
  readonly #views: ReadonlyMap<string, SchedulerView>
  readonly #schedulers: ReadonlyMap<string, string | null>

  constructor({ nodes, schedulers }: Pick<World, 'nodes' | 'schedulers'>) {
    this.#views = new Map(schedulers.map((view) => [view.name, view]))
    this.#schedulers = schedulersOf(nodes)
  }

  /** null: it has none, and nobody drains it. */
  of(node: string): SchedulerView | null {
    const name = this.#schedulers.get(node)
    return typeof name === 'string' ? (this.#views.get(name) ?? null) : null
  }

  /** null: its scheduler does not know it, or it has none; undefined: that was not asked yet. */
  use(node: string): NodeUse | null | undefined {
    const view = this.of(node)
    if (!view) return null
    return view.seen ? (view.seen.uses.get(node) ?? null) : undefined
  }

  /**
   * It is drained, and none of the schedulers is the one that drained it: nobody can give it back.
   * As long as one of them was not asked, that is not known.
   */
  isOrphaned(node: string, { rollout }: Pick<World, 'rollout'>): boolean {
    const { held } = nodeState(rollout, node)
    if (!held || held.unscheduled || this.of(node)) return false
    return [...this.#views.values()].every(({ seen }) => seen !== null)
  }

  /** When its scheduler was last looked at, ms; -Infinity: not in this run. */
  seenAt = (node: string): number => this.of(node)?.seen?.at ?? -Infinity

  /** Those of these nodes that have the same scheduler together; those without one are left out. */
  byScheduler(nodes: readonly string[]): readonly (readonly [SchedulerView, readonly string[]])[] {
    const groups = new Map<SchedulerView, string[]>()
    for (const node of nodes) {
      const view = this.of(node)
      if (!view) continue
      const before = groups.get(view)
      if (before) before.push(node)
      else groups.set(view, [node])
    }
    return [...groups]
  }

  /** A drain with the name of its scheduler: whose it is, is known later, whatever is declared then. */
  named(action: Action): Action {
    if (action.do !== 'drain') return action
    const [scheduler] = action.nodes.flatMap((n) => this.of(n)?.name ?? [])
    const isDefault = scheduler === undefined || scheduler === DEFAULT_SCHEDULER
    return isDefault ? action : { ...action, scheduler }
  }
}
