// SPDX-License-Identifier: Apache-2.0
// What a step found on one node, as the journal keeps it.
import type { Drained, Released } from '../../workload/contract/visit-end.js'
import type { Failure, Unforeseen, Verdict } from './verdict.js'

export type { Drained } from '../../workload/contract/visit-end.js'

/** pass; fail: the rollout halts; inconclusive: nobody knows, ask again. */
export type CheckResult = 'pass' | 'fail' | 'inconclusive'

/** What a step found on one node. Numbers point into `tasks` of the same event. */
export interface NodeOutcome {
  /** Of detect and verify. */
  readonly verdict?: Verdict
  /** Of apply: ok, failed, cut (it was under way when the run ended), absent (it never started). */
  readonly applied?: 'ok' | 'failed' | 'cut' | 'absent'
  /** Of check. */
  readonly checked?: CheckResult
  /** Of drain. */
  readonly drained?: Drained
  /** Of drain: when the node booted last, s since the epoch, as the scheduler has it. */
  readonly boot?: number
  /** Of reboot; cut: nobody knows how far it came. */
  readonly rebooted?: 'done' | 'not-needed' | 'failed' | 'cut'
  /** Of release. */
  readonly released?: Released
  /** Of release: what it waits for. */
  readonly waitsFor?: string
  readonly failure?: Failure
  readonly changes?: readonly number[]
  readonly blindSpots?: readonly number[]
  /**
   * Of detect and verify: some of the blind spots have to run once at this commit, and need this.
   */
  readonly unforeseen?: Unforeseen
  /** Of detect and verify: check mode failed here, after something would have changed. */
  readonly beyond?: Failure
  /** Of apply: it changed something. */
  readonly changed?: true
  /** Of apply: handlers that were notified at this commit and have not run. */
  readonly owed?: readonly number[]
  /**
   * Of apply: the guard met something on this node that needs it drained, which check mode could
   * not see.
   */
  readonly meetsDrain?: true
}
