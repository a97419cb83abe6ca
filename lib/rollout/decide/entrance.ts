// SPDX-License-Identifier: Apache-2.0
// What must hold before a wave begins, the wave before it being done: soak and pause, health gates,
// how far this run is to go, approvals.
import { unapproved } from '../limits/approvals.js'
import { doneSince } from '../limits/wave-completion.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { Wave } from '../world/waves.js'
import type { World } from '../world/world.js'

/** Asks the health gates that are due at this place, and says what holds the nodes behind them. */
export type AskGates = (
  point: 'start' | 'canaries' | 'waves',
  after: number,
  nodes: readonly string[],
) => Hold | null

/** `i`: which of these waves. null: it may begin. */
export function entrance(
  world: World,
  waves: readonly Wave[],
  i: number,
  ask: AskGates,
): Hold | null {
  const wave = waves[i] as Wave
  const before = waves[i - 1]
  if (!before) return ask('start', -1, wave.nodes) ?? startApproval(world, waves)
  return (
    pauseAfter(world, before, wave) ??
    ask(before.index === 0 ? 'canaries' : 'waves', before.index, before.nodes) ??
    // Last but for the approvals: the soak and the gates belong to the wave before, and who approves
    // wants to know of them.
    endOfRun(world, wave) ??
    approvalOf(world, waves, wave)
  )
}

const startApproval = ({ policy, rollout }: World, waves: readonly Wave[]): Hold | null =>
  policy.approval.includes('start') ? unapproved(rollout, 'start', waves) : null

function approvalOf(
  { policy: { approval }, rollout }: World,
  waves: readonly Wave[],
  wave: Wave,
): Hold | null {
  const others = waves.filter((w) => w.index > 0)
  return (
    (approval.includes('wide') ? unapproved(rollout, 'wide', others) : null) ??
    (approval.includes('waves') ? unapproved(rollout, `wave${wave.index}`, [wave]) : null)
  )
}

function endOfRun({ untilWave }: World, { index }: Wave): Hold | null {
  return untilWave !== undefined && index > untilWave
    ? holdFor({ is: 'until-wave', wave: untilWave })
    : null
}

/** The longer of the soak and the pause between waves, where both hold. */
function pauseAfter({ policy, rollout, now }: World, before: Wave, next: Wave): Hold | null {
  const done = doneSince(rollout, before, next)
  const soaked = before.index === 0 ? done + policy.soak : 0
  const paused = policy.pause.waves > 0 ? done + policy.pause.waves : 0
  const until = Math.max(soaked, paused)
  if (now >= until) return null
  return paused > soaked
    ? holdFor({ is: 'pause-after-wave', wave: before.index }, { until })
    : holdFor({ is: 'soak' }, { until })
}
