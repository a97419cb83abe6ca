// SPDX-License-Identifier: Apache-2.0
// Runs a program to its end in a session of its own: without a terminal, what would ask a person
// fails instead of waiting. It has answered when it has ended: a process that it leaves behind may
// hold its output for as long as it likes. When its time is up, or what it prints is too much, all
// that it started ends with it.
import type { Readable } from 'node:stream'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

export interface Alone {
  readonly cwd: string
  /** Every variable of the child; this process's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** For standard input; nothing when absent. */
  readonly input?: string
  /** ms. */
  readonly timeout: number
  /** Bytes that standard output may hold, and standard error; a million unless given. */
  readonly maxOutput?: number
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly stdout: string
  readonly stderr: string
  /** Absent where it was ended by a signal, or never began. */
  readonly exitCode?: number
  /** That ended it. */
  readonly signal?: string
  /** Why it could not be started: ENOENT, EACCES. */
  readonly code?: string
  /** Its time was up. */
  readonly late: boolean
  /** It printed more than it may. */
  readonly tooMuch: boolean
}

type Ended = Pick<Answer, 'exitCode' | 'signal' | 'code'>

const MAX_OUTPUT = 1_000_000
/** Between the polite signal and the one that nothing survives, ms. */
const GRACE = 2_000
/** What it printed has come when nothing came for so long, ms. */
const QUIET = 50
/** Whoever goes on printing after its end is not waited for any longer, in times of QUIET. */
const PATIENCE = 20

/** Rejects with the signal's reason when aborted. */
export async function runAlone(
  path: string,
  args: readonly string[],
  { cwd, env = process.env, input, timeout, maxOutput = MAX_OUTPUT, signal }: Alone,
): Promise<Answer> {
  // Loaded only now: it takes longer than most verbs do.
  const { execa } = await import('execa')
  signal?.throwIfAborted()
  const child = execa(path, args, {
    cwd,
    env,
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    detached: true,
    reject: false,
    buffer: false,
  })
  let hard: NodeJS.Timeout | undefined
  const end = (): void => {
    send(child.pid, 'SIGTERM')
    hard ??= setTimeout(() => send(child.pid, 'SIGKILL'), GRACE)
  }
  let tooMuch = false
  const overflow = (): void => {
    tooMuch = true
    end()
  }
  const [out, err] = [
    new Gathered(child.stdout, maxOutput, overflow),
    new Gathered(child.stderr, maxOutput, overflow),
  ]
  let late = false
  const timer = setTimeout(() => {
    late = true
    end()
  }, timeout)
  signal?.addEventListener('abort', end, { once: true })
  const exited = new Promise<Ended>((resolve) =>
    child.once('exit', (code, by) =>
      resolve({ ...(code !== null && { exitCode: code }), ...(by !== null && { signal: by }) }),
    ),
  )
  // It settles at once where nothing could be started.
  const ended = await Promise.race([
    exited,
    child.then(({ code }): Ended | Promise<Ended> => (code === undefined ? exited : { code })),
  ])
  clearTimeout(timer)
  signal?.removeEventListener('abort', end)
  for (
    let n = 0, seen = -1;
    n < PATIENCE && !(out.over && err.over) && seen !== out.bytes + err.bytes;
    n++
  ) {
    seen = out.bytes + err.bytes
    await sleep(QUIET)
    // A timer comes before what there is to read.
    await turn()
    await turn()
  }
  clearTimeout(hard)
  out.close()
  err.close()
  if (late || tooMuch || signal?.aborted) send(child.pid, 'SIGKILL')
  signal?.throwIfAborted()
  return { ...ended, stdout: out.text, stderr: err.text, late, tooMuch }
}

/** To all that it started. */
function send(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch (error) {
    // They have ended by themselves, or belong to somebody else by now (sudo).
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** What a stream brings. */
class Gathered {
  readonly #chunks: Buffer[] = []
  readonly #stream: Readable
  bytes = 0
  over = false

  constructor(stream: Readable, most: number, overflow: () => void) {
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      if (this.bytes <= most) this.#chunks.push(chunk)
      else overflow()
    })
    stream
      .once('close', () => (this.over = true))
      .once('end', () => (this.over = true))
      .on('error', () => (this.over = true))
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }

  close(): void {
    this.#stream.destroy()
  }
}
