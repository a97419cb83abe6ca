// SPDX-License-Identifier: Apache-2.0
// `patchrun retry [NODES]`: a person says that failed nodes are to be tried again; the next run does it.
import { PatchrunError } from '../errors.js'
import { hostsOfOption } from '../fleet/limit.js'
import { nodeState } from '../rollout/index.js'
import { Journal } from '../store/journal.js'
import { takeLock } from '../store/lock.js'
import { inState } from '../store/state-error.js'
import { describeActor } from './actor.js'
import { layoutOf } from './layout.js'
import { systemClock } from './progress.js'
import type { Clock } from './progress.js'
import type { Session } from './session.js'

/** Returns the nodes that the next run tries again. Throws lock/held, usage/nothing-to-retry. */
export async function retry(session: Session, hosts: string | null, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<readonly string[]> {
  const fleet = await session.observe()
  const wanted = hosts === null ? null : hostsOfOption(hosts, 'retry')
  const layout = layoutOf(fleet)
  const lock = await inState(fleet.stateDirectory, () => takeLock(layout.lock, clock.now(), { timeout: fleet.lockTimeout }))
  try {
    const journal = await Journal.open(layout.journal, lock)
    try {
      const { current } = journal.state
      const live = current && (current.status === 'running' || current.status === 'halted') ? current : null
      const failed = live ? [...live.nodes.keys()].filter((n) => nodeState(live, n).stage === 'failed') : []
      const chosen = wanted ? failed.filter((n) => wanted.includes(n)) : failed
      // A rollout halted by the guard or by a fault of the playbook has no failed node, and may go on all the same.
      const resumes = live?.status === 'halted' && wanted === null
      if (chosen.length === 0 && !resumes) {
        throw new PatchrunError({
          code: 'usage/nothing-to-retry',
          message: wanted ? `none of these nodes has failed in the rollout that stands: ${wanted.slice(0, 10).join(', ')}` : 'no rollout is halted, and no node has failed',
          hint: '`patchrun status` shows which nodes failed, and why.',
        })
      }
      await journal.append({ type: 'retried', at: clock.now(), nodes: wanted && chosen, by: describeActor() })
      return chosen
    } finally {
      await journal.close()
    }
  } finally {
    await lock.release().catch(() => undefined)
  }
}
