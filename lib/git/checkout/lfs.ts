// SPDX-License-Identifier: Apache-2.0
// Git LFS: a repository holds pointers, and a filter puts the files in their place, for users who
// have set it up.
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError } from '../../errors.js'
import { git, gitOk } from '../process/git.js'
import type { Mirror } from '../mirror/mirror.js'

/** Names listed in a message at most. */
const NAMED = 10
/** Bytes; git-lfs writes less, and takes no more for a pointer. */
const POINTER_SIZE = 1024
const POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[a-z0-9.-]+ .*\n)*oid sha256:[0-9a-f]{64}\n(?:[a-z0-9.-]+ .*\n)*$/

/** What `git lfs install` would set for the user, for this tree alone. Throws pin/lfs-missing. */
export async function setUpLfs(tree: string, signal: AbortSignal | undefined): Promise<void> {
  if ((await git(tree, ['lfs', 'version'], { signal })).code !== 0) {
    throw new PatchrunError({
      code: 'pin/lfs-missing',
      message: 'playbooks.lfs is fetch, and git-lfs is not installed',
      hint: 'Install git-lfs on the machine that runs patchrun.',
    })
  }
  const settings = {
    clean: 'git-lfs clean -- %f',
    smudge: 'git-lfs smudge -- %f',
    process: 'git-lfs filter-process',
    required: 'true',
  }
  for (const [name, value] of Object.entries(settings))
    await gitOk(tree, ['config', `filter.lfs.${name}`, value], { signal })
}

/**
 * Pointers that lie in a tree in place of their files. Throws pin/lfs-pointers unless the
 * declaration lets them pass.
 */
export async function allowedPointers(
  { source, remote }: Mirror,
  sha: string,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const pointers = await pointersIn(tree, signal)
  if (pointers.length === 0 || source.lfs === 'name') return pointers
  const named = `${pointers.slice(0, NAMED).join(', ')}${pointers.length > NAMED ? ` and ${pointers.length - NAMED} more` : ''}`
  throw new PatchrunError({
    code: 'pin/lfs-pointers',
    message: `${sha.slice(0, 12)} of ${remote} holds ${pointers.length === 1 ? 'a pointer' : `${pointers.length} pointers`} of Git LFS in place of ${pointers.length === 1 ? 'its file' : 'their files'}: ${named}`,
    hint:
      source.lfs === 'fetch'
        ? 'They lie in a submodule, where they are not fetched: set git-lfs up for this user (git lfs install), remove the checkout, and give the command again.'
        : 'Nodes would get the pointers. Set playbooks.lfs to fetch (needs git-lfs), or to name where no task uses these files.',
    where: { file: pointers[0] as string },
  })
}

async function pointersIn(tree: string, signal: AbortSignal | undefined): Promise<string[]> {
  const args = [
    'grep',
    '-l',
    '-I',
    '-z',
    '--no-color',
    '--recurse-submodules',
    '-e',
    '^version https://git-lfs.github.com/spec/v1$',
  ]
  const found: string[] = []
  for (const name of (await git(tree, args, { signal })).stdout.split('\0')) {
    if (name !== '' && (await isPointer(path.join(tree, name)))) found.push(name)
  }
  return found
}

const isPointer = async (file: string): Promise<boolean> =>
  (await stat(file)).size <= POINTER_SIZE && POINTER.test(await readFile(file, 'utf8'))
