// SPDX-License-Identifier: Apache-2.0
// Health gates: which one is due at a place of the rollout, and what holds the nodes behind it
// meanwhile.
import { count } from '../../fleet/names/count.js'
import type { HealthPoint } from '../../fleet/declare/fleet.js'
import type { CheckRef, Halt } from '../record/journal-events.js'
import { describeFailure } from '../record/failure.js'
import { isVisiting } from '../world/sorted-nodes.js'
import { checkKey, nodeState } from '../state/state.js'
import type { RolloutState } from '../state/state.js'
import type { Action, Hold, World } from '../world/world.js'

/** A gate that gives no answer this often in a row halts the rollout. */
const MAX_TRIES = 3

/** The nodes a gate is asked on: those that are where they should be, and in no step. */
const askable = (rollout: RolloutState, nodes: readonly string[], point: HealthPoint): string[] =>
  nodes.filter((n) => {
    const { stage, step, held } = nodeState(rollout, n)
    return (
      step === undefined &&
      !held &&
      (stage === 'good' || (point === 'start' && stage !== 'failed' && stage !== 'quarantined'))
    )
  })

/** Also of a node that was GOOD: its hypervisor has to be empty. */
const isBeingDrained = ({ steps, nodes }: RolloutState, node: string): boolean =>
  steps.get(nodes.get(node)?.step ?? '')?.action === 'drain'

/**
 * What stands between this place and going on; null: every gate here has passed. `taken`: nodes
 * that another step is about to begin on.
 */
export function dueCheck(
  world: World,
  point: HealthPoint,
  after: number,
  nodes: readonly string[],
  taken: ReadonlySet<string> = new Set(),
): { readonly action: Action | null; readonly hold: Hold } | null {
  const { policy, rollout, now } = world
  for (const { name, at } of policy.health) {
    if (!at.includes(point)) continue
    const check: CheckRef = { gate: name, point, after }
    const key = checkKey(check)
    const state = rollout.checks.get(key)
    if (state?.result === 'pass') continue
    const open = [...rollout.steps.values()].some((s) => s.check && checkKey(s.check) === key)
    if (open)
      return {
        action: null,
        hold: { code: 'health', text: `the health gate "${name}" is being asked` },
      }
    const until = state ? state.at + policy.retries.backoff : now
    if (now < until)
      return {
        action: null,
        hold: {
          code: 'health',
          text: `the health gate "${name}" gave no answer and is asked again${state?.failure ? `: ${describeFailure(state.failure)}` : ''}`,
          until,
        },
      }
    const asked = askable(rollout, nodes, point).filter((n) => !taken.has(n))
    if (asked.length === 0) {
      // Those that are in a visit, or go out with their hypervisor, can be asked when they are
      // back.
      if (nodes.some((n) => taken.has(n) || isVisiting(rollout, n) || isBeingDrained(rollout, n)))
        return {
          action: null,
          hold: {
            code: 'health',
            text: `the health gate "${name}" is asked when a node of the wave before is given back`,
          },
        }
      continue
    }
    return {
      action: { do: 'check', check, wave: Math.max(0, after), nodes: asked },
      hold: { code: 'health', text: `the health gate "${name}" must pass first` },
    }
  }
  return null
}

/** A gate that failed, or gave no answer too often, stops the rollout. */
export function failedCheck({ checks }: RolloutState, hint: string): Halt | null {
  for (const [key, { result, tries, failure, nodes }] of checks) {
    if (result !== 'fail' && (result !== 'inconclusive' || tries < MAX_TRIES)) continue
    const gate = key.split('/').slice(2).join('/')
    const where =
      nodes.slice(0, 3).join(', ') + (nodes.length > 3 ? ` and ${nodes.length - 3} more` : '')
    const how = result === 'fail' ? 'failed' : `gave no answer ${count(tries, 'time')}`
    return {
      code: 'gate-failed',
      message: `the health gate "${gate}" ${how} on ${where}${failure ? `: ${describeFailure(failure)}` : ''}`,
      hint,
      nodes,
    }
  }
  return null
}
