// SPDX-License-Identifier: Apache-2.0
// How long jobs ran lately, and what that says of one that is running. Limits say little: most jobs end long before them.

/** Fewer that ran longer than this one say nothing. */
const ENOUGH = 5

export interface RunTimes {
  /** ms, ascending. */
  readonly sorted: readonly number[]
  /** Of the first n, n from 0. */
  readonly sums: readonly number[]
}

/** `ended`: run times of jobs that ended lately, ms. */
export function runTimes(ended: readonly number[]): RunTimes {
  const sorted = [...ended].sort((a, b) => a - b)
  const sums = [0]
  for (const time of sorted) sums.push((sums.at(-1) as number) + time)
  return { sorted, sums }
}

export const NO_RUN_TIMES = runTimes([])

/** How much longer a job is expected to run, ms: the mean of those that ran longer, and no longer than its limit lets it. null: too few did. */
export function residual({ sorted, sums }: RunTimes, elapsed: number, limit: number | null): number | null {
  const from = firstAbove(sorted, elapsed)
  const to = limit === null ? sorted.length : firstAbove(sorted, limit)
  return to - from < ENOUGH ? null : ((sums[to] as number) - (sums[from] as number)) / (to - from) - elapsed
}

function firstAbove(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low
}
