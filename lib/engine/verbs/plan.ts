// SPDX-License-Identifier: Apache-2.0
// `patchrun plan`: what a run would do, wave by wave, from a fresh look at every node. Changes
// nothing.
import { requireGuests } from '../../fleet/lists/limit.js'
import {
  previewWaves,
  previewDrains,
  readerOf,
  reasonText,
  planWaves,
  waveName,
  worldOf,
  wouldOpen,
} from '../../rollout/index.js'
import type { Hold, Reader, RolloutState, Surroundings, Verdict } from '../../rollout/index.js'
import type { Fleet, Scheduler } from '../../fleet/declare/fleet.js'
import { drainPlan } from '../../report/model/waiting-reports.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import type { PlanReport, PlannedWave } from '../../report/model/rollout-report.js'
import { inState } from '../../store/disk/state-error.js'
import { detect } from './detect.js'
import type { Detected, DetectOptions } from './detect.js'
import { lookOnce } from '../step/scheduler-look.js'
import { makePlanFile, writePlanFile } from '../site/plan-file.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import type { Report } from '../../workload/contract/manager.js'
import type { Session } from '../site/session.js'
import { storeOf } from '../site/store-of.js'
import { surroundingsOf } from '../run/surroundings.js'

export interface PlanOptions extends DetectOptions {
  /** Path of the plan file to write. */
  readonly out?: string
}

/**
 * Errors as of `detect`, usage/plan-file. Without --limit every permitted node is looked at; with
 * it the canaries and those nodes.
 */
export async function plan(session: Session, options: PlanOptions = {}): Promise<PlanReport> {
  requireGuests(await session.observe(), session.limit)
  const detected = await detect(session, { ...options, withCanaries: true })
  const { fleet, report } = detected
  const { pin, fleet: name, environment, at, directory, nodes } = report
  const waves = planWaves(fleet.nodes, fleet.policy, session.limit)
  const state = await storeOf(fleet).read()
  const rollout = wouldOpen(pin, state, session.limit, Date.parse(at))
  const said = await askSchedulers(detected, rollout, options.clock ?? systemClock)
  options.signal?.throwIfAborted()
  const noAnswer = silenceOf(said)
  const seen = said.flatMap(({ answer }) => (typeof answer === 'string' ? [] : answer.at))
  const now = Math.max(Date.parse(at), ...seen)
  const world = worldOf(
    { fleet, state, rollout, now },
    {
      ...(await surroundingsOf(fleet, pin.sha)),
      ...(said.length > 0 && { schedulers: looksOf(said, now) }),
    },
  )
  const reader = readerOf(fleet, now)
  const { visit, measured, hold, fits, before } = previewWaves(world, waves)
  const verdicts = new Map(nodes.map((n) => [n.node, n.verdict]))
  const planned = waves.map(({ index, nodes: all }, i): PlannedWave => {
    const sorted = sortByVerdict(all, verdicts)
    const drains = seen.length > 0 && previewDrains(world, { index, nodes: sorted.waitForDrain })
    return {
      wave: index,
      name: waveName(index),
      nodes: all.length,
      before: before[i] ?? [],
      ...sorted,
      expected: Math.ceil(sorted.apply.length / fleet.ansible.forks) * visit,
      ...(drains && { drains: drainPlan(drains, reader) }),
    }
  })
  if (options.out !== undefined)
    await writePlanFile(options.out, makePlanFile(fleet, pin, session.limit, at))
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'plan',
    fleet: name,
    environment,
    at,
    pin,
    policy: shownPolicy(fleet),
    tags: ['HotChange'],
    expected: { visit, measured },
    ...(hold && { hold: shownHold(hold, reader) }),
    ...(fits !== null && fits > now && { fits: new Date(fits).toISOString() }),
    ...(noAnswer !== undefined && { noAnswer }),
    waves: planned,
    nodes,
    directory,
    ...(options.out !== undefined && { file: options.out }),
  }
}

/** What a scheduler says, or why it says nothing. */
interface Said {
  readonly scheduler: Scheduler
  readonly answer: Report | string
}

/**
 * Of each scheduler that has nodes, where one needs to be drained: what the others have out of service counts
 * against its limits.
 */
async function askSchedulers(
  { fleet, report, context }: Detected,
  rollout: RolloutState,
  clock: Clock,
): Promise<readonly Said[]> {
  const drains = report.nodes.some((n) => n.verdict === 'DRAIN')
  const asked = fleet.schedulers.filter(
    ({ name }) => drains && fleet.nodes.some((n) => n.scheduler === name),
  )
  // In a directory of its own, and kept from `status`: a run that is under way asks and keeps its
  // own looks.
  return inState(fleet.stateDirectory, () =>
    Promise.all(
      asked.map(async (scheduler) => ({
        scheduler,
        answer: await lookOnce(
          { directory: `${report.directory}-observe${suffix(scheduler)}`, scheduler },
          context,
          rollout,
          clock,
        ),
      })),
    ),
  )
}

/** Where there is only one, nothing is added. */
const suffix = ({ field, name }: Scheduler): string => (field === 'scheduler' ? '' : `-${name}`)

/** Why some of them gave no answer. */
function silenceOf(said: readonly Said[]): string | undefined {
  const silent = said.flatMap(({ scheduler: { field }, answer }) =>
    typeof answer === 'string' ? [said.length > 1 ? `${field}: ${answer}` : answer] : [],
  )
  return silent.length > 0 ? silent.join('\n') : undefined
}

const looksOf = (said: readonly Said[], now: number): NonNullable<Surroundings['schedulers']> =>
  Object.fromEntries(
    said.map(({ scheduler: { name }, answer }) => [
      name,
      typeof answer === 'string' ? { silent: { at: now, why: answer } } : { workload: answer },
    ]),
  )

/** The nodes of a wave by what would be done with them. */
function sortByVerdict(
  wave: readonly string[],
  verdicts: ReadonlyMap<string, Verdict>,
): Pick<PlannedWave, 'good' | 'apply' | 'waitForDrain' | 'fail'> {
  const of = (...wanted: Verdict[]): string[] =>
    wave.filter((n) => wanted.includes(verdicts.get(n) ?? 'UNKNOWN'))
  return {
    good: of('GOOD'),
    apply: of('HOT'),
    waitForDrain: of('DRAIN'),
    fail: of('ERROR', 'UNKNOWN'),
  }
}

const shownPolicy = ({ policy }: Pick<Fleet, 'policy'>): PlanReport['policy'] => ({
  ...policy,
  health: policy.health.map(({ name, role, at }) => ({ name, role, at })),
})

const shownHold = ({ code, reason, until }: Hold, reader: Reader): PlanReport['hold'] => ({
  code,
  text: reasonText(reason, reader),
  ...(until !== undefined && { until: new Date(until).toISOString() }),
})
