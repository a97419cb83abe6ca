// SPDX-License-Identifier: Apache-2.0
// A health gate: an Ansible role asked on nodes whether the rollout may go on.
import { checkOutcome } from '../../rollout/index.js'
import { checkedOf } from '../../outcome/summary/health-answer.js'
import type { HealthGate } from '../../fleet/declare/fleet.js'
import { schedulerOfAll } from '../../fleet/policy/scheduler.js'
import type { Alarm, CheckRef, Concluded, NodeOutcome, OpenStep } from '../../rollout/index.js'
import { placeOf, writeGatePlaybook } from './health-playbook.js'
import { inLentTree } from '../commit/lend-tree.js'
import { alarmOf, TaskTable } from './step-outcome.js'
import type { StepResult } from './step-outcome.js'
import { makeAnew, play } from './step.js'
import type { StepContext } from './step.js'

export { gateProblems } from './health-playbook.js'

export interface CheckContext extends StepContext {
  readonly gate: HealthGate
  /** The pin of the rollout. */
  readonly sha: string
}

/**
 * Runs the role of a gate on these nodes, for real: what it asks by command needs that. `directory`
 * is made anew and keeps the evidence. Throws playbook/unknown-role, and what `runAnsible` throws.
 */
export async function runCheck(
  check: CheckRef,
  nodes: readonly string[],
  directory: string,
  context: CheckContext,
): Promise<StepResult> {
  const { fleet, gate, sha } = context
  await makeAnew(directory)
  return inLentTree(context, directory, async (inTree) => {
    const playbook = await writeGatePlaybook(
      { gate, point: check.point, sha, scheduler: schedulerOfAll(fleet, nodes), nodes },
      placeOf(fleet, inTree.checkout),
      directory,
    )
    return play({ mode: 'gate', playbook }, nodes, directory, inTree)
  })
}

/**
 * What the gate said of each node, ready for the journal. `changes` names tasks that changed
 * something, which none should. Pure.
 */
export function outcomeOfCheck(
  step: OpenStep,
  { summary, exit }: StepResult,
  at: number,
): Concluded {
  const table = new TaskTable()
  const nodes: Record<string, NodeOutcome> = {}
  for (const node of step.nodes) {
    const seen = summary.nodes.get(node)
    if (!seen) continue
    nodes[node] = {
      ...checkedOf(seen, summary),
      ...(seen.changes.length > 0 && { changes: seen.changes.map(table.refer) }),
    }
  }
  const alarm = alarmOf(summary, exit)
  return {
    type: 'concluded',
    at,
    step: step.step,
    tasks: table.tasks,
    nodes,
    ...(alarm && {
      alarm: inGate(
        alarm,
        summary.guard?.reason,
        step.action === 'check' ? step.check.gate : undefined,
      ),
    }),
  }
}

/** The same alarm, in the words of whoever mends a gate. */
function inGate(alarm: Alarm, reason: string | undefined, gate = ''): Alarm {
  const message = `in the health gate "${gate}": ${alarm.message}`
  if (reason !== 'drain-change') return { ...alarm, message }
  return {
    ...alarm,
    message,
    hint: 'A gate looks and changes nothing: take the task out of the role.',
  }
}

/**
 * Tasks that changed a node although a gate must not, one sentence each; empty when it kept to
 * that. Pure.
 */
export function gateWarnings({ step, ...concluded }: Concluded, gate: string): readonly string[] {
  const touched = new Map<number, number>()
  for (const told of Object.values(concluded.nodes))
    for (const index of checkOutcome(told).changes ?? [])
      touched.set(index, (touched.get(index) ?? 0) + 1)
  return [...touched].flatMap(([index, nodes]) => {
    const task = concluded.tasks[index]
    return task
      ? [
          `the health gate "${gate}" changed ${nodes} ${nodes === 1 ? 'node' : 'nodes'} in "${task.task}" (${task.file}:${task.line}, step ${step}): a gate must only look`,
        ]
      : []
  })
}
