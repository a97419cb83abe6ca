// SPDX-License-Identifier: Apache-2.0
// What stops a rollout, asked before anything else: an alarm, a canary that failed, more failures than are endured.
import type { FleetNode, RolloutPolicy } from '../fleet/types.js'
import type { Halt } from './events.js'
import { nodeState } from './state.js'
import type { RolloutState } from './state.js'
import { shareOf } from './waves.js'
import type { Wave } from './waves.js'
import type { Failure } from './verdict.js'

interface World {
  readonly nodes: readonly FleetNode[]
  readonly policy: RolloutPolicy
  readonly rollout: RolloutState
}

const RETRY = 'Mend the cause, then `patchrun retry`; or merge a commit that mends it and `patchrun run` again.'

export function checkHalt({ policy, rollout }: World, waves: readonly Wave[]): Halt | null {
  if (rollout.alarm) return { ...rollout.alarm, nodes: [] }
  const failedOf = (wave: Wave): string[] => wave.nodes.filter((n) => nodeState(rollout, n).stage === 'failed')
  const canaries = waves.filter((w) => w.index === 0).flatMap(failedOf)
  if (canaries.length > 0) {
    const message = `${canaries.length === 1 ? 'a canary' : `${canaries.length} canaries`} failed: ${describe(rollout, canaries)}`
    return { code: 'canary-failed', message, hint: RETRY, nodes: canaries }
  }
  const others = waves.filter((w) => w.index > 0)
  const failed = others.flatMap(failedOf)
  if (failed.length === 0) return null
  const total = others.reduce((n, w) => n + w.nodes.length, 0)
  const endured = shareOf(policy.maxFailed, total, Math.floor)
  if (failed.length > endured) {
    const message = `${failed.length} of ${total} nodes failed, ${endured} are endured: ${describe(rollout, failed)}`
    return { code: 'too-many-failed', message, hint: RETRY, nodes: failed }
  }
  // Within the budget they are only told once nothing else can move, so that one bad node does not hold up a thousand.
  const idle = waves.every((w) => w.nodes.every((n) => isSettled(rollout, n)))
  if (!idle) return null
  return { code: 'nodes-failed', message: `all other nodes are done, ${failed.length} failed: ${describe(rollout, failed)}`, hint: RETRY, nodes: failed }
}

function isSettled(rollout: RolloutState, node: string): boolean {
  const { stage, step } = nodeState(rollout, node)
  return step === undefined && (stage === 'good' || stage === 'failed' || stage === 'drain')
}

/** Names the first three in full: the task, its message and where it stands. */
function describe(rollout: RolloutState, nodes: readonly string[]): string {
  const told = nodes.slice(0, 3).map((node) => `${node}: ${describeFailure(nodeState(rollout, node).failure)}`)
  const more = nodes.length - told.length
  return told.join('; ') + (more > 0 ? `; and ${more} more` : '')
}

/** One failure in words, complete. */
export function describeFailure(failure: Failure | undefined): string {
  if (!failure) return 'failed'
  const { cause, task, message, file, line } = failure
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`
  const lead = cause === 'unreachable' ? 'unreachable' : cause === 'hung' ? 'hangs' : ''
  return [lead, task && `task "${task}"`, message].filter(Boolean).join(': ') + place
}
