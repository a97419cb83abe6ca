// SPDX-License-Identifier: Apache-2.0
// What stands before each wave of a rollout that has not begun, in words, from the same gates that
// decide asks.
import { approvalKey } from '../limits/approvals.js'
import { expectedHotChange, isMeasured } from '../state/durations.js'
import { closedFor } from '../limits/gates.js'
import type { EnvironmentState, RolloutState } from '../state/state.js'
import { inherit } from '../state/visit-state.js'
import { nextFit } from '../limits/windows.js'
import { waveName } from '../say/names.js'
import type { Hold } from '../say/reason.js'
import type { Wave } from '../world/waves.js'
import type { World } from '../world/world.js'

export interface WavePreview {
  /**
   * How long a node is expected to take from the beginning of its change to being seen GOOD, ms;
   * whether that was measured.
   */
  readonly visit: number
  readonly measured: boolean
  /** What keeps the rollout from beginning now; null: nothing. */
  readonly hold: Hold | null
  /** When a change would fit next, ms; null: never within two years. */
  readonly fits: number | null
  /** For each wave: what must hold before it begins, in order. */
  readonly before: readonly (readonly string[])[]
}

export function previewWaves(world: World, waves: readonly Wave[]): WavePreview {
  const { durations, policy, now } = world
  const visit = expectedHotChange(world)
  return {
    visit,
    measured: isMeasured(durations),
    hold: closedFor(world),
    fits: nextFit(policy.timing, now, visit),
    before: waves.map((wave, i) => gatesBefore(world, waves, wave, waves[i - 1])),
  }
}

function gatesBefore(
  { policy, rollout }: World,
  waves: readonly Wave[],
  wave: Wave,
  before: Wave | undefined,
): string[] {
  const checks = (point: 'start' | 'canaries' | 'waves'): string[] =>
    policy.health
      .filter((g) => g.at.includes(point))
      .map(
        (g) =>
          `health gate "${g.name}" on the nodes of the ${before ? waveName(before.index) : waveName(wave.index)}`,
      )
  const approval = (scope: Parameters<typeof approvalKey>[1], shown: readonly Wave[]): string =>
    `approval ${approvalKey(rollout, scope, shown)}`
  if (!before)
    return [
      ...checks('start'),
      ...(policy.approval.includes('start') ? [approval('start', waves)] : []),
    ]
  return [
    ...(before.index === 0 ? ['every canary GOOD'] : []),
    ...(before.index === 0 && policy.soak > 0 ? ['the soak'] : []),
    ...(policy.pause.waves > 0 ? ['the pause between waves'] : []),
    ...checks(before.index === 0 ? 'canaries' : 'waves'),
    ...(policy.approval.includes('wide') && before.index === 0
      ? [
          approval(
            'wide',
            waves.filter((w) => w.index > 0),
          ),
        ]
      : []),
    ...(policy.approval.includes('waves') ? [approval(`wave${wave.index}`, [wave])] : []),
  ]
}

/** A rollout as it would be opened now. */
export const wouldOpen = (
  pin: RolloutState['pin'],
  { remembered, current }: EnvironmentState,
  limit: RolloutState['limit'],
  now: number,
): RolloutState => ({
  id: 'planned',
  kind: 'forward',
  pin,
  previous: remembered,
  limit,
  by: { user: '', host: '', pid: 0 },
  openedAt: now,
  since: now,
  status: 'running',
  nodes: inherit(current, pin.sha, now),
  steps: new Map(),
  stepCount: 0,
  checks: new Map(),
  approvals: [],
  changed: new Set(),
  lastApply: 0,
  noticed: [],
})
