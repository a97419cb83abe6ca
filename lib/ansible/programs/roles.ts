// SPDX-License-Identifier: Apache-2.0
// Where the role of a health gate is: in the pinned commit, where its ansible.cfg or the operator's
// Ansible looks, in patchrun.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { AnsiblePolicy } from '../../fleet/declare/fleet.js'
import { configValue, DEFAULT_ROLES, searchPath } from '../call/environment.js'
import { packageRoot } from './package-root.js'

export interface RolePlaces {
  /**
   * Directories of roles that lie beside the playbook or at the top of the checkout; the first that
   * has a role wins.
   */
  readonly own: readonly string[]
  /** Where Ansible looks by itself: roles_path, or its defaults. */
  readonly ansible: readonly string[]
  /** The roles that come with patchrun. */
  readonly ours: string
  /** roles_path has entries that only Ansible can make sense of (variables of the environment). */
  readonly opaque: boolean
}

export interface PlaybookPlace {
  /** The checked-out repository. */
  readonly checkout: string
  /** Path of the playbook within it. */
  readonly playbook: string
  readonly config: AnsiblePolicy['config']
  readonly installed?: AnsiblePolicy['installed']
}

export function rolePlaces(
  { checkout, playbook, config, installed }: PlaybookPlace,
  env: Readonly<Record<string, string | undefined>> = process.env,
): RolePlaces {
  const file = join(checkout, 'ansible.cfg')
  const text = config === 'repository' && existsSync(file) ? readFileSync(file, 'utf8') : ''
  // Ansible's order: the environment goes over the file, in which relative paths are meant from
  // where it lies.
  const entries = searchPath(
    env['ANSIBLE_ROLES_PATH'] ?? configValue(text, 'defaults', 'roles_path') ?? DEFAULT_ROLES,
    installed === undefined ? undefined : join(installed, 'roles'),
  )
  const plain = entries.filter((entry) => !/[$`]|\{\{|^~[^/]/.test(entry))
  return {
    own: [...new Set([join(checkout, dirname(playbook), 'roles'), join(checkout, 'roles')])],
    ansible: plain.map((entry) =>
      resolve(
        checkout,
        entry === '~' || entry.startsWith('~/') ? join(homedir(), entry.slice(1)) : entry,
      ),
    ),
    ours: join(packageRoot(), 'roles'),
    opaque: plain.length < entries.length,
  }
}

/** A role of a collection has two dots in its name, and Ansible finds it. */
export const isCollectionRole = (name: string): boolean =>
  /^[A-Za-z_]\w*(\.[A-Za-z_]\w*){2,}$/.test(name)

/** The directory of a role; undefined when it is nowhere, or its name is not that of a role. */
export function findRole(name: string, places: RolePlaces): string | undefined {
  if (!/^[\w][\w-]*$/.test(name)) return undefined
  return [...places.own, ...places.ansible, places.ours]
    .map((directory) => join(directory, name))
    .find(isDirectory)
}

/** The names of the roles in these directories, each with the directory that comes first. */
export function rolesIn(directories: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const directory of directories.filter(isDirectory)) {
    for (const name of readdirSync(directory)) {
      const path = join(directory, name)
      if (!found.has(name) && isDirectory(path)) found.set(name, path)
    }
  }
  return found
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
