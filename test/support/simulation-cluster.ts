// SPDX-License-Identifier: Apache-2.0
// The cluster of a simulation: jobs that come and end, nodes that people drain, and what the
// managers of its nodes would say of all that.
import { optionsOf } from '../../lib/rollout/index.js'
import type { NodeOutcome, OpenStep, SchedulerView } from '../../lib/rollout/index.js'
import type { Manager } from '../../lib/workload/contract/manager.js'
import type { Seen } from '../../lib/workload/contract/node-use.js'
import { SLURM } from '../../lib/workload/slurm/manager.js'
import { FAKE, writeForFake } from './fake-manager.js'
import { writeForSlurm } from './manager-scene.js'
import type { SceneNode, WriteScene } from './manager-scene.js'
import { must } from './simulation-rules.js'

const PREFIX = 'patchrun f/e '

/** Which workload manager the nodes have. */
export type ManagerName = 'slurm' | 'fake'

const MANAGERS: Readonly<Record<ManagerName, readonly [Manager, WriteScene]>> = {
  slurm: [SLURM, writeForSlurm],
  fake: [FAKE, writeForFake],
}

/** Of nodes that have either, and some that have none. */
export type Managers = ManagerName | 'both'

/** The manager of the node with this number. */
export const managerOf = (managers: Managers, node: number): ManagerName | null =>
  managers !== 'both' ? managers : node % 7 === 6 ? null : node % 3 === 1 ? 'fake' : 'slurm'

interface Running {
  readonly id: string
  readonly start: number
  readonly ends: number
  readonly limit: number | null
}

/** What one manager said last of its nodes. */
interface Part {
  readonly manager: ManagerName
  seen: Seen | null
  silent: SchedulerView['silent']
}

export class Cluster {
  readonly #parts: readonly Part[]
  /** Whose drain each node had when its manager was looked at last. */
  readonly #lastLook = new Map<string, 'us' | 'other'>()
  readonly #drained = new Map<string, 'us' | 'other'>()
  /** Which manager drained it. */
  readonly #drainer = new Map<string, string>()
  readonly #jobs = new Map<string, Running[]>()
  #number = 0

