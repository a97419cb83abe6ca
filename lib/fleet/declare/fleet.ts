// SPDX-License-Identifier: Apache-2.0
// What the operator declared, resolved: every list expanded, every default filled in. Plain values
// only.
import type { PlaybookSource } from './playbook-source.js'
import type { SecretSource, VaultId } from './secret-source.js'

export type { PlaybookSource } from './playbook-source.js'
export type { SecretSource, VaultedSecret, VaultId } from './secret-source.js'

/** A node that patchrun may change: one host of the inventory it generates. */
export interface FleetNode {
  readonly name: string
  /**
   * True when the node, or the hypervisor it runs on, is on the canary list: it belongs to the
   * first wave.
   */
  readonly canary: boolean
  /** Ansible groups, in declared order, without `all`. */
  readonly groups: readonly string[]
  /**
   * Host variables as Ansible will see them (already merged for this host, group variables
   * excluded).
   */
  readonly vars: Readonly<Record<string, unknown>>
  /** Names of the failure domains the node belongs to (rack, chassis, switch). */
  readonly domains: readonly string[]
  /** Names of the scheduler's partitions the node belongs to, as declared. */
  readonly partitions: readonly string[]
  /** The hypervisor it runs on, itself a node of the fleet; null: none is declared. */
  readonly runsOn: string | null
  /** While nobody knows the scheduler that has drained it: the one that is declared for it. */
  readonly declaredFor?: string | null
  /** Name of the scheduler whose node it is; null: nobody drains it. */
  readonly scheduler: string | null
}

/** A number of nodes, or a percentage. */
export type Share = number | `${number}%`

/** How the rollout may proceed. Durations are in milliseconds, counts in nodes. */
export interface RolloutPolicy {
  /** Wait after the last canary was verified, ms. */
  readonly soak: number
  /**
   * Share of the non-canary nodes reached when each wave is done, in rising order; the rest follows
   * in a last wave.
   */
  readonly waves: readonly Share[]
  /**
   * Failed nodes outside the canary wave that are endured, whatever the cause; one more halts. A
   * percentage is of the non-canary nodes, rounded down.
   */
  readonly maxFailed: Share
  /** The same for each cause by itself; null: only `maxFailed` counts. */
  readonly budget: Readonly<Record<BudgetCause, Share | null>>
  /**
   * A node that fails is tried `attempts` times in all: after `backoff`, then twice that, at most
   * `longest`; then it is quarantined.
   */
  readonly retries: {
    readonly attempts: number
    readonly backoff: number
    readonly longest: number
  }
  /** Nodes changed in one run, at most, whatever else is allowed; null: no limit. */
  readonly maxChanged: number | null
  readonly capacity: CapacityPolicy
  /**
   * Wait between the changes of two nodes (then they go one by one), and before each wave after the
   * canaries, ms.
   */
  readonly pause: { readonly nodes: number; readonly waves: number }
  /** The rollout halts this long after it was opened or retried, ms; null: never. */
  readonly deadline: number | null
  readonly timing: Timing
  /**
   * What a person must approve: the start, all that is not a canary (once), each wave after the
   * canaries.
   */
  readonly approval: readonly ApprovalPoint[]
  /** What happens to a rollout under way when the ref has moved. */
  readonly onNewCommit: 'finish' | 'supersede'
  readonly health: readonly HealthGate[]
  /** Environments that must have completed the very same SHA, and how long ago at least, ms. */
  readonly promotion: { readonly after: readonly string[]; readonly soak: number }
  /** A person who begins a rollout types the name of the environment. */
  readonly protected: boolean
  readonly changes: ChangesPolicy
  readonly drain: DrainPolicy
}

/** How would-be changes are judged. */
export interface ChangesPolicy {
  /** What a would-be change with neither HotChange nor DrainChange counts as. */
  readonly untagged: 'drain' | 'error' | 'suggest'
  /**
   * A task fails in check mode after something would have changed: the node is changed and looked
   * at again, or it has failed.
   */
  readonly beyond: 'apply' | 'error'
  /** Tasks that check mode skips, by their tag: run once a commit on each node, or only named. */
  readonly unforeseen: Readonly<Record<'hot' | 'drain' | 'untagged', 'apply' | 'name'>>
}

