// SPDX-License-Identifier: Apache-2.0
// Tells one target, one message after the other, oldest first. What was told is recorded before the
// next one is sent: a message is sent again only where its record is missing.
import { count } from '../fleet/names/count.js'
import type { Message } from '../rollout/index.js'
import type { Attempt } from './post.js'

/** Durations in ms. */
export interface Pace {
  /** Of one attempt. */
  readonly timeout: number
  /**
   * Waits between attempts: the first, doubled each time, at most the longest; drawn between half
   * of it and the whole.
   */
  readonly backoff: number
  readonly longest: number
  /** The longest that a receiver is heeded when it asks for time. */
  readonly heed: number
  /** A message that could not be delivered for this long is given up. */
  readonly keep: number
}

const DAY = 86_400_000
export const PACE: Pace = {
  timeout: 10_000,
  backoff: 1_000,
  longest: 300_000,
  heed: DAY,
  keep: 3 * DAY,
}
/** A wait that others are to know of, who take the journal up. */
const LONG = 30_000

export interface Charge {
  /** The oldest message that the target has not been told. */
  oldest(): Message | undefined
  /** It asked for no attempt before this, ms since the epoch. */
  notBefore(): number
  /** Sends one message. Never throws. */
  attempt(message: Message, timeout: number, signal: AbortSignal): Promise<Attempt>
  /** Puts into the journal what came of a message. Once this throws, nothing more is sent. */
  record(
    message: Message,
    outcome: {
      readonly outcome: 'delivered' | 'given-up' | 'delayed'
      readonly why?: string
      readonly until?: number
    },
  ): Promise<void>
  /** ms since the epoch. */
  now(): number
  /** From 0 to 1. */
  random(): number
}

export class Courier {
  readonly #cut = new AbortController()
  /** Also an attempt that does not listen (a secret that is being opened) holds up nothing. */
  readonly #late = new Promise<Attempt>((resolve) =>
    this.#cut.signal.addEventListener('abort', () =>
      resolve({ is: 'later', why: 'no answer before patchrun ended' }),
    ),
  )
  readonly #done: Promise<void>
  #wake: () => void = () => undefined
  /** No attempt begins or goes on after this. */
  #end = Infinity
  /** Nothing is waited for any more that comes by itself. */
  #finishing = false

  constructor(
    private readonly charge: Charge,
    private readonly pace: Pace = PACE,
  ) {
    this.#done = this.#run().catch(() => undefined)
  }

  /** There may be a new message. */
  poke(): void {
    this.#wake()
  }

  /**
   * Goes on until everything is told, or the time is over, or the next attempt would come after it.
   */
  async finish(patience: number): Promise<void> {
    this.#end = this.charge.now() + patience
    this.#finishing = true
    const timer = setTimeout(() => this.#cut.abort(), patience)
    this.#wake()
    await this.#done
    clearTimeout(timer)
  }

  /** Ends what is under way; what it comes to is not waited for. */
  stop(): void {
    this.#finishing = true
    this.#end = 0
    this.#cut.abort()
    this.#wake()
  }

  async #run(): Promise<void> {
    const { charge, pace } = this
    let notBefore = charge.notBefore()
    let fails = 0
    let last: string | undefined
    for (;;) {
      const message = charge.oldest()
      const wait = notBefore - charge.now()
      if (
        this.#finishing &&
        (!message || this.#cut.signal.aborted || charge.now() + Math.max(0, wait) >= this.#end)
      )
        return
      if (!message || wait > 0) {
        await this.#sleep(message ? wait : Infinity)
        continue
      }
      if (message.id !== last) fails = 0
      last = message.id
      const attempt = await Promise.race([
        charge.attempt(message, pace.timeout, this.#cut.signal),
        this.#late,
      ])
      notBefore = 0
      if (attempt.is === 'delivered') {
        await charge.record(message, { outcome: 'delivered' })
        continue
      }
      const { why } = attempt
      const isOld = charge.now() - message.at > pace.keep
      if (attempt.is === 'never' || isOld) {
        await charge.record(message, {
          outcome: 'given-up',
          why: isOld
            ? `not delivered for ${count(Math.floor(pace.keep / DAY), 'day')}: ${why}`
            : why,
        })
        continue
      }
      fails += 1
      const asked = attempt.after === undefined ? 0 : Math.min(attempt.after, pace.heed)
      const backoff =
        Math.min(pace.longest, pace.backoff * 2 ** (fails - 1)) * (0.5 + charge.random() / 2)
      notBefore = charge.now() + Math.max(asked, attempt.pause ?? 0, backoff)
      if (fails === 1 || asked > LONG)
        await charge.record(message, {
          outcome: 'delayed',
          why,
          ...(asked > 0 && { until: notBefore }),
        })
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(() => this.#wake(), ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
