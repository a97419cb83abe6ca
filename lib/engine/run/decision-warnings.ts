// SPDX-License-Identifier: Apache-2.0
// What people should know of a decision although it holds nobody back.
import type { Fleet } from '../../fleet/declare/fleet.js'
import { emptyPartitions, nodeState } from '../../rollout/index.js'
import type { Decision } from '../../rollout/index.js'
import { rolloutOf } from './reconcile-types.js'
import type { Observed, Reconcile } from './reconcile-types.js'

/** Tells each of them once a run. */
export class DecisionWarnings {
  /** Whether the canaries prove anything is known by now, and was told. */
  #canaries = false
  /** And whether anybody is in each partition with a limit. */
  #partitions = false

  constructor(private readonly run: Pick<Reconcile, 'journal' | 'onProgress'>) {}

  /** `observed`: what the decision was made from. */
  tell(observed: Observed, decision: Decision): void {
    this.#idleCanaries(observed.fleet, decision)
    this.#emptyPartitions(observed)
  }

  /** Canaries that were GOOD from the start say nothing of a change that others are about to get. */
  #idleCanaries({ nodes }: Fleet, { actions }: Decision): void {
    const { journal, onProgress } = this.run
    if (this.#canaries || !actions.some((a) => a.do === 'apply' && a.wave > 0)) return
    this.#canaries = true
    if (nodes.some((n) => n.canary && nodeState(rolloutOf(journal), n.name).touched)) return
    onProgress({
      type: 'notice',
      code: 'canaries-unchanged',
      text: 'no canary needed a change at this commit, other nodes do: the canary wave has not shown what the change does',
    })
  }

  /** A limit with a slip in its name holds nobody back, and nobody would notice. */
  #emptyPartitions({ fleet, surroundings }: Observed): void {
    const looks = Object.entries(surroundings.schedulers ?? {})
    const workloads = new Map(looks.map(([name, look]) => [name, look.workload]))
    if (this.#partitions || !fleet.schedulers.every((s) => workloads.get(s.name))) return
    this.#partitions = fleet.schedulers.length > 0
    const empty = this.#partitions ? emptyPartitions(fleet, workloads) : []
    if (empty.length > 0)
      this.run.onProgress({
        type: 'notice',
        code: 'empty-partition',
        text: `no node is in ${empty.join(', ')}, of which rollout.capacity.partitions speaks: such a limit holds nobody back`,
      })
  }
}