/**
 * How nodes are emptied, changed and given back. Durations are in milliseconds. Means nothing
 * without a scheduler.
 */
export interface DrainPolicy {
  /**
   * Nodes that patchrun keeps drained at once, at most, beside all other limits; a percentage is of
   * all nodes, rounded down but never below one.
   */
  readonly atOnce: Share
  /**
   * A drain that has not emptied its node after this long, ms; what happens then is `onTimeout`'s.
   */
  readonly timeout: number
  /**
   * wait on; release: give the node back at once, try again later; ask: wait on, and ask a person
   * whether to give it back.
   */
  readonly onTimeout: 'wait' | 'release' | 'ask'
  /**
   * Nodes that somebody else drained or set down: leave them alone, or patch them once they are
   * empty. They are never released.
   */
  readonly foreign: 'leave' | 'patch'
  /**
   * Nodes in a maintenance reservation of the site that holds nobody's jobs: patch them within it,
   * or leave them alone.
   */
  readonly reservations: 'join' | 'leave'
  /** The HotChange part of a node that needs a drain goes first, under load. */
  readonly hotFirst: boolean
  /** auto: when the node or the play asks for it; always: once a visit; never. */
  readonly reboot: 'auto' | 'always' | 'never'
  /** A node that is not back after this long has failed, ms. */
  readonly rebootTimeout: number
  /** Run a test job on exactly that node before users get it back. */
  readonly test: boolean
}

/** The workload manager whose nodes these are, and how it is spoken to. */
export interface Scheduler {
  /** `default` where the file has `scheduler`. */
  readonly name: string
  /** The field of the declaration: `scheduler`, or such as `schedulers.new`. */
  readonly field: string
  readonly type: 'slurm'
  /** The host on which the scheduler's commands run; tasks are delegated to it. */
  readonly controller: string
  /**
   * Connection variables for that host: what the source inventory says of it, and what is declared
   * over that.
   */
  readonly controllerVars: Readonly<Record<string, unknown>>
  /** What the scheduler calls a node: its inventory name, or that up to the first dot. */
  readonly names: 'full' | 'short'
  /** How often it is asked while something waits for it, ms. */
  readonly every: number
  /** Prefix of the node feature that tells the commit; null: none is set. */
  readonly feature: string | null
  /** The Ansible role of each step; a site may bring its own. */
  readonly roles: SchedulerRoles
  /** Further variables of these roles. */
  readonly vars: Readonly<Record<string, unknown>>
}

export interface SchedulerRoles {
  readonly observe: string
  readonly drain: string
  readonly release: string
  readonly reboot: string
  readonly test: string
}

export type BudgetCause = 'failed' | 'unreachable' | 'notConverged'

export type ApprovalPoint = 'start' | 'wide' | 'waves'

/**
 * How many nodes may be out at once; a percentage is of the nodes of the scope, rounded down but
 * never below one.
 */
export interface CapacityPolicy {
  /** Of all nodes; null: no limit. */
  readonly fleet: Share | null
  readonly groups: Readonly<Record<string, Share>>
  readonly partitions: Readonly<Record<string, Share>>
  /** Of the nodes of each failure domain. */
  readonly domains: Share | null
}

/** When changes may begin. */
export interface Timing {
  /** IANA time zone in which windows and freezes are meant. */
  readonly zone: string
  /** None: always open. */
  readonly windows: readonly WindowRule[]
  readonly freezes: readonly Freeze[]
  /** How long the change of a node is expected to take while nothing was measured, ms. */
  readonly expected: number
}

/**
 * Open on these days between two times of the clock on the wall. `to` not after `from`: until the
 * next day.
 */
export interface WindowRule {
  /** ISO: 1 is Monday, 7 is Sunday. The day on which the window opens. */
  readonly days: readonly number[]
  /** "HH:MM". */
  readonly from: string
  /** "HH:MM", up to "24:00". */
  readonly to: string
}

/** No change may begin in this time. */
export interface Freeze {
  /** ms since the epoch, the end not included. */
  readonly from: number
  readonly to: number
  readonly reason: string
}

