// SPDX-License-Identifier: Apache-2.0
import type { Problem } from '../../errors.js'

/** Problems in the order in which somebody who mends the files meets them; each said once. */
export function ordered(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return [...problems]
    .sort(
      (a, b) =>
        compare(a.where?.file ?? '', b.where?.file ?? '') ||
        (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
        (a.where?.column ?? 0) - (b.where?.column ?? 0),
    )
    .filter((problem) => {
      const key = JSON.stringify([problem.code, problem.message, problem.where])
      return !seen.has(key) && seen.add(key)
    })
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
