// SPDX-License-Identifier: Apache-2.0
// The real command, as a process of its own.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const PATCHRUN = fileURLToPath(new URL('../../bin/patchrun.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What to put before `node patchrun.js …`, such as unshare or bash -c. */
  readonly prefix?: readonly string[]
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Everything on standard error so far. */
  stderr(): string
}

/** Starts `patchrun ARGS`; standard input is closed. Nothing of this process's own settings for patchrun is handed on. */
export function start(args: readonly string[], { cwd, env = {}, prefix = [] }: CommandOptions): Running {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, PATCHRUN, ...args]
  const child = spawn(program, rest, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, GITLAB_CI: undefined, NO_COLOR: '1', TZ: 'UTC', ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended, stderr: () => stderr }
}

export const patchrun = (args: readonly string[], options: CommandOptions): Promise<Ended> => start(args, options).ended
