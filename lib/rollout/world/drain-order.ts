// SPDX-License-Identifier: Apache-2.0
// Which nodes are drained first: idle ones, then those whose slot is expected to be taken for the
// shortest time with the fewest idle cores meanwhile; those with a job that has no limit come last.
// The reasons are shown by `plan`.
//
// Of idle ones the last in the scheduler's list comes first: it gives work to the first that fit,
// as a rule, and one of those may be at work again before its drain takes hold.
import type { NodeUse } from '../../workload/contract/node-use.js'
import type { TurnReason } from '../say/turn-words.js'

export interface Turn {
  readonly node: string
  /** Nothing runs on it now. */
  readonly idle: boolean
  /** Why it stands where it stands. */
  readonly why: TurnReason
}

/**
 * Hours that a rollout waits for each hour in which a drained node is idle: waiting is the
 * rollout's, idle cores are the users' loss.
 */
const IDLE_WEIGHS = 4
/** What it is worth that a node's Ansible is there already, ms. */
const HEAD_START = 2_000

interface Candidate {
  readonly node: string
  readonly use: NodeUse
}

export interface Ordering {
  readonly now: number
  /** Their Ansible is there already. */
  readonly prepared?: ReadonlySet<string>
}

/** Nodes at work that cost the same keep their order. */
export function drainOrder(
  nodes: readonly Candidate[],
  { now, prepared = new Set() }: Ordering,
): readonly Turn[] {
  const ahead = ({ node }: Candidate): number => (prepared.has(node) ? HEAD_START : 0)
  const cost = ({ use }: Candidate): number =>
    use.empty ? 0 : Math.max(0, use.expected - now) + IDLE_WEIGHS * use.idle
  // A wide job is about to get those that are planned.
  const planned = ({ use }: Candidate): number => (use.empty && use.promised ? 1 : 0)
  const rank = ({ use }: Candidate): number => (use.empty ? 0 : use.emptyBy === null ? 2 : 1)
  return [...nodes]
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        planned(a) - planned(b) ||
        cost(a) - ahead(a) - (cost(b) - ahead(b)) ||
        (rank(a) === 0 ? b.use.place - a.use.place : 0),
    )
    .map(({ node, use }) => ({ node, idle: use.empty, why: { is: 'use', use } }))
}
