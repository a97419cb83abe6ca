// SPDX-License-Identifier: Apache-2.0
// Whether a visit can be over before the time for changes closes. What counts are the limits of
// jobs: an expectation is no promise.
import type { NodeUse } from '../../workload/contract/node-use.js'
import { expectedVisit } from '../state/durations.js'
import { timeGate } from './windows.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { World } from '../world/world.js'

/**
 * By its jobs' limits it must be empty, and so many visits one after the other over, before the
 * time closes.
 */
export function inTime(world: World, use: NodeUse | null, visits = 1): Hold | null {
  if (!use) return null
  const gate = timeGate(world.policy.timing, world.now)
  if (!gate.open || gate.closesAt === null) return null
  if (use.emptyBy === null) return holdFor({ is: 'job-without-limit', jobs: use.occupants })
  return fits(world, use.emptyBy, visits)
}

export function fits(world: World, from: number, visits = 1): Hold | null {
  const gate = timeGate(world.policy.timing, world.now)
  const visit = visits * expectedVisit(world)
  if (!gate.open || gate.closesAt === null || from + visit <= gate.closesAt) return null
  return holdFor({ is: 'visit-too-long', closesAt: gate.closesAt, expected: visit })
}
