// SPDX-License-Identifier: Apache-2.0
// Slurm as a workload manager: nodes are drained, and jobs end by themselves.
import type { Manager } from '../contract/manager.js'
import { readSchedulerReport } from './read-report.js'
import { NO_RUN_TIMES } from './run-times.js'
import type { Job, Reservation, SchedulerNode, Workload } from './types.js'
import { seenBy, useOf } from './use.js'
import { slurmStanding } from './versions.js'

/** What is kept of a report. */
interface Frozen {
  readonly at: number
  readonly nodes: readonly SchedulerNode[]
  readonly jobs: readonly Job[]
  readonly reservations?: readonly Reservation[]
}

export const SLURM: Manager<Workload> = {
  type: 'slurm',
  words: {
    name: 'Slurm',
    shownBy: 'sinfo',
    occupant: 'job',
    giveBack: (names) => `scontrol update nodename=${names} state=resume`,
  },
  variables(role, every) {
    if (role === 'drain') return { slurm_drain_interval: interval(every, 5, 2) }
    return role === 'observe' ? { slurm_observe_interval: interval(every, 2, 10) } : {}
  },
  read: readSchedulerReport,
  seen: seenBy,
  useOf,
  merge: ({ at, nodes, jobs, reservations, ended }, part) => ({
    at,
    nodes: new Map([...nodes, ...part.nodes]),
    jobs: [...jobs.filter((j) => !isToldIn(part, j)), ...part.jobs],
    reservations,
    ended,
    results: {},
  }),
  occupants: ({ jobs }) => jobs.length,
  freeze: ({ at, nodes, jobs, reservations }): Frozen => ({
    at,
    nodes: [...nodes.values()],
    jobs,
    reservations,
  }),
  thaw(data) {
    const { at, nodes, jobs, reservations = [] } = data as Frozen
    return {
      at,
      nodes: new Map(nodes.map((n) => [n.name, n])),
      jobs,
      reservations,
      ended: NO_RUN_TIMES,
      results: {},
    }
  },
  tried: slurmStanding,
}

/** It is told there, or its nodes are. */
const isToldIn = ({ jobs, nodes }: Workload, { id, nodes: its }: Job): boolean =>
  jobs.some((j) => j.id === id) || its.some((n) => nodes.has(n))

/**
 * s between two questions of a role that waits: some in the time after which patchrun itself would
 * ask again.
 */
const interval = (every: number, parts: number, most: number): number =>
  Math.max(0.2, Math.min(most, every / 1000 / parts))
