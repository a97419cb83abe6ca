// SPDX-License-Identifier: Apache-2.0
// What a decision shows that people are to be told and no step says: that the canaries have passed,
// and that an approval is asked for. Each is told once a rollout.
import type { News } from '../record/journal-events.js'
import { noticeKey } from '../state/outbox.js'
import { readerOf } from '../say/moments.js'
import { reasonText } from '../say/reason.js'
import { pendingApprovals } from './pending-approvals.js'
import { checkKey, nodeState } from '../state/state.js'
import { doneSince } from '../limits/wave-completion.js'
import { planWaves } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { Decision, World } from '../world/world.js'

export function newsOf(world: World, decision: Decision): readonly News[] {
  const { rollout } = world
  if (rollout.status !== 'running' || decision.actions.some((a) => a.do === 'halt')) return []
  const known = new Set(rollout.noticed)
  const passed = havePassed(world)
  const news: News[] = passed && !known.has('canary-passed') ? [{ kind: 'canary-passed' }] : []
  for (const { key, scope, reason, waves } of approvalsIn(world, decision, known)) {
    // Nobody is asked to go on from canaries that have not passed.
    if (scope !== 'start' && scope !== 'history' && !passed) continue
    news.push({
      kind: 'waiting-approval',
      key,
      text: reasonText(reason, readerOf(world, world.now)),
      waves: waves.map(({ index, nodes }) => ({ wave: index, nodes: nodes.length })),
    })
  }
  return news.filter((n) => !known.has(noticeKey(n)))
}

/**
 * Every canary is GOOD and back, its soak is over, and the health gates after the canaries have
 * passed; and others follow.
 */
function havePassed({ rollout, policy, nodes, now }: World): boolean {
  const [canaries, next] = planWaves(nodes, policy, rollout.limit) as readonly (Wave | undefined)[]
  if (canaries?.index !== 0 || !next) return false
  const states = canaries.nodes.map((n) => nodeState(rollout, n))
  if (
    !states.every(({ stage, step, held }) => stage === 'good' && step === undefined && !held) ||
    now < doneSince(rollout, canaries, next) + policy.soak
  )
    return false
  return policy.health.every(
    ({ name, at }) =>
      !at.includes('canaries') ||
      rollout.checks.get(checkKey({ gate: name, point: 'canaries', after: 0 }))?.result === 'pass',
  )
}

/**
 * Asked a second time only where one may be new: it costs another decision. What a window holds up
 * is asked for by day.
 */
function approvalsIn(
  world: World,
  { waiting, actions }: Decision,
  known: ReadonlySet<string>,
): ReturnType<typeof pendingApprovals> {
  const { policy, rollout } = world
  if (policy.approval.length === 0 && !rollout.history) return []
  const asked = waiting.flatMap((w) => w.approval ?? [])
  const isIdle = asked.length === 0 && actions.length === 0 && rollout.steps.size === 0
  return isIdle || asked.some((key) => !known.has(key)) ? pendingApprovals(world) : []
}
