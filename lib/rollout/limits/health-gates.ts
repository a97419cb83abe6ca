// SPDX-License-Identifier: Apache-2.0
// Health gates: which one is due at a place of the rollout, and what holds the nodes behind it
// meanwhile.
import type { HealthPoint } from '../../fleet/declare/fleet.js'
import type { CheckRef, Halt } from '../record/journal-events.js'
import { isVisiting } from '../world/sorted-nodes.js'
import { checkKey, nodeState } from '../state/state.js'
import type { RolloutState } from '../state/state.js'
import { haltFor } from '../say/halt-words.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { Action, World } from '../world/world.js'

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

/** Where gates are asked, and on whom. */
export interface GatePlace {
  readonly point: HealthPoint
  /** The wave before this place; -1 at the start, and at the end. */
  readonly after: number
  readonly nodes: readonly string[]
  /** Nodes that another step is about to begin on. */
  readonly taken?: ReadonlySet<string>
}

/** What stands between this place and going on; null: every gate here has passed. */
export function dueCheck(
  world: World,
  { point, after, nodes, taken = new Set() }: GatePlace,
): { readonly action: Action | null; readonly hold: Hold } | null {
  const { policy, rollout, now } = world
  for (const { name, at } of policy.health) {
    if (!at.includes(point)) continue
    const check: CheckRef = { gate: name, point, after }
    const key = checkKey(check)
    const state = rollout.checks.get(key)
    if (state?.result === 'pass') continue
    const open = [...rollout.steps.values()].some(
      (s) => s.action === 'check' && checkKey(s.check) === key,
    )
    if (open)
      return {
        action: null,
        hold: holdFor({ is: 'gate-asked', gate: name }),
      }
    const until = state ? state.at + policy.retries.backoff : now
    if (now < until)
      return {
        action: null,
        hold: holdFor({ is: 'gate-again', gate: name, failure: state?.failure }, { until }),
      }
    const asked = askable(rollout, nodes, point).filter((n) => !taken.has(n))
    if (asked.length === 0) {
      // Those that are in a visit, or go out with their hypervisor, can be asked when they are
      // back.
      if (nodes.some((n) => taken.has(n) || isVisiting(rollout, n) || isBeingDrained(rollout, n)))
        return {
          action: null,
          hold: holdFor({ is: 'gate-later', gate: name }),
        }
      continue
    }
    return {
      action: { do: 'check', check, wave: Math.max(0, after), nodes: asked },
      hold: holdFor({ is: 'gate-first', gate: name }),
    }
  }
  return null
}

/** A gate that failed, or gave no answer too often, stops the rollout. */
export function failedCheck({ checks }: RolloutState): Halt | null {
  for (const [key, { result, tries, failure, nodes }] of checks) {
    if (result !== 'fail' && (result !== 'inconclusive' || tries < MAX_TRIES)) continue
    const gate = key.split('/').slice(2).join('/')
    const unanswered = result === 'fail' ? {} : { tries }
    return haltFor({ code: 'gate-failed', gate, nodes, failure, ...unanswered })
  }
  return null
}
