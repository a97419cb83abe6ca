// SPDX-License-Identifier: Apache-2.0
// Names that somebody may have meant. Pure.

/** The names nearest to `wanted`, best first; only those that are near at all. */
export function nearNames(wanted: string, names: readonly string[], limit = 5): string[] {
  const lower = wanted.toLowerCase()
  const bound = Math.max(2, Math.floor(wanted.length / 3))
  return names
    .map((name) => ({ name, score: score(lower, name.toLowerCase(), bound) }))
    .filter(({ score }) => score <= bound)
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name)
}

function score(a: string, b: string, bound: number): number {
  const last = (text: string): string => text.slice(text.lastIndexOf('/') + 1)
  if (a === b || last(a) === last(b)) return 0
  if (a.length > 2 && (b.includes(a) || a.includes(b))) return 1
  return Math.min(distance(a, b, bound), distance(last(a), last(b), bound) + 1)
}

/** Edits from `a` to `b`, or a number above `bound`. */
function distance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
    }
    row = next
  }
  return row[b.length]!
}
