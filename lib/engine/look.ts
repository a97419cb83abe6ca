// SPDX-License-Identifier: Apache-2.0
// Asks the scheduler, at once or until something happens there, and keeps what it said. It is no step of the journal: nothing is
// changed, and what was seen is old when the next process reads it. The last look is kept in a file, for `status`.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildInventory } from '../ansible/inventory.js'
import type { AnsibleInventory } from '../ansible/inventory.js'
import { startSections } from '../ansible/run.js'
import type { LiveRun } from '../ansible/types.js'
import { writeInventory } from '../ansible/write-inventory.js'
import { RunSummarizer } from '../change/summarize.js'
import type { Fleet } from '../fleet/types.js'
import type { RolloutState, Surroundings } from '../rollout/index.js'
import { NO_RUN_TIMES } from '../workload/run-times.js'
import type { Workload } from '../workload/types.js'
import type { Clock } from './progress.js'
import { tellWatch, writeObservePlaybook } from './scheduler-playbooks.js'
import type { Watched } from './scheduler-playbooks.js'
import { makeAnew } from './step.js'
import type { StepContext } from './step.js'
import { schedulerReport } from './visit-outcome.js'

/** How long one look may wait for something to happen, ms. */
const LONGEST_WATCH = 30_000
/** Looks of one Ansible: a launch costs several times what a look does. Then it is started anew, so that nothing in it grows old. */
const LOOKS = 50
/** One that waits for this long is not asked any more, ms. */
const OLD = 300_000

/** An Ansible that has looked, and waits to be told to look again. */
interface Eyes {
  readonly live: LiveRun
  /** What it was started with; another declaration needs another one. */
  readonly key: string
  readonly since: number
}

type View = NonNullable<Surroundings['scheduler']>

export class Lookout {
  #workload: Workload | null = null
  #silent: { readonly at: number; readonly why: string } | null = null
  readonly #under = { now: false, watch: false }
  readonly #eyes = new Map<string, Eyes>()

  constructor(private readonly directory: string, private readonly clock: Clock) {}

  get view(): View {
    return { workload: this.#workload, silent: this.#silent, looking: { ...this.#under } }
  }

  /** What a step saw of some nodes. */
  add(seen: Workload): void {
    if (!this.#workload) return
    const { nodes, jobs, at, ended } = this.#workload
    const others = jobs.filter((j) => !seen.jobs.some((s) => s.id === j.id) && !j.nodes.some((n) => seen.nodes.has(n)))
    this.#workload = { at, nodes: new Map([...nodes, ...seen.nodes]), jobs: [...others, ...seen.jobs], ended, results: {} }
  }

  /** `watch`: the scheduler's names. Never rejects for what the scheduler says or does not say. */
  async look(watch: readonly string[], context: StepContext, rollout: RolloutState): Promise<void> {
    const kind = watch.length > 0 ? 'watch' : 'now'
    this.#under[kind] = true
    try {
      const found = await this.#observe(watch, kind, context, rollout)
      if (context.signal?.aborted) return
      if (typeof found === 'string') this.#silent = { at: this.clock.now(), why: found }
      else {
        // A look that began earlier may end later.
        if (found.at >= (this.#workload?.at ?? 0)) this.#workload = found
        this.#silent = null
        await keep(this.directory, found, kind)
      }
    } finally {
      this.#under[kind] = false
    }
  }

  /** Nothing more is looked at. */
  async close(): Promise<void> {
    const all = [...this.#eyes.values()]
    this.#eyes.clear()
    await Promise.all(all.map(({ live }) => live.close()))
  }

  async #observe(watch: readonly string[], kind: string, context: StepContext, rollout: RolloutState): Promise<Workload | string> {
    const { fleet, checkout } = context
    // The role runs once, for a node that stands for all of them; the node itself is not contacted.
    const host = (fleet.nodes.find((n) => n.canary) ?? fleet.nodes[0])?.name
    if (!fleet.scheduler || host === undefined) throw new Error('no scheduler, or no node')
    const directory = join(this.directory, `observe-${kind}`)
    const seconds = watch.length > 0 ? Math.floor(Math.min(LONGEST_WATCH, fleet.ansible.hangTimeout / 2) / 1000) : 0
    const inventory = buildInventory(fleet)
    const key = JSON.stringify([rollout.id, host, fleet.scheduler, fleet.ansible, fleet.denied, inventory])
    const before = this.#eyes.get(kind)
    this.#eyes.delete(kind)
    const summarizer = new RunSummarizer(checkout)
    const onEvent = (event: Parameters<RunSummarizer['add']>[0]): void => summarizer.add(event)
    let live = before?.live
    let since = before?.since ?? this.clock.now()
    if (before && (before.key !== key || this.clock.now() > before.since + OLD)) {
      await before.live.close()
      live = undefined
    }
    if (live) await tellWatch(directory, { nodes: watch, seconds })
    else {
      since = this.clock.now()
      await makeAnew(directory)
      live = await this.#open(host, directory, { nodes: watch, seconds }, { ...context, onEvent }, inventory, rollout)
    }
    const { exit, parked } = await (live === before?.live ? live.go(onEvent) : live.current)
    if (parked && exit.exitCode === 0 && !context.signal?.aborted) this.#eyes.set(kind, { live, key, since })
    else await live.close()
    return schedulerReport(summarizer.finish(exit, [host]), this.clock.now())
  }

  async #open(host: string, directory: string, watch: Watched, context: StepContext, inventory: AnsibleInventory, rollout: RolloutState): Promise<LiveRun> {
    const { fleet, install, checkout, fence, signal, onEvent } = context
    if (!fleet.scheduler) throw new Error('no scheduler')
    const playbook = await writeObservePlaybook({ fleet, scheduler: fleet.scheduler, rollout, nodes: [], checkout }, directory, watch)
    return startSections({
      install, checkout, directory, fence, signal, onEvent,
      sections: Array.from({ length: LOOKS }, () => ({ mode: 'gate' as const, playbook })),
      inventory: await writeInventory(join(directory, 'inventory'), inventory),
      hosts: [host],
      denied: fleet.denied,
      policy: fleet.ansible,
      untagged: fleet.policy.untagged,
    })
  }
}


const fileOf = (directory: string): string => join(directory, 'workload.json')

async function keep(directory: string, { at, nodes, jobs }: Workload, kind: string): Promise<void> {
  // Two looks may end at the same time.
  const temporary = `${fileOf(directory)}.${kind}`
  await writeFile(temporary, `${JSON.stringify({ at, nodes: [...nodes.values()], jobs })}\n`, { mode: 0o600 })
  await rename(temporary, fileOf(directory))
}

/** The last look of any process; null: none, or none that can be read. `runs`: Layout's. */
export async function lastLook(runs: string, { scheduler }: Fleet): Promise<Workload | null> {
  if (!scheduler) return null
  try {
    const { at, nodes, jobs } = JSON.parse(await readFile(fileOf(dirname(runs)), 'utf8')) as { at: number; nodes: readonly (Workload['nodes'] extends ReadonlyMap<string, infer N> ? N : never)[]; jobs: Workload['jobs'] }
    return { at, nodes: new Map(nodes.map((n) => [n.name, n])), jobs, ended: NO_RUN_TIMES, results: {} }
  } catch {
    return null
  }
}