/** visit: on each drained node by itself, after its change and before it is given back. */
export type HealthPoint = 'start' | 'canaries' | 'waves' | 'visit' | 'end'

/** An Ansible role that must pass before the rollout goes on. */
export interface HealthGate {
  readonly name: string
  readonly role: string
  readonly at: readonly HealthPoint[]
  readonly vars: Readonly<Record<string, unknown>>
}

/** How ansible-playbook is called. Durations are in milliseconds. */
export interface AnsiblePolicy {
  /** Path of an ansible-playbook to use instead of the one found. */
  readonly executable?: string
  readonly forks: number
  /** The repository's own ansible.cfg: use it (dangerous settings overridden) or ignore it. */
  readonly config: 'repository' | 'none'
  /** A node whose task shows no result for this long is cut loose, ms. */
  readonly hangTimeout: number
  /** Seconds-long connection time-out of Ansible, ms. */
  readonly connectTimeout: number
  /** Show diffs in events. */
  readonly diff: boolean
  /**
   * Further arguments for ansible-playbook, such as `--private-key`; never ones that choose hosts,
   * tags or check mode.
   */
  readonly extraArgs: readonly string[]
  /** Variables of every run, over all others. */
  readonly extraVars?: Readonly<Record<string, unknown>>
  /** Plays for localhost alone run too. */
  readonly localhost?: boolean
  /** Directory with the `roles` and `collections` that the commit wants installed. */
  readonly installed?: string
  /**
   * Passwords of Ansible's vault, in the order in which they are tried. Empty: what the caller's
   * own environment says holds.
   */
  readonly vault: readonly VaultId[]
}

/** What people are told of. */
export type MessageKind =
  | 'started'
  | 'canary-passed'
  | 'halted'
  | 'waiting-approval'
  | 'quarantined'
  | 'done'
  | 'rolled-back'

/** Somebody who is told. */
export interface NotifyTarget {
  /** As declared: it stands for the target wherever its URL must not. */
  readonly name: string
  readonly on: readonly MessageKind[]
  readonly to:
    | { readonly slack: SecretSource }
    | { readonly url: string | SecretSource; readonly secret: SecretSource }
}

/** Refs of a git repository that hold the state of a fleet. */
export interface StateRemote {
  /** URL, or absolute path of a local repository. */
  readonly repository: string
  /** Each environment has its refs below this one. */
  readonly ref: string
}

/**
 * One environment of a fleet, ready to be rolled out. `environment` is "default" when the file
 * declares none.
 */
export interface Fleet {
  readonly name: string
  readonly environment: string
  /** Absolute path of patchrun.yml. */
  readonly file: string
  readonly playbooks: PlaybookSource
  /** Permitted nodes only, canaries included, in the order they are declared. */
  readonly nodes: readonly FleetNode[]
  /** Hosts that must never be touched. */
  readonly denied: readonly string[]
  /** Variables of `all` and of each group, for the generated inventory. */
  readonly groupVars: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Child groups of each group, where the declaration or the source inventory has them. */
  readonly groupChildren: Readonly<Record<string, readonly string[]>>
  readonly policy: RolloutPolicy
  readonly ansible: AnsiblePolicy
  /** Empty: nothing is drained, and nodes that need it wait. */
  readonly schedulers: readonly Scheduler[]
  /** Who is told what a rollout does. */
  readonly notify: readonly NotifyTarget[]
  /**
   * Absolute path of the directory that holds this fleet's state, or, where that lies in a remote,
   * what belongs to this machine.
   */
  readonly stateDirectory: string
  /** Where journal, lock and mailbox lie, when not in that directory. */
  readonly stateRemote: StateRemote | null
  /** A lock whose holder gave no sign of life for this long may be taken over, ms. */
  readonly lockTimeout: number
  /**
   * IANA time zone of whoever reads, in which moments are told; that of the windows where nobody
   * said.
   */
  readonly zone?: string
  /**
   * The program with the options that lead whoever reads to this environment, such as `patchrun
   * --env prod`, for commands within words; `patchrun` where nobody said.
   */
  readonly command?: string
}
