// SPDX-License-Identifier: Apache-2.0
// lib/rollout/record/: what the journal records of a rollout.
//
// What the journal records. Folding these, and nothing else, gives the state of an environment.
// An event says what was intended or what came out; never what to do next: that is decide's.
import type { MessageKind } from '../../fleet/declare/fleet.js'
import type { NodeOutcome } from './node-outcome.js'
import type { StepKind } from './step-kind.js'

export type * from './node-outcome.js'
export type { CheckRef, StepAction, StepKind, StepToDo } from './step-kind.js'

/** Who did it: a person, a job, a process. */
export interface Actor {
  readonly user: string
  readonly host: string
  readonly pid: number
}

/** The commit a whole rollout runs from. */
export interface PinnedCommit {
  /** 40 hexadecimal digits; 64 in a repository of SHA-256. */
  readonly sha: string
  readonly ref: string
  readonly subject: string
}

/** A task as the journal names it; `diff` and output stay in the run's own files. */
export interface TaskRef {
  readonly task: string
  readonly action: string
  readonly tags: readonly string[]
  readonly file: string
  readonly line: number
}

/** Something that must never happen nearly did; the rollout halts whatever the policy endures. */
export interface Alarm {
  readonly code: 'guard' | 'unplanned-host' | 'playbook-fault'
  readonly message: string
  readonly hint: string
}

export interface Halt {
  readonly code:
    | 'canary-failed'
    | 'too-many-failed'
    | 'nodes-failed'
    | 'gate-failed'
    | 'deadline'
    | 'aborted'
    | Alarm['code']
  /** Complete and in words: which task on which node failed, with its message, file and line. */
  readonly message: string
  readonly hint: string
  readonly nodes: readonly string[]
}

interface At {
  /** ms since the epoch. */
  readonly at: number
}

/** What a person says comes as an order; its id makes sure that none counts twice. */
interface Steered extends At {
  readonly by: Actor
  readonly reason?: string
  readonly order?: string
}

/** A rollout begins: one pin, one environment. */
export interface Opened extends At {
  readonly type: 'opened'
  readonly rollout: string
  /** Back to an earlier commit, because a person said so. */
  readonly kind: 'forward' | 'rollback'
  readonly pin: PinnedCommit
  /** The remembered SHA when it began. */
  readonly previous: string | null
  /** The pin does not descend from the remembered SHA: a person must approve. */
  readonly history?: 'backward' | 'rewritten'
  /** Non-canary nodes it is limited to, null for all. A limited rollout is never remembered. */
  readonly limit: readonly string[] | null
  /** How many nodes each wave had when it began. */
  readonly waves?: readonly WaveSize[]
  readonly by: Actor
  readonly reason?: string
}
export interface WaveSize {
  /** 0 is the canary wave. */
  readonly wave: number
  readonly nodes: number
}
/**
 * A process takes up a rollout that another one left. What has no outcome, or was only looked at so
 * far, is looked at again.
 */
export interface Resumed extends At {
  readonly type: 'resumed'
  readonly by: Actor
  /** Look at the nodes again that wait for a drain: somebody may have seen to them by hand. */
  readonly again?: boolean
}
interface Intent extends At {
  readonly type: 'intended'
  readonly step: string
  readonly wave: number
  readonly nodes: readonly string[]
  /** Nodes worked on at the same time: what the duration is measured against. */
  readonly forks?: number
}
export type Intended = Intent & StepKind
export interface Concluded extends At {
  readonly type: 'concluded'
  readonly step: string
  readonly tasks: readonly TaskRef[]
  readonly nodes: Readonly<Record<string, NodeOutcome>>
  readonly alarm?: Alarm
}
/**
 * These nodes spent their attempts; nothing but a person's retry touches them again in this
 * rollout.
 */
export interface Quarantined extends At {
  readonly type: 'quarantined'
  readonly nodes: readonly string[]
}
/**
 * Every node of a wave was tried, of the canaries each is GOOD: since then the next one may begin,
 * after its pause.
 */
export interface WaveDone extends At {
  readonly type: 'wave-done'
  readonly wave: number
  /** When the last of its nodes came so far, ms. */
  readonly since: number
}
export interface Halted extends At {
  readonly type: 'halted'
  readonly halt: Halt
}
/** Every node of the rollout is GOOD at the pin. */
export interface Finished extends At {
  readonly type: 'finished'
}
/** A person asks for nodes to be tried again; a halted rollout goes on. */
export interface Retried extends Steered {
  readonly type: 'retried'
  /** null: all that failed. */
  readonly nodes: readonly string[] | null
}
/** Nothing new begins, in whatever rollout, until the time or `unpaused`. */
export interface Paused extends Steered {
  readonly type: 'paused'
  readonly scope: 'fleet' | 'environment'
  readonly until?: number
}
export interface Unpaused extends Steered {
  readonly type: 'unpaused'
}
/** A person lets the rollout go on as it was shown: `key` is the digest of what that was. */
export interface Approved extends Steered {
  readonly type: 'approved'
  readonly rollout: string
  readonly key: string
}
/**
 * A person wants nodes back that are only drained; they are not drained again before `until`, ms.
 */
export interface Released extends Steered {
  readonly type: 'released'
  readonly rollout: string
  readonly nodes: readonly string[]
  readonly until: number
  /**
   * Those of them that a person gave back: the scheduler that drained them is not declared any more.
   */
  readonly byHand?: readonly string[]
}
/** What runs is finished, then the rollout halts. */
export interface Aborted extends Steered {
  readonly type: 'aborted'
  readonly rollout: string
}
/** A rollout is given up, because another pin takes its place. */
export interface Closed extends At {
  readonly type: 'closed'
  readonly reason: string
  /** A person rolls it back: its commit is not rolled out again by itself. */
  readonly rolledBack?: { readonly by: Actor; readonly reason?: string }
}
/**
 * From here on these are told, and no others: a target that is new hears of nothing that was
 * before.
 */
export interface Audience extends At {
  readonly type: 'audience'
  readonly targets: readonly { readonly name: string; readonly on: readonly MessageKind[] }[]
}
/** What people are to be told, and no other event says: it was seen in a decision. */
export interface Noticed extends At {
  readonly type: 'noticed'
  readonly rollout: string
  readonly news: News
}
export type News =
  | { readonly kind: 'canary-passed' }
  | {
      readonly kind: 'waiting-approval'
      readonly key: string
      readonly text: string
      readonly waves: readonly WaveSize[]
    }
/**
 * A target was told, written after it took the message. given-up: it never will be. delayed: it was
 * not yet, and is tried again; written once a process, so that others can say why.
 */
export interface Told extends At {
  readonly type: 'told'
  readonly message: string
  readonly target: string
  readonly outcome: 'delivered' | 'given-up' | 'delayed'
  readonly why?: string
  /** Of delayed: the target asked for no attempt before this, ms. */
  readonly until?: number
}

export type JournalEvent =
  | Opened
  | Resumed
  | Intended
  | Concluded
  | Quarantined
  | WaveDone
  | Halted
  | Finished
  | Retried
  | Paused
  | Unpaused
  | Approved
  | Released
  | Aborted
  | Closed
  | Audience
  | Noticed
  | Told
