// SPDX-License-Identifier: Apache-2.0
// Why a node is left as it is, in words.
import { RULES } from './node-states.js'
import type { Condition } from './node-states.js'
import type { SchedulerNode } from './types.js'

interface Known {
  readonly condition: Condition
  readonly draining: boolean
  readonly node: SchedulerNode
}

/** "" of a node that serves, and may be drained. */
export const standingOf = (known: Known, prefix: string): string =>
  RULES[known.condition].counts ? takenOut(known, prefix) : (notDrained(known) ?? '')

/** Of a node that is not out of service and may not be drained all the same; null for others. */
function notDrained({ condition, node }: Known): string | null {
  const { counts, drainable } = RULES[condition]
  if (counts || drainable) return null
  const words = node.state.join('+').toLowerCase()
  return condition === 'asleep'
    ? `${words}: it sleeps to save power, and is changed when Slurm has woken it`
    : `${words}: Slurm does not run it`
}

/** Of a node that is out of service, and not by us. */
function takenOut({ condition, draining, node }: Known, prefix: string): string {
  const words = node.state.join('+').toLowerCase()
  if (condition === 'blocked') return `${words}: a job has its block of nodes for itself`
  // Releases up to 25.11 keep the reason of a drain that is gone.
  const left = !draining && node.reason.startsWith(prefix)
  const reason =
    node.reason === ''
      ? ''
      : left
        ? ', with the reason of an earlier drain'
        : `: "${node.reason}"${node.reasonBy === '' ? '' : ` (${node.reasonBy})`}`
  return `${words}, and not by patchrun${reason}`
}
