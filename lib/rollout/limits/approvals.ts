// SPDX-License-Identifier: Apache-2.0
// What a person must approve, bound to what they were shown: the SHA and the nodes of the waves.
import { createHash } from 'node:crypto'
import type { RolloutState } from '../state/state.js'
import type { Wave } from '../world/waves.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'

/** "start", "wide", "wave2", "history": what the approval is for. */
export type ApprovalScope = 'start' | 'wide' | `wave${number}` | 'history'

/**
 * The digest of what an approval lets happen: "wide-3fa29c1b02de". Another commit or other nodes
 * give another one.
 */
export function approvalKey(
  { pin, previous }: RolloutState,
  scope: ApprovalScope,
  waves: readonly Wave[],
): string {
  const shown = scope === 'history' ? [previous] : waves.map((w) => [w.index, ...w.nodes])
  const digest = createHash('sha256')
    .update(JSON.stringify([pin.sha, scope, shown]))
    .digest('hex')
  return `${scope}-${digest.slice(0, 12)}`
}

/** What holds the nodes until it is approved; null when it is. */
export function unapproved(
  rollout: RolloutState,
  scope: ApprovalScope,
  waves: readonly Wave[],
): Hold | null {
  const key = approvalKey(rollout, scope, waves)
  if (rollout.approvals.some((a) => a.key === key)) return null
  const older = rollout.approvals.filter((a) => a.key.startsWith(`${scope}-`)).at(-1)
  const again = older && { by: older.by }
  return holdFor({ is: 'approval', scope, history: rollout.history, key, again }, { approval: key })
}
