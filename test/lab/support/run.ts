// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'

export interface Options {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** ms; then the process group is killed. Five minutes when not given. */
  readonly timeout?: number
  /** Aborted: the process group is killed. */
  readonly signal?: AbortSignal
  readonly onStdout?: (text: string) => void
}
export interface Output {
  /** null when it was killed. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly timedOut: boolean
  /** ms. */
  readonly duration: number
}

/**
 * Runs a command to its end, in a process group of its own; a failure is a result, not an error.
 */
export function run(argv: readonly [string, ...string[]], options: Options = {}): Promise<Output> {
  const { env = {}, cwd, timeout = 300_000, signal, onStdout } = options
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out.stdout += text
      onStdout?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text))
    let timedOut = false
    const kill = (): void => {
      try {
        if (child.pid) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has just ended by itself.
      }
    }
    const timer = setTimeout(() => {
      timedOut = true
      kill()
    }, timeout)
    signal?.addEventListener('abort', kill, { once: true })
    if (signal?.aborted) kill()
    child.once('error', reject)
    child.once('close', (exitCode) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', kill)
      resolve({ exitCode, ...out, timedOut, duration: performance.now() - started })
    })
  })
}
