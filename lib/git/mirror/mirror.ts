// SPDX-License-Identifier: Apache-2.0
// lib/git/mirror/: our copy of the repository: fetched, resolved, compared.
//
// Our own bare copy of the playbook repository. The remote's refs lie under refs/origin/, so that
// no name a remote chooses can touch anything of ours, and pruning them prunes nothing else.
import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError } from '../../errors.js'
import type { PlaybookSource } from '../../fleet/declare/fleet.js'
import { git, gitOk, type GitCall } from '../process/git.js'
import { QUIET_SSH } from '../process/git-environment.js'
import { discard, ownedName, publish, sweep } from '../process/owner.js'
import { splitCredential, type SplitUrl } from '../process/redact.js'

export interface Mirror {
  readonly source: PlaybookSource
  /** Where the repository is, without credentials: fit to show. */
  readonly remote: string
  /** Absolute path of the bare repository. */
  readonly path: string
  /** Absolute path of the directory that holds this mirror's checkouts. */
  readonly checkouts: string
}

export interface OpenMirror {
  readonly source: PlaybookSource
  /** Absolute path of a directory of ours, kept between runs, such as `<state>/playbooks`. */
  readonly directory: string
  readonly signal?: AbortSignal
}

/**
 * Opens the mirror of a repository, making it (still empty) when it is not there. Touches no
 * network. Each user has mirrors of their own, because git refuses to work in another user's
 * repository; each repository has its own, so that a changed address never mixes two histories.
 * Throws pin/repository-invalid, pin/unsafe-owner, pin/git-missing.
 */
export async function openMirror({ source, directory, signal }: OpenMirror): Promise<Mirror> {
  const { url } = splitCredential(source.repository)
  checkAddress(url)
  const uid = process.getuid?.() ?? 0
  const home = path.join(
    directory,
    `u${uid}-${createHash('sha256').update(url).digest('hex').slice(0, 12)}`,
  )
  const mirror: Mirror = {
    source,
    remote: url,
    path: path.join(home, 'mirror.git'),
    checkouts: path.join(home, 'checkouts'),
  }
  await mkdir(mirror.checkouts, { recursive: true, mode: 0o700 })
  await sweep(home)
  if (!(await isWhole(mirror.path, signal))) await makeMirror(mirror, 'sha1', signal)
  return mirror
}

/** How git names objects. */
export type ObjectFormat = 'sha1' | 'sha256'

export const formatOf = (sha: string): ObjectFormat => (sha.length === 64 ? 'sha256' : 'sha1')

async function makeMirror(
  { path: place, remote }: Mirror,
  format: ObjectFormat,
  signal: AbortSignal | undefined,
): Promise<void> {
  const made = path.join(path.dirname(place), ownedName('.making'))
  await mkdir(made, { mode: 0o700 })
  await gitOk(made, ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`], {
    signal,
  })
  await writeFile(path.join(made, 'config'), mirrorConfig(remote, format))
  await publish(made, place)
}

/**
 * Makes the mirror anew, empty, for a remote of another object format: what it held is of no use
 * with that one.
 */
export async function reformat(
  mirror: Mirror,
  format: ObjectFormat,
  signal: AbortSignal | undefined,
): Promise<void> {
  await discard(mirror.path)
  await makeMirror(mirror, format, signal)
}

// Written as a whole: the credential is not in it, and objects are never pruned, since checkouts
// borrow them and a remembered commit must stay known after its branch was rewritten.
function mirrorConfig(url: string, format: ObjectFormat): string {
  const quoted = `"${url.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`
  return [
    '[core]',
    `\trepositoryformatversion = ${format === 'sha1' ? 0 : 1}`,
    '\tbare = true',
    '\tlogAllRefUpdates = false',
    ...(format === 'sha1' ? [] : ['[extensions]', `\tobjectFormat = ${format}`]),
    '[remote "origin"]',
    `\turl = ${quoted}`,
    '\tfetch = +refs/*:refs/origin/*',
    '\ttagOpt = --no-tags',
    '[gc]',
    '\tpruneExpire = never',
    '\tautoDetach = false',
    '',
  ].join('\n')
}

/**
 * A mirror that is broken is taken out of the way: it holds nothing that cannot be fetched again.
 */
async function isWhole(directory: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (
    !(await access(directory).then(
      () => true,
      () => false,
    ))
  )
    return false
  const result = await git(directory, ['rev-parse', '--is-bare-repository'], { signal })
  if (result.code === 0 && result.stdout.trim() === 'true') {
    // rev-parse climbs to a repository further up when this one is none.
    const own = (await gitOk(directory, ['rev-parse', '--absolute-git-dir'], { signal })).trim()
    if (path.basename(own) === 'mirror.git') return true
  }
  await discard(directory)
  return false
}

export function checkAddress(url: string): void {
  const bad = url.trim() === '' || url.startsWith('-') || /[\0-\x1f]/.test(url)
  if (!bad && !/^ext::|^fd::/i.test(url)) return
  throw new PatchrunError({
    code: 'pin/repository-invalid',
    message: `"${url.replace(/[\0-\x1f]/g, '?')}" is no address of a repository`,
    hint: 'Give a URL (https://… or ssh://…), user@host:path, or the path of a local repository.',
  })
}

const CREDENTIAL_HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$PATCHRUN_GIT_USERNAME" "$PATCHRUN_GIT_PASSWORD"; }; f'

/**
 * What a call from `directory` that speaks to the repository needs. A credential in the address
 * goes through the environment, and only to the host it was given for: never into argv or a file.
 */
export async function remoteCall(
  { repository, directory }: { readonly repository: string; readonly directory: string },
  signal: AbortSignal | undefined,
): Promise<GitCall> {
  const split: SplitUrl = splitCredential(repository)
  const config = ['http.lowSpeedLimit=1', 'http.lowSpeedTime=60']
  const env: Record<string, string> = {}
  if (split.origin !== undefined && split.username !== undefined) {
    config.push(
      `credential.${split.origin}.helper=`,
      `credential.${split.origin}.helper=${CREDENTIAL_HELPER}`,
    )
    env['PATCHRUN_GIT_USERNAME'] = split.username
    env['PATCHRUN_GIT_PASSWORD'] = split.password ?? ''
  }
  const chosen = process.env['GIT_SSH_COMMAND'] ?? process.env['GIT_SSH']
  if (chosen === undefined && (await setting(directory, 'core.sshCommand', signal)) === '')
    env['GIT_SSH_COMMAND'] = QUIET_SSH
  return { config, env, signal, silence: 300_000 }
}

/** A value of git's configuration, or ''. */
export async function setting(
  directory: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  return (await git(directory, ['config', '--get', name], { signal })).stdout.trim()
}

const stamp = (mirror: Mirror): string => path.join(mirror.path, 'patchrun-fetched')

/** When the mirror was last brought up to date, ISO 8601, if ever. */
export async function fetchedAt(mirror: Mirror): Promise<string | undefined> {
  const text = await readFile(stamp(mirror), 'utf8').catch(() => '')
  return text.trim() || undefined
}

export async function markFetched(mirror: Mirror, when: Date): Promise<void> {
  const aside = path.join(mirror.path, ownedName('patchrun-fetched'))
  await writeFile(aside, `${when.toISOString()}\n`)
  await rename(aside, stamp(mirror))
}
