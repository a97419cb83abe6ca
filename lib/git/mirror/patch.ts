// SPDX-License-Identifier: Apache-2.0
import { gitOk } from '../process/git.js'

/**
 * What differs in a tree from its commit, as a patch that `git apply` takes; submodules are left
 * out. Throws pin/git-failed.
 */
export async function patchOf(tree: string, signal?: AbortSignal): Promise<string> {
  return gitOk(
    tree,
    [
      'diff',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--full-index',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      '--ignore-submodules=all',
    ],
    { signal },
  )
}
