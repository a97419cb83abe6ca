// SPDX-License-Identifier: Apache-2.0
// Edits in a playbook repository on this machine that no commit holds: they are not rolled out.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { git } from '../process/git.js'

/**
 * Paths that differ from what is checked out in the work tree of `repository`, new files included,
 * sorted; empty where it has no work tree, or is not on this machine.
 */
export async function uncommitted(
  repository: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  if (!existsSync(join(repository, '.git'))) return []
  // The user's own settings of what is ignored hold: it is their work tree.
  const { code, stdout } = await git(repository, ['status', '--porcelain', '-z', '--no-renames'], {
    signal,
  })
  return code === 0
    ? stdout
        .split('\0')
        .filter((entry) => entry !== '')
        .map((entry) => entry.slice(3))
        .sort()
    : []
}
