// SPDX-License-Identifier: Apache-2.0
// What a screen knows of a run: progress in, waves and steps with counts out. It draws nothing and
// asks no clock.
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import type { Progress } from '../../engine/step/progress.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { waitingReports } from '../../report/model/waiting-reports.js'
import type { WaitingReport } from '../../report/model/rollout-report.js'
import { nodeState, planWaves, readerOf, waveName } from '../../rollout/index.js'
import type { OpenStep, RolloutState, Stage, Waiting } from '../../rollout/index.js'

export interface StepView {
  readonly step: OpenStep
  readonly directory: string
  /** The task that runs just now, and on how many nodes it has come to a result. */
  readonly task?: { readonly id: string; readonly name: string; readonly done: number }
}

export interface WaveView {
  /** 0 is the canary wave. */
  readonly index: number
  readonly name: string
  readonly nodes: readonly string[]
  readonly counts: Readonly<Record<Stage, number>>
}

const NONE: Readonly<Record<Stage, number>> = {
  good: 0,
  applied: 0,
  hot: 0,
  drain: 0,
  failed: 0,
  quarantined: 0,
  unseen: 0,
}

export class RunModel {
  #waves: readonly WaveView[] = []
  #limit: string | undefined
  readonly #steps = new Map<string, StepView>()
  #waiting: readonly Waiting[] = []
  /** The last step each node was in: where its log lies. */
  readonly #directories = new Map<string, string>()

  constructor(private readonly fleet: Pick<Fleet, 'nodes' | 'policy' | 'zone' | 'command'>) {}

  get waves(): readonly WaveView[] {
    return this.#waves
  }
  get steps(): readonly StepView[] {
    return [...this.#steps.values()]
  }
  /** What the last decision waits for, in words. */
  get waiting(): readonly WaitingReport[] {
    return waitingReports(this.#waiting, readerOf(this.fleet, Date.now()))
  }

  directoryOf(node: string): string | undefined {
    return this.#directories.get(node)
  }

  /** The wave that is worked on: that of the newest step, or the first that is not all good. */
  get activeWave(): number | undefined {
    const step = this.steps.at(-1)
    return step ? step.step.wave : this.#waves.find((w) => w.counts.good < w.nodes.length)?.index
  }

  add(progress: Progress): void {
    switch (progress.type) {
      case 'decided':
        this.#waiting = progress.decision.waiting
        if (progress.state.current) this.#count(progress.state.current)
        return
      case 'step-started':
        this.#steps.set(progress.step.step, { step: progress.step, directory: progress.directory })
        for (const node of progress.step.nodes) this.#directories.set(node, progress.directory)
        return
      case 'ansible':
        if (progress.step) this.#ansible(progress.step, progress.event)
        return
      case 'step-ended':
        this.#steps.delete(progress.step.step)
        return
      case 'pinned':
      case 'looking':
      case 'notice':
      case 'quarantined':
      case 'steered':
      case 'halted':
      case 'finished':
      case 'sleeping':
    }
  }

  #count(rollout: RolloutState): void {
    const limit = JSON.stringify(rollout.limit)
    const planned =
      limit === this.#limit
        ? this.#waves
        : planWaves(this.fleet.nodes, this.fleet.policy, rollout.limit)
    this.#limit = limit
    this.#waves = planned.map(({ index, nodes }) => {
      const counts = { ...NONE }
      for (const node of nodes) counts[nodeState(rollout, node).stage] += 1
      return { index, name: waveName(index), nodes, counts }
    })
  }

  #ansible({ step }: OpenStep, event: AnsibleEvent): void {
    const view = this.#steps.get(step)
    if (!view) return
    if (event.ev === 'task')
      this.#steps.set(step, {
        ...view,
        task: { id: event.task.id, name: event.task.name, done: 0 },
      })
    if (!('host' in event) || view.task?.id !== event.task) return
    if (
      event.ev === 'ok' ||
      event.ev === 'failed' ||
      event.ev === 'skipped' ||
      event.ev === 'unreachable'
    ) {
      this.#steps.set(step, { ...view, task: { ...view.task, done: view.task.done + 1 } })
    }
  }
}
