// SPDX-License-Identifier: Apache-2.0
// An existing Ansible inventory, as ansible-inventory tells it.

export interface SourceGroup {
  /** Hosts directly in the group. */
  readonly hosts: readonly string[]
  readonly children: readonly string[]
  readonly vars: Readonly<Record<string, unknown>>
}

/** Values may be marks such as {"__ansible_vault": …}: they are passed on and never opened. */
export interface SourceInventory {
  readonly groups: ReadonlyMap<string, SourceGroup>
  /** Variables of the host alone, without those of its groups. */
  readonly hostVars: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/**
 * Hosts of a group and of all groups below it, each once; undefined when there is no such group.
 */
export function hostsOfGroup(
  inventory: SourceInventory,
  group: string,
): readonly string[] | undefined {
  if (!inventory.groups.has(group)) return undefined
  const hosts = new Set<string>()
  const seen = new Set<string>()
  const visit = (name: string): void => {
    const found = inventory.groups.get(name)
    if (!found || seen.has(name)) return
    seen.add(name)
    for (const host of found.hosts) hosts.add(host)
    for (const child of found.children) visit(child)
  }
  visit(group)
  return [...hosts]
}
