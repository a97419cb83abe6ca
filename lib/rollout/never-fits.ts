// SPDX-License-Identifier: Apache-2.0
// What would wait for ever as it is declared: a hypervisor and the nodes on it go out together, and no limit lets so many out at once.
import { groupBy } from '../fleet/group-by.js'
import type { Fleet } from '../fleet/types.js'
import { Slots } from './capacity.js'
import { wouldOpen } from './foresee.js'
import { NO_STATE } from './state.js'
import { worldOf } from './world-of.js'

/** In words, one for each hypervisor. */
export function neverFits(fleet: Fleet): readonly string[] {
  // Nobody is out in this world, and what is asked of it does not depend on the time.
  const world = worldOf(fleet, NO_STATE, wouldOpen({ sha: '', ref: '', subject: '' }, NO_STATE, null, 0), 0)
  const guests = fleet.nodes.filter((n) => n.runsOn !== null)
  return [...groupBy(guests, (n) => n.runsOn as string)].flatMap(([host, those]) => {
    const hold = new Slots(world).refuseTogether([host, ...those.map((n) => n.name)], true)
    return hold ? [`${host} and what runs on it can never be drained: ${hold.text}`] : []
  })
}
