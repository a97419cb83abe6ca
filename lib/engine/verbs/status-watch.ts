// SPDX-License-Identifier: Apache-2.0
// Status, asked for again and again: only what has changed is read again, and of a journal only
// what was added.
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { buildReport } from '../../report/model/build.js'
import type { ReportSource } from '../../report/model/build.js'
import type { Report } from '../../report/model/rollout-report.js'
import { holderNow } from '../../store/lock/lock.js'
import { JournalFollower } from '../../store/journal/journal-follow.js'
import { layoutOf } from '../site/layout.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { sourceOf } from './report-source.js'

/**
 * Lists and inventories are read again after this, ms, although patchrun.yml is the same: nobody
 * sees from outside that they changed.
 */
const LISTS_LAST = 60_000

export class StatusWatch {
  #fleet: Fleet | null = null
  #declared = ''
  #readAt = -Infinity
  #source: ReportSource | null = null
  #seen = ''
  readonly #journals = new Map<string, JournalFollower>()

  constructor(
    private readonly session: Pick<Session, 'observe' | 'options'>,
    private readonly clock: Clock = systemClock,
  ) {}

  /** What is now. Throws what `status` throws; the next look begins afresh then. */
  async look(): Promise<{ readonly report: Report; readonly fleet: Fleet }> {
    const now = this.clock.now()
    try {
      const fleet = await this.#observe(now)
      // A remote is asked whether its refs moved: its store fetches nothing else.
      if (fleet.stateRemote)
        return { fleet, report: buildReport(await sourceOf(fleet, this.clock)) }
      const source = await this.#read(fleet)
      // Time goes on where nothing else does; and a process that is killed leaves no mark.
      return {
        fleet,
        report: buildReport({ ...source, now, holder: await holderNow(layoutOf(fleet).lock) }),
      }
    } catch (error) {
      this.#seen = ''
      this.#readAt = -Infinity
      throw error
    }
  }

  async #observe(now: number): Promise<Fleet> {
    const declared = await markOf(this.session.options.file)
    if (this.#fleet && declared === this.#declared && now - this.#readAt < LISTS_LAST)
      return this.#fleet
    this.#fleet = await this.session.observe()
    this.#declared = declared
    this.#readAt = now
    this.#seen = ''
    return this.#fleet
  }

  async #read(fleet: Fleet): Promise<ReportSource> {
    const { journal, runs, orders } = layoutOf(fleet)
    const before = fleet.policy.promotion.after.map(
      (environment) => layoutOf({ stateDirectory: fleet.stateDirectory, environment }).journal,
    )
    const marks = await Promise.all([journal, ...before, orders, dirname(runs)].map(markOf))
    const seen = marks.join('\n')
    if (this.#source && seen === this.#seen) return this.#source
    this.#source = await sourceOf(fleet, this.clock, (of) => this.#follow(layoutOf(of).journal))
    this.#seen = seen
    return this.#source
  }

  #follow(file: string): ReturnType<JournalFollower['state']> {
    const known = this.#journals.get(file) ?? new JournalFollower(file)
    this.#journals.set(file, known)
    return known.state()
  }
}

/** Differs once the file is another one, or what it holds; '' where it is not there. */
async function markOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => null)
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : ''
}
