// SPDX-License-Identifier: Apache-2.0
// The one door to secrets: from where they are kept to their text. They are opened when they are
// needed, and kept nowhere; no error here holds more of one than its place.
import { open, stat } from 'node:fs/promises'
import { findAnsible } from '../../ansible/programs/find-ansible.js'
import { openVault } from '../../ansible/programs/open-vault.js'
import { PatchrunError } from '../../errors.js'
import type { SecretSource, VaultedSecret } from '../../fleet/declare/fleet.js'

/** No URL and no key is longer, bytes. */
const LONGEST = 64 * 1024
const OTHERS_MAY_READ = 0o004

/**
 * The secret itself. `what`: what it is, as people call it: "the URL of the target ops".
 * @throws PatchrunError config/secret
 */
export async function openSecret(source: SecretSource, what: string): Promise<string> {
  if ('env' in source) return ofEnvironment(source.env, what)
  if ('file' in source) return ofFile(source.file, what)
  return ofVault(source, what)
}

async function ofVault(
  { vaulted, where, directory, vault, executable }: VaultedSecret,
  what: string,
): Promise<string> {
  let text: string
  try {
    const install = await findAnsible(executable === undefined ? {} : { configured: executable })
    text = await openVault({ value: vaulted, where, install, policy: { vault }, cwd: directory })
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    throw new PatchrunError({
      code: 'config/secret',
      message: `${what} is to come from a !vault value: ${error.message}`,
      hint: error.hint,
      where,
    })
  }
  return filled(text, what, 'a !vault value')
}

function ofEnvironment(name: string, what: string): string {
  const value = process.env[name]
  if (value === undefined)
    throw missing(
      `${what} is to come from the variable ${name}, which is not set`,
      'Set it where patchrun runs, or name another source.',
    )
  return filled(value, what, `the variable ${name}`)
}

async function ofFile(path: string, what: string): Promise<string> {
  const unreadable = (why: string): PatchrunError =>
    missing(
      `${what} is to come from ${path}, ${why}`,
      'Check the path and whether the user of patchrun may read it; a relative path is taken from the directory of patchrun.yml.',
    )
  let text: string
  try {
    // Before it is opened: opening a pipe that nobody writes to waits for ever.
    if (!(await stat(path)).isFile()) throw unreadable('which is no file')
    const handle = await open(path, 'r')
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST + 1), 0, LONGEST + 1, 0)
      if (bytesRead > LONGEST) throw unreadable('which holds more than any secret')
      text = buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof PatchrunError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw unreadable(
      code === 'ENOENT' ? 'which is not there' : `which cannot be read (${code ?? 'unknown'})`,
    )
  }
  return filled(text, what, path)
}

/** Without the line end that an editor or `echo` puts behind it. */
function filled(raw: string, what: string, source: string): string {
  const text = raw.replace(/\r?\n$/, '')
  if (text === '')
    throw missing(
      `${what} is to come from ${source}, which is empty`,
      'Put the secret there, and nothing else.',
    )
  return text
}

const missing = (message: string, hint: string): PatchrunError =>
  new PatchrunError({ code: 'config/secret', message, hint })

/**
 * Whether users besides owner and group may read it. Not refused: container platforms put secrets
 * into files that anybody in there may read.
 */
export async function isOpenToOthers(source: SecretSource): Promise<boolean> {
  if (!('file' in source)) return false
  return stat(source.file).then(
    ({ mode }) => (mode & OTHERS_MAY_READ) !== 0,
    () => false,
  )
}
