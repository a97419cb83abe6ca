// SPDX-License-Identifier: Apache-2.0
// Host expressions given on the command line -> the nodes they name. Pure.
import { PatchrunError, refuse, type Problem } from '../../errors.js'
import { groupBy } from '../names/group-by.js'
import { expandHosts } from '../names/host-expression.js'
import { summed } from './lists.js'
import type { Fleet } from '../declare/fleet.js'

/** Characters of an option that go along with a problem. */
const MAX_SOURCE = 10_000

/**
 * What an argument of the command names. What is wrong with it is wrong usage, not a wrong
 * declaration.
 * @throws PatchrunError usage/host-expression, usage/names-nobody
 */
export function hostsOfOption(text: string, option: string): readonly string[] {
  const where = { file: option, line: 1, column: 1, text: text.slice(0, 120) }
  const names = expand(text, option)
  if (names.length > 0) return names
  throw new PatchrunError({
    code: 'usage/names-nobody',
    message: `${option} comes out empty: it names no node`,
    hint: 'Name at least one node, or leave it out. Look at what "!" takes out again.',
    where,
  })
}

/**
 * In the order of the fleet, so that one set of nodes is one limit however it is written. Every
 * node it names must be one of the environment: a slip must not end in "nothing to do".
 * @throws PatchrunError what hostsOfOption throws, usage/limit-not-permitted
 */
export function limitTo(
  { nodes, denied, environment }: Pick<Fleet, 'nodes' | 'denied' | 'environment'>,
  text: string,
): readonly string[] {
  const where = { file: '--limit', line: 1, column: 1, text: text.slice(0, 120) }
  const wanted = new Set(hostsOfOption(text, '--limit'))
  const known = new Set(nodes.map((node) => node.name))
  const never = new Set(denied)
  const strange = [...wanted].filter((name) => !known.has(name))
  const refused = strange.filter((name) => never.has(name))
  const rest = strange.filter((name) => !never.has(name))
  const problems: Problem[] = []
  if (refused.length > 0)
    problems.push({
      code: 'usage/limit-not-permitted',
      message: `--limit names ${summed(refused)}, which must never be touched`,
      hint: 'It is on the deny list. Leave it out.',
      where,
    })
  if (rest.length > 0)
    problems.push({
      code: 'usage/limit-not-permitted',
      message: `--limit names ${summed(rest)}, not in environment "${environment}"`,
      hint: '"patchrun inventory --list" shows the nodes.',
      where,
    })
  refuse(problems)
  return [...known].filter((name) => wanted.has(name))
}

/**
 * A change may take a hypervisor out, and with it what runs there. What runs on a canary is a
 * canary, whatever the limit.
 * @throws PatchrunError usage/limit-runs-on
 */
export function requireGuests(
  { nodes }: Pick<Fleet, 'nodes'>,
  limit: readonly string[] | null,
): void {
  const wanted = new Set(limit ?? nodes.map((node) => node.name))
  const left = nodes.filter(
    (n) => n.runsOn !== null && wanted.has(n.runsOn) && !wanted.has(n.name) && !n.canary,
  )
  refuse(
    [...groupBy(left, (n) => n.runsOn ?? '')].map(([host, guests]): Problem => ({
      code: 'usage/limit-runs-on',
      message: `--limit names the hypervisor ${host}, and not ${summed(guests.map((n) => n.name))} on it`,
      hint: 'A hypervisor and the nodes on it go out together: name them too, or leave it out.',
      where: { file: '--limit', line: 1, column: 1, text: (limit ?? []).join(',').slice(0, 120) },
    })),
  )
}

function expand(text: string, option: string): readonly string[] {
  try {
    return expandHosts(text, option)
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    const [first, ...rest] = error.problems.map((p): Problem => ({
      ...p,
      code: 'usage/host-expression',
      ...(p.where && { where: { ...p.where, source: text.slice(0, MAX_SOURCE) } }),
    }))
    throw first ? new PatchrunError([first, ...rest], { cause: error }) : error
  }
}
