// SPDX-License-Identifier: Apache-2.0
// How long jobs ran lately, and what that says of one that is running. Limits say little: most jobs
// end long before them.

/**
 * How much the guess "as long again as it has run" weighs against each job that is known to have
 * run longer. Little: where few ran longer, few do. Tried with run times of eight kinds: a larger
 * weight picks somewhat shorter waits where tails are heavy, a smaller one where there is a longest
 * run time; this one lies between.
 */
const AS_LONG_AGAIN = 0.5

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

/**
 * How much longer a job is expected to run, ms: as much as those did that ran longer, and no longer
 * than its limit lets it; otherwise as long again.
 */
export function residual(
  { sorted, sums }: RunTimes,
  elapsed: number,
  limit: number | null,
): number {
  const from = firstAbove(sorted, elapsed)
  const to = limit === null ? sorted.length : firstAbove(sorted, limit)
  const longer = Math.max(0, to - from)
  const rest = longer === 0 ? 0 : (sums[to] as number) - (sums[from] as number) - longer * elapsed
  return (rest + AS_LONG_AGAIN * elapsed) / (longer + AS_LONG_AGAIN)
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
