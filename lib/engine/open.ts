// SPDX-License-Identifier: Apache-2.0
// What a program gets in its hands: one environment of a fleet, and everything that can be asked of
// it.
import { buildInventory } from '../ansible/call/inventory-json.js'
import type { AnsibleInventory } from '../ansible/call/inventory-json.js'
import type { Fleet } from '../fleet/declare/fleet.js'
import type { DoctorReport } from '../report/model/answers.js'
import type {
  DetectReport,
  HistoryReport,
  PlanReport,
  Report,
} from '../report/model/rollout-report.js'
import type { SteerReport } from '../report/model/answers.js'
import type { ApproveOptions } from './verbs/approve.js'
import type { DetectOptions } from './verbs/detect.js'
import type { ReleaseOptions } from './verbs/release.js'
import type { RollbackOptions } from './verbs/rollback.js'
import type { RunOptions, RunResult } from './verbs/rollout.js'
import { openSession } from './site/session.js'
import type { SessionOptions } from './site/session.js'
import type { PauseOptions, SteerOptions } from './verbs/steer.js'

export interface Environment {
  /** The declaration, read and checked afresh, with its lists. */
  declaration(): Promise<Fleet>
  /** The inventory that Ansible would get: permitted nodes only. */
  inventory(): Promise<AnsibleInventory>
  /** The verdict of every node at the newest commit of the ref. Changes nothing. */
  detect(options?: DetectOptions): Promise<DetectReport>
  /** What a run would do, wave by wave. Changes nothing. */
  plan(options?: DetectOptions): Promise<PlanReport>
  /**
   * Rolls the pin out, or goes on with the rollout that is under way. A halt and a wait are
   * results, not errors.
   */
  run(options?: RunOptions): Promise<RunResult>
  /** What is, and why nodes wait. */
  status(): Promise<Report>
  /** All that a rollout stands on, looked at one by one. Asks the canaries to answer. */
  doctor(): Promise<DoctorReport>
  history(): Promise<HistoryReport>
  /**
   * Lets nodes be tried again, by the run that is under way or the next one: a host expression, or
   * all that failed. Gives their names.
   */
  retry(nodes?: string, options?: SteerOptions): Promise<readonly string[]>
  /**
   * Nothing new begins, in this environment, or in all where none was named; what runs is finished.
   */
  pause(options: PauseOptions): Promise<SteerReport>
  unpause(options?: SteerOptions): Promise<SteerReport>
  /**
   * Lets the rollout go on as it was shown under this key, or, by the SHA of its pin, the one
   * approval that is pending.
   */
  approve(options: ApproveOptions): Promise<SteerReport>
  /** Gives nodes back that are only drained, a host expression; they are drained again later. */
  release(nodes: string, options?: ReleaseOptions): Promise<SteerReport>
  /** What runs is finished, then the rollout halts. */
  abort(options: SteerOptions & { readonly reason: string }): Promise<SteerReport>
  /**
   * Takes what the rollout changed back to the commit before, canaries first. A halt and a wait are
   * results.
   */
  rollback(options: RollbackOptions): Promise<RunResult>
}

/**
 * Opens one environment of the fleet that a patchrun.yml declares. Every method throws
 * PatchrunError with the problems it found: config/…, pin/…, ansible/…, playbook/…, lock/held,
 * state/…; docs/usage says what to do about each.
 */
export async function open(options: SessionOptions): Promise<Environment> {
  const session = await openSession(options)
  const { signal } = options
  // Loaded when first asked for: whoever only wants the status needs neither git nor a process.
  return {
    declaration: () => session.observe(),
    inventory: async () => buildInventory(await session.observe()),
    detect: async (asked) =>
      (await (await import('./verbs/detect.js')).detect(session, { signal, ...asked })).report,
    plan: async (asked) => (await import('./verbs/plan.js')).plan(session, { signal, ...asked }),
    run: async (asked) =>
      (await import('./verbs/rollout.js')).runRollout(session, { signal, ...asked }),
    doctor: async () => (await import('./doctor/doctor.js')).doctor(session, { signal }),
    status: async () => (await import('./verbs/status.js')).status(session),
    history: async () => (await import('./verbs/status.js')).history(session),
    retry: async (nodes, said) =>
      (await import('./verbs/retry.js')).retry(session, nodes ?? null, said),
    pause: async (said) => (await import('./verbs/steer.js')).pause(session, said),
    unpause: async (said) => (await import('./verbs/steer.js')).unpause(session, said),
    approve: async (said) => (await import('./verbs/approve.js')).approve(session, said),
    release: async (nodes, said) =>
      (await import('./verbs/release.js')).release(session, nodes, said),
    abort: async (said) => (await import('./verbs/steer.js')).abort(session, said),
    rollback: async (asked) =>
      (await import('./verbs/rollback.js')).rollback(session, { signal, ...asked }),
  }
}
