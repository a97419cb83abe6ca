// SPDX-License-Identifier: Apache-2.0
// What a person may approve just now. Whoever works by day must be able to approve what begins by
// night, so what else holds the rollout (a pause, a window, an environment before it, a soak) does
// not count here.
import type { ApprovalScope } from '../limits/approvals.js'
import { decide } from './decide.js'
import { ending } from '../limits/gates.js'
import type { Reason } from '../say/reason.js'
import { planWaves } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { World } from '../world/world.js'

export interface PendingApproval {
  /** What `patchrun approve` has to be given. */
  readonly key: string
  readonly scope: ApprovalScope
  /** Why it is needed. */
  readonly reason: Reason
  /** The waves that it lets go. */
  readonly waves: readonly Wave[]
}

export function pendingApprovals(world: World): readonly PendingApproval[] {
  const { policy, rollout, nodes } = world
  if (rollout.status !== 'running' || ending(world)) return []
  const timing = { ...policy.timing, windows: [], freezes: [] }
  const { waiting } = decide({
    ...world,
    pause: null,
    promotion: [],
    policy: { ...policy, timing, soak: 0, pause: { nodes: 0, waves: 0 } },
  })
  const waves = planWaves(nodes, policy, rollout.limit)
  return waiting.flatMap(({ approval: key, reason }) => {
    if (key === undefined) return []
    const scope = key.slice(0, key.lastIndexOf('-')) as ApprovalScope
    return [{ key, scope, reason, waves: waves.filter((w) => isIn(scope, w)) }]
  })
}

const isIn = (scope: ApprovalScope, { index }: Wave): boolean =>
  scope === 'wide'
    ? index > 0
    : scope === 'start' || scope === 'history' || scope === `wave${index}`
