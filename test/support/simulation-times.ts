// SPDX-License-Identifier: Apache-2.0
// What the rules of a simulation know of time: when waves were done, and how long the quickest
// change of each kind took.
import {
  applyOutcome,
  lookOutcome,
  nodeState,
  optionsOf,
  rebootOutcome,
} from '../../lib/rollout/index.js'
import type { Decision, NodeOutcome, OpenStep, Wave } from '../../lib/rollout/index.js'
import { must } from './simulation-checks.js'
import type { Model } from './simulation-model.js'

export class Times {
  /** The fastest of each that came to its end, of a round of nodes. */
  readonly #fastest = new Map<'hot' | 'full' | 'verify' | 'reboot', number>()
  /** When a node was first seen to wait for nobody. */
  readonly #settled = new Map<string, number>()
  /**
   * When a wave was first seen done, and when the last of its nodes at that time had come so far.
   */
  readonly #done = new Map<number, { readonly seen: number; readonly since: number }>()

  constructor(private readonly model: Model) {}

  /** What a decision is made of. */
  look(waves: readonly Wave[]): void {
    const { rollout, now } = this.model
    const waits = (n: string, canary: boolean): boolean => {
      const { stage, held, step, failures } = nodeState(rollout, n)
      if (canary) return stage !== 'good' || held !== undefined || step !== undefined
      const visited = held !== undefined || rollout.steps.get(step ?? '')?.action === 'drain'
      return (
        !visited &&
        failures === 0 &&
        (step !== undefined || ['unseen', 'hot', 'applied'].includes(stage))
      )
    }
    for (const { index, nodes } of waves) {
      const settled = nodes.filter((n) => !waits(n, index === 0))
      for (const n of settled) if (!this.#settled.has(n)) this.#settled.set(n, now)
      if (settled.length === nodes.length && !this.#done.has(index))
        this.#done.set(index, {
          seen: now,
          since: Math.max(0, ...nodes.map((n) => this.#settled.get(n) ?? 0)),
        })
    }
  }

  /** Nobody waits longer for a pause than was declared. */
  pauses(waiting: Decision['waiting'], waves: readonly Wave[]): void {
    const { soak, pause } = this.model.scenario.policy
    for (const { code, reason, until = 0, nodes } of waiting) {
      if (code !== 'soak' && reason.is !== 'pause-after-wave') continue
      const before = waves[waves.findIndex((w) => w.nodes.includes(nodes[0] ?? '')) - 1]
      must(
        before !== undefined &&
          until <=
            (this.#done.get(before.index)?.seen ?? Infinity) +
              (code === 'soak' ? soak : pause.waves),
        'a wave waits longer than the pause before it',
      )
    }
  }

  begins(before: Wave): void {
    const {
      now,
      scenario: {
        policy: { pause },
      },
    } = this.model
    must(
      pause.waves === 0 || now >= (this.#done.get(before.index)?.since ?? Infinity) + pause.waves,
      'a wave begins before the pause is over',
    )
  }

  /**
   * What begins can end before the time closes: no change of its kind was ever quicker, and where
   * none was measured, so long is declared.
   */
  fit(steps: readonly { readonly do: string; readonly nodes: readonly string[] }[]): void {
    const {
      now,
      scenario: {
        forks,
        policy: {
          timing: { expected, freezes },
          drain: { rebootTimeout },
        },
      },
    } = this.model
    const closes = Math.min(Infinity, ...freezes.filter((f) => f.from > now).map((f) => f.from))
    const [hot, full] = [this.#fastest.get('hot'), this.#fastest.get('full')]
    const least = {
      hot: hot === undefined ? expected : hot + (this.#fastest.get('verify') ?? 0),
      drain: (full ?? expected) + (this.#fastest.get('reboot') ?? rebootTimeout),
    }
    for (const kind of ['hot', 'drain'] as const) {
      const some = steps
        .filter((s) => (s.do === 'drain') === (kind === 'drain'))
        .flatMap((s) => s.nodes)
      must(
        some.length === 0 || now + Math.ceil(some.length / forks) * least[kind] <= closes,
        'begins what cannot end before the time closes',
      )
    }
  }

  ended(step: OpenStep, outcomes: Readonly<Record<string, NodeOutcome>>): void {
    const { nodes, since } = step
    const { action, full } = optionsOf(step)
    const all = nodes.map((n) => outcomes[n])
    const kind =
      action === 'apply' && all.some((o) => applyOutcome(o).applied === 'ok')
        ? full
          ? 'full'
          : 'hot'
        : action === 'verify' &&
            all.some((o) => ['GOOD', 'HOT', 'DRAIN'].includes(lookOutcome(o).verdict))
          ? 'verify'
          : action === 'reboot' && all.some((o) => rebootOutcome(o).rebooted === 'done')
            ? 'reboot'
            : null
    if (kind === null) return
    // Rounded as a journal's reader may.
    const took = Math.floor(
      (this.model.now - since) / Math.ceil(nodes.length / this.model.scenario.forks),
    )
    this.#fastest.set(kind, Math.min(took, this.#fastest.get(kind) ?? Infinity))
  }
}
