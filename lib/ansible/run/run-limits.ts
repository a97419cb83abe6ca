// SPDX-License-Identifier: Apache-2.0
// The reasons for which patchrun itself ends a run: asked to, no sign of life, a host that was not
// planned.
import type { AnsibleEvent } from '../events/run-events.js'
import { LOCALHOST } from '../call/localhost.js'
import { endRun } from './processes.js'
import type { RunExit, RunRequest } from '../call/playbook-call.js'

/** Beyond the hang time-out, ms: time to connect, and for the task time-out to speak first. */
export const HANG_GRACE = 30_000

export class Watch {
  ended: RunExit['ended']
  readonly #request: Pick<RunRequest, 'hosts' | 'policy' | 'signal' | 'onEvent'>
  #onEvent: RunRequest['onEvent']
  readonly #directory: string
  readonly #pid: number
  readonly #planned: ReadonlySet<string>
  readonly #onAbort = (): void => this.abort()
  #timer: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined
  #closed = false
  #failure: { readonly error: unknown } | undefined

  constructor(
    request: Pick<RunRequest, 'hosts' | 'policy' | 'signal' | 'onEvent'>,
    directory: string,
    pid: number,
  ) {
    this.#request = request
    this.#onEvent = request.onEvent
    this.#directory = directory
    this.#pid = pid
    this.#planned = new Set(
      request.policy.localhost ? [...request.hosts, ...LOCALHOST] : request.hosts,
    )
    request.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (request.signal?.aborted) this.#onAbort()
    this.resume()
  }

  /** The process waits for us: its silence means nothing. */
  park(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** The process is at work (again). */
  resume(onEvent?: (event: AnsibleEvent) => void): void {
    this.#onEvent = onEvent ?? this.#onEvent
    if (this.over) return
    this.#timer = setTimeout(() => this.#end('hung'), this.#request.policy.hangTimeout + HANG_GRACE)
  }

  event(event: AnsibleEvent): void {
    if (this.#failure) return
    this.#timer?.refresh()
    // Before anybody is told: the run may not go on while a listener works.
    if ('host' in event && !this.#planned.has(event.host)) this.#end('unplanned-host')
    try {
      this.#onEvent?.(event)
    } catch (error) {
      this.fail(error)
    }
  }

  /** The process is gone, or is being ended. */
  get over(): boolean {
    return this.#closed || this.#ending !== undefined
  }

  abort(): void {
    if (!this.#closed) this.#end('aborted')
  }

  /** A fault on our side, such as a full disk: the run is ended, and `rethrow` throws it. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#end(undefined)
  }

  #end(why: RunExit['ended']): void {
    this.ended ??= why
    // What is gone by itself is left alone: its number may be another process's by now.
    if (!this.#closed) this.#ending ??= endRun(this.#directory, this.#pid)
  }

  /** No more endings are begun; one under way is waited for. */
  async close(): Promise<void> {
    this.#closed = true
    this.park()
    this.#request.signal?.removeEventListener('abort', this.#onAbort)
    await this.#ending
  }

  rethrow(): void {
    if (this.#failure) throw this.#failure.error
  }
}
