// SPDX-License-Identifier: Apache-2.0
// The order in which nodes go: wave 0 is the canaries, the rest follows in declared order.
import { groupBy } from '../../fleet/names/group-by.js'
import type { FleetNode, RolloutPolicy } from '../../fleet/declare/fleet.js'

export interface Wave {
  /** 0 is the canary wave. */
  readonly index: number
  readonly nodes: readonly string[]
}

/**
 * Cuts the fleet into waves. Each entry of `policy.waves` says how many of the non-canary nodes (a
 * number, or a percentage rounded up) have been reached when that wave is done; what is left goes
 * in a last wave. A wave that would be empty is left out. `limit` narrows the waves, never the
 * canaries: they always go first. The nodes on a hypervisor follow it in its wave, whatever the
 * limit: they go out with it.
 */
export function planWaves(
  nodes: readonly FleetNode[],
  policy: Pick<RolloutPolicy, 'waves'>,
  limit: readonly string[] | null,
): readonly Wave[] {
  const wanted = limit && new Set(limit)
  const canaries: string[] = []
  const others: string[] = []
  const chosen = new Set(
    nodes.flatMap((n) => (!n.canary && (!wanted || wanted.has(n.name)) ? [n.name] : [])),
  )
  const guests = groupBy(
    nodes.filter((n) => n.runsOn !== null && !n.canary && chosen.has(n.runsOn)),
    (n) => n.runsOn as string,
  )
  const withHost = new Set([...guests.values()].flatMap((those) => those.map((n) => n.name)))
  /** Where a hypervisor with its nodes ends: they are not cut apart. */
  const ends: number[] = []
  for (const { name, canary } of nodes) {
    if (canary) canaries.push(name)
    else if (chosen.has(name) && !withHost.has(name))
      ends.push(others.push(name, ...(guests.get(name) ?? []).map((n) => n.name)))
  }
  const waves: Wave[] = canaries.length > 0 ? [{ index: 0, nodes: canaries }] : []
  let reached = 0
  let index = 0
  for (const share of [...policy.waves, others.length]) {
    const wish = Math.min(others.length, shareOf(share, others.length, Math.ceil))
    const until = ends.find((end) => end >= wish) ?? others.length
    if (until <= reached) continue
    waves.push({ index: ++index, nodes: others.slice(reached, until) })
    reached = until
  }
  return waves
}

/** A count, or a percentage of `total` rounded as told. */
export function shareOf(
  share: number | `${number}%`,
  total: number,
  round: (n: number) => number,
): number {
  if (typeof share === 'number') return share
  // In hundredths first: 10 % of 70 must be 7 and not 7.000000000000001, which would round up to 8.
  return round(Math.round(Number.parseFloat(share) * total * 1e6) / 1e8)
}
