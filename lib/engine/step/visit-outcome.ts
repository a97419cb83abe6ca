// SPDX-License-Identifier: Apache-2.0
// What the roles of a visit told -> what the journal says of a step. Pure. Where a role told
// nothing, nothing is concluded.
import type { RunSummary } from '../../outcome/summary/run-summary.js'
import type { Scheduler } from '../../fleet/declare/fleet.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type {
  Concluded,
  DrainOutcome,
  Failure,
  NodeOutcome,
  OpenStep,
  RebootOutcome,
  ReleaseOutcome,
} from '../../rollout/index.js'
import type { Manager, Report } from '../../workload/contract/manager.js'
import { endOfDrain, endOfRelease } from '../../workload/contract/visit-end.js'
import type { Evidence } from '../../workload/contract/visit-end.js'
import { alarmOf } from './step-outcome.js'
import type { StepResult } from './step-outcome.js'

/** The scheduler's report of a run; a text says why there is none. */
export function schedulerReport(
  { reports, badReports, nodes, fault, guard }: RunSummary,
  manager: Manager,
  at: number,
): Report | string {
  const report = reports.filter((r) => r.name === 'scheduler').at(-1)
  if (report) return manager.read(report.data, at)
  const failure = [...nodes.values()].find((n) => n.failure)?.failure
  return (
    badReports[0]?.message ??
    guard?.message ??
    fault?.message ??
    failure?.message ??
    'the role told nothing of the scheduler'
  )
}

export interface VisitOutcome {
  readonly outcome: Concluded
  /** What it told of the scheduler; only of some nodes. */
  readonly seen: Report | null
}

/** Whose report it is, and how nodes of ours and our drains are known in it. */
export interface KnownBy {
  readonly manager: Manager
  readonly names: Scheduler['names']
  /** With which our reasons begin. */
  readonly prefix: string
}

export function outcomeOfVisit(
  step: OpenStep,
  { summary, exit }: StepResult,
  { manager, names, prefix }: KnownBy,
  at: number,
): VisitOutcome {
  const report = step.action === 'reboot' ? null : schedulerReport(summary, manager, at)
  const seen = typeof report === 'string' ? null : report
  const nodes: Record<string, NodeOutcome> = {}
  for (const node of step.nodes) {
    const name = schedulerName(node, names)
    const evidence = seen && {
      word: seen.results[name],
      use: manager.useOf(seen, name, prefix),
    }
    if (step.action === 'reboot') nodes[node] = rebootOutcome(node, summary)
    else if (step.action === 'drain')
      nodes[node] = evidence ? drainOutcome(evidence) : { drained: 'unclear' }
    else nodes[node] = evidence ? releaseOutcome(evidence) : { released: 'unclear' }
  }
  const alarm = alarmOf(summary, exit)
  return {
    seen,
    outcome: { type: 'concluded', at, step: step.step, tasks: [], nodes, ...(alarm && { alarm }) },
  }
}

const failed = (message: string): { readonly failure: Failure } => ({
  failure: { cause: 'failed', message },
})

function drainOutcome(evidence: Evidence): DrainOutcome {
  const { drained, why } = endOfDrain(evidence)
  const boot = evidence.use?.boot
  const booted = drained !== 'outrun' && typeof boot === 'number' && { boot }
  return drained === 'failed' || drained === 'unclear'
    ? { drained, ...booted, ...(why !== undefined && failed(why)) }
    : { drained, ...booted }
}

function releaseOutcome(evidence: Evidence): ReleaseOutcome {
  const { released, why } = endOfRelease(evidence)
  switch (released) {
    case 'ok':
    case 'foreign':
      return { released }
    case 'waiting':
      return { released, ...(why !== undefined && { waitsFor: why }) }
    default:
      return { released, ...(why !== undefined && failed(why)) }
  }
}

function rebootOutcome(node: string, { nodes, reports, guard, fault }: RunSummary): RebootOutcome {
  const seen = nodes.get(node)
  if (seen?.result === 'failed')
    return { rebooted: 'failed', ...(seen.failure && { failure: seen.failure }) }
  if (seen?.result !== 'ok' || guard || fault) return { rebooted: 'cut' }
  const told = reports.filter((r) => r.name === 'reboot' && r.host === node).at(-1)?.data
  const rebooted =
    typeof told === 'object' && told !== null && (told as { rebooted?: unknown }).rebooted === true
  return { rebooted: rebooted ? 'done' : 'not-needed' }
}
