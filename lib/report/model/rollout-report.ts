// SPDX-License-Identifier: Apache-2.0
// The one Report that every renderer draws from; `--json` prints it as it is. Described by
// schemas/report.schema.json.
import type { ExitCode } from '../../errors.js'
import type {
  Actor,
  ApprovalScope,
  Halt,
  PastRollout,
  PinnedCommit,
  RolloutStatus,
  Stage,
  TaskRef,
  Reason,
  WaitCode,
} from '../../rollout/index.js'
import type { HealthGate, MessageKind, RolloutPolicy } from '../../fleet/declare/fleet.js'
import type { Failure, Finding, Verdict } from '../../rollout/record/verdict.js'

export const REPORT_VERSION = 1

export interface NodeReport {
  readonly node: string
  /** 0 is the canary wave. */
  readonly wave: number
  readonly stage: Stage
  /** The step it is in just now. */
  readonly step?: string
  /** It was changed, or may have been, during this rollout. */
  readonly touched: boolean
  readonly changes: readonly TaskRef[]
  readonly blindSpots: readonly TaskRef[]
  /**
   * How long it was in steps of this rollout that came to an outcome, ms; absent before the first.
   */
  readonly spent?: number
  readonly failure?: Failure
  /** Why it does not move, in words; absent when it is done. */
  readonly waiting?: string
  /** When that ends by itself, ISO 8601. */
  readonly until?: string
}

/** Why nodes do not move. */
export interface WaitingReport {
  /** Empty: the rollout as a whole. */
  readonly nodes: readonly string[]
  readonly code: WaitCode
  /** What exactly, in one word; more of them than codes, and new ones come. */
  readonly reason: Reason['is']
  readonly text: string
  /** When it ends by itself, ms since the epoch. */
  readonly until?: number
  /** What `patchrun approve` has to be given. */
  readonly approval?: string
}

/** In which order nodes of a wave would be drained. */
export interface DrainPlan {
  /** Whoever would be drained, in order, and why it stands there, in words. */
  readonly order: readonly { readonly node: string; readonly idle: boolean; readonly why: string }[]
  /** Those whose drain would begin at once. */
  readonly first: readonly string[]
  /** Why the others would not, nodes with the same reason together. */
  readonly waiting: readonly WaitingReport[]
}

export interface WaveReport {
  readonly wave: number
  readonly name: string
  readonly nodes: number
  readonly counts: Readonly<Record<Stage, number>>
}

/** What a person may approve just now. */
export interface ApprovalReport {
  /** What `patchrun approve` has to be given. */
  readonly key: string
  /** start, wide, wave1 …, history. */
  readonly scope: ApprovalScope
  /** Why it is needed, in words. */
  readonly text: string
  readonly pin: PinnedCommit
  /** The waves that it lets go. */
  readonly waves: readonly {
    readonly wave: number
    readonly name: string
    readonly nodes: readonly string[]
  }[]
}

/** Nodes that patchrun drained, is not to touch any more, and that nobody else gives back. */
export interface LeftReport {
  readonly nodes: readonly string[]
  readonly why: 'denied' | 'not-permitted' | 'limited'
  /** What to do about them, in words. */
  readonly text: string
}

/** What a person said, ISO 8601. */
export interface WordReport {
  readonly by: Actor
  readonly at: string
  readonly reason?: string
}

export interface RolloutReport {
  readonly id: string
  readonly kind: 'forward' | 'rollback'
  readonly pin: PinnedCommit
  readonly previous: string | null
  readonly status: RolloutStatus
  readonly limited: boolean
  readonly by: Actor
  /** ISO 8601. */
  readonly openedAt: string
  readonly endedAt?: string
  readonly halt?: Halt
  /** What runs is finished, then it halts. */
  readonly abort?: WordReport
  /** What a person may approve just now. */
  readonly approvals: readonly ApprovalReport[]
  /** What was approved. */
  readonly approved: readonly (WordReport & { readonly key: string })[]
  readonly counts: Readonly<Record<Stage, number>>
  readonly waves: readonly WaveReport[]
  readonly nodes: readonly NodeReport[]
  /** Steps of a run that is under way, or was killed. */
  readonly steps: readonly {
    readonly step: string
    readonly action: string
    readonly wave: number
    readonly nodes: number
    readonly since: string
  }[]
  /** Nodes that do not move, by reason. */
  readonly waiting: readonly WaitingReport[]
  readonly wakeAt?: string
  /** Nodes that are left drained, and what a person has to do about them. */
  readonly left?: readonly LeftReport[]
}

export interface PauseReport extends WordReport {
  readonly scope: 'fleet' | 'environment'
  readonly until?: string
}

