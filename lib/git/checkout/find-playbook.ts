// SPDX-License-Identifier: Apache-2.0
// Is the declared playbook in the commit?
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError } from '../../errors.js'
import type { Checkout } from './checkout.js'
import { gitOk } from '../process/git.js'
import { nearNames } from '../mirror/near-names.js'

/**
 * Throws playbook/outside when the path leaves the repository, playbook/not-found (with the names
 * near it) when there is no such file in the commit, playbook/not-a-file for a directory. Gives the
 * absolute path.
 */
export async function playbookExists(
  checkout: Pick<Checkout, 'path' | 'sha'>,
  playbook: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const absolute = path.resolve(checkout.path, playbook)
  const relative = path.relative(checkout.path, absolute)
  const where = { where: { file: playbook } }
  if (
    playbook === '' ||
    relative === '' ||
    relative.split(path.sep)[0] === '..' ||
    path.isAbsolute(playbook)
  ) {
    throw new PatchrunError({
      code: 'playbook/outside',
      message: `the playbook "${playbook}" does not lie in the repository`,
      hint: 'Give playbooks.playbook as a path within the repository, such as site.yml.',
      ...where,
    })
  }
  const found = await stat(absolute).catch(() => null)
  if (found?.isFile()) return absolute
  if (found) {
    throw new PatchrunError({
      code: 'playbook/not-a-file',
      message: `"${playbook}" is a directory at commit ${checkout.sha.slice(0, 12)}`,
      hint: 'Give playbooks.playbook as the path of a file, such as site.yml.',
      ...where,
    })
  }
  const names = (
    await gitOk(checkout.path, ['ls-files', '-z', '--', '*.yml', '*.yaml'], { signal })
  )
    .split('\0')
    .filter((name) => name !== '')
  const near = nearNames(playbook, names)
  const top = names.filter(
    (name) =>
      !/(^|\/)(roles|group_vars|host_vars|tasks|handlers|vars|defaults|meta|templates|files)\//.test(
        name,
      ),
  )
  throw new PatchrunError({
    code: 'playbook/not-found',
    message: `there is no "${playbook}" at commit ${checkout.sha.slice(0, 12)}`,
    hint:
      near.length > 0
        ? `Did you mean ${near.join(', ')}?`
        : top.length > 0
          ? `There are: ${top.slice(0, 5).join(', ')}.`
          : 'The commit holds no YAML file at all: check playbooks.repository and playbooks.ref.',
    ...where,
  })
}
