// SPDX-License-Identifier: Apache-2.0
import { git } from '../process/git.js'

/**
 * Whether any file holds one of these words, in the work tree of `directory`, submodules included,
 * or in a commit that it knows; null: that cannot be told.
 */
export async function mentions(
  directory: string,
  words: readonly string[],
  { rev, signal }: { readonly rev?: string; readonly signal?: AbortSignal } = {},
): Promise<boolean | null> {
  const of = rev === undefined ? ['--recurse-submodules'] : []
  const { code } = await git(
    directory,
    [
      'grep',
      '--quiet',
      '-I',
      '--fixed-strings',
      ...of,
      ...words.flatMap((word) => ['-e', word]),
      ...(rev === undefined ? [] : [rev]),
    ],
    { signal },
  )
  if (code === 0) return true
  // What a commit has in submodules is not here.
  if (code === 1)
    return rev !== undefined &&
      (await git(directory, ['cat-file', '-e', `${rev}:.gitmodules`], { signal })).code === 0
      ? null
      : false
  return null
}
