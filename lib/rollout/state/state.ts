// SPDX-License-Identifier: Apache-2.0
// What the journal amounts to. Values only; evolve makes them, decide reads them.
import type {
  Actor,
  Alarm,
  CheckRef,
  CheckResult,
  Halt,
  PinnedCommit,
  StepKind,
  TaskRef,
  WaveSize,
} from '../record/journal-events.js'
import type { Held } from './held.js'
import { NOBODY } from './outbox-state.js'
import type { Outbox } from './outbox-state.js'
import type { Failure } from '../record/verdict.js'

export type { Held, VisitPhase } from './held.js'

/**
 * Where a node stands in this rollout: unseen: not looked at since the pin, or its last step has no
 * outcome; look before touching. hot / drain: the last look says what it needs. applied: changed,
 * not yet looked at again. good: seen GOOD at the pin. failed: is tried again after a while.
 * quarantined: out of this rollout until a person retries it.
 */
export type Stage = 'unseen' | 'hot' | 'drain' | 'applied' | 'good' | 'failed' | 'quarantined'

export interface NodeState {
  readonly stage: Stage
  /** When it entered the stage, ms. */
  readonly at: number
  /** The step it is in just now. */
  readonly step?: string
  /** It was changed, or may have been, during this rollout. */
  readonly touched: boolean
  /** It could not be reached when it was last tried. */
  readonly missing?: boolean
  /** Applies that came to an outcome. */
  readonly applies: number
  /** Looks in a row that brought no answer. */
  readonly blindLooks: number
  /** How often it failed since it was last retried by a person. */
  readonly failures: number
  readonly changes: readonly TaskRef[]
  readonly blindSpots: readonly TaskRef[]
  readonly failure?: Failure
  /** The last look could not go beyond a task of which nobody knows what it would do. */
  readonly beyond?: Failure
  /** An apply at this commit went through whole on it; hot: of the HotChange tasks alone. */
  readonly ran?: { readonly mode: 'hot' | 'full'; readonly changed: boolean }
  /**
   * An apply at this commit began and did not go through: it is done once more, whatever a look
   * says. `owed`: handlers that were notified and have not run; null: nobody knows which.
   */
  readonly unfinished?: { readonly mode: 'hot' | 'full'; readonly owed: readonly TaskRef[] | null }
  readonly held?: Held
  /** A job came to it before its drain did. */
  readonly outrun?: true
  /** It was given back unchanged, and is drained again no sooner than this, ms. */
  readonly postponed?: number
  /** When it was given back, ms. */
  readonly returned?: number
  /** How long it was in steps of this rollout that came to an outcome, ms. */
  readonly spent?: number
}

interface StepUnderWay {
  readonly step: string
  readonly wave: number
  readonly nodes: readonly string[]
  readonly since: number
  readonly forks?: number
}

/** A step whose outcome is not known yet. */
export type OpenStep = StepUnderWay & StepKind

/** How a health gate came out at its place. */
export interface CheckState {
  readonly result: CheckResult
  readonly at: number
  /** How often in a row it was inconclusive. */
  readonly tries: number
  readonly failure?: Failure
  /** The nodes that did not pass. */
  readonly nodes: readonly string[]
}

/** What a person said, and who that was. */
export interface Word {
  readonly by: Actor
  readonly at: number
  readonly reason?: string
}

export interface Pause extends Word {
  readonly scope: 'fleet' | 'environment'
  readonly until?: number
}

export interface Approval extends Word {
  readonly key: string
}

/** running; halted by policy or a person; done; closed for another one; rolled back. */
export type RolloutStatus = 'running' | 'halted' | 'done' | 'closed' | 'rolled-back'

