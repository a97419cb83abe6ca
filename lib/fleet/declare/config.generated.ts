// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/patchrun.schema.json by scripts/generate-types.mjs. Do not edit.

export type Name = string
export type Ref = string
export type Path = string
/**
 * Nodes as Slurm and ClusterShell write them. See docs/usage/host-expressions.md.
 */
export type HostExpression = string
/**
 * Host expressions and sources, put together in order. An expression that begins with "!" takes nodes out of what stands before it. No node may come twice.
 */
export type HostList = (HostExpression | FileSource | CommandSource | InventorySource)[]
export type HostExpressions = HostExpression[]
/**
 * What fails together: racks, chassis, switches. Declared by name, or taken from groups or from a variable.
 */
export type FailureDomains = DomainsFromGroups | DomainsFromVariable | DomainsByName
export type VariableName = string
/**
 * A whole number with a unit (ms, s, m, h, d); several are added up.
 */
export type Duration = string
/**
 * Name of an Ansible role: one of the playbook repository, one of a collection (three words with dots), or one that comes with patchrun.
 */
export type RoleName = string
/**
 * A number of nodes, 1 or more, or a percentage from 1% to 100%.
 */
export type WaveSize = number | string
/**
 * A number of nodes, or a percentage.
 */
export type NodeCount = number | string
/**
 * A day or a range of days, by their first three letters: "mon", "sat-sun".
 */
export type Weekdays = string
/**
 * A date, or a date and a time of the clock on the wall: "2026-12-18", "2026-12-18T12:00".
 */
export type Day = string
/**
 * Health gates: Ansible roles that must pass before the rollout goes on. Those of an environment stand in place of the fleet's.
 */
export type HealthGates = Health[]
/**
 * Where a secret is found when it is needed. The secret itself never stands in this file, unless it is encrypted.
 */
export type SecretSource = SecretOfEnvironment | SecretOfFile | SecretOfVault
export type WebhookUrl = string
/**
 * The passwords of Ansible's vault, in the order in which Ansible tries them: files, or scripts that print one. See docs/usage/vault.md.
 */
export type Vault = (VaultFile | VaultScript)[]

/**
 * patchrun.yml: the playbook repository, the nodes and the policies of one fleet. Relative paths are relative to the directory of this file.
 */
export interface Declaration {
  /**
   * Path or URL of this schema, for editors. patchrun does not read it.
   */
  $schema?: string
  /**
   * Version of the format of this file.
   */
  schemaVersion: 1
  /**
   * Name of the fleet, as reports and notices show it: letters, digits, '-', '_' and '.'.
   */
  fleet: Name
  playbooks: Playbooks
  nodes: Nodes
  inventory?: Inventory
  failureDomains?: FailureDomains
  partitions?: Partitions
  scheduler?: SchedulerDeclared
  schedulers?: SchedulersDeclared
  runsOn?: RunsOn
  changes?: Changes
  rollout?: Rollout
  drain?: Drain
  windows?: Windows
  health?: HealthGates
  notify?: Notify
  ansible?: Ansible
  state?: State
  /**
   * Named parts of the fleet, in the order in which they are promoted. Without it the whole fleet is one environment called "default".
   */
  environments?: {
    [k: string]: Environment
  }
}
/**
 * The Ansible playbook repository whose commits are rolled out.
 */
export interface Playbooks {
  /**
   * URL of the git repository, or path of a local one.
   */
  repository: string
  /**
   * Branch, tag or full commit that is rolled out.
   */
  ref?: Ref
  /**
   * Path of the playbook within the repository.
   */
  playbook?: Path
  /**
   * Check submodules out too.
   */
  submodules?: boolean
  /**
   * What becomes of files that are kept in Git LFS, where its filters are not set up for this user: refuse the commit, name them and roll out the pointers as they are, or fetch them with git-lfs (not in submodules).
   */
  lfs?: 'refuse' | 'name' | 'fetch'
  /**
   * Install the roles and collections that requirements.yml of the commit names (also in roles/ and collections/), for its runs only. Each entry names one exact version.
   */
  requirements?: boolean
  /**
   * Extra variables of every run of Ansible, over all others, as with -e. They reach Ansible in a file.
   */
  vars?: Variables
}
/**
 * Ansible variables: a name and any value. YAML 1.2 is read, so yes and no stay words; write true and false. A value may be a !vault value.
 */
export interface Variables {
  [k: string]: unknown
}
/**
 * Which nodes patchrun may touch (allow), must never touch (deny), and touches first (canary).
 */
