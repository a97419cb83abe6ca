// SPDX-License-Identifier: Apache-2.0
// `status`, `report`, `history`: what is, and what was. They read; they take no lock and change nothing.
import { buildHistory, buildReport } from '../report/build.js'
import type { HistoryReport, Report } from '../report/types.js'
import { readState } from '../store/journal.js'
import { currentHolder } from '../store/lock.js'
import { letters } from '../store/mailbox.js'
import { layoutOf } from './layout.js'
import { systemClock } from './progress.js'
import type { Clock } from './progress.js'
import type { Session } from './session.js'
import { lookAround } from './surroundings.js'

export async function status(session: Pick<Session, 'observe'>, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<Report> {
  const fleet = await session.observe()
  const { journal, lock, orders } = layoutOf(fleet)
  const state = await readState(journal)
  const surroundings = state.current ? await lookAround(fleet, state.current.pin.sha) : {}
  const waiting = (await letters(orders)).filter((l) => l.id !== null && !state.orders.includes(l.id)).length
  return buildReport({ fleet, state, now: clock.now(), holder: await currentHolder(lock), surroundings, orders: waiting })
}

export async function history(session: Pick<Session, 'observe'>, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<HistoryReport> {
  const fleet = await session.observe()
  return buildHistory({ fleet, state: await readState(layoutOf(fleet).journal), now: clock.now() })
}
