// SPDX-License-Identifier: Apache-2.0
// One Ansible that looks at the scheduler again and again: a launch costs several times what a look
// does.
import { join } from 'node:path'
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import { buildInventory } from '../../ansible/call/inventory-json.js'
import type { AnsibleInventory } from '../../ansible/call/inventory-json.js'
import { startSections } from '../../ansible/run/start-playbook.js'
import type { LiveRun } from '../../ansible/call/playbook-call.js'
import { writeInventory } from '../../ansible/call/write-inventory.js'
import { RunSummarizer } from '../../outcome/summary/summarize.js'
import type { Fleet, Scheduler } from '../../fleet/declare/fleet.js'
import type { RolloutState } from '../../rollout/index.js'
import type { Report } from '../../workload/contract/manager.js'
import { managerOf } from '../../workload/managers.js'
import { lendTree } from '../commit/lend-tree.js'
import type { LentTree } from '../commit/lend-tree.js'
import type { Clock } from './progress.js'
import { tellWatch, writeObservePlaybook } from './scheduler-playbooks.js'
import type { Watched } from './scheduler-playbooks.js'
import { makeAnew } from './step.js'
import type { StepContext } from './step.js'
import { schedulerReport } from './visit-outcome.js'

/** How long one look may wait for something to happen, ms. */
const LONGEST_WATCH = 30_000
/** Looks of one Ansible; then it is started anew, so that nothing in it grows old. */
const LOOKS = 50
/** One that was started this long ago is not asked any more, ms. */
const OLD = 300_000

interface Parked {
  readonly live: LiveRun
  /** Where it runs; given back when it has ended. */
  readonly tree: LentTree
  /** What it was started with; another declaration needs another one. */
  readonly key: string
  readonly since: number
}

/** What one look asks, and whom. */
interface Question {
  readonly scheduler: Scheduler
  /** It stands for all nodes: the role runs once, and the node itself is not contacted. */
  readonly host: string
  readonly watched: Watched
  readonly inventory: AnsibleInventory
  /** An Ansible that was started for the same key can be asked. */
  readonly key: string
}

export class SchedulerWatch {
  /** It has looked, and waits to be told to look again. */
  #parked: Parked | null = null

  /** `directory`: of its files, made anew with each Ansible. */
  constructor(
    private readonly directory: string,
    private readonly clock: Clock,
    private readonly looks = LOOKS,
  ) {}

  /**
   * What the scheduler says, or why it says nothing. `watch`: the scheduler's names; the look may
   * last until one of them is empty. One at a time.
   */
  async look(
    { scheduler, watch }: Pick<Question, 'scheduler'> & { readonly watch: readonly string[] },
    context: StepContext,
    rollout: RolloutState,
  ): Promise<Report | string> {
    const { directory, clock } = this
    const asked = questionOf(scheduler, watch, context.fleet, rollout)
    const { key, host, watched } = asked
    const before = await this.#take(key)
    const tree = before?.tree ?? (await lendTree(context, directory))
    const summarizer = new RunSummarizer(tree.path)
    const onEvent = (event: AnsibleEvent): void => summarizer.add(event)
    let kept = false
    try {
      if (before) await tellWatch(directory, watched)
      const live =
        before?.live ??
        (await this.#start(asked, { ...context, checkout: tree.path, onEvent }, rollout))
      const { exit, parked } = await (before ? live.go(onEvent) : live.current)
      kept = parked && !context.signal?.aborted
      if (kept) this.#parked = { live, tree, key, since: before?.since ?? clock.now() }
      else await live.close()
      const summary = summarizer.finish(exit, [host])
      return schedulerReport(summary, managerOf(asked.scheduler), clock.now())
    } finally {
      if (!kept) await tree.giveBack()
    }
  }

  /** One that looks at once, and then waits to be told to look again. */
  async #start(
    { host, scheduler, watched, inventory }: Question,
    { fleet, install, checkout, fence, signal, onEvent }: StepContext,
    rollout: RolloutState,
  ): Promise<LiveRun> {
    const { directory } = this
    await makeAnew(directory)
    const playbook = await writeObservePlaybook(
      { fleet, scheduler, rollout, nodes: [], checkout },
      directory,
      watched,
    )
    return startSections({
      install,
      checkout,
      directory,
      fence,
      signal,
      onEvent,
      denied: fleet.denied,
      policy: fleet.ansible,
      sections: Array.from({ length: this.looks }, () => ({ mode: 'gate' as const, playbook })),
      inventory: await writeInventory(join(directory, 'inventory'), inventory),
      hosts: [host],
      untagged: fleet.policy.changes.untagged,
    })
  }

  /** The one that waits, if it may look once more. */
  async #take(key: string): Promise<Parked | null> {
    const parked = this.#parked
    this.#parked = null
    if (!parked || (parked.key === key && this.clock.now() <= parked.since + OLD)) return parked
    await end(parked)
    return null
  }

  async close(): Promise<void> {
    const parked = this.#parked
    this.#parked = null
    if (parked) await end(parked)
  }
}

function questionOf(
  scheduler: Scheduler,
  watch: readonly string[],
  fleet: Fleet,
  rollout: RolloutState,
): Question {
  const { nodes, denied, ansible: policy } = fleet
  const its = nodes.filter((n) => n.scheduler === scheduler.name)
  const host = (its.find((n) => n.canary) ?? its[0] ?? nodes[0])?.name
  if (host === undefined) throw new Error('a fleet without nodes')
  const seconds =
    watch.length > 0 ? Math.floor(Math.min(LONGEST_WATCH, policy.hangTimeout / 2) / 1000) : 0
  const inventory = buildInventory(fleet)
  const key = JSON.stringify([rollout.id, host, scheduler, policy, denied, inventory])
  return { scheduler, host, watched: { nodes: watch, seconds }, inventory, key }
}

async function end({ live, tree }: Parked): Promise<void> {
  await live.close()
  await tree.giveBack()
}