export interface Nodes {
  /**
   * The nodes patchrun may touch. Never empty.
   */
  allow: HostList
  /**
   * The nodes patchrun must never touch, in no environment. A node that is also on allow or canary is a contradiction, and nothing is started.
   */
  deny?: HostList
  /**
   * The nodes touched first; each must be allowed. At least one, unless environments declare their own.
   */
  canary?: HostList
}
/**
 * A text file with one host expression a line; # begins a comment. Read afresh at every pass.
 */
export interface FileSource {
  /**
   * Path of the file.
   */
  file: Path
}
/**
 * A command that prints such lines, run in the directory of this file without a shell, for at most a minute. Run afresh at every pass.
 */
export interface CommandSource {
  /**
   * The program and its arguments.
   *
   * @minItems 1
   */
  command: [string, ...string[]]
}
/**
 * The hosts of an existing Ansible inventory, asked through ansible-inventory at every pass.
 */
export interface InventorySource {
  /**
   * Path of the inventory: a file, a directory or a script.
   */
  inventory: Path
  /**
   * Take only this group, with its child groups.
   */
  group?: string
}
/**
 * Groups and variables of the nodes, for the inventory that patchrun generates. Only permitted nodes come into it.
 */
export interface Inventory {
  /**
   * An existing Ansible inventory to take groups and variables from, asked through ansible-inventory at every pass. What is declared here goes over what it says.
   */
  source?: Path
  /**
   * Plays for localhost alone, the machine that patchrun runs on: skip leaves them out and names them; run looks at them and applies them once a step, beside the nodes. A DrainChange is refused there.
   */
  localhost?: 'skip' | 'run'
  /**
   * Groups and the nodes in them. Nodes that are not permitted are left out.
   */
  groups?: {
    [k: string]: HostExpressions
  }
  /**
   * Variables of every node (group all).
   */
  vars?: Variables
  /**
   * Variables of a group that is declared here or in the source.
   */
  groupVars?: {
    [k: string]: Variables
  }
  /**
   * Variables of nodes, by host expression. A later entry goes over an earlier one.
   */
  hostVars?: {
    [k: string]: Variables
  }
}
/**
 * Each group whose name fits is a failure domain.
 */
export interface DomainsFromGroups {
  /**
   * Group names; * stands for any text.
   *
   * @minItems 1
   */
  fromGroups: [string, ...string[]]
}
/**
 * Each value of the variable is a failure domain; a list of values puts a node into several.
 */
export interface DomainsFromVariable {
  /**
   * Name of a host or group variable.
   */
  fromVariable: VariableName
}
/**
 * Names and the nodes in them.
 */
export interface DomainsByName {
  [k: string]: HostExpressions
}
/**
 * Partitions of the scheduler and the nodes in them. Nodes that are not permitted are left out.
 */
export interface Partitions {
  [k: string]: HostExpressions
}
/**
 * The workload manager whose nodes these are. Without it nothing is drained, and nodes that need a DrainChange wait.
 */
export interface SchedulerDeclared {
  /**
   * Which workload manager it is.
   */
  type: 'slurm'
  /**
   * The nodes that it has. Without it all nodes of the fleet that no other scheduler names.
   */
  nodes?: HostExpressions
  /**
   * Host on which its commands run (scontrol, squeue, sbatch), as a user who may drain nodes. It need not be on a list, and must not be on deny.
   */
  controller?: string
  /**
   * Connection variables of that host, over what inventory.source says of it.
   */
  controllerVars?: Variables
  /**
   * What the scheduler calls a node: its whole name, or that up to the first dot.
   */
  names?: 'full' | 'short'
  /**
   * How often it is asked while something waits for it; at least 1s.
   */
  every?: Duration
  /**
   * Beginning of the node feature that tells the commit; its first 12 digits follow. Without it no feature is set. Letters, digits, '_' and '.', a letter or '_' first.
   */
  feature?: string
  roles?: SchedulerRoleNames
  /**
   * Further variables of these roles.
   */
  vars?: Variables
}
/**
 * The Ansible role of each step. A site may bring its own.
 */
export interface SchedulerRoleNames {
  /**
   * Tells the nodes, jobs and reservations.
   */
  observe?: RoleName
  /**
   * Takes nodes out of scheduling.
   */
  drain?: RoleName
  /**
   * Gives nodes back.
   */
  release?: RoleName
  /**
   * Reboots a node where that is asked for, and waits until it is back.
   */
  reboot?: RoleName
  /**
   * Runs a test job on one node before users get it back.
   */
  test?: RoleName
}
/**
 * Several workload managers, by a name of your own, each for some of the nodes; in place of scheduler. A node belongs to one of them at most.
 */
