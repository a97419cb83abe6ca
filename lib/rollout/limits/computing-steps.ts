// SPDX-License-Identifier: Apache-2.0
// Steps of visits that compute on the control machine while their node serves nobody: for a moment
// others give way to them.
import { kindToDo } from '../record/step-kind.js'
import type { StepKind } from '../record/step-kind.js'
import type { Action, World } from '../world/world.js'

/**
 * For how long others give way to one step, ms. A change may take an hour, and a drain may hang.
 */
export const PATIENCE = 5_000

/**
 * Until when each step of a visit that a node waits for, and that waits for nobody itself, is given
 * way, ms; none that is over. `actions`: what begins now.
 */
export function computingUntil(
  { now, rollout }: Pick<World, 'now' | 'rollout'>,
  actions: readonly Action[],
): readonly number[] {
  // Nodes that need no drain are verified, too.
  const begun = [...rollout.steps.values()].flatMap((s) =>
    isQuick(s) && (s.action === 'drain' || s.nodes.some((n) => rollout.nodes.get(n)?.held))
      ? [s.since + PATIENCE]
      : [],
  )
  return [
    ...begun.filter((until) => now < until),
    ...actions.flatMap((a) => ('wave' in a && isQuick(kindToDo(a)) ? [now + PATIENCE] : [])),
  ]
}

/** A step of a visit that waits for no job and no firmware. */
function isQuick(step: StepKind): boolean {
  switch (step.action) {
    case 'drain':
      return step.wait === undefined
    case 'apply':
      return step.full === true
    case 'verify':
    case 'release':
      return true
    default:
      return false
  }
}
