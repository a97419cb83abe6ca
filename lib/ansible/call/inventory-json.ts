// SPDX-License-Identifier: Apache-2.0
// The generated inventory, in the shape that Ansible wants from an inventory script. With `_meta`
// it asks once for all hosts, not once for each. Only permitted nodes are in it, whatever the
// groups say.
import type { Fleet } from '../../fleet/declare/fleet.js'

type Vars = Readonly<Record<string, unknown>>

export interface InventoryGroup {
  readonly hosts?: readonly string[]
  readonly children?: readonly string[]
  readonly vars?: Vars
}

/** What `--list` prints. */
export type AnsibleInventory = Readonly<Record<string, InventoryGroup>> & {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Vars>> }
  readonly all: InventoryGroup
}

/**
 * Builds the inventory of a fleet. With `hosts`, only those of its nodes are in it; names that are
 * no nodes of the fleet never are.
 */
export function buildInventory(
  fleet: Pick<Fleet, 'nodes' | 'denied' | 'groupVars' | 'groupChildren'>,
  hosts?: readonly string[],
): AnsibleInventory {
  const wanted = hosts ? new Set(hosts) : undefined
  const denied = new Set(fleet.denied)
  // The lists were checked long before. This door is the last one, so it does not rely on that.
  const nodes = fleet.nodes.filter(
    (node) => !denied.has(node.name) && (wanted?.has(node.name) ?? true),
  )

  const members = new Map<string, string[]>()
  for (const node of nodes) {
    for (const group of node.groups.length > 0 ? node.groups : ['ungrouped']) {
      const list = members.get(group)
      if (list) list.push(node.name)
      else members.set(group, [node.name])
    }
  }
  const names = new Set([
    ...Object.keys(fleet.groupChildren),
    ...Object.values(fleet.groupChildren).flat(),
    ...members.keys(),
    ...Object.keys(fleet.groupVars),
  ])
  names.delete('all')
  const isChild = new Set(Object.values(fleet.groupChildren).flat())
  const groups = [...names].map((name): [string, InventoryGroup] => {
    const children = own(fleet.groupChildren, name) ?? []
    const vars = own(fleet.groupVars, name)
    return [
      name,
      {
        hosts: members.get(name) ?? [],
        ...(children.length > 0 ? { children } : {}),
        ...(vars ? { vars } : {}),
      },
    ]
  })
  return Object.fromEntries<unknown>([
    ['_meta', { hostvars: Object.fromEntries(nodes.map((node) => [node.name, node.vars])) }],
    [
      'all',
      {
        children: [...names].filter((name) => !isChild.has(name)),
        vars: fleet.groupVars['all'] ?? {},
      },
    ],
    ...groups,
  ]) as AnsibleInventory
}

const own = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined

/** What `--host NAME` prints: its variables, empty for a host that is not in the inventory. */
export function hostVariables(inventory: AnsibleInventory, host: string): Vars {
  return own(inventory._meta.hostvars, host) ?? {}
}
