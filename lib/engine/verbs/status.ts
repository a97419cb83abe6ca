// SPDX-License-Identifier: Apache-2.0
// `status`, `report`, `history`: what is, and what was. They read; they take no lock and change
// nothing.
import { buildHistory, buildReport } from '../../report/model/build.js'
import type { ReportSource } from '../../report/model/build.js'
import type { HistoryReport, Report } from '../../report/model/rollout-report.js'
import { placesOf } from '../site/places.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import { openSession } from '../site/session.js'
import type { Session, SessionOptions } from '../site/session.js'
import { sourceOf } from './report-source.js'
import { storeOf } from '../site/store-of.js'

interface Manner {
  readonly clock?: Clock
}

export async function status(
  session: Pick<Session, 'observe'>,
  { clock = systemClock }: Manner = {},
): Promise<Report> {
  return buildReport(await sourceOf(await session.observe(), clock))
}

/** All that is known of one environment, or of all of them in the order they are declared. */
export async function sources(
  options: SessionOptions,
  { clock = systemClock }: Manner = {},
): Promise<readonly ReportSource[]> {
  const found: ReportSource[] = []
  // One after the other: they may share list commands and an inventory.
  for (const { environment } of await placesOf(options))
    found.push(
      await sourceOf(await (await openSession({ ...options, environment })).observe(), clock),
    )
  return found
}

export async function history(
  session: Pick<Session, 'observe'>,
  { clock = systemClock }: Manner = {},
): Promise<HistoryReport> {
  const fleet = await session.observe()
  return buildHistory({ fleet, state: await storeOf(fleet).read(), now: clock.now() })
}
