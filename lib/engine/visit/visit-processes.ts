// SPDX-License-Identifier: Apache-2.0
// lib/engine/visit/: the ansible-playbook of a visit, which waits between its steps.
//
// One ansible-playbook for the whole visit of a node, because a launch costs time in which the node
// serves nobody: after each step it waits until the outcome is journaled and the next step was
// decided. Where the next decision is another one, it is ended, and the step that is wanted gets a
// process of its own. That of the node whose turn is next may be started ahead: it connects, and
// waits.
import { rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { LOCALHOST } from '../../ansible/call/localhost.js'
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import { RunSummarizer } from '../../outcome/summary/summarize.js'
import { nodeState, optionsOf } from '../../rollout/index.js'
import type { OpenStep, RolloutState, StepKind } from '../../rollout/index.js'
import { schedulerOfStep } from '../../fleet/policy/scheduler.js'
import { lendTree } from '../commit/lend-tree.js'
import type { StepResult } from '../step/step-outcome.js'
import { writeOwed } from '../step/owed-handlers.js'
import { Parked } from './parked-visits.js'
import { tellDrain } from '../step/scheduler-playbooks.js'
import type { StepContext } from '../step/step.js'
import { endVisit, launchVisit, startKey } from './visit-launch.js'
import type { Stop, Visit } from './visit-launch.js'

/** One that was started ahead this long ago is not used any more, ms. */
const OLD = 300_000

interface Ahead {
  /** What it was started with; where that has changed it is of no use. */
  readonly key: string
  readonly since: number
  readonly directory: string
  readonly launched: Promise<Visit | null>
  /** Connected, or tried to; null: it ended instead. */
  readonly ready: Promise<Visit | null>
}

/** Which visits are made ready. */
export interface Preparation {
  readonly nodes: readonly string[]
  /** Each gets a directory below it. */
  readonly base: string
  /** ms since the epoch. */
  readonly now: number
}

/** A step that belongs to a visit. */
export const isOfVisit = (
  step: StepKind,
  rollout: RolloutState,
  nodes: readonly string[],
): boolean =>
  step.action === 'drain' ||
  step.action === 'reboot' ||
  step.action === 'release' ||
  (step.action === 'apply' && step.full === true) ||
  (step.action === 'verify' &&
    nodes.length === 1 &&
    nodeState(rollout, nodes[0] as string).held !== undefined)

export class VisitProcesses {
  readonly #parked = new Parked<Visit>()
  readonly #ahead = new Map<string, Ahead>()
  readonly #closing = new Set<Promise<void>>()
  #count = 0

  /** Nodes whose Ansible was started ahead of their visit. */
  get prepared(): ReadonlySet<string> {
    return new Set(this.#ahead.keys())
  }

  async run(
    step: OpenStep,
    directory: string,
    context: StepContext,
    rollout: RolloutState,
  ): Promise<StepResult> {
    const [node = ''] = step.nodes
    const before = await this.#take(step, context, rollout)
    const tree = before?.tree ?? (await lendTree(context, directory))
    const summarizer = new RunSummarizer(
      tree.path,
      context.fleet.ansible.localhost ? LOCALHOST : [],
    )
    const onEvent = (event: AnsibleEvent): void => {
      summarizer.add(event)
      context.onEvent?.(event)
    }
    // What is kept of a step lies where it was started; whoever looks for it under its own name, or
    // ends it, finds it there.
    if (before) await link(directory, before.directory)
    if (before && step.action === 'apply') await writeOwed(before.directory, step.nodes, rollout)
    const visit =
      before ??
      (await launchVisit(
        { step, directory, tree, giveBack: isGiveBack(step, rollout), onEvent },
        context,
        rollout,
      ))
    const { exit, parked } = await (before ? visit.live.go(onEvent) : visit.live.current)
    const stderr = exit.stderr.replaceAll(`${tree.path}/`, '')
    const summary = summarizer.finish({ ...exit, stderr }, step.nodes)
    context.onLocalPlays?.(summary, step.action !== 'apply')
    const next = visit.next.slice(visit.next.indexOf(step.action as Stop) + 1)
    if (parked && summary.complete && next.length > 0) this.#parked.park(node, { ...visit, next })
    // Its end is of no interest any more: nobody waits for that.
    else this.#close(visit)
    return { summary, exit }
  }

  /** The one that waits to go on with just this step. */
  async #take(step: OpenStep, context: StepContext, rollout: RolloutState): Promise<Visit | null> {
    const [node = ''] = step.nodes
    const parked = this.#parked.take(node)
    const alone = step.nodes.length === 1 && !isGiveBack(step, rollout)
    if (parked && alone && parked.next[0] === step.action) return parked
    if (parked) await endVisit(parked)
    const ahead = this.#ahead.get(node)
    if (!ahead || step.nodes.length > 1) return null
    this.#ahead.delete(node)
    // One that was drained meanwhile has more to be told than was known when it was started.
    const fits =
      alone &&
      step.action === 'drain' &&
      !nodeState(rollout, node).held &&
      ahead.key === startKey(node, context, rollout)
    const visit = fits ? await ahead.ready : null
    if (!visit) {
      this.#end(ahead)
      return null
    }
    const { fleet } = context
    const scheduler = schedulerOfStep(fleet, step.nodes)
    if (scheduler)
      await tellDrain(
        {
          fleet,
          scheduler,
          rollout,
          nodes: step.nodes,
          checkout: visit.tree.path,
          wait: optionsOf(step).wait,
          idle: optionsOf(step).idle,
        },
        visit.directory,
      )
    return visit
  }

  /**
   * Starts the Ansible of these nodes ahead of their visits. What goes wrong with that is found by
   * the visit itself.
   */
  prepare({ nodes, base, now }: Preparation, context: StepContext, rollout: RolloutState): void {
    for (const node of nodes.filter((n) => !this.#ahead.has(n) && !this.#parked.has(n))) {
      // No name of an earlier process: each step has had its number, and what is kept of it may lie
      // in such a directory.
      const directory = join(base, `visit-${rollout.stepCount}-${(this.#count += 1)}`)
      const step = { action: 'drain' as const, nodes: [node] }
      const launched = lendTree(context, directory)
        .then((tree) =>
          launchVisit(
            { step, directory, tree, giveBack: false, ahead: true },
            { ...context, onEvent: undefined },
            rollout,
          ),
        )
        .catch(() => null)
      const ready = launched
        .then(async (visit) => ((await visit?.live.current)?.parked ? visit : null))
        .catch(() => null)
      const key = startKey(node, context, rollout)
      this.#ahead.set(node, { key, since: now, directory, launched, ready })
    }
  }

  /** The outcome of this step is in the journal. */
  settle(step: OpenStep): void {
    this.#parked.settle(step.nodes[0] ?? '')
  }

  /** Those that a decision which is made now knows of. */
  get known(): readonly object[] {
    return this.#parked.known
  }

  /**
   * Ends those that were not told to go on by the decision that knew of these, and those that wait
   * for too long.
   */
  closeIdle(now: number, known: readonly object[]): void {
    for (const [node, ahead] of this.#ahead) {
      if (now <= ahead.since + OLD) continue
      this.#ahead.delete(node)
      this.#end(ahead)
    }
    for (const visit of this.#parked.passedOver(known)) this.#close(visit)
  }

  /** Ends all of them: settles when none is left. */
  async close(): Promise<void> {
    for (const visit of this.#parked.takeAll()) this.#close(visit)
    for (const ahead of this.#ahead.values()) this.#end(ahead)
    this.#ahead.clear()
    await Promise.all(this.#closing)
  }

  #close(visit: Visit): void {
    this.#track(endVisit(visit))
  }

  /** It did nothing that anybody would look for. */
  #end({ launched, directory }: Ahead): void {
    this.#track(
      launched.then(async (visit) => {
        if (visit) await endVisit(visit)
        await rm(directory, { recursive: true, force: true })
      }),
    )
  }

  #track(closing: Promise<void>): void {
    const done = closing.finally(() => void this.#closing.delete(done))
    this.#closing.add(done)
  }
}

/** Released without having been changed. */
const isGiveBack = ({ action, nodes }: OpenStep, rollout: RolloutState): boolean =>
  action === 'release' && nodes.some((n) => nodeState(rollout, n).stage !== 'good')

async function link(directory: string, to: string): Promise<void> {
  if (directory === to) return
  await rm(directory, { recursive: true, force: true })
  // Both lie in the directory of the rollout, which people may move.
  await symlink(basename(to), directory)
}