export interface SchedulersDeclared {
  [k: string]: SchedulerDeclared
}
/**
 * Hypervisors and the nodes that run on them. A hypervisor and its nodes go out together in one visit. All of them must be allowed, and in the same environment.
 */
export interface RunsOn {
  [k: string]: HostExpressions
}
/**
 * How would-be changes are judged.
 */
export interface Changes {
  /**
   * What a change with neither HotChange nor DrainChange counts as: one that needs an empty node, an error, or what `lint --suggest` proposes for its task.
   */
  untagged?: 'drain' | 'error' | 'suggest'
  /**
   * A task that fails in check mode after something on the node would have changed, or could not be foreseen: nobody knows what the rest would do. apply: the node is changed as far as it could be seen, and looked at again. error: it has failed.
   */
  beyond?: 'apply' | 'error'
  unforeseen?: Unforeseen
}
/**
 * What becomes of tasks that check mode skips, such as commands: apply runs them once a commit on each node, name only names them. Those that say changed_when: false change nothing, and are not meant.
 */
export interface Unforeseen {
  /**
   * Those tagged HotChange.
   */
  hot?: 'apply' | 'name'
  /**
   * Those tagged DrainChange: apply drains the node for them.
   */
  drain?: 'apply' | 'name'
  /**
   * Those with neither tag: apply drains the node for them.
   */
  untagged?: 'apply' | 'name'
}
/**
 * How a rollout goes: how fast, how much of the fleet at once, and what stops it. An environment may set single fields anew.
 */
export interface Rollout {
  /**
   * Wait after the last canary was verified.
   */
  soak?: Duration
  /**
   * Share of the nodes outside the canary list that is reached when each wave is done, rising. What is then left follows in a last wave.
   *
   * @minItems 1
   */
  waves?: [WaveSize, ...WaveSize[]]
  /**
   * Failed nodes outside the canary wave that are endured, whatever the cause; one more halts the rollout. A percentage is of the nodes outside the canary list, rounded down.
   */
  maxFailed?: NodeCount
  budget?: Budget
  retries?: Retries
  /**
   * Nodes changed in one run, at most, whatever else is allowed; the next run goes on. Without it there is no such limit.
   */
  maxChanged?: number
  capacity?: Capacity
  pause?: Pause
  /**
   * The rollout halts this long after it was opened or retried. Without it, never.
   */
  deadline?: Duration
  /**
   * What a person must approve: the start, all nodes that are no canaries (once), each wave after the canaries.
   */
  approval?: ('start' | 'wide' | 'waves')[]
  /**
   * What happens to a rollout under way when the ref has moved: it is finished first, or a new one takes its place.
   */
  onNewCommit?: 'finish' | 'supersede'
  /**
   * How long the change of a node is expected to take while nothing was measured. No change begins that would not be over before the window closes.
   */
  expected?: Duration
}
/**
 * Failed nodes outside the canary wave that are endured, by cause. A cause that is not named has no budget of its own; rollout.maxFailed counts them all.
 */
export interface Budget {
  /**
   * Nodes on which a task failed.
   */
  failed?: NodeCount
  /**
   * Nodes that could not be reached, or hung.
   */
  unreachable?: NodeCount
  /**
   * Nodes that would change again after they were changed.
   */
  notConverged?: NodeCount
}
/**
 * How often a node that failed is tried again before it is quarantined. The wait doubles from one attempt to the next.
 */
export interface Retries {
  /**
   * Attempts in all, the first one included.
   */
  attempts?: number
  /**
   * Wait before the second attempt.
   */
  backoff?: Duration
  /**
   * Longest wait between two attempts.
   */
  longest?: Duration
}
/**
 * How many nodes may be out at once, at most, counting those that were out before. A percentage is of the nodes of the scope, rounded down, and never below one node.
 */
export interface Capacity {
  /**
   * Of all nodes of the environment.
   */
  fleet?: WaveSize
  /**
   * Of the nodes of a group.
   */
  groups?: {
    [k: string]: WaveSize
  }
  /**
   * Of the nodes of a partition, as declared under partitions or known to the scheduler.
   */
  partitions?: {
    [k: string]: WaveSize
  }
  /**
   * Of the nodes of each failure domain.
   */
  domains?: WaveSize
}
/**
 * Waits on the way.
 */
