// SPDX-License-Identifier: Apache-2.0
// `status`, `report`, `history`: what is, and what was. They read; they take no lock and change nothing.
import { buildHistory, buildReport } from '../report/build.js'
import type { HistoryReport, Report } from '../report/types.js'
import { systemClock } from './progress.js'
import type { Clock } from './progress.js'
import type { Session } from './session.js'
import { storeOf } from './store-of.js'
import { lookAround } from './surroundings.js'

export async function status(session: Pick<Session, 'observe'>, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<Report> {
  const fleet = await session.observe()
  const store = storeOf(fleet)
  const state = await store.read()
  const surroundings = state.current ? await lookAround(fleet, state.current.pin.sha) : {}
  const waiting = (await store.mail.letters()).filter((l) => l.id !== null && !state.orders.includes(l.id)).length
  return buildReport({ fleet, state, now: clock.now(), holder: await store.holder(), surroundings, orders: waiting })
}

export async function history(session: Pick<Session, 'observe'>, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<HistoryReport> {
  const fleet = await session.observe()
  return buildHistory({ fleet, state: await storeOf(fleet).read(), now: clock.now() })
}
