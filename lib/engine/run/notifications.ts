// SPDX-License-Identifier: Apache-2.0
// Tells people, beside the run and never in its way: what the journal owes them is sent, what was
// sent is journaled. Nothing here is waited for by a step, and nothing that goes wrong here is the
// rollout's.
import { PatchrunError } from '../../errors.js'
import type { Fleet, NotifyTarget } from '../../fleet/declare/fleet.js'
import { Courier } from '../../notify/courier.js'
import type { Charge } from '../../notify/courier.js'
import { letterFor } from '../../notify/letter.js'
import { PAUSE, post } from '../../notify/post.js'
import type { Attempt } from '../../notify/post.js'
import { newsOf, noticeKey, worldOf } from '../../rollout/index.js'
import type { Message, News, Surroundings } from '../../rollout/index.js'
import type { Journal } from '../../store/store.js'
import type { Clock, OnProgress, Progress } from '../step/progress.js'
import { openSecret } from '../site/secrets.js'

/** How long the end of a run may be held up by those who have not been told, ms. */
const PATIENCE = 10_000

export interface NotificationsOptions {
  readonly journal: Journal
  readonly clock: Pick<Clock, 'now'>
  /** What is told on standard error: who could not be told, and why. */
  readonly onProgress: OnProgress
  /** Aborted: nothing more is sent. */
  readonly kill: AbortSignal
}

export class Notifications {
  readonly #couriers = new Map<string, Courier>()
  /** Being written into the journal just now. */
  readonly #writing = new Map<string, Promise<unknown>>()
  /** Said on standard error. */
  readonly #said = new Set<string>()
  /**
   * By target: opened once, and again after an attempt failed, because it may have been changed.
   */
  readonly #secrets = new Map<string, Map<string, string>>()
  #fleet: Fleet | undefined
  #surroundings: Surroundings = {}

  constructor(private readonly options: NotificationsOptions) {
    options.kill.addEventListener('abort', () => this.#stop(), { once: true })
  }

  /** What is declared by now, and what a decision is about to be made from. */
  async observed(fleet: Fleet, surroundings: Surroundings): Promise<void> {
    const { journal, clock, kill } = this.options
    this.#fleet = fleet
    this.#surroundings = surroundings
    const targets = fleet.notify.map(({ name, on }) => ({ name, on }))
    const heard = journal.state.outbox.audience.map(({ name, on }) => ({ name, on }))
    if (JSON.stringify(targets) !== JSON.stringify(heard))
      await journal.append({ type: 'audience', at: clock.now(), targets })
    if (kill.aborted) return
    for (const { name } of fleet.notify)
      if (!this.#couriers.has(name)) this.#couriers.set(name, new Courier(this.#charge(name)))
  }

  onProgress(progress: Progress): void {
    if (progress.type === 'ansible') return
    if (progress.type === 'decided') for (const news of this.#newsIn(progress)) this.#write(news)
    for (const courier of this.#couriers.values()) courier.poke()
  }

  /** Tells what can be told in a while; what is left is told by the next run. Never throws. */
  async close(): Promise<void> {
    await Promise.all(this.#writing.values())
    const { kill } = this.options
    await Promise.all(
      [...this.#couriers.values()].map((courier) => courier.finish(kill.aborted ? 0 : PATIENCE)),
    )
  }

  #stop(): void {
    for (const courier of this.#couriers.values()) courier.stop()
  }

  #newsIn({ state, decision }: Extract<Progress, { readonly type: 'decided' }>): readonly News[] {
    const fleet = this.#fleet
    if (!fleet || !state.current || state.outbox.audience.length === 0) return []
    return newsOf(
      worldOf(
        { fleet, state, rollout: state.current, now: this.options.clock.now() },
        this.#surroundings,
      ),
      decision,
    )
  }

  /**
   * Not waited for: the next line of the journal stands behind it. One that failed is seen again in
   * the next decision.
   */
  #write(news: News): void {
    const { journal, clock } = this.options
    const { current } = journal.state
    const key = noticeKey(news)
    if (!current || this.#writing.has(key)) return
    const written = journal.append({ type: 'noticed', at: clock.now(), rollout: current.id, news })
    this.#writing.set(
      key,
      written
        .catch(() => undefined)
        .finally(() => {
          this.#writing.delete(key)
          for (const courier of this.#couriers.values()) courier.poke()
        }),
    )
  }

  #charge(name: string): Charge {
    const { journal, clock, onProgress } = this.options
    const tell = (text: string): void => {
      if (this.#said.has(`${name} ${text}`)) return
      this.#said.add(`${name} ${text}`)
      onProgress({ type: 'notice', code: 'notify', text })
    }
    return {
      now: () => clock.now(),
      random: Math.random,
      oldest: () => journal.state.outbox.messages.find((m) => m.owed.includes(name)),
      notBefore: () =>
        journal.state.outbox.audience.find((l) => l.name === name)?.trouble?.until ?? 0,
      attempt: (message, timeout, signal) => this.#attempt(name, message, timeout, signal),
      record: async (message, { outcome, why, until }) => {
        if (outcome === 'delayed')
          tell(`${name} has not been told yet (${message.kind}): ${why ?? ''}; it is tried again`)
        if (outcome === 'given-up') tell(`${name} is not told (${message.kind}): ${why ?? ''}`)
        await journal.append({
          type: 'told',
          at: clock.now(),
          message: message.id,
          target: name,
          outcome,
          ...(why !== undefined && { why }),
          ...(until !== undefined && { until }),
        })
      },
    }
  }

  async #attempt(
    name: string,
    message: Message,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Attempt> {
    const fleet = this.#fleet
    const target = fleet?.notify.find((t) => t.name === name)
    if (!fleet || !target) return { is: 'later', why: 'it is not declared any more' }
    try {
      const letter = await letterFor(
        message,
        fleet,
        target,
        (source, what) => this.#open(target, source, what),
        this.options.clock.now(),
      )
      const attempt = await post({ ...letter, timeout, signal }, () => this.options.clock.now())
      if (attempt.is !== 'delivered') this.#secrets.delete(name)
      return attempt
    } catch (error) {
      if (error instanceof PatchrunError && error.code === 'config/secret')
        return { is: 'later', why: error.message, pause: PAUSE }
      // Its words may hold the URL.
      return {
        is: 'later',
        why: `a fault of patchrun (${error instanceof Error ? error.name : typeof error})`,
        pause: PAUSE,
      }
    }
  }

  async #open(
    { name }: NotifyTarget,
    source: Parameters<typeof openSecret>[0],
    what: string,
  ): Promise<string> {
    const known = this.#secrets.get(name) ?? new Map<string, string>()
    const key = JSON.stringify(source)
    const secret = known.get(key) ?? (await openSecret(source, what))
    this.#secrets.set(name, known.set(key, secret))
    return secret
  }
}
