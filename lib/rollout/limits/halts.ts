// SPDX-License-Identifier: Apache-2.0
// What stops a rollout, asked before anything else: an alarm, a canary that failed, a health gate,
// a budget that is spent, a deadline, a person.
import { are, count } from '../../fleet/names/count.js'
import type { BudgetCause } from '../../fleet/declare/fleet.js'
import { failedCheck } from './health-gates.js'
import type { Halt } from '../record/journal-events.js'
import { budgetOf, describeFailure, isTransient } from '../record/failure.js'
import { isFinishedUp, isOverdue, spoken } from './gates.js'
import { HostGroups } from '../world/host-groups.js'
import { nodeState } from '../state/state.js'
import type { RolloutState } from '../state/state.js'
import { shareOf } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { World } from '../world/world.js'

const RETRY =
  'Mend the cause, then `patchrun retry`; or merge a commit that mends it and `patchrun run` again.'

export function checkHalt(world: World, waves: readonly Wave[]): Halt | null {
  const { rollout } = world
  if (rollout.alarm) return { ...rollout.alarm, nodes: [] }
  return (
    ofCanaries(rollout, waves) ??
    failedCheck(rollout, RETRY) ??
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
  return {
    code: 'canary-failed',
    message: `${failed.length === 1 ? 'a canary' : `${failed.length} canaries`} failed: ${describe(rollout, failed)}`,
    hint: RETRY,
    nodes: failed,
  }
}

const CAUSES: Readonly<Record<BudgetCause, string>> = {
  failed: 'failed a task',
  unreachable: 'could not be reached',
  notConverged: 'did not converge',
}

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
  const causes = (Object.keys(CAUSES) as BudgetCause[]).flatMap((cause): Budget[] => {
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
  return {
    code: 'too-many-failed',
    message: `${nodes.length} of ${count(of, 'node')} ${cause === 'any' ? 'failed' : CAUSES[cause]}, ${limit} ${are(limit)} endured: ${describe(world.rollout, nodes)}`,
    hint: RETRY,
    nodes,
  }
}

function ofEnd(world: World, waves: readonly Wave[]): Halt | null {
  const { rollout } = world
  if ((rollout.abort || isOverdue(world)) && isFinishedUp(world, waves)) {
    if (rollout.abort)
      return {
        code: 'aborted',
        message: `aborted by ${spoken(rollout.abort)}`,
        hint: '`patchrun retry` goes on with it, `patchrun rollback` takes it back; a newer commit opens a new rollout.',
        nodes: [],
      }
    return {
      code: 'deadline',
      message: 'the deadline of the rollout is over',
      hint: '`patchrun retry` gives it the same time once more. `patchrun status` shows what it was waiting for.',
      nodes: [],
    }
  }
  // Within the budget they are only told once nothing else can move, so that one bad node does not
  // hold up a thousand.
  const nodes = waves.flatMap((w) => w.nodes)
  const failed = nodes.filter((n) => nodeState(rollout, n).stage === 'quarantined')
  if (failed.length === 0) return null
  const hostGroups = new HostGroups(world, waves)
  const stuck = nodes.filter((n) => hostGroups.isStuck(n))
  if (!nodes.every((n) => stuck.includes(n) || isSettled(world, n))) return null
  const others =
    stuck.length > 0
      ? `; ${stuck.slice(0, 3).join(', ')}${stuck.length > 3 ? ` and ${stuck.length - 3} more` : ''} ${stuck.length > 1 ? 'wait' : 'waits'} for that`
      : ''
  return {
    code: 'nodes-failed',
    message: `all other nodes are done, ${failed.length} failed: ${describe(rollout, failed)}${others}`,
    hint: RETRY,
    nodes: failed,
  }
}

function isFailed(rollout: RolloutState, node: string): boolean {
  const { stage } = nodeState(rollout, node)
  return stage === 'failed' || stage === 'quarantined'
}

function isSettled({ rollout, scheduler }: World, node: string): boolean {
  const { stage, step, held } = nodeState(rollout, node)
  return (
    step === undefined &&
    (stage === 'quarantined' || (stage === 'good' && !held) || (stage === 'drain' && !scheduler))
  )
}

/** Names the first three in full: the task, its message and where it stands. */
function describe(rollout: RolloutState, nodes: readonly string[]): string {
  const told = nodes
    .slice(0, 3)
    .map((node) => `${node}: ${describeFailure(nodeState(rollout, node).failure)}`)
  const more = nodes.length - told.length
  return told.join('; ') + (more > 0 ? `; and ${more} more` : '')
}
