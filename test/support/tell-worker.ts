// SPDX-License-Identifier: Apache-2.0
// A process of its own that lives rollouts without nodes, for the sake of what people are told of
// them: takes the lock, goes on where the journal ends, and tells. argv[2]: state directory,
// argv[3]: how many rollouts. The targets' URLs: PATCHRUN_TEST_URL_one and _two.
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../lib/engine/step/progress.js'
import { storeOf } from '../../lib/engine/site/store-of.js'
import { Notifications } from '../../lib/engine/run/notifications.js'
import type { Fleet, MessageKind, NotifyTarget } from '../../lib/fleet/declare/fleet.js'
import type { EnvironmentState, JournalEvent } from '../../lib/rollout/index.js'
import { FREE } from './policy.js'

const [, , stateDirectory = '', wanted = '1'] = process.argv
const by = { user: 'u', host: 'h', pid: 1 }
const on: readonly MessageKind[] = ['started', 'quarantined', 'halted', 'rolled-back']
const notify: readonly NotifyTarget[] = ['one', 'two'].map((name) => ({
  name,
  on,
  to: { url: { env: `PATCHRUN_TEST_URL_${name}` }, secret: { env: 'PATCHRUN_TEST_KEY' } },
}))
const fleet = {
  name: 'f',
  environment: 'default',
  stateDirectory,
  lockTimeout: 60_000,
  notify,
  policy: FREE,
  nodes: [],
  schedulers: [],
} as unknown as Fleet

/** What comes next; null: all of it has been. */
function next({ current, history }: EnvironmentState, at: number): JournalEvent | null {
  if (!current || current.status === 'rolled-back') {
    const number = history.length + (current ? 1 : 0)
    return number >= Number(wanted)
      ? null
      : {
          type: 'opened',
          at,
          rollout: `r${number + 1}`,
          kind: 'forward',
          pin: { sha: String(number).padStart(40, '0'), ref: 'main', subject: 's' },
          previous: null,
          limit: null,
          by,
          waves: [{ wave: 0, nodes: 2 }],
        }
  }
  if (current.status === 'halted')
    return { type: 'closed', at, reason: 'rolled back', rolledBack: { by } }
  if (current.nodes.size === 0) return { type: 'quarantined', at, nodes: ['a', 'b'] }
  return { type: 'halted', at, halt: { code: 'aborted', message: 'm', hint: 'h', nodes: ['a'] } }
}

const store = storeOf(fleet)
const lock = await store.take(Date.now())
const journal = await store.open(lock)
const telling = new Notifications({
  journal,
  clock: systemClock,
  kill: lock.lost,
  onProgress: () => undefined,
})
await telling.observed(fleet, {})
for (let event; (event = next(journal.state, Date.now()));) {
  await journal.append(event)
  telling.onProgress({ type: 'finished' })
  await sleep(Math.random() * 40)
}
await telling.close()
await journal.close()
await lock.release()
