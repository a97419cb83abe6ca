// SPDX-License-Identifier: Apache-2.0
// What a program gets in its hands: one environment of a fleet, and everything that can be asked of it.
import { buildInventory } from '../ansible/inventory.js'
import type { AnsibleInventory } from '../ansible/inventory.js'
import type { Fleet } from '../fleet/types.js'
import type { DoctorReport } from '../report/answers.js'
import type { DetectReport, HistoryReport, PlanReport, Report } from '../report/types.js'
import type { DetectOptions } from './detect.js'
import type { RunOptions, RunResult } from './rollout.js'
import { openSession } from './session.js'
import type { SessionOptions } from './session.js'

export interface Environment {
  /** The declaration, read and checked afresh, with its lists. */
  declaration(): Promise<Fleet>
  /** The inventory that Ansible would get: permitted nodes only. */
  inventory(): Promise<AnsibleInventory>
  /** The verdict of every node at the newest commit of the ref. Changes nothing. */
  detect(options?: DetectOptions): Promise<DetectReport>
  /** What a run would do, wave by wave. Changes nothing. */
  plan(options?: DetectOptions): Promise<PlanReport>
  /** Rolls the pin out, or goes on with the rollout that is under way. A halt and a wait are results, not errors. */
  run(options?: RunOptions): Promise<RunResult>
  /** What is, and why nodes wait. */
  status(): Promise<Report>
  /** All that a rollout stands on, looked at one by one. Asks the canaries to answer. */
  doctor(): Promise<DoctorReport>
  history(): Promise<HistoryReport>
  /** Lets failed nodes be tried again by the next run: a host expression, or all of them. Gives their names. */
  retry(nodes?: string): Promise<readonly string[]>
}

/**
 * Opens one environment of the fleet that a patchrun.yml declares. Every method throws PatchrunError with the
 * problems it found: config/…, pin/…, ansible/…, playbook/…, lock/held, state/…; docs/usage says what to do about each.
 */
export async function open(options: SessionOptions): Promise<Environment> {
  const session = await openSession(options)
  const { signal } = options
  // Loaded when first asked for: whoever only wants the status needs neither git nor a process.
  return {
    declaration: () => session.observe(),
    inventory: async () => buildInventory(await session.observe()),
    detect: async (asked) => (await (await import('./detect.js')).detect(session, { signal, ...asked })).report,
    plan: async (asked) => (await import('./plan.js')).plan(session, { signal, ...asked }),
    run: async (asked) => (await import('./rollout.js')).runRollout(session, { signal, ...asked }),
    doctor: async () => (await import('./doctor.js')).doctor(session, { signal }),
    status: async () => (await import('./status.js')).status(session),
    history: async () => (await import('./status.js')).history(session),
    retry: async (nodes) => (await import('./retry.js')).retry(session, nodes ?? null),
  }
}
