// SPDX-License-Identifier: Apache-2.0
// A playbook repository to begin with: what lies in a directory becomes its first commit.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { git, gitOk } from '../process/git.js'

/**
 * Makes the directory a repository with one commit on `main`, and gives its SHA. Throws
 * pin/git-missing, pin/git-failed.
 */
export async function createRepository(
  directory: string,
  subject: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  await gitOk(directory, ['init', '--quiet', '--template=', '--initial-branch=main'], { signal })
  return commitAll(directory, subject, signal)
}

/**
 * Rewrites one file of a repository that `createRepository` made, commits it, and gives the SHA.
 * Throws as it does.
 */
export async function commitFile(
  directory: string,
  file: string,
  edit: (text: string) => string,
  subject: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const path = join(directory, file)
  await writeFile(path, edit(await readFile(path, 'utf8')))
  return commitAll(directory, subject, signal)
}

async function commitAll(
  directory: string,
  subject: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  await gitOk(directory, ['add', '--all'], { signal })
  // A new machine has no identity yet, and git refuses to commit without one; a key that asks for
  // its pass phrase would hang.
  const known = (await git(directory, ['config', 'user.email'], { signal })).code === 0
  const config = [
    'commit.gpgSign=false',
    ...(known ? [] : ['user.name=patchrun', 'user.email=patchrun@localhost']),
  ]
  await gitOk(directory, ['commit', '--quiet', '--message', subject], { config, signal })
  return (await gitOk(directory, ['rev-parse', 'HEAD'], { signal })).trim()
}
