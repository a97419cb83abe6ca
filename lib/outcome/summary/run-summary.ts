// SPDX-License-Identifier: Apache-2.0
// The summary of one Ansible run: what happened to every planned node, judged by events, stats and
// exit code together.
import type { GuardEvent, HostStats } from '../../ansible/events/run-events.js'
import type { BlindSpot, Failure, WouldChange } from '../../rollout/record/verdict.js'

/** How a node came out of a run. */
export type NodeResult =
  /** It finished every play that included it, without a failure that counts. */
  | 'ok'
  /** A task failed, it could not be reached, or it hung: `failure` says which. */
  | 'failed'
  /** It had events, and neither failed nor finished: the run was cut off while it was under way. */
  | 'cut'
  /** It had no event at all. */
  | 'absent'

export interface NodeSummary {
  readonly node: string
  readonly result: NodeResult
  readonly failure?: Failure
  /** Effective tags of the task that failed, where one did. */
  readonly failedTags?: readonly string[]
  /** Tasks that changed it, or in check mode would change it. */
  readonly changes: readonly WouldChange[]
  /**
   * `query`: it says changed_when: false, so that nothing is missed but what it would have told.
   */
  readonly blindSpots: readonly (BlindSpot & { readonly query?: true })[]
  /** Handlers that were notified in this run and have not run. */
  readonly owed: readonly BlindSpot[]
  /** Handlers that ran, or that their own condition skipped. */
  readonly handled: readonly BlindSpot[]
  readonly stats?: HostStats
}

/** What a task told patchrun, through the variable `patchrun_report`. */
export interface RunReport {
  readonly name: string
  /** The host of the task, whatever it was delegated to. */
  readonly host: string
  /** What the JSON holds; of a loop, a list of what its items told. Not checked any further. */
  readonly data: unknown
}

/** A report that nothing can be read from. */
export interface BadReport {
  readonly name: string
  readonly host: string
  /** A whole sentence: names the report, the task and its place. */
  readonly message: string
}

export interface RunSummary {
  /** True when the run saw every planned node through and ended as it should. */
  readonly complete: boolean
  readonly nodes: ReadonlyMap<string, NodeSummary>
  /** The guard stopped the run. */
  readonly guard?: GuardEvent
  /** Hosts with events that were not planned. Never empty without the rollout being halted. */
  readonly unplanned: readonly string[]
  /**
   * The run as a whole went wrong before or beside the nodes: a syntax error, a missing role, a
   * missing module.
   */
  readonly fault?: {
    readonly message: string
    readonly hint: string
    readonly file?: string
    readonly line?: number
  }
  /** How the plays for localhost came out, where they run; absent where there were none. */
  readonly localhost?: NodeSummary
  /** Names of plays for localhost, which no planned host is in. */
  readonly localPlays: readonly string[]
  /** In the order in which they came. */
  readonly reports: readonly RunReport[]
  readonly badReports: readonly BadReport[]
  /** Lines of the event stream that were no events. */
  readonly foreignLines: number
}
