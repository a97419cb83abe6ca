// SPDX-License-Identifier: Apache-2.0
import type { SchedulerView } from '../../lib/rollout/index.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { seenBy } from '../../lib/workload/slurm/use.js'

interface Told extends Omit<SchedulerView, 'name' | 'seen' | 'nameOf'> {
  /** How our drains begin. */
  readonly prefix: string
  readonly workload: Workload | null
}

/** What a Slurm tells that names nodes as the inventory does, all of which are the fleet's. */
export const slurmView = ({ prefix, workload, ...view }: Told): SchedulerView => ({
  name: 'default',
  ...view,
  nameOf: (node) => node,
  seen:
    workload &&
    seenBy(workload, {
      nodes: [...workload.nodes.keys()],
      names: 'full',
      prefix,
      reservations: 'leave',
    }),
})
