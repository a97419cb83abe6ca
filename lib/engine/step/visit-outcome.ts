// SPDX-License-Identifier: Apache-2.0
// What the roles of a visit told -> what the journal says of a step. Pure. Where a role told
// nothing, nothing is concluded.
import type { RunSummary } from '../../outcome/summary/run-summary.js'
import type { Scheduler } from '../../fleet/declare/fleet.js'
import type { Concluded, Drained, NodeOutcome, OpenStep } from '../../rollout/index.js'
import { readSchedulerReport } from '../../workload/slurm/read-report.js'
import type { SchedulerResult, Workload } from '../../workload/slurm/types.js'
import { testReservation, useOf } from '../../workload/slurm/use.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type { SlurmUse } from '../../workload/slurm/use.js'
import { alarmOf } from './step-outcome.js'
import type { StepResult } from './step-outcome.js'

/** The scheduler's report of a run; a text says why there is none. */
export function schedulerReport(
  { reports, badReports, nodes, fault, guard }: RunSummary,
  at: number,
): Workload | string {
  const report = reports.filter((r) => r.name === 'scheduler').at(-1)
  if (report) return readSchedulerReport(report.data, at)
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
  readonly seen: Workload | null
}

/** How nodes of ours, and our drains, are known in what the scheduler tells. */
export interface KnownBy {
  readonly names: Scheduler['names']
  /** With which our reasons begin. */
  readonly prefix: string
}

export function outcomeOfVisit(
  step: OpenStep,
  { summary, exit }: StepResult,
  { names, prefix }: KnownBy,
  at: number,
): VisitOutcome {
  const report = step.action === 'reboot' ? null : schedulerReport(summary, at)
  const seen = typeof report === 'string' ? null : report
  const nodes: Record<string, NodeOutcome> = {}
  for (const node of step.nodes) {
    if (step.action === 'reboot') nodes[node] = rebootOutcome(node, summary)
    else if (!seen)
      nodes[node] = step.action === 'drain' ? { drained: 'unclear' } : { released: 'unclear' }
    else
      nodes[node] =
        step.action === 'drain'
          ? drainOutcome(seen, schedulerName(node, names), prefix)
          : releaseOutcome(seen, schedulerName(node, names), prefix)
  }
  const alarm = alarmOf(summary, exit)
  return {
    seen,
    outcome: { type: 'concluded', at, step: step.step, tasks: [], nodes, ...(alarm && { alarm }) },
  }
}

/** The word of the role; `nothing`: it said none. */
function wordOf({ results }: Workload, name: string): SchedulerResult {
  const { result = 'nothing', message = '' } = results[name] ?? {}
  return { result, message }
}

const failed = (message: string): Pick<NodeOutcome, 'failure'> => ({
  failure: { cause: 'failed', message },
})

function drainOutcome(seen: Workload, name: string, prefix: string): NodeOutcome {
  const word = wordOf(seen, name)
  const use = useOf(seen, name, prefix)
  const drained = drainedOf(word, use)
  if (drained === 'outrun') return { drained }
  const boot = use?.node.boot
  return {
    drained,
    ...(typeof boot === 'number' && { boot }),
    ...(drained === 'failed' &&
      failed(word.message || 'the scheduler says that the node is at fault')),
    ...(drained === 'unclear' && failed(`it could not be drained: ${answerOf(seen, name)}`)),
  }
}

/**
 * The word of the role, held against what it saw: empty is only a node that is seen drained, by us,
 * with nothing on it.
 */
function drainedOf({ result }: SchedulerResult, use: SlurmUse | null): Drained {
  if (result === 'failed') return 'failed'
  if (!use) return 'unclear'
  if (result === 'drained' && use.draining && use.ours) return use.empty ? 'empty' : 'busy'
  if (result === 'outrun' && !use.draining) return 'outrun'
  if (result === 'foreign' && !use.ours) return use.empty ? 'foreign-empty' : 'foreign'
  return 'unclear'
}

/** What was answered of a node, in words. */
function answerOf(seen: Workload, name: string): string {
  const { result, message } = wordOf(seen, name)
  const node = seen.nodes.get(name)
  const shown = node
    ? `the scheduler shows it ${node.state.join('+')}${node.reason === '' ? '' : `, reason "${node.reason}"`}`
    : 'the scheduler does not show it'
  return `the role said ${result}${message === '' ? '' : ` (${message})`}; ${shown}`
}

function releaseOutcome(seen: Workload, name: string, prefix: string): NodeOutcome {
  const { result, message } = wordOf(seen, name)
  if (result === 'failed')
    return { released: 'failed', ...failed(message || 'it could not be given back') }
  if (result === 'waiting')
    return { released: 'waiting', ...(message !== '' && { waitsFor: message }) }
  return (
    leftOf(result, seen, useOf(seen, name, prefix)) ?? {
      released: 'unclear',
      ...failed(`it could not be given back: ${answerOf(seen, name)}`),
    }
  )
}

const refusedText = ({ node: { state, reason } }: SlurmUse): string =>
  `Slurm has taken the node out (${state.join('+')}): ${reason}`

/**
 * The word of the role that it has left the node to others, held against what it saw: given back is
 * only a node that is seen in service, and taken over one that is not drained by us. null: it has
 * not said so, or that is not what it saw.
 */
function leftOf(result: string, seen: Workload, use: SlurmUse | null): NodeOutcome | null {
  if (!use || (result !== 'released' && result !== 'foreign')) return null
  if (use.refused) return { released: 'failed', ...failed(refusedText(use)) }
  if (use.draining && !use.ours) return { released: 'foreign' }
  if (result === 'foreign' && !use.draining) return { released: 'foreign' }
  if (result === 'released' && isInService(seen, use)) return { released: 'ok' }
  return null
}

/**
 * Users may have it: it is not out of service, but for a reservation that is not the one of its own
 * test.
 */
const isInService = ({ reservations }: Workload, { out, reserved, name }: SlurmUse): boolean =>
  (!out || reserved) && !reservations.some((r) => r.name === testReservation(name))

function rebootOutcome(node: string, { nodes, reports, guard, fault }: RunSummary): NodeOutcome {
  const seen = nodes.get(node)
  if (seen?.result === 'failed')
    return { rebooted: 'failed', ...(seen.failure && { failure: seen.failure }) }
  if (seen?.result !== 'ok' || guard || fault) return { rebooted: 'cut' }
  const told = reports.filter((r) => r.name === 'reboot' && r.host === node).at(-1)?.data
  const rebooted =
    typeof told === 'object' && told !== null && (told as { rebooted?: unknown }).rebooted === true
  return { rebooted: rebooted ? 'done' : 'not-needed' }
}
