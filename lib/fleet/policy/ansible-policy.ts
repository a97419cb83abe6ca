// SPDX-License-Identifier: Apache-2.0
// What a declaration says of Ansible -> how it is called.
import { dirname, resolve } from 'node:path'
import { parseDuration } from '../time/duration.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import type { AnsiblePolicy, VaultId } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'

/** Ansible's own name for a vault password without a label. */
const DEFAULT_VAULT_ID = 'default'

/** Absolute path of the ansible-playbook that is declared. */
export function executableOf({ config, file }: Declared): string | undefined {
  const executable = config.ansible?.executable
  return executable === undefined ? undefined : resolve(dirname(file), executable)
}

/** The passwords of the vault, as declared. */
export const vaultOf = ({ config, file, places }: Declared): readonly VaultId[] =>
  (config.ansible?.vault ?? []).map((entry, i) => {
    const [kind, path] =
      'file' in entry ? (['file', entry.file] as const) : (['script', entry.script] as const)
    return {
      id: entry.id ?? DEFAULT_VAULT_ID,
      kind,
      path: resolve(dirname(file), path),
      where: places.place(`/ansible/vault/${i}/${kind}`),
    }
  })

/** How ansible-playbook is called, every default filled in. */
export function ansibleOf(declared: Declared, environment: string): AnsiblePolicy {
  const d = patchrunSchema.definitions.ansible.properties
  const set = declared.config.ansible ?? {}
  const executable = executableOf(declared)
  return {
    ...(executable === undefined ? {} : { executable }),
    forks: set.forks ?? d.forks.default,
    config: set.config ?? d.config.default,
    hangTimeout: parseDuration(set.hangTimeout ?? d.hangTimeout.default),
    connectTimeout: parseDuration(set.connectTimeout ?? d.connectTimeout.default),
    diff: set.diff ?? d.diff.default,
    extraArgs: set.extraArgs ?? d.extraArgs.default,
    extraVars: {
      ...declared.config.playbooks.vars,
      ...declared.config.environments?.[environment]?.playbooks?.vars,
    },
    vault: vaultOf(declared),
    ...(declared.config.inventory?.localhost === 'run' && { localhost: true }),
  }
}
