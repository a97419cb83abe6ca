// SPDX-License-Identifier: Apache-2.0
// Is this tree the commit, the whole commit and nothing but the commit?
import { access } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError } from '../../errors.js'
import { notFresh } from './fresh.js'
import { git, gitFailed } from '../process/git.js'

/** Names listed in a message at most. */
const NAMED = 10

/**
 * Throws pin/tree-moved when another commit is checked out, pin/tree-dirty when a file was changed,
 * added (ignored ones too: Ansible reads them all the same) or removed, submodules included.
 * Compared with what was checked out.
 */
export async function verifyTree(
  tree: string,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Beside the other question: this is asked before each step, and a node may wait for that.
  const changed = changesIn(tree, signal)
  changed.catch(() => undefined)
  const head = await git(tree, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { signal })
  const at = head.stdout.trim()
  if (head.code !== 0 || at !== sha) {
    throw new PatchrunError({
      code: 'pin/tree-moved',
      message: `the checkout of ${sha} ${head.code === 0 ? `is at ${at}` : 'is no longer a git work tree'}`,
      hint: `Somebody worked in it. Save what you need, then remove ${tree}: it is made afresh.`,
      where: { file: tree },
    })
  }
  const files = await notFresh(tree, await changed, signal)
  if (files.length === 0) return
  const named = files.slice(0, NAMED).join(', ')
  throw new PatchrunError({
    code: 'pin/tree-dirty',
    message: `the checkout of ${sha} holds ${files.length} ${files.length === 1 ? 'file that is' : 'files that are'} not as in the commit: ${named}${files.length > NAMED ? ', …' : ''}`,
    hint: `Somebody, or a task that writes into the playbook directory, changed it. Commit what belongs there; then remove ${tree}: it is made afresh.`,
    where: { file: files[0]! },
  })
}

// With the branch it always prints something: simple-git waits another 50 ms for a command that was
// silent, and so would a drained node.
const STATUS = [
  'status',
  '--porcelain=v1',
  '--branch',
  '-z',
  '--untracked-files=all',
  '--ignored=traditional',
  '--ignore-submodules=none',
  '--no-renames',
]

/** What git calls changed, added or removed. */
export async function changesIn(tree: string, signal: AbortSignal | undefined): Promise<string[]> {
  const own = await git(tree, STATUS, { signal })
  if (own.code !== 0) throw gitFailed(STATUS, own)
  const names = entries(own.stdout)
  // status sees a submodule's commit, changed and untracked files, but not its ignored ones.
  for (const inner of await submodules(tree, signal)) {
    const result = await git(path.join(tree, inner), STATUS, { signal })
    if (result.code !== 0) throw gitFailed(STATUS, result)
    names.push(...entries(result.stdout).map((name) => `${inner}/${name}`))
  }
  return [...new Set(names)].filter((name) => !isByteCode(name))
}

async function submodules(tree: string, signal: AbortSignal | undefined): Promise<string[]> {
  if (
    !(await access(path.join(tree, '.gitmodules')).then(
      () => true,
      () => false,
    ))
  )
    return []
  const args = ['submodule', '--quiet', 'foreach', '--recursive', `printf '%s\\0' "$displaypath"`]
  const result = await git(tree, args, { signal })
  if (result.code !== 0) throw gitFailed(args, result)
  return result.stdout.split('\0').filter((name) => name !== '')
}

/**
 * Paths of `status --branch -z`: two letters, a space, the path; the branch comes after two number
 * signs.
 */
function entries(text: string): string[] {
  return text
    .split('\0')
    .filter((entry) => entry !== '' && !entry.startsWith('## '))
    .map((entry) => entry.slice(3))
}

// Python keeps these beside plugins it imported; they are made from files that are verified.
function isByteCode(name: string): boolean {
  return /(^|\/)__pycache__\/([^/]+\.pyc)?$/.test(name)
}
