// SPDX-License-Identifier: Apache-2.0
// What a program gets in its hands: one environment of a fleet, and everything that can be asked of
// it.
import { buildInventory } from '../ansible/inventory.js'
import type { AnsibleInventory } from '../ansible/inventory.js'
import type { Fleet } from '../fleet/types.js'
import type { DoctorReport } from '../report/answers.js'
import type { DetectReport, HistoryReport, PlanReport, Report } from '../report/types.js'
import type { SteerReport } from '../report/answers.js'
import type { ApproveOptions } from './approve.js'
import type { DetectOptions } from './detect.js'
import type { ReleaseOptions } from './release.js'
import type { RollbackOptions } from './rollback.js'
import type { RunOptions, RunResult } from './rollout.js'
import { openSession } from './session.js'
import type { SessionOptions } from './session.js'
import type { PauseOptions, SteerOptions } from './steer.js'

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
      (await (await import('./detect.js')).detect(session, { signal, ...asked })).report,
    plan: async (asked) => (await import('./plan.js')).plan(session, { signal, ...asked }),
    run: async (asked) => (await import('./rollout.js')).runRollout(session, { signal, ...asked }),
    doctor: async () => (await import('./doctor.js')).doctor(session, { signal }),
    status: async () => (await import('./status.js')).status(session),
    history: async () => (await import('./status.js')).history(session),
    retry: async (nodes, said) => (await import('./retry.js')).retry(session, nodes ?? null, said),
    pause: async (said) => (await import('./steer.js')).pause(session, said),
    unpause: async (said) => (await import('./steer.js')).unpause(session, said),
    approve: async (said) => (await import('./approve.js')).approve(session, said),
    release: async (nodes, said) => (await import('./release.js')).release(session, nodes, said),
    abort: async (said) => (await import('./steer.js')).abort(session, said),
    rollback: async (asked) =>
      (await import('./rollback.js')).rollback(session, { signal, ...asked }),
  }
}
