// SPDX-License-Identifier: Apache-2.0
// What drained nodes wait for comes before a look at others: beside a look at many nodes a drain or a change takes longer, and an idle
// node gets a job meanwhile. While they reboot, nobody is in the way of anybody.
import type { Looking } from './looking.js'
import type { Action, Hold, World } from './world.js'

/** How long a look waits for one step, ms. A change may take an hour, a drain may hang, and what needs no drain must not wait for either. */
const PATIENCE = 5_000
/** ... and for all of them, ms since the first nodes of the wave were looked at. */
const LONGEST = 15_000

/** Why the others of a wave are not looked at just now. `actions`: what begins now; `seen`: when the first of the wave were looked at, ms. */
export function settling({ now, rollout }: Pick<World, 'now' | 'rollout'>, actions: readonly Action[], looking: Looking, seen: number): Hold | null {
  const begun = [...rollout.steps.values()].flatMap((s) => (isQuick(s) ? [s.since] : []))
  if (actions.some((a) => (a.do === 'drain' || a.do === 'apply') && isQuick({ ...a, action: a.do }))) begun.push(now)
  const until = Math.min(Math.max(...begun) + PATIENCE, seen + LONGEST)
  if (now < until) return { code: 'step', text: 'others of its wave are drained and changed first', until }
  // Which ones are idle is known in a moment.
  const { awaited } = looking
  const answer = awaited === null ? -Infinity : Math.min(awaited + PATIENCE, seen + LONGEST)
  return now < answer ? { code: 'step', text: 'the scheduler is asked which nodes are drained first', until: answer } : null
}

/** A step of a visit that waits for no job. */
const isQuick = ({ action, wait, full }: { readonly action: string; readonly wait?: number; readonly full?: true }): boolean => (action === 'drain' && wait === undefined) || full === true
