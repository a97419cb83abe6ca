// SPDX-License-Identifier: Apache-2.0
// The real command: as a process of its own, or its main() in this one.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Io } from '../../lib/cli/call/context.js'
import { main } from '../../lib/cli/main.js'

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

/**
 * Starts `patchrun ARGS`; standard input is closed. Nothing of this process's own settings for
 * patchrun is handed on.
 */
export function start(
  args: readonly string[],
  { cwd, env = {}, prefix = [] }: CommandOptions,
): Running {
  const [program = process.execPath, ...rest] = [...prefix, process.execPath, PATCHRUN, ...args]
  const child = spawn(program, rest, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GITLAB_CI: undefined, NO_COLOR: '1', TZ: 'UTC', ...env },
  })
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

export const patchrun = (args: readonly string[], options: CommandOptions): Promise<Ended> =>
  start(args, options).ended

let busy = false

/**
 * What `patchrun ARGS` answers, asked of its main() in this process: a start of Node costs ten
 * times what most verbs do. For tests that are about the answer; those about exit codes, streams
 * and signals of a process start one. Not two at a time: the working directory is that of the whole
 * process.
 */
export async function answerOf(
  args: readonly string[],
  { cwd, env = {} }: Omit<CommandOptions, 'prefix'>,
): Promise<Ended> {
  if (busy) throw new Error('two answers at a time')
  const [stdout, stderr] = [sink(), sink()]
  const before = process.cwd()
  busy = true
  process.chdir(cwd)
  try {
    const code = await main(args, {
      stdin: process.stdin,
      stdout: stdout.stream,
      stderr: stderr.stream,
      env: { ...process.env, GITLAB_CI: undefined, NO_COLOR: '1', TZ: 'UTC', ...env },
    })
    return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() }
  } finally {
    process.chdir(before)
    busy = false
  }
}

/** A stream that keeps what is written to it; it is no terminal. */
function sink(): { readonly stream: Io['stdout']; readonly text: () => string } {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  return { stream: stream as unknown as Io['stdout'], text: () => text }
}
