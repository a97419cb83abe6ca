// SPDX-License-Identifier: Apache-2.0
// From the summary of a run to what the journal says of a step.
import { findingOf } from '../change/verdict.js'
import type { RunSummary } from '../change/types.js'
import type { GuardEvent, TaskInfo } from '../ansible/events.js'
import type { RunExit } from '../ansible/types.js'
import type { Alarm, BlindSpot, Concluded, NodeOutcome, OpenStep, TaskRef, WouldChange } from '../rollout/index.js'

/** An Ansible run of one step: how the process ended, and what it means for each node. */
export interface StepResult {
  readonly summary: RunSummary
  readonly exit: Pick<RunExit, 'signal' | 'ended'>
}

/** Tasks are named once an event and pointed at: a thousand nodes share the same few. */
export class TaskTable {
  readonly tasks: TaskRef[] = []
  readonly #index = new Map<string, number>()

  refer = ({ task, action, tags, file, line }: WouldChange | BlindSpot): number => {
    const key = `${file}\0${line}\0${task}`
    const known = this.#index.get(key)
    if (known !== undefined) return known
    this.#index.set(key, this.tasks.length)
    return this.tasks.push({ task, action, tags, file, line }) - 1
  }
}

/** What the step found out, ready for the journal. Pure. */
export function outcomeOf(step: OpenStep, { summary, exit }: StepResult, untagged: 'drain' | 'error', at: number): Concluded {
  const table = new TaskTable()
  const nodes: Record<string, NodeOutcome> = {}
  for (const node of step.nodes) {
    const seen = summary.nodes.get(node)
    if (!seen) continue
    if (step.action === 'apply') {
      nodes[node] = { applied: seen.result, ...(seen.failure && { failure: seen.failure }) }
      continue
    }
    // Cut off before it was seen through: that is no verdict about the node.
    const finding = seen.result === 'cut' ? { verdict: 'UNKNOWN' as const, failure: seen.failure, changes: [], blindSpots: [] } : findingOf(seen, summary, untagged)
    nodes[node] = {
      verdict: finding.verdict,
      ...(finding.failure && { failure: finding.failure }),
      ...(finding.changes.length > 0 && { changes: finding.changes.map(table.refer) }),
      ...(finding.blindSpots.length > 0 && { blindSpots: finding.blindSpots.map(table.refer) }),
    }
  }
  const alarm = alarmOf(summary, exit)
  return { type: 'concluded', at, step: step.step, tasks: table.tasks, nodes, ...(alarm && { alarm }) }
}

export function alarmOf({ unplanned, guard, fault }: RunSummary, exit: StepResult['exit']): Alarm | null {
  if (unplanned.length > 0) {
    return {
      code: 'unplanned-host',
      message: `Ansible was about to touch, or touched, hosts that were not planned: ${unplanned.slice(0, 20).join(', ')}`,
      hint: 'The run was ended. Look at the plays for add_host, delegate_to and hosts patterns, and at those hosts.',
    }
  }
  if (guard) return guardAlarm(guard)
  // Ansible that was ended by a signal says nothing about the playbook: its nodes are looked at again.
  if (fault && exit.signal === null && exit.ended === undefined) {
    const place = fault.file === undefined ? '' : ` (${fault.file}${fault.line === undefined ? '' : `:${fault.line}`})`
    return { code: 'playbook-fault', message: `${fault.message}${place}`, hint: `${fault.hint} With a new commit \`patchrun run\` goes on by itself; where the commit is not to blame, \`patchrun retry\` first.` }
  }
  return null
}

const GUARD_HINT: Readonly<Record<GuardEvent['reason'], string>> = {
  'drain-change': 'Tag the task that leads to it DrainChange too, so that the node is drained first; check mode could not foresee it.',
  'untagged-handler': 'Tag the handler HotChange if it may run under live workload, DrainChange if not.',
  'unplanned-host': 'Look at the plays for add_host and hosts patterns that reach beyond the inventory.',
  'denied-delegate': 'The task delegates to a host on the deny list. Take the delegation out, or the host off the list.',
  fenced: 'Another process holds the lock by now and goes on; `patchrun status` shows which.',
  'plugin-fault': "This is a fault of patchrun. Please report it with the run's ansible.log.",
  'unchecked-drain-change': 'The task has `check_mode: false` and would really run on a node at work. Take that away, or say `changed_when: false` if it only reads.',
}

const named = ({ name, file, line, tags }: TaskInfo): string => `"${name}" (${file}:${line}, ${tags.join(', ') || 'untagged'})`

/** Names both ends: what was stopped, and what led there. */
function guardAlarm({ reason, message, task, hosts, notifiedBy }: GuardEvent): Alarm {
  const code = reason === 'unplanned-host' ? 'unplanned-host' : 'guard'
  if (!task) return { code, message, hint: GUARD_HINT[reason] }
  const where = hosts && hosts.length > 0 ? ` on ${hosts.join(', ')}` : ''
  const by = notifiedBy && notifiedBy.length > 0 ? `, notified by ${notifiedBy.map((n) => `task ${named(n.task)} on ${n.hosts.join(', ')}`).join(' and ')}` : ''
  return { code, message: `stopped before it ran: ${task.handler ? 'handler' : 'task'} ${named(task)}${where}${by}: ${message}`, hint: GUARD_HINT[reason] }
}
