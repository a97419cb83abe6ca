// SPDX-License-Identifier: Apache-2.0
// Submodules of a checkout, all the way down.
import { access } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError } from '../../errors.js'
import { git, lastLines } from '../process/git.js'
import { remoteCall, setting, type Mirror } from '../mirror/mirror.js'

/**
 * Fetches and checks out the submodules at the commits the tree names. A submodule at a path of
 * this machine is refused, as newer versions of git do by themselves: whoever may push to the
 * playbook repository could otherwise have any repository copied that this user can read. An
 * operator who wants it says so in git's own configuration (protocol.file.allow). Throws
 * pin/submodule-refused, pin/submodule-failed.
 */
export async function addSubmodules(
  mirror: Mirror,
  tree: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (
    !(await access(path.join(tree, '.gitmodules')).then(
      () => true,
      () => false,
    ))
  )
    return
  const call = await remoteCall(
    { repository: mirror.source.repository, directory: mirror.path },
    signal,
  )
  const allowed = await setting(tree, 'protocol.file.allow', signal)
  const config = [...(call.config ?? []), ...(allowed === '' ? ['protocol.file.allow=user'] : [])]
  const result = await git(
    tree,
    ['submodule', '--quiet', 'update', '--init', '--recursive', '--checkout'],
    { ...call, config },
  )
  if (result.code === 0) return
  const name = /submodule path '([^']+)'/.exec(result.stderr)?.[1]
  const place = { where: { file: '.gitmodules', ...(name === undefined ? {} : { text: name }) } }
  const which = name === undefined ? 'a submodule' : `the submodule ${name}`
  if (/transport 'file' not allowed/.test(result.stderr)) {
    throw new PatchrunError({
      code: 'pin/submodule-refused',
      message: `${which} lies at a path of this machine, which git refuses for submodules`,
      hint: 'Give it a URL (https://… or ssh://…) in .gitmodules. If you trust all who can push, allow it: git config --global protocol.file.allow always',
      ...place,
    })
  }
  throw new PatchrunError({
    code: 'pin/submodule-failed',
    message: `${which} of ${mirror.remote} could not be checked out: ${lastLines(result.stderr)}`,
    hint: 'See that its address is reachable for this user and that the commit the repository names was pushed there.',
    ...place,
  })
}
