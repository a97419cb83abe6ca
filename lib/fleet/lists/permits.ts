// SPDX-License-Identifier: Apache-2.0
// lib/fleet/lists/: which nodes: allow, deny, canary, groups, domains, hypervisors.
//
// Allow, deny and canary held against each other. A contradiction is never settled by guessing
// which list was meant.
import type { Place, Problem, ProblemCode } from '../../errors.js'
import type { HostList } from '../declare/config.generated.js'
import { entriesOf, putTogether, spot, summed, type Gathered, type NamedHosts } from './lists.js'
import type { Declared } from '../declare/declaration.js'
import { escapePointer } from '../yaml/yaml-source.js'

export interface Permits {
  readonly allow: NamedHosts
  readonly canary: NamedHosts
  readonly denied: NamedHosts
  /** The allow list of the fleet, of which an environment is a part. */
  readonly fleet: NamedHosts
  /** An allow or deny list could not be read whole: nobody knows what is missing in it. */
  readonly unread: boolean
  readonly problems: readonly Problem[]
}

/** Pairs of entries that are told apart. */
const MAX_PAIRS = 10

/** One problem for each pair of entries that clash, with all the nodes of that pair. */
export function clashes(
  names: Iterable<string>,
  here: NamedHosts,
  there: NamedHosts,
  say: (nodes: string, many: boolean, where: Place, other: Place) => Omit<Problem, 'where'>,
): Problem[] {
  const pairs = new Map<Place, Map<Place, string[]>>()
  for (const name of names) {
    const [a, b] = [here.get(name), there.get(name)]
    if (!a || !b) continue
    const inner = pairs.get(a) ?? new Map<Place, string[]>()
    pairs.set(a, inner)
    const list = inner.get(b)
    if (list) list.push(name)
    else inner.set(b, [name])
  }
  const groups = [...pairs].flatMap(([where, inner]) =>
    [...inner].map(([other, list]): Clash => ({ where, other, names: list })),
  )
  return fewer(groups).map(({ where, other, names: list }) => ({
    ...say(summed(list), list.length > 1, where, other),
    where,
  }))
}

interface Clash {
  readonly where: Place
  readonly other: Place
  readonly names: readonly string[]
}

/**
 * With a list file of one node a line every node is an entry: what comes after the first few is
 * said in one.
 */
function fewer(groups: readonly Clash[]): readonly Clash[] {
  const rest = groups.slice(MAX_PAIRS - 1)
  const [first] = rest
  return first && rest.length > 1
    ? [...groups.slice(0, MAX_PAIRS - 1), { ...first, names: rest.flatMap((group) => group.names) }]
    : groups
}

/** One problem for each entry with names that the other list lacks. */
function missing(
  list: NamedHosts,
  from: NamedHosts,
  code: ProblemCode,
  words: (nodes: string, many: boolean) => string,
  hint: string,
): Problem[] {
  const absent = [...list].filter(([name]) => !from.has(name))
  return byEntry(absent, (nodes, names, where) => ({
    code,
    message: words(nodes, names.length > 1),
    hint,
    where,
  }))
}

/** One problem for each entry that named some of these, with all of its nodes. */
export function byEntry(
  named: Iterable<readonly [string, Place]>,
  say: (nodes: string, names: readonly string[], where: Place) => Problem,
): Problem[] {
  const entries = new Map<Place, string[]>()
  for (const [name, place] of named) {
    const names = entries.get(place)
    if (names) names.push(name)
    else entries.set(place, [name])
  }
  const groups = [...entries].map(([where, names]): Clash => ({ where, other: where, names }))
  return fewer(groups).map(({ where, names }) => say(summed(names), names, where))
}

const contradiction = (
  denied: NamedHosts,
  other: NamedHosts,
  what: 'allow' | 'canary',
): Problem[] =>
  clashes(denied.keys(), denied, other, (nodes, many, where, place) => ({
    code: 'config/contradiction',
    message: `${nodes} ${many ? 'are' : 'is'} on the deny list, and on the ${what} list in ${spot(place, where)}`,
    hint: `Take ${many ? 'them' : 'it'} off one of the two lists. To leave nodes out of a range, write "node[01-06]!node03".`,
  }))

/** Puts the lists of the fleet and of one environment together and checks them. */
export function permits(
  { config, places }: Declared,
  environment: string | undefined,
  gathered: Gathered,
): Permits {
  const problems: Problem[] = []
  let unread = false
  const read = (list: HostList | undefined, pointer: string): NamedHosts => {
    const { hosts, problems: found } = putTogether(entriesOf(list ?? [], pointer, places, gathered))
    problems.push(...found)
    unread ||=
      !pointer.endsWith('/canary') && found.some(({ code }) => code !== 'config/duplicate-node')
    // Emptied by its sources or exclusions; a list that is written empty was refused before.
    if (list && hosts.size === 0 && found.length === 0 && !pointer.endsWith('/deny')) {
      const name = pointer.slice(pointer.lastIndexOf('/') + 1)
      problems.push({
        code: 'config/empty-list',
        message: `the ${name} list comes out empty`,
        hint: 'Look at what its sources give, and at what "!" takes out again.',
        where: places.place(pointer, 'key'),
      })
    }
    return hosts
  }
  const fleet = {
    allow: read(config.nodes.allow, '/nodes/allow'),
    deny: read(config.nodes.deny, '/nodes/deny'),
    canary: read(config.nodes.canary, '/nodes/canary'),
  }
  const check = (allow: NamedHosts, canary: NamedHosts, denied: NamedHosts): void => {
    problems.push(
      ...contradiction(denied, allow, 'allow'),
      ...contradiction(denied, canary, 'canary'),
    )
    const known = new Map([...allow, ...denied])
    problems.push(
      ...missing(
        canary,
        known,
        'config/canary-not-allowed',
        (nodes, many) =>
          `${nodes} ${many ? 'are canaries' : 'is a canary'} and not on the allow list`,
        'Allow the node, or take it off the canary list.',
      ),
    )
  }
  check(fleet.allow, fleet.canary, fleet.deny)
  const part = environment === undefined ? undefined : config.environments?.[environment]
  if (!part || environment === undefined)
    return {
      allow: fleet.allow,
      canary: fleet.canary,
      denied: fleet.deny,
      fleet: fleet.allow,
      unread,
      problems,
    }

  const pointer = `/environments/${escapePointer(environment)}/nodes`
  const own = {
    allow: read(part.nodes.allow, `${pointer}/allow`),
    deny: read(part.nodes.deny, `${pointer}/deny`),
    canary: read(part.nodes.canary, `${pointer}/canary`),
  }
  const denied = new Map([...own.deny, ...fleet.deny])
  check(own.allow, own.canary, denied)
  const known = new Map([...fleet.allow, ...denied])
  problems.push(
    ...missing(
      own.allow,
      known,
      'config/outside-fleet',
      (nodes, many) =>
        `${nodes} ${many ? 'are' : 'is'} in environment "${environment}", and not on the fleet's allow list`,
      'An environment is a part of the fleet: add the node to nodes.allow, or take it out here.',
    ),
  )
  return { allow: own.allow, canary: own.canary, denied, fleet: fleet.allow, unread, problems }
}
