// SPDX-License-Identifier: Apache-2.0
// lib/fleet/names/: names of hosts and groups, and the expressions that stand for many.
//
// Which names a node and a group may have. A name that Ansible reads as a pattern could widen
// --limit, so it is refused here, once, for every way a name can come in.

/**
 * Letters, digits, dot, hyphen and underscore; the first one a letter, a digit or an underscore; at
 * most 253 (RFC 1035).
 */
const HOST = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,252}$/
const GROUP = /^[A-Za-z_][A-Za-z0-9_.-]{0,252}$/
/**
 * Ansible's own groups: every host is in `all`, so a host of that name would stand for every host.
 */
const ANSIBLE_GROUPS = new Set(['all', 'ungrouped'])
/**
 * Ansible's names for the machine it runs on itself, which it even invents where no inventory lists
 * them.
 */
const CONTROL_MACHINE = new Set(['localhost', '127.0.0.1'])

/** What is wrong with a name, and what to do about it. */
export interface NameFault {
  readonly code: 'config/host-name' | 'config/group-name'
  readonly message: string
  readonly hint: string
}

const HOST_HINT =
  'A node name is letters, digits, "-", "_" and ".", and begins with a letter, a digit or "_". ' +
  'Give the node such a name and put its address into the host variable ansible_host.'

/** Undefined for a name that can be a node's. */
export function hostNameFault(name: string): NameFault | undefined {
  const quoted = JSON.stringify(name.slice(0, 80))
  if (ANSIBLE_GROUPS.has(name)) {
    return {
      code: 'config/host-name',
      message: `${quoted} is a group of Ansible's own, no node`,
      hint: 'Name the nodes themselves, or take them from an inventory: {inventory: PATH, group: NAME}.',
    }
  }
  if (CONTROL_MACHINE.has(name)) {
    return {
      code: 'config/host-name',
      message: `${quoted} is the machine patchrun runs on, and can not be on a list`,
      hint: 'To patch that machine too, give it its own name, with ansible_connection: local as a host variable.',
    }
  }
  if (HOST.test(name)) return undefined
  if (/^[@!&~-]/.test(name) || /[,:*?[\]]/.test(name)) {
    return {
      code: 'config/host-name',
      message: `Ansible would read ${quoted} as a pattern, not as one host`,
      hint: HOST_HINT,
    }
  }
  return { code: 'config/host-name', message: `${quoted} is no host name`, hint: HOST_HINT }
}

/** Undefined for a name that can be a declared group's. */
export function groupNameFault(name: string): NameFault | undefined {
  const quoted = JSON.stringify(name.slice(0, 80))
  if (ANSIBLE_GROUPS.has(name)) {
    return {
      code: 'config/group-name',
      message: `${quoted} is a group of Ansible's own and can not be declared`,
      hint: 'Every node is in "all" already; its variables go under inventory.vars.',
    }
  }
  if (GROUP.test(name)) return undefined
  return {
    code: 'config/group-name',
    message: `${quoted} can not be a group name`,
    hint: 'A group name is letters, digits, "_", "-" and ".", and begins with a letter or "_".',
  }
}

/** True for the names by which Ansible calls the machine it runs on. */
export function isControlMachine(name: string): boolean {
  return CONTROL_MACHINE.has(name) || name === '::1'
}
