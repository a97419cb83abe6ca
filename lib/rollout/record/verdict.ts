// SPDX-License-Identifier: Apache-2.0
// The answer to "what would this pin do to this node?", and what led to it.

/** May run under live workload. */
export const HOT = 'HotChange'
/** Only on a node that was emptied first. */
export const DRAIN = 'DrainChange'

/**
 * GOOD: nothing would change. HOT: only HotChange. DRAIN: a DrainChange, or (by default) an
 * untagged change. ERROR: failed before anything would change, unreachable, or ended without stats.
 * UNKNOWN: not a single event.
 */
export type Verdict = 'GOOD' | 'HOT' | 'DRAIN' | 'ERROR' | 'UNKNOWN'

/** Why a node counts as failed. */
export type FailureCause = 'failed' | 'unreachable' | 'hung' | 'not-converged' | 'unknown' | 'guard'

/**
 * Which task on which node, in the words of Ansible, and where it stands in the playbook
 * repository.
 */
export interface Failure {
  readonly cause: FailureCause
  readonly message: string
  readonly task?: string
  readonly file?: string
  readonly line?: number
}

/** A task that would change the node. */
export interface WouldChange {
  readonly task: string
  readonly action: string
  readonly tags: readonly string[]
  readonly file: string
  readonly line: number
  /** Unified diff, where Ansible gave one. */
  readonly diff?: string
}

/** What tasks that check mode skips need before they may run. */
export type Unforeseen = 'HOT' | 'DRAIN'

/** A task that check mode did not run, so nobody knows what it would do. */
export interface BlindSpot {
  readonly task: string
  readonly action: string
  readonly tags: readonly string[]
  readonly file: string
  readonly line: number
}

/** What one look at one node found. */
export interface Finding {
  readonly verdict: Verdict
  readonly failure?: Failure
  readonly changes: readonly WouldChange[]
  readonly blindSpots: readonly BlindSpot[]
  /**
   * Those of them that have to run once at this commit, and what they need. A look alone does not
   * know whether they have run.
   */
  readonly unforeseen?: { readonly needs: Unforeseen; readonly tasks: readonly BlindSpot[] }
  /**
   * Check mode failed here, after something would have changed: the verdict speaks of what comes
   * before.
   */
  readonly beyond?: Failure
}