/** What `run`, `status` and `report` answer with. */
export interface Report {
  readonly schemaVersion: typeof REPORT_VERSION
  readonly kind: 'rollout'
  readonly fleet: string
  readonly environment: string
  /** When it was made, ISO 8601. */
  readonly at: string
  /** The last SHA that a whole rollout completed. */
  readonly remembered: string | null
  readonly rollout: RolloutReport | null
  /** Nothing new begins. */
  readonly pause?: PauseReport
  /** The commit that was rolled back, and is not rolled out again by itself. */
  readonly rejected?: WordReport & { readonly sha: string }
  /** Who holds the lock just now. */
  readonly holder?: HolderReport
  /** Words of people that lie in the mailbox and are not in the journal yet. */
  readonly orders?: number
  /** Who has not been told everything. */
  readonly notify?: readonly NotifyReport[]
  /** Of `run` and `rollback`: how they ended. */
  readonly run?: RunReport
}

export interface RunReport {
  /** reached: the wave that the run was to go to, and not the end of the rollout. */
  readonly outcome: 'done' | 'reached' | 'halted' | 'waiting' | 'interrupted'
  readonly exitCode: ExitCode
  /** What to do, the first to be done first; empty where there is nothing to do. */
  readonly next: readonly string[]
}

/** A target that has not been told everything, and why. Times are ISO 8601. */
export interface NotifyReport {
  readonly target: string
  /** Messages that are still to be delivered. */
  readonly waiting: number
  /** When the oldest of them arose. */
  readonly since?: string
  readonly why?: string
  /** The target asked for no attempt before this. */
  readonly until?: string
  /** Messages of this rollout that will not be delivered. */
  readonly givenUp: readonly {
    readonly message: string
    readonly kind: MessageKind
    readonly at: string
    readonly why: string
  }[]
}

export interface HolderReport {
  readonly user: string
  readonly host: string
  readonly pid: number
  /** ISO 8601. */
  readonly since: string
}

/** What `detect` answers with. */
export interface DetectReport {
  readonly schemaVersion: typeof REPORT_VERSION
  readonly kind: 'detect'
  readonly fleet: string
  readonly environment: string
  readonly at: string
  readonly pin: PinnedCommit
  readonly counts: Readonly<Record<Verdict, number>>
  readonly nodes: readonly ({ readonly node: string } & Finding)[]
  /** Directory with the events and the log of the look. */
  readonly directory: string
}

/** What a run would do with a wave, each list by node name. */
export interface PlannedWave {
  /** 0 is the canary wave. */
  readonly wave: number
  readonly name: string
  readonly nodes: number
  /** What must hold before it begins, in words. */
  readonly before: readonly string[]
  /** How long its changes are expected to take, ms. */
  readonly expected: number
  /** Nothing to do. */
  readonly good: readonly string[]
  /** HotChange is applied. */
  readonly apply: readonly string[]
  /** Needs the node drained. */
  readonly waitForDrain: readonly string[]
  /**
   * How they would be drained; absent where none needs it, no scheduler is declared, or it gave no
   * answer.
   */
  readonly drains?: DrainPlan
  /** The look itself failed, so the rollout would fail there. */
  readonly fail: readonly string[]
}

/** What `plan` answers with. */
export interface PlanReport {
  readonly schemaVersion: typeof REPORT_VERSION
  readonly kind: 'plan'
  readonly fleet: string
  readonly environment: string
  readonly at: string
  readonly pin: PinnedCommit
  /** Without the variables of health gates. */
  readonly policy: Omit<RolloutPolicy, 'health'> & {
    readonly health: readonly Omit<HealthGate, 'vars'>[]
  }
  /** Tags that are selected when a node is changed under live workload. */
  readonly tags: readonly string[]
  /**
   * How long one node is expected to take, ms; `measured`: on nodes of this environment, otherwise
   * as declared.
   */
  readonly expected: { readonly visit: number; readonly measured: boolean }
  /** What keeps the rollout from beginning now. */
  readonly hold?: { readonly code: WaitCode; readonly text: string; readonly until?: string }
  /** When a change fits next, if that is not now. */
  readonly fits?: string
  /** The scheduler was asked how nodes would be drained, and this is why it gave no answer. */
  readonly noAnswer?: string
  readonly waves: readonly PlannedWave[]
  readonly nodes: readonly ({ readonly node: string } & Finding)[]
  readonly directory: string
  /** The plan file that was written. */
  readonly file?: string
}

/** What `history` answers with, newest first. */
export interface HistoryReport {
  readonly schemaVersion: typeof REPORT_VERSION
  readonly kind: 'history'
  readonly fleet: string
  readonly environment: string
  readonly remembered: string | null
  /** Nothing new begins. */
  readonly pause?: PauseReport
  /** `end`: who ended it, where a person did. */
  readonly rollouts: readonly (PastRollout & {
    readonly end?: WordReport & { readonly word: 'aborted' | 'rolled-back' }
  })[]
}
