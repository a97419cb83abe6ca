// SPDX-License-Identifier: Apache-2.0
// What a report is made from: the journal, who holds the lock, what lies in the mailbox, what
// surrounds the environment.
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { ReportSource } from '../../report/model/build.js'
import type { Clock } from '../step/progress.js'
import { storeOf } from '../site/store-of.js'
import { surroundingsOf } from '../run/surroundings.js'
import type { ReadState } from '../run/surroundings.js'

export async function sourceOf(
  fleet: Fleet,
  clock: Pick<Clock, 'now'>,
  read?: ReadState,
): Promise<ReportSource> {
  const store = storeOf(fleet)
  const state = await (read ? read(fleet) : store.read())
  const surroundings = state.current ? await surroundingsOf(fleet, state.current.pin.sha, read) : {}
  const orders = (await store.mail.letters()).filter(
    (l) => l.id !== null && !state.orders.includes(l.id),
  ).length
  return { fleet, state, now: clock.now(), holder: await store.holder(), surroundings, orders }
}
