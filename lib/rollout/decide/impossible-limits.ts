// SPDX-License-Identifier: Apache-2.0
// What would wait for ever as it is declared: hypervisors that no limit lets out with the nodes on
// them, and windows that are too short for a change.
import { groupBy } from '../../fleet/names/group-by.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { Slots } from '../limits/capacity.js'
import { expectedHotChange, expectedVisit } from '../state/durations.js'
import { wouldOpen } from './preview.js'
import { minutes, readerOf } from '../say/moments.js'
import { reasonText } from '../say/reason.js'
import { NO_STATE } from '../state/state.js'
import { nextFit } from '../limits/windows.js'
import { worldOf } from '../world/world-of.js'
import type { World } from '../world/world.js'

/** In words, one for each hypervisor. */
export function impossibleLimits(fleet: Fleet): readonly string[] {
  // Nobody is out in this world, and what is asked of it does not depend on the time.
  const world = worldOf({
    fleet,
    state: NO_STATE,
    rollout: wouldOpen({ sha: '', ref: '', subject: '' }, NO_STATE, null, 0),
    now: 0,
  })
  return [...tooShort(fleet, world), ...neverTogether(fleet, world)]
}

function neverTogether(fleet: Fleet, world: World): readonly string[] {
  const guests = fleet.nodes.filter((n) => n.runsOn !== null)
  return [...groupBy(guests, (n) => n.runsOn as string)].flatMap(([host, those]) => {
    const hold = new Slots(world).refuseTogether([host, ...those.map((n) => n.name)], true)
    if (!hold) return []
    const why = reasonText(hold.reason, readerOf(fleet, 0))
    return [`${host} and what runs on it can never be drained: ${why}`]
  })
}

/** Windows alone: a freeze passes. */
function tooShort(
  { policy: { timing, drain }, schedulers }: Fleet,
  world: World,
): readonly string[] {
  const fitsOnce = (length: number): boolean =>
    nextFit({ ...timing, freezes: [] }, 0, length) !== null
  const [change, visit] = [expectedHotChange(world), expectedVisit(world)]
  if (!fitsOnce(change))
    return [
      `no window is as long as a change is expected to take, ${minutes(change)} (rollout.expected): nothing ever begins`,
    ]
  if (schedulers.length === 0 || fitsOnce(visit)) return []
  const reboot =
    drain.reboot === 'never'
      ? ''
      : `, and up to ${minutes(drain.rebootTimeout)} for the reboot (drain.rebootTimeout)`
  return [
    `no window is as long as a visit of a drained node may take, ${minutes(visit)}: ${minutes(change)} for the change (rollout.expected)${reboot}. While none was measured, no drain begins`,
  ]
}
