// SPDX-License-Identifier: Apache-2.0
// Who is told, as it is declared -> targets. URLs and keys stay where they are: here are only their sources.
import { dirname, resolve } from 'node:path'
import type { NotifyTarget as Declaration, SecretSource as DeclaredSource } from './config.generated.js'
import { patchrunSchema } from './schema.generated.js'
import type { NotifyTarget, SecretSource } from './types.js'
import type { Declared } from './validate.js'

const ALL = patchrunSchema.definitions.notifyTarget.properties.on.default

/** The targets of one environment, its own in place of the fleet's. */
export function notifyOf({ config, file }: Declared, environment: string): readonly NotifyTarget[] {
  const declared = config.environments?.[environment]?.notify ?? config.notify ?? {}
  return Object.entries(declared).map(([name, target]) => ({ name, on: target.on ?? ALL, to: whereTo(target, dirname(file)) }))
}

function whereTo({ slack, webhook }: Declaration, directory: string): NotifyTarget['to'] {
  if (slack) return { slack: sourceOf(slack, directory) }
  if (!webhook) throw new Error('a target that is none was let through')
  const { url, secret } = webhook
  return { url: typeof url === 'string' ? url : sourceOf(url, directory), secret: sourceOf(secret, directory) }
}

/** A source as it is declared, its path made absolute. */
export const sourceOf = (source: DeclaredSource, directory: string): SecretSource => ('file' in source ? { file: resolve(directory, source.file) } : source)
