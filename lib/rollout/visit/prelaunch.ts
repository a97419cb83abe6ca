// SPDX-License-Identifier: Apache-2.0
// Whose Ansible is started ahead: a launch takes seconds, in which a place would be empty, and an
// idle node may get a job.
import type { CpuLimit } from '../limits/cpu-limit.js'
import type { Held, OpenStep } from '../state/state.js'
import { isOnItsWay } from '../state/under-way.js'
import type { World } from '../world/world.js'

/** What a look, a launch and a connection take, and a little more, ms. */
const LEAD = 6_000
/** Ones whose turn went by (a job came) may wait beside those that are next now. */
const PASSED_OVER = 2

export class Prelaunch {
  /** To be started now. */
  readonly nodes: string[] = []
  /**
   * Visits that make room soon: only the last look and the release are left, or their reboot would
   * soon be over if it were as fast as the fastest lately.
   */
  readonly ending: number
  readonly #releasing: boolean
  readonly #due: readonly number[]
  #wanted = false
  /** When there will be a processor for a launch, ms. */
  #later: number | null = null

  constructor(
    private readonly world: Pick<World, 'prepared' | 'forks' | 'rollout' | 'durations' | 'now'>,
  ) {
    const {
      rollout: { nodes, steps },
      durations,
      now,
    } = world
    const doing = (phase: Held['phase']): readonly (OpenStep | undefined)[] =>
      [...nodes.values()].filter((n) => isOnItsWay(n, phase)).map((n) => steps.get(n.step ?? ''))
    const last = doing('rebooted')
    const fastest = Math.min(...durations.reboot)
    this.#due = doing('changed').flatMap((s) =>
      s?.action === 'reboot' ? [s.since + fastest - LEAD] : [],
    )
    this.ending = last.length + this.#due.filter((at) => at <= now).length
    this.#releasing = last.some((s) => s?.action === 'release')
  }

  /**
   * Who is next is worth a look: something may be started ahead, or there will be room in a moment.
   */
  asks({ busyUntil }: Pick<CpuLimit, 'busyUntil'>): boolean {
    return this.#releasing || (busyUntil === null && this.#lacks)
  }

  get #lacks(): boolean {
    return this.ending > this.world.prepared.size
  }

  /** The visits of these nodes are next, `count` of them at once. */
  expect(
    nodes: readonly string[],
    count: number,
    { going, busyUntil }: Pick<CpuLimit, 'going' | 'busyUntil'>,
  ): void {
    const { prepared, forks } = this.world
    this.#wanted ||= nodes.length > 0
    const spare = Math.min(count + PASSED_OVER, forks - going) - prepared.size - this.nodes.length
    // A launch computes for a second, and nodes that are out of service would be so for longer.
    if (busyUntil === null)
      this.nodes.push(
        ...nodes
          .slice(0, count)
          .filter((n) => !prepared.has(n))
          .slice(0, Math.max(0, spare)),
      )
    else if (nodes.length > 0 && this.#lacks) this.#later = busyUntil
  }

  /**
   * When the next visit will be about to end, or a processor is free, ms; null: none, or it would
   * make room for nobody.
   */
  get wakeAt(): number | null {
    const later = this.#wanted ? this.#due.filter((at) => at > this.world.now && at < Infinity) : []
    const times = this.#later === null ? later : [...later, this.#later]
    return times.length > 0 ? Math.min(...times) : null
  }
}
