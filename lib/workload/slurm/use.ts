// SPDX-License-Identifier: Apache-2.0
// lib/workload/slurm/: what the role of a Slurm told, and what each node is in use for.
//
// From one look at the scheduler: is a node empty, is it out, whose drain is it, when will it be
// empty?
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type { NodeUse, Seen } from '../contract/node-use.js'
import type { FleetPart } from '../contract/manager.js'
import { RULES, conditionsOf } from './node-states.js'
import type { Condition } from './node-states.js'
import { residual } from './run-times.js'
import type { RunTimes } from './run-times.js'
import { standingOf } from './standing.js'
import type { Job, SchedulerNode, Workload } from './types.js'

/** The reservation that the role of a release makes while the test job runs on a node. */
export const testReservation = (name: string): string => `patchrun_${name}`

const BUSY = ['COMPLETING', 'ALLOCATED', 'MIXED']

/** With Slurm's own words. */
export interface SlurmUse extends NodeUse {
  readonly node: SchedulerNode
  /** The gravest of what its state says. */
  readonly condition: Condition
}

export interface UseOptions {
  readonly jobsOn?: ReadonlyMap<string, readonly Job[]>
  /** Whether nodes in a maintenance reservation of the site are left alone. */
  readonly reservations?: 'join' | 'leave'
}

/** null: the scheduler does not know the node. */
export function useOf(
  workload: Workload,
  name: string,
  prefix: string,
  { jobsOn = jobsByNode(workload), reservations = 'leave' }: UseOptions = {},
): SlurmUse | null {
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
  // A job is expected to run as long as those that ended lately and had run longer; the fewer these
  // are, the more as long again as it has run; at most to its limit.
  const expected = Math.min(
    emptyBy ?? Infinity,
    at + ends.reduce((last, { end }) => lastOf(last, end - at), 0),
  )
  const free = Math.max(0, node.cpus - node.allocated)
  const share = node.allocated / Math.max(1, jobs.length)
  const idle =
    free * (expected - at) + ends.reduce((sum, { end }) => sum + share * (expected - end), 0)
  const ours = draining && node.reason.startsWith(prefix)
  return {
    node,
    condition,
    name,
    occupants: jobs,
    empty,
    draining,
    ours,
    refused: refusedBy(node, draining),
    out: RULES[condition].counts,
    drainable: RULES[condition].drainable,
    inService: isInService(workload, name, condition),
    reserved: condition === 'reserved',
    promised: node.state.includes('PLANNED'),
    place: placesOf(workload).get(name) ?? 0,
    partitions: node.partitions,
    emptyBy,
    expected,
    idle: idle / Math.max(1, node.cpus),
    standing: standingOf({ condition, draining, node }, prefix),
    shown: `${node.state.join('+')}${node.reason === '' ? '' : `, reason "${node.reason}"`}`,
    boot: node.boot,
  }
}

/** Slurm found less than is configured: its words stand where our reason stood. */
const refusedBy = ({ state, reason }: SchedulerNode, draining: boolean): string | null =>
  draining && state.includes('INVALID_REG')
    ? `Slurm has taken the node out (${state.join('+')}): ${reason}`
    : null

/**
 * It is not out of service, but for a reservation that is not the one of its own test.
 */
const isInService = ({ reservations }: Workload, name: string, condition: Condition): boolean =>
  (!RULES[condition].counts || condition === 'reserved') &&
  !reservations.some((r) => r.name === testReservation(name))

/** What every node of the fleet is in use for, and every other node that Slurm knows. */
export function seenBy(
  workload: Workload,
  { nodes, names, prefix, reservations }: FleetPart,
): Seen {
  const jobs = jobsByNode(workload)
  const useIn = (name: string): NodeUse | null =>
    useOf(workload, name, prefix, { jobsOn: jobs, reservations })
  const ours = new Map(nodes.map((node) => [node, schedulerName(node, names)]))
  const fleet = new Set(ours.values())
  const others = [...workload.nodes.keys()].filter((name) => !fleet.has(name))
  const known = (all: Iterable<readonly [string, string]>): ReadonlyMap<string, NodeUse> =>
    new Map(
      [...all].flatMap(([key, name]): [string, NodeUse][] => {
        const use = useIn(name)
        return use ? [[key, use]] : []
      }),
    )
  return { at: workload.at, uses: known(ours), others: known(others.map((n) => [n, n])) }
}

const places = new WeakMap<Workload, ReadonlyMap<string, number>>()

/** Where each node stands in Slurm's list. */
function placesOf(workload: Workload): ReadonlyMap<string, number> {
  const before = places.get(workload)
  if (before) return before
  const found = new Map([...workload.nodes.keys()].map((name, place) => [name, place]))
  places.set(workload, found)
  return found
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
