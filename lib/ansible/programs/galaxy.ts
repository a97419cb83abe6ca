// SPDX-License-Identifier: Apache-2.0
// ansible-galaxy: puts the roles and collections of a requirements file into a directory.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PatchrunError } from '../../errors.js'
import type { AnsiblePolicy } from '../../fleet/declare/fleet.js'
import { runAlone } from './run-alone.js'
import { keptOf } from '../call/environment.js'
import type { AnsibleInstall } from '../call/playbook-call.js'

export interface GalaxyRequest {
  readonly install: AnsibleInstall
  readonly policy: Pick<AnsiblePolicy, 'config' | 'vault'>
  /** Where the repository's files are; its ansible.cfg names the servers. */
  readonly checkout: string
  /** Path of the requirements file within it. */
  readonly file: string
  readonly kind: 'role' | 'collection'
  /** Directory for what is installed; it must be there. */
  readonly into: string
  readonly signal?: AbortSignal | undefined
}

export type GalaxyAnswer = { readonly done: true } | { readonly done: false; readonly said: string }

/** For one file, ms. */
const PATIENCE = 15 * 60_000

/**
 * Exactly what the file names, and nothing that its entries depend on in turn. Throws
 * ansible/galaxy-missing.
 */
export async function installWithGalaxy({
  install,
  policy,
  checkout,
  file,
  kind,
  into,
  signal,
}: GalaxyRequest): Promise<GalaxyAnswer> {
  const program = join(dirname(install.playbook), 'ansible-galaxy')
  const own = join(checkout, 'ansible.cfg')
  const empty = join(into, 'ansible.cfg')
  const config = policy.config === 'repository' && existsSync(own) ? own : empty
  if (config === empty) writeFileSync(empty, '')
  const answer = await runAlone(
    program,
    [kind, 'install', '-r', join(checkout, file), '-p', into, '--force', '--no-deps'],
    {
      cwd: checkout,
      timeout: PATIENCE,
      ...(signal && { signal }),
      env: {
        ...keptOf(process.env, policy),
        LANG: 'C.UTF-8',
        LC_ALL: 'C.UTF-8',
        PYTHONDONTWRITEBYTECODE: '1',
        // Nothing may ask a person.
        GIT_TERMINAL_PROMPT: '0',
        ANSIBLE_CONFIG: config,
        ANSIBLE_NOCOLOR: '1',
        ANSIBLE_FORCE_COLOR: 'False',
        ANSIBLE_NOCOWS: '1',
        ANSIBLE_COLLECTIONS_PATH: into,
        ...(logsAside(config) && { ANSIBLE_LOG_PATH: '/dev/null' }),
      },
    },
  )
  if (answer.code !== undefined) {
    throw new PatchrunError({
      code: 'ansible/galaxy-missing',
      message: `playbooks.requirements is true, and ${program} could not be started (${answer.code})`,
      hint: 'It comes with ansible-core, beside ansible-playbook: install it there, or take playbooks.requirements out.',
    })
  }
  if (answer.exitCode === 0) return { done: true }
  return {
    done: false,
    said: answer.late
      ? `it was not done after ${PATIENCE / 60_000} minutes`
      : answer.stderr.trim() ||
        answer.stdout.trim() ||
        `it ended with ${answer.exitCode ?? answer.signal}`,
  }
}

/** Ansible would write its output there past the redaction. */
const logsAside = (config: string): boolean =>
  /^\s*log_path\s*[=:]/m.test(readFileSync(config, 'utf8'))
