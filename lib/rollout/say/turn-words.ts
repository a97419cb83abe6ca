// SPDX-License-Identifier: Apache-2.0
// Why a node stands where it stands in the order of drains.
import { describeOccupants, isForeign } from '../../workload/contract/node-use.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import type { Reader } from './moments.js'
import { runningOnIt } from './names.js'

export type TurnReason =
  | { readonly is: 'use'; readonly use: NodeUse }
  /** A hypervisor, with the nodes on it. */
  | { readonly is: 'with-guests'; readonly guests: readonly string[] }
  /** A node, with its hypervisor. */
  | { readonly is: 'with-host'; readonly host: string }

export function turnText(reason: TurnReason, reader: Reader): string {
  switch (reason.is) {
    case 'use':
      return whose(reason.use) + useText(reason.use, reader)
    case 'with-guests':
      return `together with ${runningOnIt(reason.guests)}`.replace(/,$/, '')
    case 'with-host':
      return `runs on ${reason.host}`
  }
}

/** Said only where it is out already. */
function whose(use: NodeUse): string {
  if (isForeign(use)) return 'taken out by somebody else, so it is patched and stays out; '
  return use.draining ? 'drained by patchrun already; ' : ''
}

function useText(
  { empty, promised, occupants, emptyBy, expected }: NodeUse,
  { clock }: Reader,
): string {
  if (empty) return promised ? 'idle, and about to get a job' : 'idle'
  if (occupants.length === 0) return 'its last job is completing'
  const what = describeOccupants(occupants, clock)
  return emptyBy === null ? `${what}: last` : `expected to be empty by ${clock(expected)}; ${what}`
}
