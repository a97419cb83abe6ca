// SPDX-License-Identifier: Apache-2.0
// Looks at the files and scripts that give the passwords of Ansible's vault. The passwords
// themselves are Ansible's to read: here it is only seen whether there is one.
import { access, constants, stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { refuse, type Problem } from '../../errors.js'
import type { VaultId } from '../../fleet/declare/fleet.js'
import { runAlone } from './run-alone.js'

/** How long a script may take, ms. */
const TIMEOUT = 60_000
/** Exit code by which a client script says that it does not know the label. */
const UNKNOWN_LABEL = 2

/** Ansible gives such a script the label. */
const isClient = (path: string): boolean => basename(path, extname(path)).endsWith('-client')

const problem = ({ id, where }: VaultId, found: string, hint: string): Problem => ({
  code: 'config/vault-password',
  message: `the vault password "${id}": ${found}`,
  hint,
  where,
})

/**
 * Sees that each password can be had.
 * @throws PatchrunError config/vault-password
 */
export async function checkVault(ids: readonly VaultId[], signal?: AbortSignal): Promise<void> {
  refuse(await vaultFileProblems(ids))
  refuse(await vaultScriptProblems(ids, signal))
}

/**
 * What keeps Ansible from reading a password, as far as it can be told without running anything.
 */
export async function vaultFileProblems(ids: readonly VaultId[]): Promise<readonly Problem[]> {
  return (await Promise.all(ids.map(fileFault))).flatMap((found) => found ?? [])
}

async function fileFault(vault: VaultId): Promise<Problem | undefined> {
  const { kind, path } = vault
  const say = (found: string, hint: string): Problem => problem(vault, `${path} ${found}`, hint)
  const can = (mode: number): Promise<boolean> =>
    access(path, mode).then(
      () => true,
      () => false,
    )
  if (/\$|\/~/.test(path))
    return say('holds $ or ~, for which Ansible puts something else', 'Write the path out.')
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) {
    if (/^prompt(_ask_vault_pass)?$/.test(basename(path)))
      return say(
        'is not there, and a password can not be asked for',
        'Nobody is there to be asked: give the password in a file that only you can read, or by a script.',
      )
    return say(
      found.code === 'EACCES' ? 'can not be looked at: no permission' : 'is not there',
      'Check the path; a relative one is taken from the directory of patchrun.yml.',
    )
  }
  if (!found.isFile())
    return say(
      found.isDirectory() ? 'is a directory' : 'is no file',
      'It is read at each start of Ansible: name a regular file, not a directory and not a pipe.',
    )
  if (!(await can(constants.R_OK)))
    return say(
      'can not be read',
      'Let the user who runs patchrun read it, and nobody else: chmod 600.',
    )
  if (found.size === 0)
    return say(
      'is empty',
      kind === 'file'
        ? 'Write the password into it, in one line.'
        : 'Write the script that prints the password.',
    )
  const runs = (found.mode & 0o111) !== 0
  if (kind === 'file' && runs)
    return say(
      'is executable, so Ansible would run it',
      'Take that away (chmod 600), or name it as a script: { script: PATH }.',
    )
  if (kind === 'script' && !(await can(constants.X_OK)))
    return say(
      'is not executable, so Ansible would take its text for the password',
      'Make it executable (chmod 700), or name it as a file: { file: PATH }.',
    )
  return undefined
}

/** Names of the password files that others may read. */
export async function openToOthers(ids: readonly VaultId[]): Promise<readonly string[]> {
  const seen = await Promise.all(
    ids.map(async ({ kind, path }) =>
      kind === 'file' && ((await stat(path)).mode & 0o004) !== 0 ? [path] : [],
    ),
  )
  return seen.flat()
}

/**
 * Runs each script as Ansible will, and says which give no password. What they print is looked at
 * for being there, and forgotten.
 */
export async function vaultScriptProblems(
  ids: readonly VaultId[],
  signal?: AbortSignal,
  timeout = TIMEOUT,
): Promise<readonly Problem[]> {
  const found: Problem[] = []
  // One after the other, as Ansible does: they may share a lock or an agent.
  for (const vault of ids) {
    const fault = vault.kind === 'script' ? await scriptFault(vault, signal, timeout) : undefined
    if (fault) found.push(fault)
  }
  return found
}

async function scriptFault(
  vault: VaultId,
  signal: AbortSignal | undefined,
  timeout: number,
): Promise<Problem | undefined> {
  const { id, path } = vault
  const args = isClient(path) ? ['--vault-id', id] : []
  const result = await runAlone(path, args, {
    cwd: dirname(path),
    timeout,
    ...(signal ? { signal } : {}),
  })
  // Its standard error is not told: a script that traces itself prints the password there.
  const byHand = `Try it by hand: ${[path, ...args].join(' ')}`
  const say = (what: string, hint = byHand): Problem => problem(vault, `${path} ${what}`, hint)
  if (result.late) return say(`printed no password within ${timeout / 1000} s`)
  if (result.code === 'ENOENT' || result.code === 'EACCES' || result.code === 'ENOEXEC')
    return say(
      'can not be run',
      'Check its first line: #! and the path of an interpreter that is there.',
    )
  if (result.exitCode === UNKNOWN_LABEL && args.length > 0)
    return say(`knows no password for the label "${id}"`)
  if (result.exitCode !== 0 || result.tooMuch)
    return say(
      result.exitCode === undefined
        ? `was ended by ${result.signal ?? 'an error'}`
        : `failed with exit code ${result.exitCode}`,
    )
  return result.stdout.trim() === '' ? say('printed no password') : undefined
}