export interface Pause {
  /**
   * Wait between the changes of two nodes, which then go one by one.
   */
  nodes?: Duration
  /**
   * Wait before each wave after the canaries.
   */
  waves?: Duration
}
/**
 * How nodes are emptied, changed and given back. Needs a scheduler. An environment may set single fields anew.
 */
export interface Drain {
  /**
   * Nodes that patchrun keeps drained at once, at most, beside all other limits. A percentage is of all nodes of the environment, rounded down, and never below one node.
   */
  atOnce?: WaveSize
  /**
   * How long a drain may take to empty its node before onTimeout decides.
   */
  timeout?: Duration
  /**
   * What then happens: wait on; release the node at once and try again later; wait on and ask a person.
   */
  onTimeout?: 'wait' | 'release' | 'ask'
  /**
   * Nodes that somebody else drained or set down: leave them alone, or patch them once they are empty. They are never released.
   */
  foreign?: 'leave' | 'patch'
  /**
   * Nodes in a maintenance reservation of the site that holds nobody's jobs: patch them and give them back into it, or leave them alone.
   */
  reservations?: 'join' | 'leave'
  /**
   * Apply the HotChange part of a node that needs a drain beforehand, under load.
   */
  hotFirst?: boolean
  /**
   * When a drained node is rebooted: when it or the play asks for it, once in every visit, never.
   */
  reboot?: 'auto' | 'always' | 'never'
  /**
   * A node that is not back this long after its reboot has failed.
   */
  rebootTimeout?: Duration
  /**
   * Run a test job on exactly that node before users get it back.
   */
  test?: boolean
}
/**
 * When changes may begin. Without it, always. An environment may set single fields anew.
 */
export interface Windows {
  /**
   * IANA time zone in which days and times are meant.
   */
  zone?: string
  /**
   * The windows. Without one it is always open, but for the freezes.
   */
  open?: Window[]
  /**
   * Times in which no change may begin, whatever the windows say.
   */
  freeze?: FreezeTime[]
  /**
   * Path of an iCalendar file. Every event in it is a freeze; its summary is the reason. Read afresh at every pass.
   */
  calendar?: Path
}
/**
 * A time in which changes may begin, on each of the days.
 */
export interface Window {
  /**
   * The days on which it opens.
   *
   * @minItems 1
   */
  days?: [Weekdays, ...Weekdays[]]
  /**
   * When it opens, by the clock on the wall: "08:00".
   */
  from: string
  /**
   * When it closes, up to "24:00". A time before "from" is one of the next day.
   */
  to: string
}
/**
 * A time in which no change may begin.
 */
export interface FreezeTime {
  /**
   * First day, or the moment at which it begins.
   */
  from: Day
  /**
   * Last day, which belongs to it, or the moment at which it ends.
   */
  to: Day
  /**
   * Why, as status shows it.
   */
  reason: string
}
/**
 * An Ansible role that must pass before the rollout goes on.
 */
export interface Health {
  /**
   * Name of the gate, as status shows it.
   */
  name: Name
  /**
   * Name of the role: one of the playbook repository, one of a collection, or one that comes with patchrun.
   */
  role: string
  /**
   * When it is asked: before a rollout, after the canaries, between waves, at the end; with visit, on each node that was drained, before it is given back.
   *
   * @minItems 1
   */
  at?: ['start' | 'canaries' | 'waves' | 'visit' | 'end', ...('start' | 'canaries' | 'waves' | 'visit' | 'end')[]]
  /**
   * Variables of the role.
   */
  vars?: Variables
}
/**
 * Who is told what a rollout does, by a name of your choice. The targets of an environment stand in place of the fleet's.
 */
export interface Notify {
  [k: string]: NotifyTarget
}
/**
 * Somebody who is told: Slack, or a webhook of your own.
 */
export interface NotifyTarget {
  /**
   * The URL of an incoming webhook of Slack. It is a secret: whoever has it can write there.
   */
  slack?: SecretSource
  webhook?: Webhook
  /**
   * What is told; without it, all.
   *
   * @minItems 1
   */
  on?: [
    'started' | 'canary-passed' | 'halted' | 'waiting-approval' | 'quarantined' | 'done' | 'rolled-back',
    ...('started' | 'canary-passed' | 'halted' | 'waiting-approval' | 'quarantined' | 'done' | 'rolled-back')[]
  ]
}
/**
 * A variable of the environment that patchrun runs in.
 */
export interface SecretOfEnvironment {
  /**
   * Name of the variable.
   */
  env: string
}
/**
 * A file that holds the secret and nothing else. A line end after it does not count.
 */
