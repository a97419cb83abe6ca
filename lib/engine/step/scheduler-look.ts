// SPDX-License-Identifier: Apache-2.0
// Asks the scheduler, at once or until something happens there, and keeps what it said. It is no
// step of the journal: nothing is changed, and what was seen is old when the next process reads it.
// The last look is kept in a file, for `status`.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fleet, Scheduler } from '../../fleet/declare/fleet.js'
import type { RolloutState, Surroundings } from '../../rollout/index.js'
import { managerOf } from '../../workload/managers.js'
import type { Report } from '../../workload/contract/manager.js'
import { SchedulerWatch } from './scheduler-watch.js'
import type { Clock } from './progress.js'
import type { StepContext } from './step.js'

type Views = NonNullable<Surroundings['schedulers']>

/** What a look asks. */
export interface Asked {
  readonly scheduler: Scheduler
  /** The scheduler's names. */
  readonly watch: readonly string[]
  /** The look may last until something happens on them. */
  readonly waits: boolean
}

/** One of them for each scheduler. */
export class SchedulerLooks {
  readonly #looks = new Map<string, SchedulerLook>()

  /** `directory`: of the environment, on this machine. */
  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
  ) {}

  get views(): Views {
    return Object.fromEntries([...this.#looks].map(([name, look]) => [name, look.view]))
  }

  /** What a step saw of some nodes. */
  add(seen: Report, scheduler: Scheduler): void {
    this.#of(scheduler).add(seen)
  }

  /**
   * One of either kind at a time, with nodes to watch and without, whatever it waits for. Never
   * rejects for what the scheduler says or does not say.
   */
  look = (asked: Asked, context: StepContext, rollout: RolloutState): Promise<void> =>
    this.#of(asked.scheduler).look(asked, context, rollout)

  /** Nothing more is looked at. */
  async close(): Promise<void> {
    await Promise.all([...this.#looks.values()].map((look) => look.close()))
  }

  #of(scheduler: Scheduler): SchedulerLook {
    const { name, type } = scheduler
    const before = this.#looks.get(name)
    if (before?.type === type) return before
    const look = new SchedulerLook(type, directoryOf(this.directory, scheduler), this.clock)
    this.#looks.set(name, look)
    return look
  }
}

class SchedulerLook {
  #workload: Report | null = null
  #silent: { readonly at: number; readonly why: string } | null = null
  readonly #under = { now: false, watch: false }
  readonly #eyes: Readonly<Record<'now' | 'watch', SchedulerWatch>>

  constructor(
    readonly type: Scheduler['type'],
    private readonly directory: string,
    private readonly clock: Clock,
  ) {
    this.#eyes = {
      now: new SchedulerWatch(join(directory, 'observe-now'), clock),
      watch: new SchedulerWatch(join(directory, 'observe-watch'), clock),
    }
  }

  get view(): Views[string] {
    return { workload: this.#workload, silent: this.#silent, looking: { ...this.#under } }
  }

  add(seen: Report): void {
    if (this.#workload) this.#workload = managerOf(this).merge(this.#workload, seen)
  }

  async look(
    { scheduler, watch, waits }: Asked,
    context: StepContext,
    rollout: RolloutState,
  ): Promise<void> {
    const kind = watch.length > 0 ? 'watch' : 'now'
    this.#under[kind] = true
    try {
      const found = await this.#eyes[kind].look(
        { scheduler, watch: waits ? watch : [] },
        context,
        rollout,
      )
      if (context.signal?.aborted) return
      if (typeof found === 'string') this.#silent = { at: this.clock.now(), why: found }
      else {
        // A look that began earlier may end later.
        if (found.at >= (this.#workload?.at ?? 0)) this.#workload = found
        this.#silent = null
        await keep(this.directory, found, scheduler, kind)
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
  { directory, scheduler }: { readonly directory: string; readonly scheduler: Scheduler },
  context: StepContext,
  rollout: RolloutState,
  clock: Clock,
): Promise<Report | string> =>
  new SchedulerWatch(directory, clock, 1).look({ scheduler, watch: [] }, context, rollout)

/** Where what a scheduler said is kept, below the directory of the environment. */
const directoryOf = (directory: string, { name, field }: Scheduler): string =>
  field === 'scheduler' ? directory : join(directory, 'schedulers', name)

const fileOf = (directory: string): string => join(directory, 'workload.json')

async function keep(
  directory: string,
  report: Report,
  scheduler: Scheduler,
  kind: string,
): Promise<void> {
  // Two looks may end at the same time.
  const temporary = `${fileOf(directory)}.${kind}`
  const text = JSON.stringify(managerOf(scheduler).freeze(report))
  await writeFile(temporary, `${text}\n`, { mode: 0o600 })
  await rename(temporary, fileOf(directory))
}

/**
 * The last look of any process at each scheduler; those of which there is none, or none that can be
 * read, are left out. `directory`: of the environment, on this machine.
 */
export async function lastLooks(directory: string, { schedulers }: Fleet): Promise<Views> {
  const found: Record<string, { readonly workload: Report }> = {}
  for (const scheduler of schedulers) {
    try {
      const text = await readFile(fileOf(directoryOf(directory, scheduler)), 'utf8')
      found[scheduler.name] = { workload: managerOf(scheduler).thaw(JSON.parse(text)) }
    } catch {
      continue
    }
  }
  return found
}
