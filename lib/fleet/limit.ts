// SPDX-License-Identifier: Apache-2.0
// --limit -> the nodes it names. Pure.
import { PatchrunError, refuse, type Problem } from '../errors.js'
import { expandHosts } from './host-expression.js'
import { summed } from './lists.js'
import type { Fleet } from './types.js'

/**
 * In the order of the fleet, so that one set of nodes is one limit however it is written. Every node it names must be one of the environment: a slip must not end in "nothing to do".
 * @throws PatchrunError usage/limit (it can not be read, or comes out empty), usage/limit-not-permitted
 */
export function limitTo({ nodes, denied, environment }: Pick<Fleet, 'nodes' | 'denied' | 'environment'>, text: string): readonly string[] {
  const where = { file: '--limit', line: 1, column: 1, text: text.slice(0, 120) }
  const wanted = new Set(expand(text))
  if (wanted.size === 0) throw new PatchrunError({ code: 'usage/limit', message: '--limit comes out empty', hint: 'Look at what "!" takes out again.', where })
  const known = new Set(nodes.map((node) => node.name))
  const never = new Set(denied)
  const strange = [...wanted].filter((name) => !known.has(name))
  const refused = strange.filter((name) => never.has(name))
  const rest = strange.filter((name) => !never.has(name))
  const problems: Problem[] = []
  if (refused.length > 0) problems.push({ code: 'usage/limit-not-permitted', message: `--limit names ${summed(refused)}, which must never be touched`, hint: 'It is on the deny list. Leave it out.', where })
  if (rest.length > 0) problems.push({ code: 'usage/limit-not-permitted', message: `--limit names ${summed(rest)}, not in environment "${environment}"`, hint: '"patchrun inventory --list" shows the nodes.', where })
  refuse(problems)
  return [...known].filter((name) => wanted.has(name))
}

function expand(text: string): readonly string[] {
  try {
    return expandHosts(text, '--limit')
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    const [first, ...rest] = error.problems.map((p): Problem => ({ ...p, code: 'usage/limit' }))
    throw first ? new PatchrunError([first, ...rest], { cause: error }) : error
  }
}
