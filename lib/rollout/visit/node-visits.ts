// SPDX-License-Identifier: Apache-2.0
// What the visit of a hypervisor asks of those of single nodes.
import type { NodeUse } from '../../workload/contract/node-use.js'
import type { Hold } from '../say/reason.js'
import type { NodeState } from '../state/state.js'
import type { SchedulerViews } from '../world/scheduler-views.js'

/** What a group asks of the visits of single nodes. */
export interface NodeVisits {
  /** null: the scheduler does not know it; undefined: it was not asked yet. */
  readonly use: (node: string) => NodeUse | null | undefined
  /** Why the visit of a node that is not held cannot begin; lasting: waiting does not help. */
  unready(node: string, state: NodeState): (Hold & { readonly lasting?: boolean }) | null
  /** Whether so many more may be drained at once, beside `own` of the same group. */
  roomFor(count: number, own: number): Hold | null
  /** Nodes that are drained. */
  held(): number
  /** So many more are. */
  took(count: number): void
  /** Look until one of these is empty; of none: until a scheduler of these members says something. */
  watch(nodes: readonly string[], members: readonly string[]): void
  readonly views: SchedulerViews
  /** Why nothing can be done with a drained node: the scheduler that drained it is gone. */
  gone(node: string): Hold | null
  /** What is only drained is given back. */
  givesBack(hold: Hold): boolean
  /** Not drained again before, ms. */
  readonly postponed: number
}
