// SPDX-License-Identifier: Apache-2.0
// lib/rollout/decide/: the walk over the waves, and what it would be before a rollout has begun.
//
// decide(world) -> { actions, waiting, wakeAt }: the whole policy, and the only copy of it.
//
// Waves go in order. Within a wave every node is looked at (detect), what is HOT is applied, what
// was applied is looked at again (verify). The canary wave must be GOOD to the last node, and its
// soak over, before any other node is touched; a later wave may go on while nodes wait for a drain,
// or have failed within what the policy endures. Whatever must stop the rollout is asked first, so
// that no action stands beside a halt. A change that has begun is looked at again whatever came
// between: a node is never left half done because it got late.

import { drained } from '../limits/capacity.js'
import { Walk } from './walk.js'
import { closedFor } from '../limits/gates.js'
import { checkHalt } from '../limits/halts.js'
import { schedulerGone } from '../world/held-schedulers.js'
import { HostGroups } from '../world/host-groups.js'
import { SchedulerViews } from '../world/scheduler-views.js'

import { EMPTY, isVisiting, sortNodes } from '../world/sorted-nodes.js'

import { holdFor } from '../say/reason.js'

import { nodeState } from '../state/state.js'
import { waitingWithin } from './waiting.js'

import { planWaves } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { Decision, Waiting, World } from '../world/world.js'

const NOTHING: Decision = { actions: [], waiting: [], wakeAt: null }

export function decide(world: World): Decision {
  const { rollout, policy, nodes } = world
  if (rollout.status !== 'running' && rollout.status !== 'halted') return NOTHING
  const waves = planWaves(nodes, policy, rollout.limit)
  if (rollout.status === 'halted') return { ...NOTHING, waiting: whileHalted(waves, world) }
  const halt = checkHalt(world, waves)
  if (!halt) return new Walk(world, waves, closedFor(world)).decide()
  // Nobody is left drained: what was begun is finished, what was only drained is given back, then
  // it halts.
  const ours = new Set(drained(rollout))
  const views = new SchedulerViews(world)
  const held = waves.some((w) =>
    w.nodes.some(
      (n) =>
        ours.has(n) &&
        (nodeState(rollout, n).step !== undefined ||
          (isVisiting(rollout, n) && !views.isOrphaned(n, world))),
    ),
  )
  if (!held) return { ...NOTHING, actions: [{ do: 'halt', halt }] }
  return new Walk(world, waves, holdFor({ is: 'halting', message: halt.message })).decide()
}

function whileHalted(waves: readonly Wave[], world: World): Waiting[] {
  const { rollout } = world
  const hostGroups = new HostGroups(world, waves)
  const out = waves.flatMap((wave) =>
    waitingWithin({ ...EMPTY, quarantined: sortNodes(wave, world, hostGroups).quarantined }, world),
  )
  const all = waves.flatMap((w) => w.nodes)
  out.push(...hostGroups.waiting(all))
  const views = new SchedulerViews(world)
  for (const node of all) {
    const declared = views.declaredFor(node)
    if (views.isOrphaned(node, world)) out.push({ ...schedulerGone(node, world), nodes: [node] })
    else if (declared) out.push({ ...schedulerGone(node, world, declared.name), nodes: [node] })
  }
  const named = new Set(out.flatMap((w) => w.nodes))
  const nodes = all.filter((n) => nodeState(rollout, n).stage !== 'good' && !named.has(n))
  return [...out, ...(nodes.length > 0 ? [{ ...holdFor({ is: 'halted' }), nodes }] : [])]
}
