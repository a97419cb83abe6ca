// SPDX-License-Identifier: Apache-2.0
// lib/ansible/programs/: the programs of Ansible and ssh, and what they answer when asked.
//
// Which ansible-core is used: configured, PATH, a project-local virtual environment, Debian's
// package.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { PatchrunError } from '../../errors.js'
import { askVersion } from './ask-version.js'
import { packageRoot } from './package-root.js'
import type { AnsibleInstall } from '../call/playbook-call.js'
import { compareVersions, NEWEST, OLDEST } from './versions.js'

const PROJECT_BIN = join('.patchrun-tools', 'ansible', 'bin')
const DEBIAN_BIN = '/usr/bin'

export interface FindOptions {
  /** Path of an ansible-playbook to use and no other. */
  readonly configured?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly signal?: AbortSignal
}

/** An install, and what the operator should know of it. */
export type FoundAnsible = AnsibleInstall & { readonly warning?: string }

interface Candidate {
  readonly path: string
  readonly from: AnsibleInstall['from']
}

/** Throws PatchrunError ansible/missing or ansible/too-old, which say what was found where. */
export async function findAnsible(options: FindOptions = {}): Promise<FoundAnsible> {
  const tried: string[] = []
  const old: string[] = []
  for (const candidate of candidates(options)) {
    if (!isExecutable(candidate.path)) {
      tried.push(`${candidate.path} (not there, or not executable)`)
      continue
    }
    const version = await askVersion(candidate.path, options.signal)
    if (version === undefined) tried.push(`${candidate.path} (does not tell its version)`)
    else if (compareVersions(version, OLDEST) < 0)
      old.push(`${candidate.path} (ansible-core ${version})`)
    else return installed(candidate, version)
  }
  const install = `Install one with "python3 -m venv .patchrun-tools/ansible && .patchrun-tools/ansible/bin/pip install ansible-core", or "apt-get install ansible-core".`
  if (old.length > 0) {
    throw new PatchrunError({
      code: 'ansible/too-old',
      message: `only ansible-core older than ${OLDEST} was found: ${old.join(', ')}`,
      hint: `patchrun needs ansible-core ${OLDEST} or newer. ${install}`,
    })
  }
  throw new PatchrunError({
    code: 'ansible/missing',
    message: `no ansible-playbook was found. Looked at: ${tried.join(', ') || 'PATH'}`,
    hint: options.configured
      ? 'Correct ansible.executable in patchrun.yml, or leave it out.'
      : install,
  })
}

function* candidates(options: FindOptions): Iterable<Candidate> {
  const env = options.env ?? process.env
  const cwd = options.cwd ?? process.cwd()
  if (options.configured !== undefined) {
    yield { path: resolve(cwd, options.configured), from: 'configured' }
    return
  }
  const seen = new Set<string>()
  const list: Candidate[] = [
    ...(env['PATH'] ?? '')
      .split(delimiter)
      .filter(isAbsolute)
      .map((dir) => ({ path: join(dir, 'ansible-playbook'), from: 'path' as const })),
    ...[cwd, packageRoot()].map((dir) => ({
      path: join(dir, PROJECT_BIN, 'ansible-playbook'),
      from: 'project' as const,
    })),
    { path: join(DEBIAN_BIN, 'ansible-playbook'), from: 'debian' },
  ]
  for (const candidate of list) {
    if (seen.has(candidate.path)) continue
    seen.add(candidate.path)
    // A PATH of thirty directories is no news; only what is there, and the fixed places, are worth
    // naming.
    if (candidate.from !== 'path' || existsSync(candidate.path)) yield candidate
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function installed(candidate: Candidate, version: string): FoundAnsible {
  return {
    playbook: candidate.path,
    inventory: join(dirname(candidate.path), 'ansible-inventory'),
    version,
    from: candidate.from,
    ...(compareVersions(version, NEWEST) > 0
      ? {
          warning: `ansible-core ${version} is newer than ${NEWEST}, the newest that patchrun supports`,
        }
      : {}),
  }
}
