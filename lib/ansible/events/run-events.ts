// SPDX-License-Identifier: Apache-2.0
// lib/ansible/events/: what a run of Ansible tells while it goes on.
//
// The events that plugins/callback/patchrun_events.py writes, one JSON object a line, version 1.
// Every event has: v (1), seq (from 1, rising by 1), ts (seconds since the epoch, with fraction),
// ev.

/** A task or handler, sent once when it starts; later events name it by `id`. */
export interface TaskInfo {
  readonly id: string
  /** Name as displayed: role prefix included. Vault secrets masked. */
  readonly name: string
  /** Fully qualified module name where known. */
  readonly action: string
  /** Effective tags: inherited from blocks, roles, plays and imports. */
  readonly tags: readonly string[]
  readonly role: string | null
  /** Path relative to the playbook repository where it lies inside, absolute otherwise. */
  readonly file: string
  readonly line: number
  readonly handler: boolean
  /** Effective check mode: false for a task with `check_mode: false` even in a check run. */
  readonly checkMode: boolean
  readonly noLog: boolean
  /** Says `changed_when: false`. */
  readonly neverChanged?: boolean
  /** Names or topics it notifies. */
  readonly notify: readonly string[]
}

interface Base {
  readonly v: 1
  readonly seq: number
  readonly ts: number
}

/** The first of a run, and of each section of it. */
export interface StartEvent extends Base {
  readonly ev: 'start'
  readonly playbook: string
  readonly pid: number
  readonly ansible: string
  readonly python: string
  readonly check: boolean
  readonly diff: boolean
}
export interface PlayEvent extends Base {
  readonly ev: 'play'
  readonly name: string
  readonly tags: readonly string[]
  readonly strategy: string
  /** How many hosts the play is about to run on. */
  readonly hosts: number
  /** It is for localhost alone. */
  readonly local?: boolean
}
export interface TaskEvent extends Base {
  readonly ev: 'task'
  readonly task: TaskInfo
}
export interface HostStartEvent extends Base {
  readonly ev: 'host_start'
  readonly host: string
  readonly task: string
}

/** What happened to one host in one task, or in one item of its loop. */
export interface ResultEvent extends Base {
  readonly ev:
    | 'ok'
    | 'failed'
    | 'skipped'
    | 'unreachable'
    | 'retry'
    | 'item_ok'
    | 'item_failed'
    | 'item_skipped'
  readonly host: string
  /** `id` of the task. */
  readonly task: string
  readonly changed: boolean
  /** The play goes on in spite of a failure (`ignore_errors`, `ignore_unreachable`). */
  readonly ignored: boolean
  /** Seconds from host_start to here. */
  readonly duration: number
  /** Label of the item of a loop. */
  readonly item?: string
  /** Message, cut at 4 KiB; absent under no_log. */
  readonly msg?: string
  /** Exit code of a command. */
  readonly rc?: number
  /** End of standard error, cut at 4 KiB. */
  readonly stderr?: string
  /** Unified diff, cut at 16 KiB. */
  readonly diff?: string
  /** Skipped because check mode cannot run it: a blind spot. */
  readonly unpredicted?: boolean
  /** Ended by the task time-out: the node hangs. */
  readonly timedOut?: boolean
  /** The host that did the work, when delegated. */
  readonly delegatedTo?: string
}

export interface HostStats {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failures: number
  readonly skipped: number
  readonly rescued: number
  readonly ignored: number
}
export interface StatsEvent extends Base {
  readonly ev: 'stats'
  readonly stats: Readonly<Record<string, HostStats>>
  /**
   * Planned hosts that did not see every play through although nothing failed on them: left out by
   * a broken batch, by another host's fatal error, or by an include that could not be loaded.
   */
  readonly unfinished?: readonly string[]
  /**
   * Planned hosts without stats that plays ran to their end: there was no task for them, or the
   * play ended for them before its first.
   */
  readonly through?: readonly string[]
  /** More stats events follow: large fleets are told in several. */
  readonly more?: true
}

