// SPDX-License-Identifier: Apache-2.0
// What people should know of who has which node, before anything is begun.
import { foldHosts } from '../names/host-fold.js'
import type { Fleet } from '../declare/fleet.js'

/** A scheduler without nodes, and nodes without a scheduler where others have one. */
export function schedulerWarnings({
  nodes,
  schedulers,
}: Pick<Fleet, 'nodes' | 'schedulers'>): readonly string[] {
  if (schedulers.length === 0) return []
  const hypervisors = new Set(nodes.flatMap((n) => n.runsOn ?? []))
  const bare = nodes.flatMap((n) =>
    n.scheduler === null && !hypervisors.has(n.name) ? [n.name] : [],
  )
  return [
    ...schedulers.flatMap(({ name, field }) =>
      nodes.some((n) => n.scheduler === name)
        ? []
        : [
            `${field} has none of these nodes, so it is asked nothing: look at ${field}.nodes, and at the lists`,
          ],
    ),
    ...(bare.length > 0
      ? [
          `no scheduler has ${foldHosts(bare)}: a change that needs ${bare.length === 1 ? 'it' : 'one of them'} drained waits for a person`,
        ]
      : []),
  ]
}