  /** `managers`: of each node. `odd`: its manager never answers clearly of this node. */
  constructor(
    private managers: ReadonlyMap<string, ManagerName>,
    private readonly odd?: string,
  ) {
    this.#parts = [...new Set(managers.values())].map((manager) => ({
      manager,
      seen: null,
      silent: null,
    }))
  }

  /** Nodes may be declared for another one meanwhile. `managers`: of each node, as of now. */
  assign(managers: ReadonlyMap<string, ManagerName>): void {
    this.managers = managers
  }

  #namesOf = (manager: ManagerName): readonly string[] =>
    [...this.managers].flatMap(([name, its]) => (its === manager ? [name] : []))

  /** Each is called like its manager. */
  get views(): readonly SchedulerView[] {
    return this.#parts.map(({ manager, seen, silent }) => ({
      name: manager,
      every: 25,
      nameOf: (node) => node,
      seen,
      silent,
      looking: { now: false, watch: false },
    }))
  }

  get names(): readonly string[] {
    return [...this.managers.keys()]
  }

  by = (node: string): 'us' | 'other' | undefined => this.#drained.get(node)
  isEmpty = (node: string): boolean => (this.#jobs.get(node) ?? []).length === 0
  /** As the last look had it. */
  wasOut = (node: string): boolean => this.#lastLook.has(node)
  /** ... and drained by somebody else. */
  wasForeign = (node: string): boolean => this.#lastLook.get(node) === 'other'

  /** Jobs end, and users submit to nodes that take jobs. */
  pass(now: number, roll: number): void {
    for (const [node, jobs] of this.#jobs)
      this.#jobs.set(
        node,
        jobs.filter((j) => j.ends > now),
      )
    const node = this.names[roll % this.names.length]
    if (node === undefined || roll % 3 !== 0 || this.#drained.has(node)) return
    const length = 5 + (roll % 120)
    const job = {
      id: `${(this.#number += 1)}`,
      start: now,
      ends: now + length,
      limit: roll % 7 === 0 ? null : length * 3,
    }
    this.#jobs.set(node, [...(this.#jobs.get(node) ?? []), job])
  }

  /** Somebody drains a node, or takes a drain of ours over. */
  drainByHand(roll: number): void {
    const node = this.names[roll % this.names.length]
    if (node !== undefined) this.#drained.set(node, 'other')
  }

  /** An older rollout has drained it. */
  holdFromBefore(node: string, scheduler: string): void {
    this.#drained.set(node, 'us')
    this.#drainer.set(node, scheduler)
  }

  restart(): void {
    for (const part of this.#parts) Object.assign(part, { seen: null, silent: null })
    this.#lastLook.clear()
  }

  observe(scheduler: string, now: number, fault: boolean): void {
    const part = this.#parts.find((p) => p.manager === scheduler)
    must(part !== undefined, 'asks a scheduler that is not declared')
    if (!part) return
    if (fault) {
      part.silent = { at: now, why: 'away' }
      return
    }
    const names = this.#namesOf(part.manager)
    const [manager, write] = MANAGERS[part.manager]
    const report = manager.read(write({ nodes: names.map((n) => this.#node(n)) }), now)
    if (typeof report === 'string') throw new Error(report)
    part.silent = null
    for (const node of names) {
      const by = this.#drained.get(node)
      if (by) this.#lastLook.set(node, by)
      else this.#lastLook.delete(node)
    }
    part.seen = manager.seen(report, {
      nodes: names,
      names: 'full',
      prefix: PREFIX,
      reservations: 'leave',
    })
  }

  #node(name: string): SceneNode {
    const by = this.#drained.get(name)
    return {
      name,
      ...(by && { drained: true, reason: by === 'us' ? `${PREFIX}r1` : 'fan' }),
      occupants: (this.#jobs.get(name) ?? []).map(({ id, start, limit }) => ({
        id,
        user: 'u',
        start,
        end: limit === null ? null : start + limit,
      })),
      boot: 1,
    }
  }

  drain(
    node: string,
    { idle, scheduler }: { readonly idle: boolean; readonly scheduler: string | undefined },
    fault: boolean,
    roll: number,
  ): NodeOutcome {
    this.#mustBeIts(node, scheduler)
    const outcome = this.#drain(node, idle, fault, roll)
    if (this.#drained.get(node) === 'us' && scheduler !== undefined)
      this.#drainer.set(node, scheduler)
    return outcome
  }

  /** No scheduler but the one that drained it is asked to drain it again, or to give it back. */
  #mustBeIts(node: string, scheduler: string | null | undefined): void {
    must(typeof scheduler === 'string', 'nobody is asked to drain a node, or to give it back')
    const its = this.#drainer.get(node)
    must(
      this.#drained.get(node) !== 'us' || its === undefined || its === scheduler,
      'a node is worked with by another scheduler than the one that drained it',
    )
  }

  #drain(node: string, idle: boolean, fault: boolean, roll: number): NodeOutcome {
    const other = this.#drained.get(node) === 'other'
    if (fault || node === this.odd) {
      if (roll % 2 === 0 && !other) this.#drained.set(node, 'us')
      return {
        drained: 'unclear',
        ...(roll % 3 !== 0 && { failure: { cause: 'failed', message: 'unclear' } }),
      }
    }
    if (other) return { drained: this.isEmpty(node) ? 'foreign-empty' : 'foreign' }
    if (idle && !this.isEmpty(node) && !this.#drained.has(node)) return { drained: 'outrun' }
    this.#drained.set(node, 'us')
    return { drained: this.isEmpty(node) ? 'empty' : 'busy', boot: 1 }
  }

  release(node: string, scheduler: string | null, fault: boolean, roll: number): NodeOutcome {
    this.#mustBeIts(node, scheduler)
    if (fault)
      return roll % 2 === 0
        ? { released: 'unclear' }
        : this.#drained.get(node) === 'us'
          ? { released: 'failed', failure: { cause: 'failed', message: 'x' } }
          : { released: 'foreign' }
    if (this.#drained.get(node) === 'other') return { released: 'foreign' }
    this.#drained.delete(node)
    return { released: 'ok' }
  }

  /** Half of what a step that was cut off would have done has happened. */
  cut(step: OpenStep, roll: number): void {
    const { action, nodes } = step
    const { scheduler } = optionsOf(step)
    for (const [i, node] of nodes.entries()) {
      if ((roll + i) % 2 === 0 || this.#drained.get(node) === 'other') continue
      if (action === 'drain') this.#drained.set(node, 'us')
      if (action === 'drain' && scheduler !== undefined) this.#drainer.set(node, scheduler)
      if (action === 'release') this.#drained.delete(node)
    }
  }

  /** The whole playbook is about to run on it, or on what it runs on. */
  mustBeEmpty(node: string): void {
    must(this.#drained.has(node), 'the whole playbook runs on a node that is not drained')
    must(this.isEmpty(node), 'the whole playbook runs on a node with a job')
  }
}
