// SPDX-License-Identifier: Apache-2.0
// Opens one vaulted value that patchrun itself needs, by ansible-vault: the encrypted text goes in
// by standard input and the plain one comes back by standard output, so that neither is among the
// arguments of a process or in a file.
import { dirname, join } from 'node:path'
import { PatchrunError, type Place } from '../../errors.js'
import type { AnsiblePolicy } from '../../fleet/declare/fleet.js'
import type { Vaulted } from '../../fleet/declare/vault-values.js'
import { runAlone } from './run-alone.js'
import { vaultArgs } from '../call/argv.js'
import { keptOf } from '../call/environment.js'
import type { AnsibleInstall } from '../call/playbook-call.js'

const TIMEOUT = 120_000

export interface VaultQuestion {
  readonly value: Vaulted
  /** Where it stands. */
  readonly where: Place
  readonly install: Pick<AnsibleInstall, 'playbook'>
  readonly policy: Pick<AnsiblePolicy, 'vault'>
  /** Directory of patchrun.yml: an ansible.cfg there is the operator's own. */
  readonly cwd: string
  readonly signal?: AbortSignal
}

/**
 * The plain text, less what ends its last line.
 * @throws PatchrunError config/secret
 */
export async function openVault({
  value,
  where,
  install,
  policy,
  cwd,
  signal,
}: VaultQuestion): Promise<string> {
  const fail = (message: string, hint: string): never => {
    throw new PatchrunError({
      code: 'config/secret',
      message: `it can not be opened: ${message}`,
      hint,
      where,
    })
  }
  const own = policy.vault.length > 0
  const result = await runAlone(
    join(dirname(install.playbook), 'ansible-vault'),
    ['decrypt', ...vaultArgs(policy), '--output', '-', '-'],
    {
      cwd,
      // What a verbose Ansible says would stand among the plain text.
      env: {
        ...keptOf(process.env, policy),
        LC_ALL: 'C.UTF-8',
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_VERBOSITY: '0',
        ANSIBLE_DEBUG: 'False',
        ANSIBLE_LOG_PATH: '/dev/null',
        ANSIBLE_ASK_VAULT_PASS: 'False',
      },
      input: `${value.__ansible_vault.trimEnd()}\n`,
      timeout: TIMEOUT,
      ...(signal ? { signal } : {}),
    },
  )
  if (result.exitCode === 0) return result.stdout.replace(/[\r\n]+$/, '')
  if (result.code === 'ENOENT')
    return fail(
      'there is no ansible-vault beside ansible-playbook',
      'It is a part of ansible-core: install that as a whole.',
    )
  if (result.late)
    return fail(
      `ansible-vault gave no answer within ${TIMEOUT / 1000} s`,
      'A password script waits for something: try it by hand.',
    )
  const said = result.stderr
  if (/no vault secrets were found that could decrypt/.test(said))
    return fail(
      'none of the passwords fits it',
      `Tried ${own ? `were, under ansible.vault: ${policy.vault.map((v) => v.id).join(', ')}` : 'were those of the environment and of ansible.cfg'}. Name the password that it was encrypted with under ansible.vault, or encrypt it anew.`,
    )
  if (!own && /getpass|not vault encrypted|ot vault encrypted|no vault secrets/i.test(said))
    return fail(
      'no password is named',
      'Name one under ansible.vault in patchrun.yml, as in vault: [{ file: /etc/patchrun/vault-pass }].',
    )
  return fail(
    /(?:ERROR!|\[ERROR\]:) ([^\n]*)/.exec(said)?.[1]?.slice(0, 500) ?? 'ansible-vault failed',
    'Try "ansible-vault decrypt" by hand, with the same --vault-id.',
  )
}
