// SPDX-License-Identifier: Apache-2.0
// Which nodes are drained first: idle ones, then those whose slot is expected to be taken for the shortest time with the fewest
// idle cores meanwhile; those with a job that has no limit come last. Pure, and the reasons are shown by `plan`.
import { describeJobs, isForeign } from '../workload/use.js'
import type { NodeUse } from '../workload/use.js'

export interface Turn {
  readonly node: string
  /** Nothing runs on it now. */
  readonly idle: boolean
  /** Why it stands where it stands, in words. */
  readonly why: string
}

/** `clock`: a moment in words. Nodes that cost the same keep their order. */
export function drainOrder(nodes: readonly { readonly node: string; readonly use: NodeUse }[], now: number, clock: (at: number) => string): readonly Turn[] {
  const cost = ({ use }: { readonly use: NodeUse }): number => Math.max(0, use.expected - now) + use.waste / Math.max(1, use.node.cpus)
  const rank = ({ use }: { readonly use: NodeUse }): number => (use.empty ? 0 : use.emptyBy === null ? 2 : 1)
  return [...nodes]
    .sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? 0 : cost(a) - cost(b)))
    // Put into words when somebody reads them: most decisions want the order alone, of ten thousand nodes.
    .map(({ node, use }) => ({ node, idle: use.empty, get why() { return whose(use) + (use.empty ? 'idle' : reason(use, clock)) } }))
}

/** Said only where it is out already. */
function whose(use: NodeUse): string {
  if (isForeign(use)) return 'taken out by somebody else, so it is patched and stays out; '
  return use.draining ? 'drained by patchrun already; ' : ''
}

function reason(use: NodeUse, clock: (at: number) => string): string {
  const jobs = describeJobs(use.jobs, clock)
  if (use.jobs.length === 0) return 'its last job is completing'
  return use.emptyBy === null ? `${jobs}: last` : `expected to be empty by ${clock(use.expected)}; ${jobs}`
}
