// SPDX-License-Identifier: Apache-2.0
// The variables of one host with those of its groups under them, as Ansible merges them.
import { parentsOf } from './groups.js'

type Vars = Readonly<Record<string, unknown>>

export interface HostInGroups {
  /** Groups the host is directly in, `all` left out. */
  readonly groups: readonly string[]
  readonly children: Iterable<readonly [string, readonly string[]]>
  readonly groupVars: (group: string) => Vars | undefined
  readonly vars: Vars
}

/**
 * `all` first, then group after group from the top down, by name where they are equally deep; the
 * host's own last.
 */
export function effectiveVars({ groups, children, groupVars, vars }: HostInGroups): Vars {
  const parents = parentsOf(children)
  const depths = new Map<string, number>()
  const climb = (group: string, trail: ReadonlySet<string>): number => {
    const known = depths.get(group)
    if (known !== undefined || trail.has(group)) return known ?? 0
    const above = (parents.get(group) ?? []).filter((parent) => parent !== 'all')
    const depth =
      1 + Math.max(0, ...above.map((parent) => climb(parent, new Set([...trail, group]))))
    depths.set(group, depth)
    return depth
  }
  for (const group of groups) climb(group, new Set())
  const order = [...depths]
    .sort(([a, deep], [b, deeper]) => deep - deeper || (a < b ? -1 : 1))
    .map(([name]) => name)
  return Object.assign({}, groupVars('all'), ...order.map(groupVars), vars) as Vars
}
