// SPDX-License-Identifier: Apache-2.0
// Whether a visit can be over before the time for changes closes. What counts are the limits of
// jobs: an expectation is no promise.
import { DAY, rememberedStretches } from '../../fleet/time/time-zone.js'
import { describeJobs } from '../../workload/use.js'
import type { NodeUse } from '../../workload/use.js'
import { expectedVisit } from '../state/durations.js'
import { minutes } from './capacity.js'
import { moment } from './window-words.js'
import { timeGate } from './windows.js'
import type { Hold, World } from '../world/world.js'

/** A moment in words, in the zone of whoever reads. */
export const clockOf =
  ({ now, policy: { timing }, zone = timing.zone }: Pick<World, 'now' | 'policy' | 'zone'>) =>
  (at: number): string =>
    moment(zone, rememberedStretches(zone, now - 3 * DAY, now + 735 * DAY), at)

/**
 * By its jobs' limits it must be empty, and so many visits one after the other over, before the
 * time closes.
 */
export function inTime(world: World, use: NodeUse | null, visits = 1): Hold | null {
  if (!use) return null
  const gate = timeGate(world.policy.timing, world.now)
  if (!gate.open || gate.closesAt === null) return null
  if (use.emptyBy === null)
    return {
      code: 'window',
      text: `${describeJobs(use.jobs, clockOf(world))}: nobody knows whether it is empty before the time for changes closes`,
    }
  return fits(world, use.emptyBy, visits)
}

export function fits(world: World, from: number, visits = 1): Hold | null {
  const gate = timeGate(world.policy.timing, world.now)
  const visit = visits * expectedVisit(world)
  if (!gate.open || gate.closesAt === null || from + visit <= gate.closesAt) return null
  return {
    code: 'window',
    text: `it would be back after ${clockOf(world)(gate.closesAt)}, when the time for changes closes: its visit is expected to take ${minutes(visit)}`,
  }
}
