// SPDX-License-Identifier: Apache-2.0
// What a node is in use for, from one look at the scheduler: is it empty, is it out, whose drain is
// it, when will it be empty?
import { RULES, conditionsOf } from './node-states.js'
import type { Condition } from './node-states.js'
import { residual } from './run-times.js'
import type { RunTimes } from './run-times.js'
import type { Job, SchedulerNode, Workload } from './types.js'

/**
 * Every drain of this environment begins so: what patchrun drained is known again by it, also after
 * years.
 */
export const reasonPrefix = (fleet: string, environment: string): string =>
  `patchrun ${fleet}/${environment} `

export const drainReason = (
  fleet: string,
  environment: string,
  rollout: string,
  sha: string,
): string => `${reasonPrefix(fleet, environment)}${rollout} ${sha.slice(0, 12)}`

export { schedulerName } from '../fleet/policy/scheduler.js'

export interface NodeUse {
  readonly node: SchedulerNode
  readonly jobs: readonly Job[]
  /** Takes no new jobs. */
  readonly draining: boolean
  /** The drain carries our reason. A reason that outlived its drain says nothing. */
  readonly ours: boolean
  /**
   * No job is on it, none is ending on it, no core is given away, and no reboot that somebody asked
   * for is to come.
   */
  readonly empty: boolean
  /** Out of service: counts against every limit of how many may be. */
  readonly out: boolean
  /** The gravest of what its state says. */
  readonly condition: Condition
  /** When the last job's limit ends it, ms; null: one has no limit. `now` for an empty node. */
  readonly emptyBy: number | null
  /**
   * When it is expected to be empty, ms: a job is expected to run as long as those that ended
   * lately and had run longer; the fewer these are, the more as long again as it has run; at most
   * to its limit; of several jobs the last one ends later than each is expected to.
   */
  readonly expected: number
  /** Idle core-ms until it is expected to be empty: what draining it now is expected to cost. */
  readonly waste: number
}

/** The reservation that the role of a release makes while the test job runs on a node. */
export const testReservation = (name: string): string => `patchrun_${name}`

const BUSY = ['COMPLETING', 'ALLOCATED', 'MIXED']

/**
 * Slurm itself has drained it, since it found less than is configured: its words stand where our
 * reason stood.
 */
export const isRefused = ({ draining, node }: NodeUse): boolean =>
  draining && node.state.includes('INVALID_REG')

/** Out, and not by us. */
export const isForeign = (use: NodeUse | null | undefined): boolean => !!use && use.out && !use.ours

/**
 * null: the scheduler does not know the node. `reservations`: whether nodes in a maintenance
 * reservation of the site are left alone.
 */
export function useOf(
  workload: Workload,
  name: string,
  prefix: string,
  jobsOn: ReadonlyMap<string, readonly Job[]> = jobsByNode(workload),
  reservations: 'join' | 'leave' = 'leave',
): NodeUse | null {
  const node = workload.nodes.get(name)
  if (!node) return null
  const { at, ended } = workload
  const jobs = jobsOn.get(name) ?? []
  const has = (words: readonly string[]): boolean => node.state.some((s) => words.includes(s))
  const conditions = conditionsOf(node.state).filter(
    (s) =>
      s !== 'reserved' || reservations === 'leave' || jobs.length > 0 || inUse(workload).has(name),
  )
  const [condition = 'serving'] = conditions
  const draining = condition === 'drained'
  const empty =
    jobs.length === 0 && node.allocated === 0 && !has(BUSY) && !conditions.includes('rebooting')
  const ends = jobs.map((job) => ({ job, end: expectedEnd(job, at, ended) }))
  const emptyBy = jobs.some((j) => j.end === null)
    ? null
    : jobs.reduce((last, j) => Math.max(last, j.end ?? at), at)
  const expected = Math.min(
    emptyBy ?? Infinity,
    at + ends.reduce((last, { end }) => lastOf(last, end - at), 0),
  )
  const free = Math.max(0, node.cpus - node.allocated)
  const share = node.allocated / Math.max(1, jobs.length)
  return {
    node,
    jobs,
    empty,
    draining,
    ours: draining && node.reason.startsWith(prefix),
    out: RULES[condition].counts,
    condition,
    emptyBy,
    expected,
    waste:
      free * (expected - at) + ends.reduce((sum, { end }) => sum + share * (expected - end), 0),
  }
}

const known = new WeakMap<Workload, ReadonlySet<string>>()

/**
 * The nodes of maintenance reservations with a job on one of their nodes, which is no test job of
 * ours.
 */
function inUse(workload: Workload): ReadonlySet<string> {
  const before = known.get(workload)
  if (before) return before
  // The reservation that the release takes for its test job keeps everybody else's off.
  const tested = new Set(
    workload.reservations.flatMap((r) => r.nodes.filter((n) => r.name === testReservation(n))),
  )
  const busy = new Set(
    workload.jobs.flatMap((job) => job.nodes).filter((name) => !tested.has(name)),
  )
  const found = new Set(
    workload.reservations
      .filter((r) => r.flags.includes('MAINT') && r.nodes.some((n) => busy.has(n)))
      .flatMap((r) => r.nodes),
  )
  known.set(workload, found)
  return found
}

/**
 * When two jobs have ended that are expected to go on so long: later than either, because which one
 * is wrong about its end, and how, is chance (as of two exponential distributions).
 */
const lastOf = (a: number, b: number): number =>
  a > 0 && b > 0 ? a + b - (a * b) / (a + b) : a + b

/** Run times spread over orders of magnitude, and limits lie far above them. */
function expectedEnd({ start, end }: Job, now: number, ended: RunTimes): number {
  const elapsed = start === null ? 0 : Math.max(0, now - start)
  const again =
    now +
    Math.max(1_000, residual(ended, elapsed, start === null || end === null ? null : end - start))
  return end === null ? again : Math.max(now, Math.min(end, again))
}

export function jobsByNode({ jobs }: Workload): ReadonlyMap<string, readonly Job[]> {
  const found = new Map<string, Job[]>()
  for (const job of jobs) {
    for (const node of job.nodes) {
      const before = found.get(node)
      if (before) before.push(job)
      else found.set(node, [job])
    }
  }
  return found
}

/** "job 4711 of alice ends by 14:20 UTC", the one that lasts longest; "" where there is none. */
export function describeJobs(jobs: readonly Job[], clock: (at: number) => string): string {
  const [last] = [...jobs].sort((a, b) => (b.end ?? Infinity) - (a.end ?? Infinity))
  if (!last) return ''
  const ends = last.end === null ? 'has no limit' : `ends by ${clock(last.end)}`
  return `job ${last.id} of ${last.user} ${ends}${jobs.length > 1 ? `, and ${jobs.length - 1} more before it` : ''}`
}
