// SPDX-License-Identifier: Apache-2.0
// How the nodes whose visit begins are drained: each by a step of its own while there are forks,
// which stays with it until it is empty.
import { isForeign } from '../../workload/contract/node-use.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import type { StepToDo } from '../record/journal-events.js'
import { nodeState } from '../state/state.js'
import type { SchedulerViews } from '../world/scheduler-views.js'
import type { World } from '../world/world.js'

/**
 * How long the step that drains a node may wait for it to be empty, ms: what is empty by then is
 * changed without asking anew.
 */
const PATIENCE = 60_000

export type DrainStep = Extract<StepToDo, { readonly do: 'drain' }> & {
  readonly nodes: readonly string[]
}

export interface DrainStepsOptions {
  /** null and undefined: nobody knows. */
  readonly use: (node: string) => NodeUse | null | undefined
  readonly world: Pick<World, 'policy' | 'rollout'>
  /** Forks that are left when the idle ones have theirs. */
  readonly spare: number
  /** Each step is one scheduler's. */
  readonly views: Pick<SchedulerViews, 'byScheduler'>
  /** There are others that would take the place of an idle one that got a job meanwhile. */
  readonly others: boolean
}

/** patient: steps among them that hold a fork while their node is at work. */
export function drainSteps(
  chosen: readonly string[],
  { use, world: { policy, rollout }, spare, others, views }: DrainStepsOptions,
): { readonly actions: readonly DrainStep[]; readonly patient: number } {
  const wait = Math.min(PATIENCE, policy.drain.timeout)
  const foreign = (node: string): boolean => isForeign(use(node))
  const idle = chosen.filter((n) => use(n)?.empty)
  const busy = chosen.filter((n) => !idle.includes(n) && !foreign(n))
  const patient = busy.slice(0, Math.max(0, spare))
  const rest = busy.slice(patient.length)
  // What was drained before may have been begun: it is not given back on the way.
  const giveWay = (node: string): boolean =>
    others &&
    nodeState(rollout, node).outrun === undefined &&
    nodeState(rollout, node).held === undefined
  const one = (node: string, more: Partial<DrainStep>): DrainStep => ({
    do: 'drain',
    nodes: [node],
    ...more,
  })
  return {
    patient: patient.length,
    actions: [
      ...idle.map((n) =>
        one(n, foreign(n) ? { foreign: true } : giveWay(n) ? { idle: true } : { wait }),
      ),
      ...patient.map((n) => one(n, { wait })),
      ...views.byScheduler(rest).map(([, nodes]) => ({ do: 'drain' as const, nodes })),
    ],
  }
}
