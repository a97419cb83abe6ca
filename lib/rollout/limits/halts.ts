// SPDX-License-Identifier: Apache-2.0
// What stops a rollout, asked before anything else: an alarm, a canary that failed, a health gate,
// a budget that is spent, a deadline, a person.
import type { BudgetCause } from '../../fleet/declare/fleet.js'
import { failedCheck } from './health-gates.js'
import type { Halt } from '../record/journal-events.js'
import { budgetOf, isTransient } from '../record/failure.js'
import { haltFor } from '../say/halt-words.js'
import type { FailedNode } from '../say/halt-words.js'
import { isFinishedUp, isOverdue } from './gates.js'
import { HostGroups } from '../world/host-groups.js'
import { SchedulerViews } from '../world/scheduler-views.js'
import { nodeState } from '../state/state.js'
import type { RolloutState } from '../state/state.js'
import { shareOf } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { World } from '../world/world.js'

export function checkHalt(world: World, waves: readonly Wave[]): Halt | null {
  const { rollout } = world
  if (rollout.alarm) return { ...rollout.alarm, nodes: [] }
  return (
    ofCanaries(rollout, waves) ??
    failedCheck(rollout) ??
    ofBudgets(world, waves) ??
    ofEnd(world, waves)
  )
}

function ofCanaries(rollout: RolloutState, waves: readonly Wave[]): Halt | null {
  const failed = waves
    .filter((w) => w.index === 0)
    .flatMap((w) => w.nodes)
    .filter((n) => {
      const { stage, failure } = nodeState(rollout, n)
      // What the change itself broke is broken on the others, too; a link that was cut may come
      // back.
      return stage === 'quarantined' || (stage === 'failed' && !isTransient(failure))
    })
  if (failed.length === 0) return null
  return haltFor({ code: 'canary-failed', failed: withFailures(rollout, failed) })
}

const CAUSES: readonly BudgetCause[] = ['failed', 'unreachable', 'notConverged']

/** What is endured: failures of any cause, and those of each cause that has a limit of its own. */
export interface Budget {
  readonly cause: BudgetCause | 'any'
  /** More than so many nodes halt the rollout. */
  readonly limit: number
  readonly nodes: readonly string[]
  /** Nodes that the share is taken of: all but the canaries, of which none may fail. */
  readonly of: number
}

export function budgetsOf(
  { policy, rollout }: Pick<World, 'policy' | 'rollout'>,
  waves: readonly Wave[],
): readonly Budget[] {
  const others = waves.filter((w) => w.index > 0).flatMap((w) => w.nodes)
  const of = others.length
  const failed = others.filter((n) => isFailed(rollout, n))
  const causes = CAUSES.flatMap((cause): Budget[] => {
    const share = policy.budget[cause]
    return share === null
      ? []
      : [
          {
            cause,
            limit: shareOf(share, of, Math.floor),
            nodes: failed.filter((n) => budgetOf(nodeState(rollout, n).failure) === cause),
            of,
          },
        ]
  })
  return [
    { cause: 'any', limit: shareOf(policy.maxFailed, of, Math.floor), nodes: failed, of },
    ...causes,
  ]
}

function ofBudgets(world: World, waves: readonly Wave[]): Halt | null {
  const spent = budgetsOf(world, waves).find(({ limit, nodes }) => nodes.length > limit)
  if (!spent) return null
  const { cause, limit, nodes, of } = spent
  const failed = withFailures(world.rollout, nodes)
  return haltFor({ code: 'too-many-failed', failed, cause, limit, of })
}

function ofEnd(world: World, waves: readonly Wave[]): Halt | null {
  const { rollout } = world
  if ((rollout.abort || isOverdue(world)) && isFinishedUp(world, waves))
    return haltFor(rollout.abort ? { code: 'aborted', said: rollout.abort } : { code: 'deadline' })
  // Within the budget they are only told once nothing else can move, so that one bad node does not
  // hold up a thousand.
  const nodes = waves.flatMap((w) => w.nodes)
  const failed = nodes.filter((n) => nodeState(rollout, n).stage === 'quarantined')
  if (failed.length === 0) return null
  const hostGroups = new HostGroups(world, waves)
  const stuck = nodes.filter((n) => hostGroups.isStuck(n))
  const views = new SchedulerViews(world)
  const hasGuests = (node: string): boolean =>
    world.schedulers.length > 0 && hostGroups.guestsOf(node).length > 0
  const drains = (node: string): boolean => views.of(node) !== null || hasGuests(node)
  if (!nodes.every((n) => stuck.includes(n) || isSettled(world, n, drains))) return null
  return haltFor({ code: 'nodes-failed', failed: withFailures(rollout, failed), stuck })
}

function isFailed(rollout: RolloutState, node: string): boolean {
  const { stage } = nodeState(rollout, node)
  return stage === 'failed' || stage === 'quarantined'
}

/** `drains`: whether patchrun drains it, or what runs on it. */
function isSettled({ rollout }: World, node: string, drains: (node: string) => boolean): boolean {
  const { stage, step, held } = nodeState(rollout, node)
  return (
    step === undefined &&
    (stage === 'quarantined' || (stage === 'good' && !held) || (stage === 'drain' && !drains(node)))
  )
}

const withFailures = (rollout: RolloutState, nodes: readonly string[]): readonly FailedNode[] =>
  nodes.map((node) => ({ node, failure: nodeState(rollout, node).failure }))
