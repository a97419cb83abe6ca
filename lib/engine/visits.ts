// SPDX-License-Identifier: Apache-2.0
// One ansible-playbook for the whole visit of a node, because a launch costs time in which the node serves nobody: after each step
// it waits until the outcome is journaled and the next step was decided. Where the next decision is another one, it is ended, and the
// step that is wanted gets a process of its own.
import { join } from 'node:path'
import { buildInventory } from '../ansible/inventory.js'
import { startSections } from '../ansible/run.js'
import type { AnsibleEvent } from '../ansible/events.js'
import type { LiveRun, Section, SectionEnd } from '../ansible/types.js'
import { writeInventory } from '../ansible/write-inventory.js'
import { RunSummarizer } from '../change/summarize.js'
import { nodeState } from '../rollout/index.js'
import type { OpenStep, RolloutState } from '../rollout/index.js'
import type { StepResult } from './outcome.js'
import { writeVisitPlaybooks } from './scheduler-playbooks.js'
import type { VisitPlaybooks } from './scheduler-playbooks.js'
import { makeAnew } from './step.js'
import type { StepContext } from './step.js'

type Stop = 'drain' | 'apply' | 'reboot' | 'verify' | 'release'
const ROUTE: readonly Stop[] = ['drain', 'apply', 'reboot', 'verify', 'release']
/** Beyond what a reboot may take, ms: a visit that says nothing for longer hangs. */
const GRACE = 60_000

interface Parked {
  readonly live: LiveRun
  /** Steps it could go on with, in order. */
  readonly next: readonly Stop[]
  /** What it did last is in the journal: whoever decides knows of it. */
  settled: boolean
}

/** A step that belongs to a visit. */
export const isOfVisit = ({ action, full }: OpenStep, rollout: RolloutState, nodes: readonly string[]): boolean =>
  action === 'drain' || action === 'reboot' || action === 'release' || full === true || (action === 'verify' && nodes.length === 1 && nodeState(rollout, nodes[0] as string).held !== undefined)

export class Visits {
  readonly #parked = new Map<string, Parked>()

  async run(step: OpenStep, directory: string, context: StepContext, rollout: RolloutState): Promise<StepResult> {
    const [node = ''] = step.nodes
    const stop = step.action as Stop
    const waiting = this.#parked.get(node)
    this.#parked.delete(node)
    const goesOn = waiting !== undefined && step.nodes.length === 1 && waiting.next[0] === stop && !isGiveBack(step, rollout)
    if (waiting && !goesOn) await waiting.live.close()
    const summarizer = new RunSummarizer(context.checkout)
    const onEvent = (event: AnsibleEvent): void => {
      summarizer.add(event)
      context.onEvent?.(event)
    }
    const { live, next, end } = goesOn ? { live: waiting.live, next: waiting.next, end: waiting.live.go(onEvent) } : await this.#start(step, stop, directory, context, rollout, onEvent)
    const { exit, parked } = await end
    const stderr = exit.stderr.replaceAll(`${context.checkout}/`, '')
    const summary = summarizer.finish({ ...exit, stderr }, step.nodes)
    if (parked && summary.complete) this.#parked.set(node, { live, next: next.slice(1), settled: false })
    else if (parked) await live.close()
    return { summary, exit }
  }

  async #start(step: OpenStep, stop: Stop, directory: string, context: StepContext, rollout: RolloutState, onEvent: (event: AnsibleEvent) => void): Promise<{ live: LiveRun; next: readonly Stop[]; end: Promise<SectionEnd> }> {
    const { fleet, install, checkout, fence, signal } = context
    const { scheduler } = fleet
    if (!scheduler) throw new Error('a visit without a scheduler')
    await makeAnew(directory)
    const playbooks = await writeVisitPlaybooks({ fleet, scheduler, rollout, nodes: step.nodes, checkout, wait: step.wait }, directory)
    const next = step.nodes.length > 1 || isGiveBack(step, rollout) ? [stop] : ROUTE.slice(ROUTE.indexOf(stop))
    const sections = isGiveBack(step, rollout) ? [{ mode: 'gate' as const, playbook: playbooks.giveBack }] : next.map((s) => sectionOf(s, playbooks, fleet.playbooks.playbook))
    const inventory = await writeInventory(join(directory, 'inventory'), buildInventory(fleet))
    const live = await startSections({
      install, checkout, inventory, directory, fence, signal, sections,
      hosts: step.nodes,
      denied: fleet.denied,
      policy: { ...fleet.ansible, hangTimeout: Math.max(fleet.ansible.hangTimeout, fleet.policy.drain.rebootTimeout + GRACE) },
      untagged: fleet.policy.untagged,
      onEvent,
    })
    return { live, next, end: live.current }
  }

  /** The outcome of this step is in the journal. */
  settle(step: OpenStep): void {
    const parked = this.#parked.get(step.nodes[0] ?? '')
    if (parked) parked.settled = true
  }

  /** Ends those that were not told to go on although a decision knew of them. */
  async closeIdle(all = false): Promise<void> {
    const idle = [...this.#parked].filter(([, p]) => all || p.settled)
    for (const [node] of idle) this.#parked.delete(node)
    await Promise.all(idle.map(([, p]) => p.live.close()))
  }
}

/** Released without having been changed. */
const isGiveBack = ({ action, nodes }: OpenStep, rollout: RolloutState): boolean => action === 'release' && nodes.some((n) => nodeState(rollout, n).stage !== 'good')

function sectionOf(stop: Stop, playbooks: VisitPlaybooks, site: string): Section {
  if (stop === 'apply') return { mode: 'full', playbook: site }
  if (stop === 'verify') return { mode: 'check', playbook: site }
  return { mode: 'gate', playbook: playbooks[stop] }
}
