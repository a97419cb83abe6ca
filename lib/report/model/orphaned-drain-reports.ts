// SPDX-License-Identifier: Apache-2.0
// What people have to do about nodes that patchrun drained and may not give back.
import { groupBy } from '../../fleet/names/group-by.js'
import { foldHosts } from '../../fleet/names/host-fold.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { orphanedDrains } from '../../rollout/index.js'
import type { World } from '../../rollout/index.js'
import { managerOf } from '../../workload/managers.js'
import type { LeftReport } from './rollout-report.js'

export function orphanedDrainReports(
  { denied, schedulers }: Pick<Fleet, 'denied' | 'schedulers'>,
  world: World,
): readonly LeftReport[] {
  const never = new Set(denied)
  const found = orphanedDrains(world).map((left) => ({
    ...left,
    why: left.permitted
      ? ('limited' as const)
      : never.has(left.node)
        ? ('denied' as const)
        : ('not-permitted' as const),
  }))
  return [
    ...groupBy(found, ({ why, begun, scheduler }) => `${why} ${begun} ${scheduler}`).values(),
  ].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const nodes = group.map((l) => l.node)
    const [was, is] = nodes.length === 1 ? ['was', 'is'] : ['were', 'are']
    const state = {
      denied: `${is} denied now`,
      'not-permitted': `${is} not on the allow list any more`,
      limited: `${is} not among the nodes of this limited rollout`,
    }[first.why]
    const look = first.begun
      ? `; ${nodes.length === 1 ? 'its' : 'their'} change may have begun, so look first`
      : ''
    const command = commandFor(nodes, first.scheduler, schedulers)
    const what =
      first.why === 'limited'
        ? 'the next rollout without --limit gives back what it finds drained'
        : `give ${nodes.length === 1 ? 'it' : 'them'} back by hand${command}`
    return [
      {
        nodes,
        why: first.why,
        text: `${foldHosts(nodes)} ${was} drained by patchrun and ${state}${look}: ${what}`,
      },
    ]
  })
}

/** `by`: who drained them. */
function commandFor(nodes: readonly string[], by: string, schedulers: Fleet['schedulers']): string {
  const scheduler = schedulers.find((s) => s.name === by)
  if (!scheduler)
    return schedulers.length === 0
      ? ''
      : ` in the scheduler ${by}, which is not declared any more, and say so with patchrun release --by-hand`
  const names = foldHosts(nodes.map((n) => schedulerName(n, scheduler.names)))
  return `: ${managerOf(scheduler).words.giveBack(names)}`
}