/**
 * The guard stopped the run before something forbidden started. Nothing after it ran.
 * `plugin-fault`: the guard itself could not decide, and stopped to be safe. `fenced`: the right to
 * act ended while the run was under way.
 */
export interface GuardEvent extends Base {
  readonly ev: 'guard'
  readonly reason:
    | 'drain-change'
    | 'untagged-handler'
    | 'unplanned-host'
    | 'denied-delegate'
    | 'unchecked-drain-change'
    | 'fenced'
    | 'plugin-fault'
  /** In words, complete: names the task or the hosts. */
  readonly message: string
  readonly task?: TaskInfo
  /**
   * Tasks that notified the handler that was stopped, with the hosts they did it on (at most 20).
   */
  readonly notifiedBy?: readonly { readonly task: TaskInfo; readonly hosts: readonly string[] }[]
  /** Hosts concerned (at most 20). */
  readonly hosts?: readonly string[]
}
export interface NoHostsEvent extends Base {
  readonly ev: 'no_hosts'
  readonly reason: 'unmatched' | 'exhausted'
}

/**
 * Outside check mode: this handler is to run on the host. It is owed until its own result says that
 * it did, or that its condition skipped it.
 */
export interface NotifiedEvent extends Base {
  readonly ev: 'notified'
  readonly host: string
  /** `id` of the handler; of one that another handler includes, that one's. */
  readonly task: string
  /**
   * What failed owes it: the handler itself, or a task that may have changed the host before.
   * Nobody owes it where that was rescued.
   */
  readonly failed?: boolean
}

/**
 * The section is over (numbers count from 1), and another follows: Ansible waits until it is told
 * to go on.
 */
export interface ParkedEvent extends Base {
  readonly ev: 'parked'
  readonly section: number
}

/**
 * What a task that carries the variable `patchrun_report` has to tell: JSON, in parts. Sent before
 * the task's `ok`.
 */
export interface ReportEvent extends Base {
  readonly ev: 'report'
  readonly host: string
  /** `id` of the task. */
  readonly task: string
  /** Name of the report: the value of the variable. */
  readonly name: string
  /** Counts from 1; parts come in order, one report after the other. */
  readonly part: number
  readonly parts: number
  readonly text: string
  /** Why there is no JSON; `text` is empty then. */
  readonly error?: string
}

/** Written only by the tag audit (`patchrun lint`): a task that exists, not one that runs. */
export interface LintTaskEvent extends Base {
  readonly ev: 'lint_task'
  readonly play: string
  readonly task: TaskInfo
  /** The file or role could not be followed without running (a templated include). */
  readonly opaque?: string
  /** The play is for localhost alone. */
  readonly local?: boolean
  /** Counts the plays from 0: names of plays repeat. */
  readonly playNumber?: number
  /** `id` of the dynamic include that brings the task. */
  readonly include?: string
  /** Topics a handler listens to. */
  readonly listen?: readonly string[]
  /** Has `creates` or `removes`, by which check mode can predict a command. */
  readonly conditionalRun?: boolean
  /** Why it would change the node at every look. */
  readonly notIdempotent?: string
  /** Why a look does not see what it would do, though check mode knows its module. */
  readonly unforeseen?: string
  readonly runOnce?: boolean
  /** The file that it writes in any case: all of it, or a part. */
  readonly writes?: { readonly path: string; readonly whole: boolean }
  /** A path beside the playbook where it leaves a file. */
  readonly relativePath?: string
  /** Some of its arguments as they are written, lists as one text: what it is about. */
  readonly says?: Readonly<Record<string, string>>
  /** Variables it registers or sets. */
  readonly registers?: readonly string[]
  /** Variables that some task registers or sets, and that this one mentions. */
  readonly uses?: readonly string[]
}

export type AnsibleEvent =
  | StartEvent
  | PlayEvent
  | TaskEvent
  | HostStartEvent
  | ResultEvent
  | StatsEvent
  | GuardEvent
  | NoHostsEvent
  | NotifiedEvent
  | ParkedEvent
  | ReportEvent
  | LintTaskEvent
