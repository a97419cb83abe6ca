// SPDX-License-Identifier: Apache-2.0
// `status`, `report`, `history`: what is, and what was. They read; they take no lock and change nothing.
import { buildHistory, buildReport } from '../report/build.js'
import type { HistoryReport, Report } from '../report/types.js'
import { readState } from '../store/journal.js'
import { currentHolder } from '../store/lock.js'
import { layoutOf } from './layout.js'
import { systemClock } from './progress.js'
import type { Clock } from './progress.js'
import type { Session } from './session.js'

export async function status(session: Session, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<Report> {
  const fleet = await session.observe()
  const { journal, lock } = layoutOf(fleet)
  return buildReport({ fleet, state: await readState(journal), now: clock.now(), holder: await currentHolder(lock) })
}

export async function history(session: Session, { clock = systemClock }: { readonly clock?: Clock } = {}): Promise<HistoryReport> {
  const fleet = await session.observe()
  return buildHistory({ fleet, state: await readState(layoutOf(fleet).journal), now: clock.now() })
}