export interface SecretOfFile {
  /**
   * Path of the file; a relative one is taken from the directory of this file.
   */
  file: Path
}
/**
 * The secret itself, encrypted with Ansible's vault: a !vault value. Ansible opens it when it is needed.
 */
export interface SecretOfVault {
  /**
   * The encrypted text, as ansible-vault encrypt_string prints it.
   */
  __ansible_vault: string
}
/**
 * Each message is posted as JSON (schemas/notification.schema.json), signed as Standard Webhooks has it.
 */
export interface Webhook {
  /**
   * Where it is posted to: an https URL, http on this machine only. One that holds a secret comes from the environment or a file.
   */
  url: WebhookUrl | SecretSource
  /**
   * The key that messages are signed with (HMAC-SHA256). One that begins with whsec_ is read as base64.
   */
  secret: SecretSource
}
/**
 * How ansible-playbook is called.
 */
export interface Ansible {
  /**
   * Path of the ansible-playbook to use. Without it one is looked for.
   */
  executable?: Path
  /**
   * Nodes worked on at the same time.
   */
  forks?: number
  /**
   * The ansible.cfg of the playbook repository: use it, with dangerous settings overridden, or ignore it.
   */
  config?: 'repository' | 'none'
  /**
   * A node whose task gives no result for this long is cut loose.
   */
  hangTimeout?: Duration
  /**
   * How long a connection to a node may take to come up.
   */
  connectTimeout?: Duration
  /**
   * Keep diffs of what changes. Turn it off where files hold secrets that no no_log covers.
   */
  diff?: boolean
  /**
   * Further arguments of ansible-playbook. Ones that choose hosts, tags, inventory, playbook or check mode are refused, and so are variables on the command line, which everybody on the machine can read.
   */
  extraArgs?: string[]
  vault?: Vault
}
/**
 * A file that holds one password and nothing else.
 */
export interface VaultFile {
  /**
   * The vault id: the label that values encrypted with this password carry.
   */
  id?: Name
  /**
   * Path of the file. It must not be executable: Ansible would run it.
   */
  file: Path
}
/**
 * An executable that prints one password. One whose name ends in -client (before a file extension) is given --vault-id and the label.
 */
export interface VaultScript {
  /**
   * The vault id: the label that values encrypted with this password carry.
   */
  id?: Name
  /**
   * Path of the executable.
   */
  script: Path
}
/**
 * Where patchrun keeps its journal.
 */
export interface State {
  /**
   * Directory of the state. Every process that shares the fleet must see the same one.
   */
  directory?: Path
  /**
   * Journal, lock and mailbox lie in refs of a git repository instead: machines and CI jobs share them without sharing a file system. The directory then holds what belongs to this machine.
   */
  git?: {
    /**
     * URL or path of the repository, which this user may push to. Without it, the playbook repository.
     */
    repository?: string
    /**
     * The refs of the fleet lie below this one. Without it, refs/patchrun/ and the fleet's name.
     */
    ref?: string
  }
  /**
   * How long a lock without a sign of life is held for that of a living process; at least 10s.
   */
  lockTimeout?: Duration
}
/**
 * A named part of the fleet with its own lists. The deny list of the fleet holds here too.
 */
export interface Environment {
  nodes: EnvironmentNodes
  rollout?: Rollout
  drain?: Drain
  playbooks?: EnvironmentPlaybooks
  windows?: Windows
  health?: HealthGates
  notify?: Notify
  /**
   * Environments that must have completed the very same commit before this one opens. Without it: the environment that is declared before this one. An empty list: none.
   */
  after?: Name[]
  /**
   * How long ago they must have completed it, at least.
   */
  soakBefore?: Duration
  /**
   * Before a rollout begins here, a person types the name of the environment. --yes says all the same that nobody is asked.
   */
  protected?: boolean
}
/**
 * The nodes of the environment; every one must be on the fleet's allow list.
 */
export interface EnvironmentNodes {
  /**
   * The nodes of the environment.
   */
  allow: HostList
  /**
   * Nodes that must not be touched here, besides those the fleet denies.
   */
  deny?: HostList
  /**
   * The nodes touched first.
   */
  canary: HostList
}
/**
 * What differs from the fleet's playbooks.
 */
export interface EnvironmentPlaybooks {
  /**
   * Branch, tag or full commit that is rolled out here.
   */
  ref?: Ref
  /**
   * Extra variables here, over those of the fleet.
   */
  vars?: Variables
}
