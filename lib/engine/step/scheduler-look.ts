// SPDX-License-Identifier: Apache-2.0
// Asks the scheduler, at once or until something happens there, and keeps what it said. It is no
// step of the journal: nothing is changed, and what was seen is old when the next process reads it.
// The last look is kept in a file, for `status`.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Fleet, Scheduler } from '../../fleet/declare/fleet.js'
import type { RolloutState, Surroundings } from '../../rollout/index.js'
import { managerOf } from '../../workload/managers.js'
import type { Report } from '../../workload/contract/manager.js'
import { SchedulerWatch } from './scheduler-watch.js'
import type { Clock } from './progress.js'
import type { StepContext } from './step.js'

type View = NonNullable<Surroundings['scheduler']>

export class SchedulerLook {
  #workload: Report | null = null
  #silent: { readonly at: number; readonly why: string } | null = null
  readonly #under = { now: false, watch: false }
  readonly #eyes: Readonly<Record<'now' | 'watch', SchedulerWatch>>

  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
  ) {
    this.#eyes = {
      now: new SchedulerWatch(join(directory, 'observe-now'), clock),
      watch: new SchedulerWatch(join(directory, 'observe-watch'), clock),
    }
  }

  get view(): View {
    return { workload: this.#workload, silent: this.#silent, looking: { ...this.#under } }
  }

  /** What a step saw of some nodes. */
  add(seen: Report, scheduler: Scheduler): void {
    if (this.#workload) this.#workload = managerOf(scheduler).merge(this.#workload, seen)
  }

  /**
   * `watch`: the scheduler's names. `waits`: whether the look may last until something happens on
   * them; one of either kind at a time, whatever it waits for. Never rejects for what the scheduler
   * says or does not say.
   */
  async look(
    watch: readonly string[],
    waits: boolean,
    context: StepContext,
    rollout: RolloutState,
  ): Promise<void> {
    const kind = watch.length > 0 ? 'watch' : 'now'
    this.#under[kind] = true
    try {
      const found = await this.#eyes[kind].look(waits ? watch : [], context, rollout)
      if (context.signal?.aborted) return
      if (typeof found === 'string') this.#silent = { at: this.clock.now(), why: found }
      else {
        // A look that began earlier may end later.
        if (found.at >= (this.#workload?.at ?? 0)) this.#workload = found
        this.#silent = null
        await keep(this.directory, found, context.fleet, kind)
      }
    } finally {
      this.#under[kind] = false
    }
  }

  /** Nothing more is looked at. */
  async close(): Promise<void> {
    await Promise.all([this.#eyes.now.close(), this.#eyes.watch.close()])
  }
}

/**
 * What the scheduler says just now; a text: why it gave no answer. Kept nowhere but as evidence in
 * `directory`.
 */
export const lookOnce = (
  directory: string,
  context: StepContext,
  rollout: RolloutState,
  clock: Clock,
): Promise<Report | string> => new SchedulerWatch(directory, clock, 1).look([], context, rollout)

const fileOf = (directory: string): string => join(directory, 'workload.json')

async function keep(
  directory: string,
  report: Report,
  { scheduler }: Fleet,
  kind: string,
): Promise<void> {
  if (!scheduler) return
  // Two looks may end at the same time.
  const temporary = `${fileOf(directory)}.${kind}`
  const text = JSON.stringify(managerOf(scheduler).freeze(report))
  await writeFile(temporary, `${text}\n`, { mode: 0o600 })
  await rename(temporary, fileOf(directory))
}

/** The last look of any process; null: none, or none that can be read. `runs`: Layout's. */
export async function lastLook(runs: string, { scheduler }: Fleet): Promise<Report | null> {
  if (!scheduler) return null
  try {
    return managerOf(scheduler).thaw(JSON.parse(await readFile(fileOf(dirname(runs)), 'utf8')))
  } catch {
    return null
  }
}
