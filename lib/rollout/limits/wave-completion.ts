// SPDX-License-Identifier: Apache-2.0
// When a wave is done, and since when. The journal keeps it, as what comes of a node later (a late
// visit, a retry) does not make its wave begin anew: the soak and the pause before the next wave
// count from the first time.
import { drained } from './capacity.js'
import { byRecord } from '../world/sorted-nodes.js'
import type { Sorted } from '../world/sorted-nodes.js'
import { nodeState } from '../state/state.js'
import type { RolloutState } from '../state/state.js'
import type { Wave } from '../world/waves.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'

/**
 * When the last of its nodes came to where it stands, ms. A state that an earlier version left says
 * nothing of it: there a wave was done before if nodes of the next one were tried. Of the canaries
 * that is never guessed: their soak would be skipped.
 */
export function doneSince(rollout: RolloutState, { index, nodes }: Wave, next?: Wave): number {
  const known = rollout.done?.[index]
  if (known !== undefined) return known
  const begun =
    rollout.done === undefined &&
    index > 0 &&
    next?.nodes.some((n) => nodeState(rollout, n).stage !== 'unseen')
  return begun ? 0 : nodes.reduce((latest, n) => Math.max(latest, nodeState(rollout, n).at), 0)
}

/** What keeps the other waves closed after the canary wave; null opens them. */
export function openCanaries({ good, ...rest }: Sorted): Hold | null {
  const open = Object.values(rest).reduce((n, nodes) => n + nodes.length, 0)
  if (open === 0) return null
  return rest.drain.length > 0
    ? holdFor({ is: 'canaries-drain', drains: rest.drain.length })
    : holdFor({ is: 'canaries-open', good: good.length, all: good.length + open })
}

/**
 * A wave is done when each of its nodes has been tried once; what failed then is tried again
 * without holding up the next.
 */
export function openNodes(
  { index }: Wave,
  { unseen, hot, applied, busy }: Sorted,
  rollout: RolloutState,
): Hold | null {
  // A visit may take days, and what needs none does not wait for it.
  const visited = new Set(drained(rollout))
  const moving = byRecord(
    [...unseen, ...hot, ...applied, ...busy].filter((n) => !visited.has(n)),
    rollout,
  ).fresh.length
  return moving > 0 ? holdFor({ is: 'wave-first', wave: index, open: moving }) : null
}
