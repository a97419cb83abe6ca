// SPDX-License-Identifier: Apache-2.0
// What the operating system's refusal to write means: the disk is full, or the state directory is
// not ours to use.
import { PatchrunError } from '../../errors.js'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const REFUSED = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENOENT',
  'EISDIR',
  'EIO',
  'ELOOP',
  'ENAMETOOLONG',
])

/** `file`: what was used, for the place. `what` names it in the message. */
export function stateError(what: string, file: string, error: unknown): PatchrunError {
  if (error instanceof PatchrunError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const full = FULL.has(code)
  return new PatchrunError(
    {
      code: full ? 'state/no-space' : 'state/unwritable',
      message: full ? `the disk under ${what} is full` : `${what} can not be used: ${message}`,
      hint: full
        ? 'Make room, then run again: no step is started that is not in the journal, and what was under way is looked at again.'
        : 'The state directory must be a directory that this user may write to; `state.directory` in patchrun.yml says where it is.',
      where: { file },
    },
    { cause: error },
  )
}

/**
 * Does the work; a full disk, and a state directory that cannot be used, become state/no-space and
 * state/unwritable.
 */
export async function inState<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const { code = '', path } = error as NodeJS.ErrnoException
    // A write to an open file names no path; nothing else of ours fills a disk.
    const ours =
      FULL.has(code) ||
      (REFUSED.has(code) &&
        path !== undefined &&
        (path === directory || path.startsWith(`${directory}/`)))
    throw ours ? stateError('the state directory', directory, error) : error
  }
}
