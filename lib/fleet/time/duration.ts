// SPDX-License-Identifier: Apache-2.0

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** "90s", "1h30m", "2d" in milliseconds. The schema has checked the form; anything else is NaN. */
export function parseDuration(text: string): number {
  if (!/^(\d{1,9}(ms|s|m|h|d))+$/.test(text)) return Number.NaN
  let total = 0
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h|d)/g))
    total += Number(count) * (UNITS[unit] ?? Number.NaN)
  return total
}
