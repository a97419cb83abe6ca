// SPDX-License-Identifier: Apache-2.0
// Why nodes of a wave do not move that have been reached: in a step, waiting for a drain, failed,
// quarantined.
import { groupBy } from '../../fleet/names/group-by.js'
import type { StepAction } from '../record/journal-events.js'
import { describeFailure } from '../record/failure.js'
import { retryAt } from '../world/sorted-nodes.js'
import type { Sorted } from '../world/sorted-nodes.js'
import { nodeState } from '../state/state.js'
import type { NodeState } from '../state/state.js'
import { DRAIN, HOT } from '../record/verdict.js'
import type { Waiting, World } from '../world/world.js'

const DOING: Readonly<Record<StepAction, string>> = {
  detect: 'is being looked at (check mode)',
  apply: 'is being changed',
  verify: 'is being looked at again after the change',
  check: 'a health gate is being asked',
  drain: 'is being drained',
  reboot: 'is rebooted if that is asked for',
  release: 'is being given back',
}

export function waitingWithin(
  { busy, drain, failed, spent, quarantined }: Sorted,
  { rollout, policy, scheduler }: World,
): Waiting[] {
  const waiting: Waiting[] = []
  for (const [step, nodes] of groupBy(busy, (n) => nodeState(rollout, n).step ?? '')) {
    const open = rollout.steps.get(step)
    waiting.push({ nodes, code: 'step', text: open ? DOING[open.action] : 'a step is under way' })
  }
  for (const [text, nodes] of groupBy(drain, (n) =>
    drainText(nodeState(rollout, n), scheduler !== null),
  ))
    waiting.push({ nodes, code: scheduler ? 'visit' : 'drain', text })
  // By time as well as by reason: nodes that failed in one step are tried again together.
  const key = (n: string): string =>
    `${retryAt(nodeState(rollout, n), policy)} ${failedText(nodeState(rollout, n), policy.retries.attempts)}`
  for (const nodes of groupBy(failed, key).values()) {
    const state = nodeState(rollout, nodes[0] as string)
    waiting.push({
      nodes,
      code: 'failed',
      text: failedText(state, policy.retries.attempts),
      until: retryAt(state, policy),
    })
  }
  const out = [...spent, ...quarantined]
  for (const [text, nodes] of groupBy(out, (n) => quarantinedText(nodeState(rollout, n))))
    waiting.push({ nodes, code: 'quarantined', text })
  return waiting
}

const failedText = ({ failures, failure }: NodeState, attempts: number): string =>
  `${describeFailure(failure)}; failed ${failures} of ${attempts} times, is tried again`

const quarantinedText = ({ failures, failure }: NodeState): string =>
  `quarantined${failures > 1 ? ` after ${failures} attempts` : ''}: ${describeFailure(failure)}`

function drainText({ changes }: NodeState, drains: boolean): string {
  const cause =
    changes.find((c) => c.tags.includes(DRAIN)) ?? changes.find((c) => !c.tags.includes(HOT))
  const why = cause ? ` ("${cause.task}", ${cause.file}:${cause.line})` : ''
  return `its change needs the node drained${why}; ${drains ? 'its turn has not come' : 'no scheduler is declared, so patchrun drains none'}`
}
