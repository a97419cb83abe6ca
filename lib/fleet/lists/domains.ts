// SPDX-License-Identifier: Apache-2.0
// Which failure domains and which partitions of the scheduler a node is in.
import type { Problem } from '../../errors.js'
import { membersOf, parentsOf, type Grouping } from './groups.js'
import type { NamedHosts } from './lists.js'
import type { Declared } from '../declare/declaration.js'
import { isExactNumber } from '../yaml/exact-numbers.js'
import { escapePointer } from '../yaml/yaml-source.js'

/**
 * Domains of each node, sorted as declared. Problems: a pattern that fits no group, a variable no
 * node has.
 */
export function failureDomains(
  declared: Declared,
  permitted: NamedHosts,
  groups: Grouping,
): {
  readonly domainsOf: ReadonlyMap<string, readonly string[]>
  readonly problems: readonly Problem[]
} {
  const { config, places } = declared
  const domainsOf = new Map<string, string[]>()
  const problems: Problem[] = []
  const join = (host: string, domain: string): void => {
    const list = domainsOf.get(host)
    if (!list) domainsOf.set(host, [domain])
    else if (!list.includes(domain)) list.push(domain)
  }
  const domains = config.failureDomains
  if (!domains) return { domainsOf, problems }
  const parents = parentsOf(Object.entries(groups.groupChildren))

  if (isFromGroups(domains)) {
    const known = Object.keys(groups.groupChildren)
    for (const [i, pattern] of domains.fromGroups.entries()) {
      const wanted = new Set(known.filter((name) => fits(name, pattern)))
      if (wanted.size === 0)
        problems.push({
          code: 'config/unknown-group',
          message: `no group fits "${pattern}"`,
          hint: 'Groups come from inventory.groups and inventory.source; * stands for any text.',
          where: places.place(`/failureDomains/fromGroups/${i}`),
        })
      for (const name of permitted.keys())
        for (const group of allGroups(groups.groupsOf.get(name) ?? [], parents))
          if (wanted.has(group)) join(name, group)
    }
  } else if (isFromVariable(domains)) {
    let known = false
    for (const name of permitted.keys()) {
      const value = variable(domains.fromVariable, name, groups, parents)
      for (const one of Array.isArray(value) ? value : [value]) {
        if (typeof one !== 'string' && typeof one !== 'number' && !isExactNumber(one)) continue
        known = true
        join(name, one.toString())
      }
    }
    if (!known)
      problems.push({
        code: 'config/unknown-variable',
        message: `no node has a text or a number in the variable "${domains.fromVariable}"`,
        hint: 'Set it under inventory.hostVars or groupVars, or in inventory.source.',
        where: places.place('/failureDomains/fromVariable'),
      })
  } else {
    for (const [domain, list] of Object.entries(domains)) {
      for (const host of membersOf(
        declared,
        list,
        `/failureDomains/${escapePointer(domain)}`,
        permitted,
      ))
        join(host, domain)
    }
  }
  return { domainsOf, problems }
}

/** Partitions of each node, as declared. */
export function partitionsOf(
  declared: Declared,
  permitted: NamedHosts,
): ReadonlyMap<string, readonly string[]> {
  const partitions = new Map<string, string[]>()
  for (const [name, list] of Object.entries(declared.config.partitions ?? {})) {
    for (const host of membersOf(declared, list, `/partitions/${escapePointer(name)}`, permitted)) {
      const known = partitions.get(host)
      if (known) known.push(name)
      else partitions.set(host, [name])
    }
  }
  return partitions
}

// The generated union has an index signature in one member, so the compiler can not tell them apart
// by `in`.
const isFromGroups = (d: object): d is { readonly fromGroups: readonly string[] } =>
  'fromGroups' in d
const isFromVariable = (d: object): d is { readonly fromVariable: string } => 'fromVariable' in d

function fits(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}

/** The groups and all above them, nearest first. */
function allGroups(
  direct: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): string[] {
  const found = new Set<string>()
  for (let level = direct; level.length > 0;) {
    const fresh = level.filter((group) => !found.has(group))
    for (const group of fresh) found.add(group)
    level = fresh.flatMap((group) => parents.get(group) ?? [])
  }
  return [...found]
}

/** The host's own value, else that of the nearest group. */
function variable(
  name: string,
  host: string,
  groups: Grouping,
  parents: ReadonlyMap<string, readonly string[]>,
): unknown {
  const own = groups.varsOf.get(host)
  if (own && Object.hasOwn(own, name)) return own[name]
  const near = [...allGroups(groups.groupsOf.get(host) ?? [], parents), 'all']
  const group = near.find((g) => Object.hasOwn(groups.groupVars[g] ?? {}, name))
  return group === undefined ? undefined : groups.groupVars[group]?.[name]
}
