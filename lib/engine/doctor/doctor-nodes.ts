// SPDX-License-Identifier: Apache-2.0
// Whether there is a way to the nodes: Ansible, ssh and its keys, the passwords of the vault, and
// the canaries at the end of it.
import { join } from 'node:path'
import { findAnsible } from '../../ansible/programs/find-ansible.js'
import { agentKeys, sshVersion } from '../../ansible/programs/ssh.js'
import { checkVault, openToOthers } from '../../ansible/programs/vault-sources.js'
import { standingOf } from '../../ansible/programs/versions.js'
import type { Fleet, VaultId } from '../../fleet/declare/fleet.js'
import { layoutOf } from '../site/layout.js'
import { reach } from '../step/reachability.js'
import { fail, ok, warn } from './found.js'
import type { CheckContext, Found } from './found.js'

/** Nodes that do not answer and are shown. */
const SHOWN = 3

/** `configured`: ansible.executable, absolute. */
export async function checkAnsible(
  configured: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { version, playbook, from } = await findAnsible({ configured, signal })
  const { words, hint } = standingOf(version)
  const found = `ansible-core ${version} (${playbook}, ${from}): ${words}`
  return hint === undefined ? ok(found) : warn(found, hint)
}

/** Connections that need no ssh. */
const WITHOUT_SSH: readonly string[] = ['local', 'docker', 'podman']

/** Whether Ansible reaches any of the nodes over ssh. */
export const usesSsh = ({ nodes, groupVars }: Pick<Fleet, 'nodes' | 'groupVars'>): boolean =>
  nodes.some(({ vars }) => {
    const connection = vars['ansible_connection'] ?? groupVars['all']?.['ansible_connection']
    return typeof connection !== 'string' || !WITHOUT_SSH.includes(connection)
  })

export async function checkSsh(signal: AbortSignal | undefined): Promise<Found> {
  const version = await sshVersion(signal)
  return version === null
    ? fail('there is no ssh client', 'Install OpenSSH: `apt-get install openssh-client`.')
    : ok(version)
}

export async function checkKeys(signal: AbortSignal | undefined): Promise<Found> {
  const keys = await agentKeys(signal)
  if (keys === null) return ok('no agent; Ansible uses the keys that its settings name')
  if (keys === 0)
    return warn(
      'the agent holds no key',
      '`ssh-add` gives it one, unless Ansible is told of a key file.',
    )
  return ok(`the agent holds ${keys} key${keys === 1 ? '' : 's'}`)
}

export async function checkPasswords(
  vault: readonly VaultId[],
  signal: AbortSignal | undefined,
): Promise<Found> {
  await checkVault(vault, signal)
  const open = await openToOthers(vault)
  const found = `${vault.length} password${vault.length === 1 ? '' : 's'}: ${vault.map((v) => v.id).join(', ')}`
  return open.length === 0
    ? ok(found)
    : warn(
        `${found}; everybody on this machine can read ${open.join(', ')}`,
        'Let only the user who runs patchrun read it: chmod 600.',
      )
}

/** They are asked to answer, and nothing else. */
export async function checkCanaries({ fleet, session, signal }: CheckContext): Promise<Found> {
  const canaries = fleet.nodes.filter((n) => n.canary).map((n) => n.name)
  const directory = join(layoutOf(fleet).looks, 'doctor')
  const unheard = await reach(
    { fleet, install: await session.findAnsible(), signal },
    canaries,
    directory,
  )
  if (unheard.size === 0)
    return ok(canaries.length === 1 ? `${canaries[0]} answers` : `all ${canaries.length} answer`)
  const told = [...unheard]
    .slice(0, SHOWN)
    .map(([node, why]) => `${node}: ${why}`)
    .join('; ')
  return fail(
    `${unheard.size} of ${canaries.length} ${unheard.size === 1 ? 'does' : 'do'} not answer: ${told}`,
    `Mend the way to them: names, keys, user, Python. The log is ${join(directory, 'ansible.log')}.`,
  )
}
