// SPDX-License-Identifier: Apache-2.0
// Which environments come before which.
import type { Problem } from '../../errors.js'
import type { Declaration } from './config.generated.js'
import { nearest } from '../names/nearest.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

/**
 * Environments that must have completed a commit first: those that are named, else the one declared
 * just before.
 */
export function environmentsBefore(
  { environments }: Declaration,
  environment: string,
): readonly string[] {
  const names = Object.keys(environments ?? {})
  return environments?.[environment]?.after ?? names.slice(0, names.indexOf(environment)).slice(-1)
}

/** Unknown names, an environment that waits for itself, circles: each circle once. */
export function promotionProblems(config: Declaration, places: Located): Problem[] {
  const names = Object.keys(config.environments ?? {})
  const problems: Problem[] = []
  const where = (name: string, index?: number): Problem['where'] => {
    const pointer = `/environments/${escapePointer(name)}`
    return index === undefined
      ? places.place(pointer, 'key')
      : places.place(`${pointer}/after/${index}`)
  }
  for (const name of names) {
    for (const [i, other] of (config.environments?.[name]?.after ?? []).entries()) {
      const meant = nearest(other, names)
      if (other === name)
        problems.push({
          code: 'config/promotion',
          message: `environment "${name}" waits for itself`,
          hint: 'Name the environments before it, or write after: [].',
          where: where(name, i),
        })
      else if (!names.includes(other))
        problems.push({
          code: 'config/unknown-environment',
          message: `there is no environment "${other}"`,
          hint: meant ? `Did you mean "${meant}"?` : `Declared are: ${names.join(', ')}.`,
          where: where(name, i),
        })
    }
  }
  const done = new Set<string>()
  const walk = (name: string, trail: readonly string[]): void => {
    const start = trail.indexOf(name)
    if (start >= 0) {
      const circle = [...trail.slice(start), name]
      if (circle.length > 2)
        problems.push({
          code: 'config/promotion',
          message: `environments wait for each other: ${circle.map((n) => `"${n}"`).join(' for ')}`,
          hint: 'Give one of them an "after" that leads out of the circle; without one it waits for the environment declared before it.',
          where: where(name),
        })
      return
    }
    if (done.has(name) || !names.includes(name)) return
    for (const other of environmentsBefore(config, name)) walk(other, [...trail, name])
    done.add(name)
  }
  for (const name of names) walk(name, [])
  return problems
}
