// SPDX-License-Identifier: Apache-2.0
// What the operator declared, resolved: every list expanded, every default filled in. Plain values only.

/** A node that patchrun may change: one host of the inventory it generates. */
export interface FleetNode {
  readonly name: string
  /** True when the node is on the canary list: it belongs to the first wave. */
  readonly canary: boolean
  /** Ansible groups, in declared order, without `all`. */
  readonly groups: readonly string[]
  /** Host variables as Ansible will see them (already merged for this host, group variables excluded). */
  readonly vars: Readonly<Record<string, unknown>>
  /** Names of the failure domains the node belongs to (rack, chassis, switch). */
  readonly domains: readonly string[]
}

/** How the rollout may proceed. Durations are in milliseconds, counts in nodes. */
export interface RolloutPolicy {
  /** Wait after the last canary was verified, ms. */
  readonly soak: number
  /** Share of the non-canary nodes reached when each wave is done, in rising order; the rest follows in a last wave. */
  readonly waves: readonly (number | `${number}%`)[]
  /** Failed nodes outside the canary wave that are endured; one more halts. A percentage is of the non-canary nodes, rounded down. */
  readonly maxFailed: number | `${number}%`
  /** What a would-be change with neither HotChange nor DrainChange counts as. */
  readonly untagged: 'drain' | 'error'
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
  /** Further arguments for ansible-playbook, such as `--vault-id`; never ones that choose hosts, tags or check mode. */
  readonly extraArgs: readonly string[]
}

export interface PlaybookSource {
  /** URL, or absolute path of a local repository. */
  readonly repository: string
  readonly ref: string
  /** Path of the playbook within the repository. */
  readonly playbook: string
  readonly submodules: boolean
}

/** One environment of a fleet, ready to be rolled out. `environment` is "default" when the file declares none. */
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
  /** Absolute path of the directory that holds this fleet's state. */
  readonly stateDirectory: string
}
