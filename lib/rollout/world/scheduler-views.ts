// SPDX-License-Identifier: Apache-2.0
// Which scheduler a node has, and what that said of it last.
import { DEFAULT_SCHEDULER } from '../../fleet/declare/declared-schedulers.js'
import type { FleetNode } from '../../fleet/declare/fleet.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import { nodeState } from '../state/state.js'
import type { Action, SchedulerView, World } from './world.js'

const known = new WeakMap<readonly FleetNode[], ReadonlyMap<string, FleetNode>>()

function byName(nodes: readonly FleetNode[]): ReadonlyMap<string, FleetNode> {
  const before = known.get(nodes)
  if (before) return before
  const found = new Map(nodes.map((n) => [n.name, n]))
  known.set(nodes, found)
  return found
}

export class SchedulerViews {
  readonly #views: ReadonlyMap<string, SchedulerView>
  readonly #nodes: ReadonlyMap<string, FleetNode>

  constructor({ nodes, schedulers }: Pick<World, 'nodes' | 'schedulers'>) {
    this.#views = new Map(schedulers.map((view) => [view.name, view]))
    this.#nodes = byName(nodes)
  }

  /** null: it has none, and nobody drains it. */
  of(node: string): SchedulerView | null {
    const name = this.#nodes.get(node)?.scheduler
    return typeof name === 'string' ? (this.#views.get(name) ?? null) : null
  }

  /** null: its scheduler does not know it, or it has none; undefined: that was not asked yet. */
  use(node: string): NodeUse | null | undefined {
    const view = this.of(node)
    if (!view) return null
    return view.seen ? (view.seen.uses.get(node) ?? null) : undefined
  }

  /** The scheduler that is declared for a node, where it may be that which drained it. */
  declaredFor(node: string): SchedulerView | null {
    return this.#views.get(this.#nodes.get(node)?.declaredFor ?? '') ?? null
  }

  /**
   * It is drained, and no scheduler is the one that drained it: nobody can give it back. As long as
   * the one that is declared for it was not asked, that is not known. For a hypervisor that none
   * knows work those of the nodes on it: there is none.
   */
  isOrphaned(node: string, { rollout }: Pick<World, 'rollout'>): boolean {
    const { held } = nodeState(rollout, node)
    if (!held || this.of(node)) return false
    if (!held.unscheduled) return this.#isKnownToHaveNone(node, held.since)
    return (held.guests ?? []).every(
      (n) => this.of(n) === null && this.#isKnownToHaveNone(n, held.since),
    )
  }

  #isKnownToHaveNone(node: string, since: number): boolean {
    const declared = this.declaredFor(node)
    return declared === null || (declared.seen !== null && declared.seen.at > since)
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

/** See SchedulerViews. */
export const isOrphaned = (world: World, node: string): boolean =>
  new SchedulerViews(world).isOrphaned(node, world)
