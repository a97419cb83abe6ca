// SPDX-License-Identifier: Apache-2.0
// Who is told, as it is declared -> targets. URLs and keys stay where they are: here are only their
// sources.
import { dirname, resolve } from 'node:path'
import { executableOf, vaultOf } from './ansible-policy.js'
import type {
  NotifyTarget as Declaration,
  SecretSource as DeclaredSource,
} from '../declare/config.generated.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import type { NotifyTarget, SecretSource } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'
import { placeOf as placeOfVaulted } from '../declare/vault-values.js'
import { escapePointer } from '../yaml/yaml-source.js'

const ALL = patchrunSchema.definitions.notifyTarget.properties.on.default

/** The targets of one environment, its own in place of the fleet's. */
export function notifyOf(declared: Declared, environment: string): readonly NotifyTarget[] {
  const own = declared.config.environments?.[environment]?.notify
  const pointer = own ? `/environments/${escapePointer(environment)}/notify` : '/notify'
  return Object.entries(own ?? declared.config.notify ?? {}).map(([name, target]) => ({
    name,
    on: target.on ?? ALL,
    to: whereTo(target, declared, `${pointer}/${escapePointer(name)}`),
  }))
}

function whereTo(
  { slack, webhook }: Declaration,
  declared: Declared,
  pointer: string,
): NotifyTarget['to'] {
  if (slack) return { slack: sourceOf(slack, declared, `${pointer}/slack`) }
  if (!webhook) throw new Error('a target that is none was let through')
  const { url, secret } = webhook
  return {
    url: typeof url === 'string' ? url : sourceOf(url, declared, `${pointer}/webhook/url`),
    secret: sourceOf(secret, declared, `${pointer}/webhook/secret`),
  }
}

/**
 * A source as it is declared, its path made absolute; with an encrypted one, what it takes to open
 * it.
 */
export function sourceOf(
  source: DeclaredSource,
  declared: Declared,
  pointer: string,
): SecretSource {
  const directory = dirname(declared.file)
  if ('file' in source) return { file: resolve(directory, source.file) }
  if ('env' in source) return source
  const executable = executableOf(declared)
  return {
    vaulted: source,
    where: placeOfVaulted(declared.places, pointer),
    directory,
    vault: vaultOf(declared),
    ...(executable === undefined ? {} : { executable }),
  }
}
