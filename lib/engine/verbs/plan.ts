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
import type { Verdict } from '../../rollout/index.js'
import { drainPlan } from '../../report/model/waiting-reports.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import type { PlanReport, PlannedWave } from '../../report/model/rollout-report.js'
import { inState } from '../../store/disk/state-error.js'
import { detect } from './detect.js'
import type { DetectOptions } from './detect.js'
import { lookOnce } from '../step/scheduler-look.js'
import { makePlanFile, writePlanFile } from '../site/plan-file.js'
import { systemClock } from '../step/progress.js'
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
  const { fleet, report, context } = await detect(session, { ...options, withCanaries: true })
  const { pin, fleet: name, environment, at, directory, nodes } = report
  const verdicts = new Map(nodes.map((n) => [n.node, n.verdict]))
  const waves = planWaves(fleet.nodes, fleet.policy, session.limit)
  const state = await storeOf(fleet).read()
  const rollout = wouldOpen(pin, state, session.limit, Date.parse(at))
  // In a directory of its own, and kept from `status`: a run that is under way asks and keeps its
  // own looks.
  const said =
    fleet.scheduler && nodes.some((n) => n.verdict === 'DRAIN')
      ? await inState(fleet.stateDirectory, () =>
          lookOnce(`${directory}-observe`, context, rollout, options.clock ?? systemClock),
        )
      : null
  options.signal?.throwIfAborted()
  const seen = typeof said === 'object' ? said : null
  const now = seen?.at ?? Date.parse(at)
  const world = worldOf(
    { fleet, state, rollout, now },
    {
      ...(await surroundingsOf(fleet, pin.sha)),
      ...(seen && { scheduler: { workload: seen } }),
    },
  )
  const reader = readerOf(fleet, now)
  const { visit, measured, hold, fits, before } = previewWaves(world, waves)
  const planned = waves.map(({ index, nodes: all }, i): PlannedWave => {
    const of = (...wanted: Verdict[]): string[] =>
      all.filter((n) => wanted.includes(verdicts.get(n) ?? 'UNKNOWN'))
    const [apply, drain] = [of('HOT'), of('DRAIN')]
    const drains = seen && previewDrains(world, { index, nodes: drain })
    return {
      wave: index,
      name: waveName(index),
      nodes: all.length,
      before: before[i] ?? [],
      good: of('GOOD'),
      apply,
      waitForDrain: drain,
      fail: of('ERROR', 'UNKNOWN'),
      expected: Math.ceil(apply.length / fleet.ansible.forks) * visit,
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
    policy: {
      ...fleet.policy,
      health: fleet.policy.health.map(({ name: gate, role, at: points }) => ({
        name: gate,
        role,
        at: points,
      })),
    },
    tags: ['HotChange'],
    expected: { visit, measured },
    ...(hold && {
      hold: {
        code: hold.code,
        text: reasonText(hold.reason, reader),
        ...(hold.until !== undefined && { until: new Date(hold.until).toISOString() }),
      },
    }),
    ...(fits !== null && fits > now && { fits: new Date(fits).toISOString() }),
    ...(typeof said === 'string' && { noAnswer: said }),
    waves: planned,
    nodes,
    directory,
    ...(options.out !== undefined && { file: options.out }),
  }
}
