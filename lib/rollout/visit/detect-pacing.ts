// SPDX-License-Identifier: Apache-2.0
// Nodes that are out of service come before a look at others: beside a look at many nodes what they
// wait for takes longer, and an idle node gets a job before it is drained. While they reboot,
// nobody is in the way of anybody: as long as that lasts, a few are looked at.
import { computingUntil, PATIENCE } from '../limits/computing-steps.js'
import { isFirstLook } from '../world/sorted-nodes.js'
import type { Visits } from './visits.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { World } from '../world/world.js'

/**
 * How long a look waits for all of them, ms since the first nodes of the wave were looked at: what
 * needs no drain must not wait for long.
 */
const LONGEST = 20_000

/**
 * Which of the `others` of a wave are looked at just now, or why none. `seen`: when the first of
 * the wave were looked at, ms.
 */
export function lookBesideVisits(
  { now, rollout, durations }: Pick<World, 'now' | 'rollout' | 'durations'>,
  visits: Pick<Visits, 'actions' | 'looking' | 'soonest' | 'most'>,
  others: readonly string[],
  seen: number,
): Hold | readonly string[] {
  const last = seen + LONGEST
  if (now >= last) return others
  const steps = [...rollout.steps.values()]
  const until = Math.min(Math.max(...computingUntil({ now, rollout }, visits.actions)), last)
  if (now < until) return holdFor({ is: 'out-of-service-first' }, { until })
  // Which ones are idle is known in a moment.
  const { awaited } = visits.looking
  const answer = awaited === null ? -Infinity : Math.min(awaited + PATIENCE, last)
  if (now < answer) return holdFor({ is: 'drain-order-asked' }, { until: answer })
  if (steps.some((s) => s.nodes.some((n) => isFirstLook(rollout, n))))
    return holdFor({ is: 'others-looked-at' }, { until: last })
  const reboots = steps.flatMap((s) => (s.action === 'reboot' ? [s.since] : []))
  if (visits.actions.some((a) => a.do === 'reboot')) reboots.push(now)
  if (reboots.length === 0) return others
  // What began later would still go on when they are back.
  if (now >= Math.min(...reboots) + Math.min(...durations.reboot) / 2)
    return holdFor({ is: 'about-to-be-back' }, { until: last })
  return (visits.soonest(others) ?? others).slice(0, visits.most)
}