export interface RolloutState {
  readonly id: string
  readonly kind: 'forward' | 'rollback'
  readonly pin: PinnedCommit
  readonly previous: string | null
  readonly history?: 'backward' | 'rewritten'
  readonly limit: readonly string[] | null
  /** How many nodes each wave had when it began. */
  readonly waves?: readonly WaveSize[]
  readonly by: Actor
  readonly openedAt: number
  /**
   * Nodes that rollouts before this one changed and that none has completed since: a rollback takes
   * them back, too.
   */
  readonly strays?: readonly string[]
  /** What the deadline counts from: opened, or last retried by a person. */
  readonly since: number
  readonly endedAt?: number
  readonly status: RolloutStatus
  readonly halt?: Halt
  readonly alarm?: Alarm
  /** Nodes that have been in a step; a node that is not here is unseen. */
  readonly nodes: ReadonlyMap<string, NodeState>
  /** Intents without an outcome. */
  readonly steps: ReadonlyMap<string, OpenStep>
  /** Steps intended so far: the next step's number is one more. */
  readonly stepCount: number
  /** Health gates by `checkKey`. */
  readonly checks: ReadonlyMap<string, CheckState>
  readonly approvals: readonly Approval[]
  readonly abort?: Word
  /** Nodes whose change was begun since the process took the rollout up. */
  readonly changed: ReadonlySet<string>
  /** Since when waves are done, ms, by their index. */
  readonly done?: Readonly<Record<number, number>>
  /** When the last change ended, ms. */
  readonly lastApply: number
  /** What people were told of it that a decision showed: "canary-passed", keys of approvals. */
  readonly noticed: readonly string[]
}

/** A rollout that is over, in short. */
export interface PastRollout {
  readonly id: string
  readonly kind: 'forward' | 'rollback'
  readonly pin: PinnedCommit
  readonly status: RolloutStatus
  readonly openedAt: number
  readonly endedAt: number
  readonly by: Actor
  readonly counts: Readonly<Record<Stage, number>>
  readonly limited: boolean
  readonly message?: string
}

/** How long what came to its end took lately, ms for each round of `forks` nodes, oldest first. */
export interface Durations {
  /** Applies of HotChange. */
  readonly hotApply: readonly number[]
  /** Applies of the whole playbook on a drained node. */
  readonly fullApply: readonly number[]
  readonly verify: readonly number[]
  /** Reboots that were done. */
  readonly reboot: readonly number[]
  /** Those, and where none was needed. */
  readonly rebootStep: readonly number[]
  readonly release: readonly number[]
}

export interface EnvironmentState {
  /** The last SHA that a whole rollout completed. */
  readonly remembered: string | null
  readonly current: RolloutState | null
  readonly history: readonly PastRollout[]
  readonly pause: Pause | null
  /** The commit a person rolled back from. */
  readonly rejected: ({ readonly sha: string } & Word) | null
  /** When whole rollouts were completed, ms, by SHA. */
  readonly completed: ReadonlyMap<string, number>
  readonly durations: Durations
  /** Ids of the last orders that were carried into the journal. */
  readonly orders: readonly string[]
  /** Who is told, and what they have not been told yet. */
  readonly outbox: Outbox
}

export const NO_STATE: EnvironmentState = {
  remembered: null,
  current: null,
  history: [],
  pause: null,
  rejected: null,
  completed: new Map(),
  durations: { hotApply: [], fullApply: [], verify: [], reboot: [], rebootStep: [], release: [] },
  orders: [],
  outbox: NOBODY,
}

export const UNSEEN: NodeState = {
  stage: 'unseen',
  at: 0,
  touched: false,
  applies: 0,
  blindLooks: 0,
  failures: 0,
  changes: [],
  blindSpots: [],
}

/** The state of a node, also of one that no step has named yet. */
export function nodeState(rollout: RolloutState, node: string): NodeState {
  return rollout.nodes.get(node) ?? UNSEEN
}

/**
 * The nodes that a rollback of this rollout takes back: what it changed, and what those before it
 * left changed.
 */
export function takenBack({ nodes, strays = [] }: RolloutState): readonly string[] {
  return [
    ...new Set([...strays, ...[...nodes].flatMap(([n, { touched }]) => (touched ? [n] : []))]),
  ]
}

/** How many of the nodes that a step has named stand where. */
export function countStages(rollout: RolloutState): Record<Stage, number> {
  const counts: Record<Stage, number> = {
    unseen: 0,
    hot: 0,
    drain: 0,
    applied: 0,
    good: 0,
    failed: 0,
    quarantined: 0,
  }
  for (const node of rollout.nodes.values()) counts[node.stage] += 1
  return counts
}

export const checkKey = ({ gate, point, after }: CheckRef): string => `${point}/${after}/${gate}`
