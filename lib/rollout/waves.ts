// SPDX-License-Identifier: Apache-2.0
// The order in which nodes go: wave 0 is the canaries, the rest follows in declared order.
import type { FleetNode, RolloutPolicy } from '../fleet/types.js'

export interface Wave {
  /** 0 is the canary wave. */
  readonly index: number
  readonly nodes: readonly string[]
}

/**
 * Cuts the fleet into waves. Each entry of `policy.waves` says how many of the non-canary nodes (a number, or a
 * percentage rounded up) have been reached when that wave is done; what is left goes in a last wave. A wave that
 * would be empty is left out. `limit` narrows the waves, never the canaries: they always go first.
 */
export function planWaves(nodes: readonly FleetNode[], policy: Pick<RolloutPolicy, 'waves'>, limit: readonly string[] | null): readonly Wave[] {
  const wanted = limit && new Set(limit)
  const canaries: string[] = []
  const others: string[] = []
  for (const { name, canary } of nodes) {
    if (canary) canaries.push(name)
    else if (!wanted || wanted.has(name)) others.push(name)
  }
  const waves: Wave[] = canaries.length > 0 ? [{ index: 0, nodes: canaries }] : []
  let reached = 0
  let index = 0
  for (const share of [...policy.waves, others.length]) {
    const until = Math.min(others.length, shareOf(share, others.length, Math.ceil))
    if (until <= reached) continue
    waves.push({ index: ++index, nodes: others.slice(reached, until) })
    reached = until
  }
  return waves
}

/** A count, or a percentage of `total` rounded as told. */
export function shareOf(share: number | `${number}%`, total: number, round: (n: number) => number): number {
  if (typeof share === 'number') return share
  // In hundredths first: 10 % of 70 must be 7 and not 7.000000000000001, which would round up to 8.
  return round(Math.round(Number.parseFloat(share) * total * 1e6) / 1e8)
}

/** What people call a wave. */
export const waveName = (index: number): string => (index === 0 ? 'canary wave' : `wave ${index}`)
