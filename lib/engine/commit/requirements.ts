// SPDX-License-Identifier: Apache-2.0
// The roles and collections that the pinned commit wants installed, in a directory for those very
// files: fetched once, and there for every rollout that wants the same.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { installWithGalaxy } from '../../ansible/programs/galaxy.js'
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { errorIn } from '../../outcome/summary/fault.js'
import { PatchrunError } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { cached, readRequirements, redact } from '../../git/index.js'
import { layoutOf } from '../site/layout.js'

export interface RequirementsOptions {
  readonly install: AnsibleInstall
  /** Absolute path of the commit's files. */
  readonly checkout: string
  readonly signal?: AbortSignal | undefined
  /** Hears that something is being fetched: it may take minutes. */
  readonly onNotice?: (text: string) => void
}

/**
 * The fleet as it is declared, with what its commit wants installed. Throws as installRequirements
 * does.
 */
export const withRequirements = async (
  fleet: Fleet,
  options: RequirementsOptions,
): Promise<Fleet> => withInstalled(fleet, await installRequirements(fleet, options))

/** `installed`: what installRequirements gave for the commit. */
export const withInstalled = (fleet: Fleet, installed: string | undefined): Fleet =>
  installed === undefined ? fleet : { ...fleet, ansible: { ...fleet.ansible, installed } }

/**
 * The directory of what the commit wants installed; undefined where the declaration does not ask
 * for it. It is installed where it is not there yet; nothing is asked of any server when it is.
 * Throws playbook/requirements-…, ansible/galaxy-missing.
 */
export async function installRequirements(
  fleet: Fleet,
  { install, checkout, signal, onNotice = () => undefined }: RequirementsOptions,
): Promise<string | undefined> {
  if (!fleet.playbooks.requirements) return undefined
  const { files, digest } = await readRequirements(checkout)
  return cached(
    join(layoutOf(fleet).playbooks, 'requirements'),
    digest.slice(0, 24),
    async (directory) => {
      onNotice(`installing what ${files.map(({ file }) => file).join(', ')} names`)
      for (const kind of ['role', 'collection'] as const) {
        const into = join(directory, `${kind}s`)
        await mkdir(into, { mode: 0o700 })
        for (const { file } of files.filter((wanted) => wanted[`${kind}s`])) {
          const answer = await installWithGalaxy({
            install,
            policy: fleet.ansible,
            checkout,
            file,
            kind,
            into,
            signal,
          })
          if (!answer.done) throw failed(file, answer.said)
        }
      }
    },
  )
}

function failed(file: string, said: string): PatchrunError {
  const message = errorIn(said)?.message ?? said.split('\n').slice(-3).join(' ')
  return new PatchrunError({
    code: 'playbook/requirements-failed',
    message: `ansible-galaxy could not install what ${file} names: ${redact(message).slice(0, 1000)}`,
    hint: 'Check the names and versions, that the server can be reached, and the galaxy_server entries of ansible.cfg.',
    where: { file },
  })
}
