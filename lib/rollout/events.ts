// SPDX-License-Identifier: Apache-2.0
// What the journal records. Folding these, and nothing else, gives the state of an environment.
// An event says what was intended or what came out; never what to do next: that is decide's.
import type { Failure, Verdict } from './verdict.js'

/** Who did it: a person, a job, a process. */
export interface Actor {
  readonly user: string
  readonly host: string
  readonly pid: number
}

/** The commit a whole rollout runs from. */
export interface PinnedCommit {
  /** 40 hexadecimal digits. */
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

export type StepAction = 'detect' | 'apply' | 'verify'

/** What a step found on one node. Numbers point into `tasks` of the same event. */
export interface NodeOutcome {
  /** Of detect and verify. */
  readonly verdict?: Verdict
  /** Of apply: ok, failed, cut (it was under way when the run ended), absent (it never started). */
  readonly applied?: 'ok' | 'failed' | 'cut' | 'absent'
  readonly failure?: Failure
  readonly changes?: readonly number[]
  readonly blindSpots?: readonly number[]
}

/** Something that must never happen nearly did; the rollout halts whatever the policy endures. */
export interface Alarm {
  readonly code: 'guard' | 'unplanned-host' | 'playbook-fault'
  readonly message: string
  readonly hint: string
}

export interface Halt {
  readonly code: 'canary-failed' | 'too-many-failed' | 'nodes-failed' | Alarm['code']
  /** Complete and in words: which task on which node failed, with its message, file and line. */
  readonly message: string
  readonly hint: string
  readonly nodes: readonly string[]
}

interface At {
  /** ms since the epoch. */
  readonly at: number
}

/** A rollout begins: one pin, one environment. */
export interface Opened extends At {
  readonly type: 'opened'
  readonly rollout: string
  readonly pin: PinnedCommit
  /** The remembered SHA when it began. */
  readonly previous: string | null
  /** Non-canary nodes it is limited to, null for all. A limited rollout is never remembered. */
  readonly limit: readonly string[] | null
  readonly by: Actor
}
/** A process takes up a rollout that another one left. What has no outcome, or was only looked at so far, is looked at again. */
export interface Resumed extends At {
  readonly type: 'resumed'
  readonly by: Actor
  /** Look at the nodes again that wait for a drain: somebody may have seen to them by hand. */
  readonly again?: boolean
}
export interface Intended extends At {
  readonly type: 'intended'
  readonly step: string
  readonly action: StepAction
  readonly wave: number
  readonly nodes: readonly string[]
}
export interface Concluded extends At {
  readonly type: 'concluded'
  readonly step: string
  readonly tasks: readonly TaskRef[]
  readonly nodes: Readonly<Record<string, NodeOutcome>>
  readonly alarm?: Alarm
}
export interface Halted extends At {
  readonly type: 'halted'
  readonly halt: Halt
}
/** Every node of the rollout is GOOD at the pin. */
export interface Finished extends At {
  readonly type: 'finished'
}
/** A person asks for failed nodes to be tried again; a halted rollout goes on. */
export interface Retried extends At {
  readonly type: 'retried'
  /** null: all that failed. */
  readonly nodes: readonly string[] | null
  readonly by: Actor
}
/** A halted rollout is given up, because another pin takes its place. */
export interface Closed extends At {
  readonly type: 'closed'
  readonly reason: string
}

export type JournalEvent = Opened | Resumed | Intended | Concluded | Halted | Finished | Retried | Closed
