// SPDX-License-Identifier: Apache-2.0
// lib/git/process/: how git is started, and what keeps its traces apart.
//
// The one place that starts git. A call is argv in, code and output out; what an exit code means is
// the caller's to say.
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { simpleGit, type SimpleGitOptions } from 'simple-git'
import { PatchrunError } from '../../errors.js'
import { gitEnvironment, guardedNames, type Environment } from './git-environment.js'
import { redact } from './redact.js'

/** Bytes; below this even a small file may not fit. */
const NO_ROOM = 64 * 1024

export interface GitResult {
  /** git's exit code; 0 is success. */
  readonly code: number
  readonly stdout: string
  /** As git wrote it, with credentials taken out. */
  readonly stderr: string
}

export interface GitCall {
  /** Further `key=value` settings for this call; they win over every configuration file. */
  readonly config?: readonly string[]
  /** Further variables, such as a credential that must not stand in argv. */
  readonly env?: Environment
  readonly signal?: AbortSignal | undefined
  /** ms without a byte of output after which git is ended. Only for calls that use the network. */
  readonly silence?: number
}

// What the operator's own configuration must not change: a pin has to mean the same files on every
// machine, and no program named by a repository or a template may run.
const SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'safe.bareRepository=all',
  'core.untrackedCache=false',
  'core.autocrlf=false',
  'core.eol=lf',
  'core.fileMode=true',
  'core.symlinks=true',
  'core.sparseCheckout=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.quotePath=false',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'clone.defaultRemoteName=origin',
  'log.showSignature=false',
  'i18n.logOutputEncoding=UTF-8',
  'color.ui=false',
  'advice.detachedHead=false',
  'gc.autoDetach=false',
]

// simple-git guards against option text that comes from strangers. Here argv is written by this
// room alone, names that come from outside are checked before they get here, and the environment is
// the operator's own.
const UNSAFE: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeCommandBinaries: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeEditor: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafePack: true,
  allowUnsafeSshCommand: true,
  allowUnsafeGitProxy: true,
  allowUnsafeExec: true,
  allowUnsafeHooksPath: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeTemplateDir: true,
  allowUnsafeInclude: true,
  allowUnsafeSubmodule: true,
  allowUnsafeUrlRewrite: true,
}

/**
 * Runs git in `directory` and gives back how it ended, whatever the exit code.
 * Throws pin/git-missing when git cannot be started, and the signal's reason when aborted.
 */
export async function git(
  directory: string,
  args: readonly string[],
  call: GitCall = {},
): Promise<GitResult> {
  call.signal?.throwIfAborted()
  // Our directories often lie inside a repository of the operator: a broken one of ours must not
  // lead git up to theirs.
  const env = {
    ...gitEnvironment(process.env),
    GIT_CEILING_DIRECTORIES: path.dirname(directory),
    ...call.env,
  }
  const secrets = Object.entries(call.env ?? {})
    .filter(([name]) => name.startsWith('PATCHRUN_GIT_'))
    .map(([, value]) => value)
  let code: number | null = 0
  let stderr = ''
  const instance = simpleGit({
    baseDir: directory,
    config: [...SETTINGS, ...(call.config ?? [])],
    allowEnvironment: guardedNames(env),
    unsafe: UNSAFE,
    errors: (_error, result) => {
      code = result.exitCode
      stderr = redact(Buffer.concat(result.stdErr).toString(), secrets)
      return undefined
    },
    ...(call.signal ? { abort: call.signal } : {}),
    ...(call.silence ? { timeout: { block: call.silence } } : {}),
  })
  const pipes: NodeJS.ReadableStream[] = []
  instance.outputHandler((_command, ...streams) => void pipes.push(streams[0], streams[1]))
  let stdout: string
  try {
    stdout = await instance.env({ ...env }).raw([...args])
  } finally {
    // A process that git leaves behind (ssh's master connection) holds them, and would keep this
    // one from ending.
    for (const pipe of pipes) if (pipe instanceof Readable) pipe.destroy()
  }
  call.signal?.throwIfAborted()
  if (code !== null && code < 0 && /ENOENT|EACCES/.test(stderr)) {
    throw new PatchrunError({
      code: 'pin/git-missing',
      message: 'git could not be started',
      hint: 'Install git 2.30 or newer and see that it is on PATH.',
    })
  }
  if (code !== 0 && (await isFull(directory, stderr))) {
    throw new PatchrunError({
      code: 'state/no-space',
      message: `the disk under the playbook checkouts is full: ${lastLines(stderr, 1)}`,
      hint: 'Make room, then run again: what was not finished is made afresh.',
      where: { file: directory },
    })
  }
  // Ended by a signal or by the silence limit: there is no exit code of git's own.
  const ended =
    code === null
      ? `git was ended${call.silence ? ` after ${call.silence / 1000} s without a word from the remote` : ''}`
      : ''
  return {
    code: code ?? 1,
    stdout,
    stderr: [stderr.trimEnd(), ended].filter((part) => part !== '').join('\n'),
  }
}

/** Often git says only that it could not write: then the disk is asked. */
async function isFull(directory: string, stderr: string): Promise<boolean> {
  const own = stderr
    .split('\n')
    .filter((line) => !line.startsWith('remote:'))
    .join('\n')
  if (/No space left on device|Disk quota exceeded|Out of diskspace/.test(own)) return true
  if (
    !/failed to write|couldn't write|could not set|write error|unable to (write|create)/i.test(own)
  )
    return false
  return statfs(directory).then(
    ({ bavail, bsize }) => bavail * bsize < NO_ROOM,
    () => false,
  )
}

/**
 * Like `git`, for calls that fail only when something is badly wrong: throws pin/git-failed then.
 */
export async function gitOk(
  directory: string,
  args: readonly string[],
  call: GitCall = {},
): Promise<string> {
  const result = await git(directory, args, call)
  if (result.code !== 0) throw gitFailed(args, result)
  return result.stdout
}

/** The error for a git call that should not have failed. */
export function gitFailed(args: readonly string[], result: GitResult): PatchrunError {
  if (/dubious ownership/.test(result.stderr)) return dubiousOwnership(result.stderr)
  return new PatchrunError({
    code: 'pin/git-failed',
    message: `git ${args[0] ?? ''} failed (exit code ${result.code}): ${lastLines(result.stderr)}`,
    hint: 'Read what git says. If it speaks of a damaged repository, remove the playbooks directory of the state: it is fetched afresh.',
  })
}

/** git refuses to work in a repository that another user owns. */
export function dubiousOwnership(stderr: string): PatchrunError {
  const directory =
    /dubious ownership in repository at '([^']*)'/.exec(stderr)?.[1] ?? 'the repository'
  return new PatchrunError({
    code: 'pin/unsafe-owner',
    message: `git refuses ${directory}: it belongs to another user`,
    hint: `Run patchrun as the owner of that directory, or, if you trust it, run: git config --global --add safe.directory ${directory}`,
    where: { file: directory },
  })
}

/** The last lines of a message that carry words, on one line. */
export function lastLines(text: string, lines = 3): string {
  const list = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return list.slice(-lines).join(' | ') || 'no message'
}
