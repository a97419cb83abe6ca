// SPDX-License-Identifier: Apache-2.0
// Which hypervisor a node runs on. They go out together, so both must be patchrun's to take out.
import type { Place, Problem } from '../../errors.js'
import { entriesOf, putTogether, spot, summed, type NamedHosts } from './lists.js'
import { nearest } from '../names/nearest.js'
import { byEntry, type Permits } from './permits.js'
import type { Declared } from '../declare/declaration.js'
import { escapePointer } from '../yaml/yaml-source.js'

export interface HostOf {
  /** The hypervisor of each node of this environment that runs on one. */
  readonly hypervisorOf: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

interface Hypervisor {
  readonly name: string
  readonly where: Place
  readonly guests: NamedHosts
}

export function runsOn(declared: Declared, environment: string, lists: Permits): HostOf {
  const { config, places } = declared
  const problems: Problem[] = []
  const hypervisors = Object.entries(config.runsOn ?? {}).map(([name, list]): Hypervisor => {
    const pointer = `/runsOn/${escapePointer(name)}`
    // Expressions that cannot be read were told before any list was looked at.
    const { hosts } = putTogether(entriesOf(list, pointer, places, new Map()), { repeatable: true })
    return { name, where: places.place(pointer, 'key'), guests: hosts }
  })
  const names = new Map(hypervisors.map(({ name, where }) => [name, where]))
  const hypervisorOf = new Map<string, string>()
  const placeOf = new Map<string, Place>()
  for (const hypervisor of hypervisors) {
    const unknown = strangers(hypervisor, lists)
    problems.push(...unknown, ...tangles(hypervisor, names, hypervisorOf, placeOf))
    if (unknown.length === 0)
      problems.push(...apart(hypervisor, environment, lists.allow), ...canaries(hypervisor, lists))
    for (const [guest, where] of hypervisor.guests) {
      if (hypervisorOf.has(guest)) continue
      hypervisorOf.set(guest, hypervisor.name)
      placeOf.set(guest, where)
    }
  }
  return {
    hypervisorOf: new Map(
      [...hypervisorOf].filter(([guest, name]) => lists.allow.has(guest) && lists.allow.has(name)),
    ),
    problems,
  }
}

/** A node that nobody may touch would be taken out with its hypervisor all the same. */
function strangers({ name, where, guests }: Hypervisor, { fleet, allow }: Permits): Problem[] {
  const known = (node: string): boolean => fleet.has(node) || allow.has(node)
  const hint = (node: string): string => {
    const meant = nearest(node, fleet.keys())
    return meant
      ? `Did you mean "${meant}"?`
      : 'A hypervisor goes out together with all nodes on it: allow them all, or take it out of runsOn.'
  }
  const problems: Problem[] = known(name)
    ? []
    : [
        {
          code: 'config/runs-on',
          message: `the hypervisor ${name} is not on the allow list`,
          hint: hint(name),
          where,
        },
      ]
  const missing = [...guests].filter(([guest]) => !known(guest))
  return [
    ...problems,
    ...byEntry(missing, (nodes, list, at) => ({
      code: 'config/runs-on',
      message: `${nodes} ${list.length > 1 ? 'run' : 'runs'} on ${name}, and ${list.length > 1 ? 'are' : 'is'} not on the allow list`,
      hint: list.length === 1 ? hint(list[0] ?? '') : hint(''),
      where: at,
    })),
  ]
}

/** On itself, on one that runs on another, on two. */
function tangles(
  { name, guests }: Hypervisor,
  names: NamedHosts,
  hypervisorOf: ReadonlyMap<string, string>,
  placeOf: NamedHosts,
): Problem[] {
  return [...guests].flatMap(([guest, where]): Problem[] => {
    const before = hypervisorOf.get(guest)
    const first = placeOf.get(guest)
    if (guest === name)
      return [
        {
          code: 'config/runs-on',
          message: `${name} runs on itself`,
          hint: 'List only the nodes that run on it.',
          where,
        },
      ]
    if (names.has(guest))
      return [
        {
          code: 'config/runs-on',
          message: `${guest} runs on ${name}, and is a hypervisor itself`,
          hint: 'A hypervisor that runs on another one can not be declared. Put its nodes under the one at the bottom.',
          where,
        },
      ]
    if (before !== undefined && before !== name && first)
      return [
        {
          code: 'config/runs-on',
          message: `${guest} runs on ${name}, and on ${before} in ${spot(first, where)}`,
          hint: 'A node runs on one hypervisor. Take it out of one of the two.',
          where,
        },
      ]
    return []
  })
}

/**
 * One of them in this environment, the other in another one or in none: neither environment could
 * take both out.
 */
function apart(
  { name, where, guests }: Hypervisor,
  environment: string,
  allow: NamedHosts,
): Problem[] {
  const hint = 'A hypervisor and its nodes go out together: put them into the same environment.'
  if (allow.has(name)) {
    const elsewhere = [...guests].filter(([guest]) => !allow.has(guest))
    return byEntry(elsewhere, (nodes, list, at) => ({
      code: 'config/runs-on',
      message: `${name} is in environment "${environment}", and ${nodes} on it ${list.length > 1 ? 'are' : 'is'} not`,
      hint,
      where: at,
    }))
  }
  const here = [...guests].filter(([guest]) => allow.has(guest))
  return here.length === 0
    ? []
    : [
        {
          code: 'config/runs-on',
          message: `${summed(here.map(([guest]) => guest))} ${here.length > 1 ? 'are' : 'is'} in environment "${environment}", and ${name}, on which ${here.length > 1 ? 'they run' : 'it runs'}, is not`,
          hint,
          where,
        },
      ]
}

function canaries({ name, guests }: Hypervisor, { allow, canary }: Permits): Problem[] {
  if (!allow.has(name) || canary.has(name)) return []
  const early = [...guests].filter(([guest]) => canary.has(guest))
  return byEntry(early, (nodes, list, where) => ({
    code: 'config/runs-on-canary',
    message: `${nodes} ${list.length > 1 ? 'are canaries' : 'is a canary'}, and the hypervisor ${name} is none`,
    hint: `They go out together: make ${name} a canary too, or choose other canaries.`,
    where,
  }))
}
