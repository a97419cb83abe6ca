// SPDX-License-Identifier: Apache-2.0
// What is so on some nodes, told in the form that the roles of each workload manager use.
import type { Scheduler } from '../../lib/fleet/declare/fleet.js'
import type { RoleWord } from '../../lib/workload/contract/manager.js'

/** Times are ms since the epoch. */
export interface SceneOccupant {
  readonly id: string
  readonly user: string
  readonly start: number
  /** When its limit ends it; null: it has none. */
  readonly end: number | null
}

export interface SceneNode {
  readonly name: string
  readonly drained?: true
  /** Why; "" where nobody said. */
  readonly reason?: string
  /** The manager keeps it out by itself, with that reason. */
  readonly refused?: true
  readonly occupants?: readonly SceneOccupant[]
  readonly partition?: string
  /** s since the epoch. */
  readonly boot?: number
}

export interface Scene {
  readonly nodes: readonly SceneNode[]
  readonly words?: Readonly<Record<string, RoleWord>>
}

/** The data of a report of the roles. */
export type WriteScene = (scene: Scene) => unknown

export function writeForSlurm({ nodes, words = {} }: Scene): unknown {
  return {
    version: 1,
    results: words,
    nodes: nodes.map((node) => ({
      name: node.name,
      state: [
        (node.occupants ?? []).length > 0 ? 'ALLOCATED' : 'IDLE',
        ...(node.drained ? ['DRAIN'] : []),
        ...(node.refused ? ['INVALID_REG'] : []),
      ],
      reason: node.reason ?? '',
      reasonBy: 'root',
      partitions: node.partition === undefined ? [] : [node.partition],
      cpus: 2,
      allocated: (node.occupants ?? []).length > 0 ? 2 : 0,
      boot: node.boot ?? null,
    })),
    jobs: nodes.flatMap(({ name, occupants = [] }) =>
      occupants.map(({ id, user, start, end }) => ({
        id,
        user,
        state: 'RUNNING',
        nodes: [name],
        start: start / 1000,
        end: (end ?? start) / 1000,
        limit: end === null ? null : (end - start) / 1000,
        cpus: 2,
      })),
    ),
  }
}

export const WRITERS: Readonly<Record<Scheduler['type'], WriteScene>> = { slurm: writeForSlurm }
