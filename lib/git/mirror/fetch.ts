// SPDX-License-Identifier: Apache-2.0
// Bringing the mirror up to date.
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PatchrunError } from '../../errors.js'
import { dubiousOwnership, git, lastLines, type GitResult } from '../process/git.js'
import { markFetched, reformat, remoteCall, type Mirror, type ObjectFormat } from './mirror.js'

/** What git says where mirror and remote name their objects in different ways. */
const OTHER_FORMAT = /mismatched algorithms: client \w+; server (sha1|sha256)/

/** All but patchrun's own: the state may lie in the same repository, and is no playbook. */
const REFS = ['+refs/*:refs/origin/*', '^refs/patchrun/*']

/** Waits between tries when another process holds a lock of git's, ms. */
const TRIES = [100, 250, 500, 1000, 2000, 4000] as const
/**
 * git holds its locks for moments; one older than this was left by a process that was killed, ms.
 */
const STALE_LOCK = 60_000

/**
 * Brings all refs of the remote into the mirror, and drops those that are gone there. Never asks
 * anything. Throws pin/remote-unreachable, pin/remote-refused, pin/not-a-repository,
 * pin/unsafe-owner, pin/mirror-busy. The mirror stays usable as it was when it throws.
 */
export async function fetch(
  mirror: Mirror,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const call = await remoteCall(
    { repository: mirror.source.repository, directory: mirror.path },
    signal,
  )
  // --update-shallow: CI systems hand out shallow clones, whose refs git would silently leave out.
  const args = [
    'fetch',
    '--prune',
    '--no-tags',
    '--force',
    '--update-shallow',
    '--no-write-fetch-head',
    '--quiet',
    'origin',
    ...REFS,
  ]
  let cleared = false
  let reformatted = false
  for (let attempt = 0; ; attempt++) {
    const result = await git(mirror.path, args, call)
    if (result.code === 0) break
    const format = OTHER_FORMAT.exec(result.stderr)?.[1]
    if (format !== undefined && !reformatted) {
      await reformat(mirror, format as ObjectFormat, signal)
      reformatted = true
      continue
    }
    const lock = heldLock(result)
    if (lock === null) throw remoteError(mirror, result)
    const wait = TRIES[attempt]
    if (!cleared && (await clearStale(mirror, lock))) {
      cleared = true
    } else if (wait !== undefined) {
      await sleep(wait, undefined, signal ? { signal } : {})
    } else {
      throw new PatchrunError({
        code: 'pin/mirror-busy',
        message: `another process is bringing the mirror of ${mirror.remote} up to date: ${lastLines(result.stderr, 1)}`,
        hint: `Try again in a minute. If no other patchrun runs, remove ${lock === '' ? mirror.path : lock}.`,
        where: { file: mirror.path },
      })
    }
  }
  await markFetched(mirror, new Date())
}

/** The lock that stopped git: its path, '' when git does not name it, null when it was no lock. */
function heldLock({ stderr }: GitResult): string | null {
  const named = /Unable to create '([^']+\.lock)': File exists/.exec(stderr)?.[1]
  if (named !== undefined) return named
  return /cannot lock ref|unable to update local ref|could not lock|shallow file has changed/i.test(
    stderr,
  )
    ? ''
    : null
}

async function clearStale(mirror: Mirror, lock: string): Promise<boolean> {
  const relative = path.relative(mirror.path, lock)
  if (lock === '' || relative.startsWith('..') || path.isAbsolute(relative)) return false
  const age = await stat(lock).then(
    (s) => Date.now() - s.mtimeMs,
    () => 0,
  )
  if (age < STALE_LOCK) return false
  await rm(lock, { force: true })
  return true
}

/** What git adds whatever went wrong; the cause stands before it. */
const BOILERPLATE =
  /^(fatal: Could not read from remote repository\.|Please make sure you have the correct access rights|and the repository exists\.)\s*$/

/** What git's words about a remote mean. */
export function remoteError(mirror: Mirror, { stderr }: GitResult): PatchrunError {
  if (/dubious ownership/.test(stderr)) return dubiousOwnership(stderr)
  const said = lastLines(
    stderr
      .split('\n')
      .filter((line) => !BOILERPLATE.test(line))
      .join('\n') || stderr,
  )
  const where = { where: { file: mirror.remote } }
  if (
    /Authentication failed|could not read (Username|Password)|Permission denied|Host key verification failed|terminal prompts disabled|error: 40[13]/i.test(
      stderr,
    )
  ) {
    return new PatchrunError({
      code: 'pin/remote-refused',
      message: `${mirror.remote} refuses access: ${said}`,
      hint: /Host key/.test(stderr)
        ? 'Add the host to known_hosts (ssh-keyscan), after checking its key.'
        : 'Give this user a key or a credential helper that may read the repository; patchrun never asks for a password.',
      ...where,
    })
  }
  if (
    /does not appear to be a git repository|repository .*not found|not a git repository|Could not find repository/i.test(
      stderr,
    )
  ) {
    return new PatchrunError({
      code: 'pin/not-a-repository',
      message: `there is no git repository at ${mirror.remote}: ${said}`,
      hint: 'Check playbooks.repository in patchrun.yml. Some servers say "not found" when access is missing.',
      ...where,
    })
  }
  return new PatchrunError({
    code: 'pin/remote-unreachable',
    message: `${mirror.remote} could not be reached: ${said}`,
    hint: 'Check the network and the address, then try again. Nothing was changed.',
    ...where,
  })
}
