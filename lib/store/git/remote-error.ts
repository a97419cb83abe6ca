// SPDX-License-Identifier: Apache-2.0
// What git's words about the remote of the state mean.
import { PatchrunError } from '../../errors.js'
import { lastLines } from '../../git/process/git.js'
import type { GitResult } from '../../git/process/git.js'

const BOILERPLATE =
  /^(fatal: Could not read from remote repository\.|Please make sure you have the correct access rights|and the repository exists\.|error: failed to push some refs.*|To .*|Done)\s*$/
const ACCESS =
  /Authentication failed|could not read (Username|Password)|Permission denied|Host key verification failed|terminal prompts disabled|error: 40[13]|unable to access.*40[13]/i
const NONE =
  /does not appear to be a git repository|repository .*not found|not a git repository|Could not find repository/i
const DECLINED =
  /\[remote rejected\](?!.*(cannot lock ref|failed to update ref|reference already exists|incorrect old value|failed to lock))|pre-receive hook declined|GL-HOOK-ERR|protected|not allowed to|does not support --atomic/i

/** `place`: repository and ref, without credentials. */
export function remoteError(place: string, { stderr }: Pick<GitResult, 'stderr'>): PatchrunError {
  const said = lastLines(
    stderr
      .split('\n')
      .filter((line) => !BOILERPLATE.test(line))
      .join('\n') || stderr,
  )
  const where = { file: place }
  if (ACCESS.test(stderr))
    return refused(
      `${place}: access is refused: ${said}`,
      'Give this user a key or a credential helper that may push to the repository; patchrun never asks for a password.',
      where,
    )
  if (NONE.test(stderr))
    return refused(
      `there is no git repository for the state at ${place}: ${said}`,
      'Check state.git.repository in patchrun.yml. Some servers say "not found" when access is missing.',
      where,
    )
  if (DECLINED.test(stderr))
    return refused(
      `${place}: the remote does not take the state: ${said}`,
      'This user must be allowed to create, change and remove refs below state.git.ref; server hooks must let them pass.',
      where,
    )
  return new PatchrunError({
    code: 'state/remote-away',
    message: `${place} could not be reached: ${said}`,
    hint: 'No step begins without it. When it is there again, run again: the journal says how far this came, and what was under way is looked at.',
    where,
  })
}

function refused(message: string, hint: string, where: { readonly file: string }): PatchrunError {
  return new PatchrunError({ code: 'state/remote-refused', message, hint, where })
}

/** Trying again would not help. */
export const isRefused = (error: unknown): boolean =>
  error instanceof PatchrunError && error.code !== 'state/remote-away'
