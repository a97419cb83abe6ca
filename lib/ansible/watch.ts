// SPDX-License-Identifier: Apache-2.0
// The reasons for which patchrun itself ends a run: asked to, no sign of life, a host that was not planned.
import type { AnsibleEvent } from './events.js'
import { endRun } from './processes.js'
import type { RunExit, RunRequest } from './types.js'

/** Beyond the hang time-out, ms: time to connect, and for the task time-out to speak first. */
export const HANG_GRACE = 30_000

export class Watch {
  ended: RunExit['ended']
  readonly #request: RunRequest
  readonly #directory: string
  readonly #pid: number
  readonly #planned: ReadonlySet<string>
  readonly #onAbort = (): void => this.#end('aborted')
  #timer: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(request: RunRequest, directory: string, pid: number) {
    this.#request = request
    this.#directory = directory
    this.#pid = pid
    this.#planned = new Set(request.hosts)
    request.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (request.signal?.aborted) this.#onAbort()
    this.#timer = setTimeout(() => this.#end('hung'), request.policy.hangTimeout + HANG_GRACE)
  }

  event(event: AnsibleEvent): void {
    if (this.#failure) return
    this.#timer?.refresh()
    // Before anybody is told: the run may not go on while a listener works.
    if ('host' in event && !this.#planned.has(event.host)) this.#end('unplanned-host')
    try {
      this.#request.onEvent?.(event)
    } catch (error) {
      this.fail(error)
    }
  }

  /** A fault on our side, such as a full disk: the run is ended, and `rethrow` throws it. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#end(undefined)
  }

  #end(why: RunExit['ended']): void {
    this.ended ??= why
    this.#ending ??= endRun(this.#directory, this.#pid)
  }

  /** No more endings are begun; one under way is waited for. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#request.signal?.removeEventListener('abort', this.#onAbort)
    await this.#ending
  }

  rethrow(): void {
    if (this.#failure) throw this.#failure.error
  }
}
