// SPDX-License-Identifier: Apache-2.0
// Where the state of a fleet lies, from the declaration alone. Pure.
import { dirname, resolve } from 'node:path'
import { parseDuration } from '../time/duration.js'
import { refPart } from '../names/ref-name.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import type { StateRemote } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'

export interface StatePlace {
  /** Absolute path of the directory. */
  readonly stateDirectory: string
  readonly stateRemote: StateRemote | null
  /** ms without a sign of life after which a holder of the lock is taken over. */
  readonly lockTimeout: number
}

const { directory, lockTimeout } = patchrunSchema.definitions.state.properties

export function statePlaceOf({ config, file }: Declared): StatePlace {
  const { state, playbooks, fleet } = config
  const base = dirname(file)
  return {
    stateDirectory: resolve(base, state?.directory ?? directory.default),
    stateRemote: state?.git
      ? {
          repository: repositoryOf(state.git.repository ?? playbooks.repository, base),
          ref: state.git.ref ?? `refs/patchrun/${refPart(fleet)}`,
        }
      : null,
    lockTimeout: parseDuration(state?.lockTimeout ?? lockTimeout.default),
  }
}

/** A URL or an scp-like address stays as it is; a path becomes absolute. */
export function repositoryOf(repository: string, directory: string): string {
  const remote = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(repository) || /^[^/]+:/.test(repository)
  return remote ? repository : resolve(directory, repository)
}
