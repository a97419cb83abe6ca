// SPDX-License-Identifier: Apache-2.0
// One ansible-playbook that was started: reads what it says, tells it to go on, and sees to its
// end.
import type { Duplex, Readable } from 'node:stream'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import type { AnsibleEvent } from '../events/run-events.js'
import { endRun, groupsOf } from './processes.js'
import { readErrors, readEvents } from './streams.js'
import type { LiveRun, RunExit, SectionEnd } from '../call/playbook-call.js'
import type { Watch } from './run-limits.js'

/** How long the streams may stay open after the processes are gone, ms. */
const DRAIN_GRACE = 2_000
/**
 * What the callback plugin waits for (channel.py): to go on, or to end as if it had been through.
 */
const GO = 'go\n'
const END = 'end\n'
/** How long one that was told to end may take, ms; then it is ended as any other. */
const END_GRACE = 3_000

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: string | null
}

export interface Started {
  readonly pid: number
  /** Directory of the run. */
  readonly directory: string
  /** Events come, and the word to go on goes. */
  readonly socket: Duplex
  readonly stderr: Readable
  readonly exited: Promise<ProcessEnd>
  /** Settles when its streams are over. */
  readonly settled: PromiseLike<unknown>
  /** Descriptors that what it says is written to; `release` closes them. */
  readonly log: number
  readonly tee: number
  readonly release: () => void
  /** When it was started, by performance.now(). */
  readonly begun: number
}

export class Live implements LiveRun {
  current: Promise<SectionEnd>
  readonly #watch: Watch
  readonly #socket: Duplex
  readonly #errors: ReturnType<typeof readErrors>
  readonly #events: ReturnType<typeof readEvents>
  readonly #over: Promise<SectionEnd>
  /** Ends the section that is under way. */
  #settle: (end: SectionEnd) => void = () => undefined
  #parked = false
  #begun: number
  #foreignBefore = 0

  constructor(started: Started, watch: Watch) {
    this.#watch = watch
    this.#socket = started.socket
    this.#begun = started.begun
    this.#errors = readErrors(started.stderr, started.log, watch)
    this.#events = readEvents(started.socket, started.tee, watch, (event) => this.#event(event))
    this.#over = this.#end(started)
    this.current = this.#section()
  }

  async go(onEvent?: (event: AnsibleEvent) => void): Promise<SectionEnd> {
    if (!this.#parked) throw new Error('no section of the run is waiting to be started')
    this.#parked = false
    this.#begun = performance.now()
    this.#foreignBefore = this.#events.foreignLines()
    this.#errors.forget()
    this.current = this.#section()
    this.#watch.resume(onEvent)
    if (this.#socket.writable) this.#socket.write(GO)
    return this.current
  }

  async close(): Promise<void> {
    if (this.#parked && !this.#watch.over && this.#socket.writable) {
      this.#parked = false
      this.#socket.write(END)
      const enough = new AbortController()
      await Promise.race([
        this.#over,
        sleep(END_GRACE, undefined, { ref: false, signal: enough.signal }),
      ]).catch(() => undefined)
      enough.abort()
    }
    this.#watch.abort()
    await this.#over.catch(() => undefined)
  }

  #section(): Promise<SectionEnd> {
    const section = new Promise<SectionEnd>((resolve, reject) => {
      this.#settle = resolve
      this.#over.then(resolve, reject)
    })
    // Nobody may be waiting for it when the run is closed.
    section.catch(() => undefined)
    return section
  }

  #event(event: AnsibleEvent): void {
    this.#watch.event(event)
    if (event.ev === 'parked') void this.#park()
  }

  async #park(): Promise<void> {
    this.#watch.park()
    // What it said on standard error before is there to be read by now, but perhaps not read.
    await turn()
    // One that is being ended has its own end.
    if (this.#watch.over) return
    this.#parked = true
    this.#settle({ exit: this.#exit({ code: 0, signal: null }), parked: true })
  }

  #exit({ code, signal }: ProcessEnd): RunExit {
    return {
      exitCode: code,
      signal,
      ...(this.#watch.ended ? { ended: this.#watch.ended } : {}),
      stderr: this.#errors.tail(),
      foreignLines: this.#events.foreignLines() - this.#foreignBefore,
      duration: Math.round(performance.now() - this.#begun),
    }
  }

  async #end(started: Started): Promise<SectionEnd> {
    const { pid, directory, socket, stderr } = started
    try {
      const exit = await started.exited
      await this.#watch.close()
      if (groupsOf(directory, pid).size > 0) await endRun(directory, pid)
      await Promise.race([
        Promise.all([this.#events.done, this.#errors.done]),
        sleep(DRAIN_GRACE, undefined, { ref: false }),
      ])
      stderr.destroy()
      socket.destroy()
      await started.settled
      this.#events.end()
      this.#watch.rethrow()
      return { exit: this.#exit(exit), parked: false }
    } finally {
      started.release()
    }
  }
}
