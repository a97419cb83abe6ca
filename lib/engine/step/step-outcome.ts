// SPDX-License-Identifier: Apache-2.0
// From the summary of a run to what the journal says of a step.
import { findingOf, localFailure } from '../../outcome/summary/node-verdict.js'
import type { NodeSummary, RunSummary } from '../../outcome/summary/run-summary.js'
import type { GuardEvent, TaskInfo } from '../../ansible/events/run-events.js'
import type { RunExit } from '../../ansible/call/playbook-call.js'
import type { ChangesPolicy } from '../../fleet/declare/fleet.js'
import { nodeState } from '../../rollout/index.js'
import type {
  Alarm,
  ApplyOutcome,
  BlindSpot,
  Concluded,
  Finding,
  LookOutcome,
  NodeOutcome,
  NodeState,
  OpenStep,
  RolloutState,
  TaskRef,
  WouldChange,
} from '../../rollout/index.js'

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
    const key = keyOf({ task, file, line })
    const known = this.#index.get(key)
    if (known !== undefined) return known
    this.#index.set(key, this.tasks.length)
    return this.tasks.push({ task, action, tags, file, line }) - 1
  }
}

const keyOf = ({ task, file, line }: Pick<TaskRef, 'task' | 'file' | 'line'>): string =>
  `${file}\0${line}\0${task}`

/** What a step is judged by, besides what its run told. */
export interface JudgedBy {
  readonly changes: ChangesPolicy
  /** As it was when the step began. */
  readonly rollout: RolloutState
}

/** What the step found out, ready for the journal. Pure. */
export function outcomeOf(
  step: OpenStep,
  { summary, exit }: StepResult,
  { changes, rollout }: JudgedBy,
  at: number,
): Concluded {
  const table = new TaskTable()
  const met = step.action === 'apply' ? meetsDrain(step, summary, rollout) : null
  const nodes = Object.fromEntries(
    step.nodes.flatMap((node): [string, NodeOutcome][] => {
      const seen = summary.nodes.get(node)
      if (!seen) return []
      return [
        [
          node,
          step.action === 'apply'
            ? applied(seen, nodeState(rollout, node), met?.has(node) ?? false, table)
            : looked(seen, summary, changes, table),
        ],
      ]
    }),
  )
  const alarm = met ? null : alarmOf(summary, exit)
  return {
    type: 'concluded',
    at,
    step: step.step,
    tasks: table.tasks,
    nodes,
    ...(alarm && { alarm }),
  }
}

function looked(
  seen: NodeSummary,
  summary: RunSummary,
  policy: ChangesPolicy,
  table: TaskTable,
): LookOutcome {
  // Cut off before it was seen through: that is no verdict about the node.
  const { verdict, failure, changes, blindSpots, unforeseen, beyond }: Finding =
    seen.result === 'cut'
      ? {
          verdict: 'UNKNOWN',
          ...(seen.failure && { failure: seen.failure }),
          changes: [],
          blindSpots: [],
        }
      : findingOf(seen, summary, policy)
  const tasks = {
    ...(changes.length > 0 && { changes: changes.map(table.refer) }),
    ...(blindSpots.length > 0 && { blindSpots: blindSpots.map(table.refer) }),
  }
  if (verdict === 'ERROR' || verdict === 'UNKNOWN')
    return { verdict, ...(failure && { failure }), ...tasks }
  return {
    verdict,
    ...tasks,
    ...(unforeseen && { unforeseen: unforeseen.needs }),
    ...(beyond && { beyond }),
  }
}

function applied(
  { result, failure, changes, owed, handled }: NodeSummary,
  { unfinished }: NodeState,
  drains: boolean,
  table: TaskTable,
): ApplyOutcome {
  const ran = new Set(handled.map(keyOf))
  const left = new Set(
    [...(unfinished?.owed ?? []).filter((handler) => !ran.has(keyOf(handler))), ...owed].map(
      table.refer,
    ),
  )
  const done = {
    ...(changes.length > 0 && { changed: true as const }),
    ...(left.size > 0 && { owed: [...left] }),
  }
  if (result === 'ok') return { applied: result, ...done }
  return {
    applied: result,
    ...(failure && { failure }),
    ...done,
    ...(drains && { meetsDrain: true as const }),
  }
}

