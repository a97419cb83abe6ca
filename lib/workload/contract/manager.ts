// SPDX-License-Identifier: Apache-2.0
// What a workload manager is to the rest of patchrun: how its roles are run, and how what they tell
// is read. Each manager fills it in a folder of its own; `managers.ts` lists them. Pure.
import type { Scheduler } from '../../fleet/declare/fleet.js'
import type { NodeUse, Seen } from './node-use.js'

/** What a role says of one node that it was to act on. */
export interface RoleWord {
  /** Such as `drained`; "" where it said nothing that can be read. */
  readonly result: string
  readonly message: string
}

/** What the roles of a manager told at one time. The rest of it only the manager can read. */
export interface Report {
  /** When it arrived, by patchrun's clock, ms since the epoch. */
  readonly at: number
  /** By the manager's names. */
  readonly results: Readonly<Record<string, RoleWord>>
  /** What it calls itself, such as `Slurm 24.11.5`; undefined where it does not say. */
  readonly software?: string
}

/** The part of a fleet that a manager has to do with. */
export interface FleetPart {
  /** By the inventory's names. */
  readonly nodes: readonly string[]
  /** How the manager names them. */
  readonly names: Scheduler['names']
  /** How every drain of this environment begins. */
  readonly prefix: string
  /** Whether nodes in a maintenance reservation of the site are left alone. */
  readonly reservations: 'join' | 'leave'
}

/** Words of a manager for people. */
export interface ManagerWords {
  /** Its name. */
  readonly name: string
  /** What shows the names that it knows. */
  readonly shownBy: string
  /** What an occupant is called, one of them. */
  readonly occupant: string
  /** How a person gives nodes back. `names`: folded, the manager's names. */
  readonly giveBack: (names: string) => string
}

export interface Manager<R extends Report = Report> {
  /** As `scheduler.type` has it. */
  readonly type: string
  readonly words: ManagerWords
  /**
   * Variables that its own roles are given besides those of every manager. `every`: how often the
   * manager is asked while something waits for it, ms.
   */
  variables(role: 'observe' | 'drain' | 'release', every: number): Readonly<Record<string, unknown>>
  /** The data of a role's report; a text says what is wrong with it. Never throws. */
  read(data: unknown, at: number): R | string
  /** Of each node of the fleet, and of the manager's others. */
  seen(report: R, part: FleetPart): Seen
  /** Of one node, by the manager's name; null: it does not know it. */
  useOf(report: R, name: string, prefix: string): NodeUse | null
  /** `part`: what a step told later of some nodes. */
  merge(report: R, part: R): R
  /** How many occupants there are in all. */
  occupants(report: R): number
  /** As JSON, for `status` in another process, without the words of its roles. */
  freeze(report: R): object
  /** Throws, or gives nonsense, for what is none. */
  thaw(data: unknown): R
  /** What the tests say of this release, in words; undefined where it says nothing of itself. */
  tried(software: string | undefined): string | undefined
}
