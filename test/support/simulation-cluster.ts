// SPDX-License-Identifier: Apache-2.0
// The cluster of a simulation: jobs that come and end, nodes that people drain, and what its
// scheduler would say of all that.
import type { NodeOutcome, OpenStep, SchedulerView } from '../../lib/rollout/index.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import type { Job, SchedulerNode, Workload } from '../../lib/workload/slurm/types.js'
import { must } from './simulation-rules.js'
import { slurmView } from './scheduler-view.js'

const PREFIX = 'patchrun f/e '

interface Running {
  readonly id: string
  readonly start: number
  readonly ends: number
  readonly limit: number | null
}

export class Cluster {
  #workload: Workload | null = null
  #silent: SchedulerView['silent'] = null
  readonly #drained = new Map<string, 'us' | 'other'>()
  readonly #jobs = new Map<string, Running[]>()
  #number = 0

  /** `odd`: the scheduler never answers clearly of this node. */
  constructor(
    private readonly names: readonly string[],
    private readonly odd?: string,
  ) {}

  get view(): SchedulerView {
    return slurmView({
      prefix: PREFIX,
      every: 25,
      workload: this.#workload,
      silent: this.#silent,
      looking: { now: false, watch: false },
    })
  }

  by = (node: string): 'us' | 'other' | undefined => this.#drained.get(node)
  isEmpty = (node: string): boolean => (this.#jobs.get(node) ?? []).length === 0
  /** As the last look had it. */
  wasOut = (node: string): boolean =>
    this.#workload?.nodes.get(node)?.state.includes('DRAIN') ?? false
  /** ... and drained by somebody else. */
  wasForeign = (node: string): boolean => this.#workload?.nodes.get(node)?.reason === 'fan'

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

  restart(): void {
    this.#workload = null
    this.#silent = null
  }

  observe(now: number, fault: boolean): void {
    if (fault) this.#silent = { at: now, why: 'away' }
    else {
      this.#silent = null
      this.#workload = {
        at: now,
        nodes: new Map(this.names.map((n) => [n, this.#node(n)])),
        jobs: this.names.flatMap((n) => this.#jobsOn(n)),
        reservations: [],
        ended: NO_RUN_TIMES,
        results: {},
      }
    }
  }

  #node(name: string): SchedulerNode {
    const by = this.#drained.get(name)
    return {
      name,
      state: [this.isEmpty(name) ? 'IDLE' : 'ALLOCATED', ...(by ? ['DRAIN'] : [])],
      reason: by === 'us' ? `${PREFIX}r1` : by ? 'fan' : '',
      reasonBy: 'root',
      features: [],
      partitions: [],
      cpus: 2,
      allocated: this.isEmpty(name) ? 0 : 2,
      boot: 1,
    }
  }

  #jobsOn = (node: string): readonly Job[] =>
    (this.#jobs.get(node) ?? []).map(({ id, start, limit }) => ({
      id,
      user: 'u',
      state: 'RUNNING',
      nodes: [node],
      start,
      end: limit === null ? null : start + limit,
      cpus: 2,
    }))

  drain(node: string, idle: boolean, fault: boolean, roll: number): NodeOutcome {
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

  release(node: string, fault: boolean, roll: number): NodeOutcome {
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
  cut({ action, nodes }: OpenStep, roll: number): void {
    for (const [i, node] of nodes.entries()) {
      if ((roll + i) % 2 === 0 || this.#drained.get(node) === 'other') continue
      if (action === 'drain') this.#drained.set(node, 'us')
      if (action === 'release') this.#drained.delete(node)
    }
  }

  /** The whole playbook is about to run on it, or on what it runs on. */
  mustBeEmpty(node: string): void {
    must(this.#drained.has(node), 'the whole playbook runs on a node that is not drained')
    must(this.isEmpty(node), 'the whole playbook runs on a node with a job')
  }
}