/**
 * The nodes on which the guard met what needs them drained, where check mode could not have seen
 * it: it had failed before that place. null: it is no such case. Where only some of the nodes are,
 * it is the guard's alarm.
 */
function meetsDrain(
  { nodes }: OpenStep,
  { guard, unplanned }: RunSummary,
  rollout: RolloutState,
): ReadonlySet<string> | null {
  if (
    !guard ||
    unplanned.length > 0 ||
    (guard.reason !== 'drain-change' && guard.reason !== 'untagged-handler')
  )
    return null
  const { hosts = [] } = guard
  const blind = new Set(nodes.filter((n) => nodeState(rollout, n).beyond))
  return hosts.length > 0 && hosts.every((n) => blind.has(n)) ? new Set(hosts) : null
}

export function alarmOf(summary: RunSummary, exit: StepResult['exit']): Alarm | null {
  const { unplanned, guard, fault } = summary
  if (unplanned.length > 0) {
    return {
      code: 'unplanned-host',
      message: `Ansible was about to touch, or touched, hosts that were not planned: ${unplanned.slice(0, 20).join(', ')}`,
      hint: 'The run was ended. Look at the plays for add_host, delegate_to and hosts patterns, and at those hosts.',
    }
  }
  if (guard) return guardAlarm(guard)
  const local = localFailure(summary)
  if (local) {
    const place = local.file === undefined ? '' : ` (${local.file}:${local.line ?? 1})`
    return {
      code: 'playbook-fault',
      message: `${local.message}${place}`,
      hint: 'The plays for localhost run beside the nodes (inventory.localhost). Mend the cause, then `patchrun retry`; or merge a commit that mends it.',
    }
  }
  // Ansible that was ended by a signal says nothing about the playbook: its nodes are looked at
  // again.
  if (fault && exit.signal === null && exit.ended === undefined) {
    const place =
      fault.file === undefined
        ? ''
        : ` (${fault.file}${fault.line === undefined ? '' : `:${fault.line}`})`
    return {
      code: 'playbook-fault',
      message: `${fault.message}${place}`,
      hint: `${fault.hint} With a new commit \`patchrun run\` goes on by itself; where the commit is not to blame, \`patchrun retry\` first.`,
    }
  }
  return null
}

const GUARD_HINT: Readonly<Record<GuardEvent['reason'], string>> = {
  'drain-change':
    'Tag the task that leads to it DrainChange too, so that the node is drained first; check mode could not foresee it.',
  'untagged-handler':
    'Tag the handler HotChange if it may run under live workload, DrainChange if not.',
  'unplanned-host':
    'Look at the plays for add_host and hosts patterns that reach beyond the inventory.',
  'denied-delegate':
    'The task delegates to a host on the deny list. Take the delegation out, or the host off the list.',
  fenced: 'Another process holds the lock by now and goes on; `patchrun status` shows which.',
  'plugin-fault': "This is a fault of patchrun. Please report it with the run's ansible.log.",
  'unchecked-drain-change':
    'The task has `check_mode: false` and would really run on a node at work. Take that away, or say `changed_when: false` if it only reads.',
}

const named = ({ name, file, line, tags }: TaskInfo): string =>
  `"${name}" (${file}:${line}, ${tags.join(', ') || 'untagged'})`

/** Names both ends: what was stopped, and what led there. */
function guardAlarm({ reason, message, task, hosts, notifiedBy }: GuardEvent): Alarm {
  const code = reason === 'unplanned-host' ? 'unplanned-host' : 'guard'
  if (!task) return { code, message, hint: GUARD_HINT[reason] }
  const where = hosts && hosts.length > 0 ? ` on ${hosts.join(', ')}` : ''
  const by =
    notifiedBy && notifiedBy.length > 0
      ? `, notified by ${notifiedBy.map((n) => `task ${named(n.task)} on ${n.hosts.join(', ')}`).join(' and ')}`
      : ''
  return {
    code,
    message: `stopped before it ran: ${task.handler ? 'handler' : 'task'} ${named(task)}${where}${by}: ${message}`,
    hint: GUARD_HINT[reason],
  }
}
