// SPDX-License-Identifier: Apache-2.0
// What the rules of a simulation are written with.
import type { EnvironmentState } from '../../lib/rollout/index.js'

/** Thrown for what must never happen. */
export class Violation extends Error {}
export const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what)
}

export const share = (s: number | string, total: number, round: (n: number) => number): number =>
  typeof s === 'number' ? s : round((Number.parseInt(s, 10) * total) / 100)

/** Maps and sets as arrays, so that two states can be compared as text. */
export const flat = (state: EnvironmentState): unknown =>
  JSON.parse(
    JSON.stringify(state, (_key, value: unknown) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
    ),
  )
