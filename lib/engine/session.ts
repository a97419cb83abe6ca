// SPDX-License-Identifier: Apache-2.0
// What every verb starts from: the declaration, read afresh whenever it is asked for, and the Ansible to use.
import type { AnsibleInstall } from '../ansible/types.js'
import { findAnsible } from '../ansible/find-ansible.js'
import { expandHosts } from '../fleet/host-expression.js'
import type { Fleet } from '../fleet/types.js'
import { PatchrunError } from '../errors.js'
import type { Problem } from '../errors.js'
import { openFleet } from './open-fleet.js'

export interface SessionOptions {
  /** Path of patchrun.yml. */
  readonly file: string
  readonly environment?: string
  /** Host expression; narrows what is looked at or changed, never the canaries of a rollout. */
  readonly limit?: string
  readonly signal?: AbortSignal
}

export interface Session {
  readonly options: SessionOptions
  readonly limit: readonly string[] | null
  /** Reads file, lists and inventories, and checks them. Throws config/…. */
  observe(): Promise<Fleet>
  /** Finds Ansible once. Throws ansible/…. */
  findAnsible(): Promise<AnsibleInstall>
}

export async function openSession(options: SessionOptions): Promise<Session> {
  let install: Promise<AnsibleInstall> | undefined
  let executable: string | undefined
  const find = (): Promise<AnsibleInstall> => (install ??= findAnsible({ configured: executable, signal: options.signal }))
  const observe = async (): Promise<Fleet> => {
    const fleet = await openFleet({
      file: options.file,
      environment: options.environment,
      ansibleInventory: async () => (await find()).inventory,
      signal: options.signal,
    })
    executable = fleet.ansible.executable
    return fleet
  }
  const limit = options.limit === undefined ? null : limitTo(await observe(), options.limit)
  return { options, limit, observe, findAnsible: find }
}

/** A host expression given on the command line: what is wrong with it is wrong usage. Throws usage/host-expression, usage/names-nobody. */
export function hostsOfOption(text: string, name: string): readonly string[] {
  const names = expand(text, name)
  if (names.length > 0) return names
  throw new PatchrunError({ code: 'usage/names-nobody', message: `${name} "${text.slice(0, 80)}" names no node: everything in it is taken out again`, hint: 'Name at least one node, or leave it out.' })
}

function expand(text: string, name: string): readonly string[] {
  try {
    return expandHosts(text, name)
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    const [first, ...rest] = error.problems.map(({ message, hint, where }): Problem => ({ code: 'usage/host-expression', message: `${name} "${text.slice(0, 80)}": ${message}`, hint, ...(where && { where }) }))
    throw first ? new PatchrunError([first, ...rest], { cause: error }) : error
  }
}

/** Names the nodes; one that patchrun may not touch is a mistake, not something to pass over. */
function limitTo(fleet: Fleet, text: string): readonly string[] {
  const names = hostsOfOption(text, '--limit')
  const permitted = new Set(fleet.nodes.map((n) => n.name))
  const strange = names.filter((n) => !permitted.has(n))
  if (strange.length > 0) {
    const denied = strange.filter((n) => fleet.denied.includes(n))
    throw new PatchrunError({
      code: 'usage/limit-not-permitted',
      message: `--limit names ${strange.slice(0, 10).join(', ')}, which ${strange.length === 1 ? 'is' : 'are'} ${denied.length === strange.length ? 'on the deny list' : `not among the ${permitted.size} permitted nodes of ${fleet.environment}`}`,
      hint: 'Name nodes that `patchrun inventory --list` shows.',
    })
  }
  return names
}
