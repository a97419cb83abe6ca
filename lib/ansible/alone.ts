// SPDX-License-Identifier: Apache-2.0
// Runs a program to its end in a session of its own: without a terminal, what would ask a person fails instead of waiting; and when its time
// is up, all that it started ends with it.
import type { Result } from 'execa'

export interface Alone {
  readonly cwd: string
  /** Every variable of the child; this process's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** For standard input; nothing when absent. */
  readonly input?: string
  /** ms. */
  readonly timeout: number
  readonly signal?: AbortSignal
}

const MAX_OUTPUT = 1_000_000

type Options = { readonly reject: false; readonly stripFinalNewline: false }

/** `late`: its time was up. Rejects with the signal's reason when aborted. */
export async function runAlone(path: string, args: readonly string[], { cwd, env = process.env, input, timeout, signal }: Alone): Promise<{ readonly result: Result<Options>; readonly late: boolean }> {
  // Loaded only now: it takes longer than most verbs do.
  const { execa } = await import('execa')
  signal?.throwIfAborted()
  const child = execa(path, args, { cwd, env, extendEnv: false, ...(input === undefined ? { stdin: 'ignore' } : { input }), detached: true, reject: false, stripFinalNewline: false, maxBuffer: MAX_OUTPUT })
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch (error) {
      // It has ended by itself, or belongs to somebody else by now (sudo).
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
  }, timeout)
  signal?.addEventListener('abort', end, { once: true })
  const result = await child.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  })
  signal?.throwIfAborted()
  return { result, late }
}
