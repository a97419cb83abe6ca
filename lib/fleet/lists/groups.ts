// SPDX-License-Identifier: Apache-2.0
// Groups, variables and failure domains of the permitted nodes: what the source inventory says, and
// over it what the declaration says.
import type { Place, Problem } from '../../errors.js'
import { applyTerms, parseHosts } from '../names/host-expression.js'
import { groupNameFault } from '../names/host-name.js'
import { entriesOf, putTogether, type NamedHosts } from './lists.js'
import { nearest } from '../names/nearest.js'
import type { SourceInventory } from './source-inventory.js'
import type { Declared } from '../declare/declaration.js'
import { escapePointer } from '../yaml/yaml-source.js'

type Vars = Readonly<Record<string, unknown>>

export interface Grouping {
  /** Groups each node is directly in, without `all`. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>
  readonly varsOf: ReadonlyMap<string, Vars>
  readonly groupVars: Readonly<Record<string, Vars>>
  readonly groupChildren: Readonly<Record<string, readonly string[]>>
  readonly problems: readonly Problem[]
}

const OWN = new Set(['all', 'ungrouped'])

/**
 * Members of a declared group or domain, the permitted ones only. A repetition means nothing here.
 */
export function membersOf(
  { places }: Declared,
  list: readonly string[],
  pointer: string,
  permitted: NamedHosts,
): string[] {
  const { hosts } = putTogether(entriesOf([...list], pointer, places, new Map()), {
    repeatable: true,
  })
  return [...hosts.keys()].filter((name) => permitted.has(name))
}

export function grouping(
  declared: Declared,
  permitted: NamedHosts,
  source: SourceInventory | undefined,
): Grouping {
  const { config, places } = declared
  const problems: Problem[] = []
  const groupsOf = new Map<string, string[]>([...permitted.keys()].map((name) => [name, []]))
  const children = new Map<string, readonly string[]>()
  const join = (host: string, group: string): void => {
    const groups = groupsOf.get(host)
    if (groups && !groups.includes(group)) groups.push(group)
  }

  for (const [name, group] of source?.groups ?? []) {
    if (OWN.has(name)) continue
    for (const host of group.hosts) join(host, name)
    // Kept even without a permitted node in it, so that a play for that group finds it empty, not
    // unknown.
    children.set(name, group.children)
  }
  for (const [name, list] of Object.entries(config.inventory?.groups ?? {})) {
    for (const host of membersOf(
      declared,
      list,
      `/inventory/groups/${escapePointer(name)}`,
      permitted,
    ))
      join(host, name)
    children.set(name, children.get(name) ?? [])
  }
  const sourcePlace = (): Place => places.place('/inventory/source')
  for (const name of children.keys()) {
    if (!permitted.has(name)) continue
    const pointer = `/inventory/groups/${escapePointer(name)}`
    const own = Object.hasOwn(config.inventory?.groups ?? {}, name)
    problems.push({
      code: 'config/name-clash',
      message: `"${name}" is a group and a node`,
      hint: 'Ansible would take one for the other. Give the group another name.',
      where: own ? places.place(pointer, 'key') : sourcePlace(),
    })
  }

  const vars = new Map<string, Vars>()
  const inhabited = withNodes(groupsOf, children)
  for (const [name, group] of source?.groups ?? []) {
    // A group without a permitted node keeps its variables to itself: they may be another system's
    // secrets.
    if (
      name === 'all' ||
      inhabited.has(name) ||
      (name === 'ungrouped' && Object.keys(group.vars).length > 0)
    )
      vars.set(name, group.vars)
  }
  vars.set('all', { ...vars.get('all'), ...config.inventory?.vars })
  for (const [name, own] of Object.entries(config.inventory?.groupVars ?? {})) {
    const where = places.place(`/inventory/groupVars/${escapePointer(name)}`, 'key')
    const fault = groupNameFault(name)
    if (fault) problems.push({ ...fault, where })
    else if (!children.has(name)) {
      const meant = nearest(name, children.keys())
      problems.push({
        code: 'config/unknown-group',
        message: `variables for group "${name}", which is declared nowhere`,
        hint: meant
          ? `Did you mean "${meant}"?`
          : 'Declare it under inventory.groups, or take it from inventory.source.',
        where,
      })
    } else vars.set(name, { ...vars.get(name), ...own })
  }

  const varsOf = new Map<string, Vars>()
  for (const name of permitted.keys()) {
    const given = source?.hostVars.get(name)
    if (given) varsOf.set(name, given)
  }
  for (const [expression, own] of Object.entries(config.inventory?.hostVars ?? {})) {
    for (const name of applyTerms(parseHosts(expression).terms)) {
      if (permitted.has(name)) varsOf.set(name, { ...varsOf.get(name), ...own })
    }
  }
  const filled = [...vars].filter(([, values]) => Object.keys(values).length > 0)
  return {
    groupsOf,
    varsOf,
    groupVars: Object.fromEntries(filled),
    groupChildren: Object.fromEntries(children),
    problems,
  }
}

/** Groups with a node in them or below them. */
function withNodes(
  groupsOf: ReadonlyMap<string, readonly string[]>,
  children: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const parents = parentsOf(children)
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const parent of parents.get(name) ?? []) visit(parent)
  }
  for (const groups of groupsOf.values()) groups.forEach(visit)
  return found
}

export function parentsOf(
  children: Iterable<readonly [string, readonly string[]]>,
): Map<string, string[]> {
  const parents = new Map<string, string[]>()
  for (const [group, list] of children)
    for (const child of list) parents.set(child, [...(parents.get(child) ?? []), group])
  return parents
}
