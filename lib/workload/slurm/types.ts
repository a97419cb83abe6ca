// SPDX-License-Identifier: Apache-2.0
// What runs on the nodes, as their scheduler told it. Values only; times in ms since the epoch.
import type { Report } from '../contract/manager.js'
import type { RunTimes } from './run-times.js'

/** A node as the scheduler knows it. */
export interface SchedulerNode {
  readonly name: string
  /** The scheduler's words, the base state first: ["MIXED", "DRAIN"]. */
  readonly state: readonly string[]
  /** Why it was drained or set down; "" when nobody said. */
  readonly reason: string
  readonly reasonBy: string
  readonly features: readonly string[]
  readonly partitions: readonly string[]
  readonly cpus: number
  readonly allocated: number
  /** When it booted, s since the epoch, by its own clock; null: not known. */
  readonly boot: number | null
}

/** A job that holds nodes. */
export interface Job {
  readonly id: string
  readonly user: string
  readonly state: string
  readonly nodes: readonly string[]
  readonly start: number | null
  /** When its limit ends it; null: it has none. */
  readonly end: number | null
  readonly cpus: number
}

/** A reservation of nodes. */
export interface Reservation {
  readonly name: string
  readonly nodes: readonly string[]
  /** The scheduler's words, such as MAINT. */
  readonly flags: readonly string[]
}

/** One look at the scheduler. */
export interface Workload extends Report {
  /** By the scheduler's name. */
  readonly nodes: ReadonlyMap<string, SchedulerNode>
  readonly jobs: readonly Job[]
  readonly reservations: readonly Reservation[]
  /** How long jobs ran that ended lately. */
  readonly ended: RunTimes
}
