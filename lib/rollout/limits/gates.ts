// SPDX-License-Identifier: Apache-2.0
// lib/rollout/limits/: what holds a change back or stops it: windows, capacity, approvals, health
// gates, halts.
//
// What keeps any look and any change from beginning, whatever the node: an end that was asked for,
// a pause, an environment that must come first, a history nobody approved, the time. A change that
// has begun is finished all the same.
import { unapproved } from './approvals.js'
import { timeGate } from './windows.js'
import { SchedulerViews } from '../world/scheduler-views.js'
import { isVisiting } from '../world/sorted-nodes.js'
import { nodeState } from '../state/state.js'
import type { Word } from '../state/state.js'
import type { Wave } from '../world/waves.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { World } from '../world/world.js'

/** The first reason why nothing may begin; null: nothing speaks against it. */
export function closedFor(world: World): Hold | null {
  return (
    ending(world) ??
    paused(world) ??
    notPromoted(world) ??
    (world.rollout.history ? unapproved(world.rollout, 'history', []) : null) ??
    outOfTime(world)
  )
}

/** A person aborted, or the deadline is over: what runs is finished, nothing begins. */
export function ending({ rollout, policy, now }: World): Hold | null {
  if (rollout.abort) return holdFor({ is: 'aborted', ...saidBy(rollout.abort) })
  return isOverdue({ rollout, policy, now }) ? holdFor({ is: 'overdue' }) : null
}

export const isOverdue = ({
  rollout,
  policy,
  now,
}: Pick<World, 'rollout' | 'policy' | 'now'>): boolean =>
  policy.deadline !== null && now >= rollout.since + policy.deadline

/** Every change that was begun has been looked at again, and every node given back that can be. */
export function isFinishedUp(world: World, waves: readonly Wave[]): boolean {
  const { rollout } = world
  const views = new SchedulerViews(world)
  return (
    rollout.steps.size === 0 &&
    waves.every((w) =>
      w.nodes.every(
        (n) =>
          views.isOrphaned(n, world) ||
          (nodeState(rollout, n).stage !== 'applied' && !isVisiting(rollout, n)),
      ),
    )
  )
}

function paused({ pause, now }: World): Hold | null {
  if (!pause || (pause.until !== undefined && now >= pause.until)) return null
  return holdFor(
    { is: pause.scope === 'fleet' ? 'fleet-paused' : 'paused', ...saidBy(pause) },
    pause.until === undefined ? {} : { until: pause.until },
  )
}

function notPromoted({ promotion, policy, rollout, now }: World): Hold | null {
  // Back to what was there before needs nobody's leave.
  if (rollout.kind === 'rollback') return null
  const missing = promotion.filter((p) => p.completedAt === null).map((p) => p.environment)
  const { sha } = rollout.pin
  if (missing.length > 0) return holdFor({ is: 'promotion-first', environments: missing, sha })
  const until = Math.max(...promotion.map((p) => (p.completedAt ?? 0) + policy.promotion.soak))
  if (promotion.length === 0 || now >= until) return null
  const environments = promotion.map((p) => p.environment)
  return holdFor({ is: 'promotion-soaks', environments, sha }, { until })
}

function outOfTime({ policy, now }: World): Hold | null {
  const gate = timeGate(policy.timing, now)
  if (gate.open) return null
  return holdFor(gate.reason, gate.opensAt === null ? {} : { until: gate.opensAt })
}

const saidBy = ({ by, reason }: Word): Pick<Word, 'by' | 'reason'> => ({
  by,
  ...(reason !== undefined && { reason }),
})
