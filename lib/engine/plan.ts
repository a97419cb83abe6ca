// SPDX-License-Identifier: Apache-2.0
// `patchrun plan`: what a run would do, wave by wave, from a fresh look at every node. Changes nothing.
import { foresee, planWaves, waveName, worldOf, wouldOpen } from '../rollout/index.js'
import type { Verdict } from '../rollout/index.js'
import { REPORT_VERSION } from '../report/types.js'
import type { PlanReport, PlannedWave } from '../report/types.js'
import { readState } from '../store/journal.js'
import { detect } from './detect.js'
import type { DetectOptions } from './detect.js'
import { layoutOf } from './layout.js'
import { makePlanFile, writePlanFile } from './plan-file.js'
import type { Session } from './session.js'
import { lookAround } from './surroundings.js'

export interface PlanOptions extends DetectOptions {
  /** Path of the plan file to write. */
  readonly out?: string
}

/** Errors as of `detect`, usage/plan-file. Without --limit every permitted node is looked at; with it the canaries and those nodes. */
export async function plan(session: Session, options: PlanOptions = {}): Promise<PlanReport> {
  const { fleet, report } = await detect(session, { ...options, withCanaries: true })
  const { pin, fleet: name, environment, at, directory, nodes } = report
  const verdicts = new Map(nodes.map((n) => [n.node, n.verdict]))
  const waves = planWaves(fleet.nodes, fleet.policy, session.limit)
  const state = await readState(layoutOf(fleet).journal)
  const now = Date.parse(at)
  const { visit, measured, hold, fits, before } = foresee(worldOf(fleet, state, wouldOpen(pin, state.remembered, session.limit, now), now, await lookAround(fleet, pin.sha)), waves)
  const planned = waves.map(({ index, nodes: all }, i): PlannedWave => {
    const of = (...wanted: Verdict[]): string[] => all.filter((n) => wanted.includes(verdicts.get(n) ?? 'UNKNOWN'))
    const apply = of('HOT')
    return {
      wave: index, name: waveName(index), nodes: all.length, before: before[i] ?? [],
      good: of('GOOD'), apply, waitForDrain: of('DRAIN'), fail: of('ERROR', 'UNKNOWN'),
      expected: Math.ceil(apply.length / fleet.ansible.forks) * visit,
    }
  })
  if (options.out !== undefined) await writePlanFile(options.out, makePlanFile(fleet, pin, session.limit, at))
  return {
    schemaVersion: REPORT_VERSION, kind: 'plan', fleet: name, environment, at, pin,
    policy: { ...fleet.policy, health: fleet.policy.health.map(({ name: gate, role, at: points }) => ({ name: gate, role, at: points })) }, tags: ['HotChange'],
    expected: { visit, measured },
    ...(hold && { hold: { code: hold.code, text: hold.text, ...(hold.until !== undefined && { until: new Date(hold.until).toISOString() }) } }),
    ...(fits !== null && fits > now && { fits: new Date(fits).toISOString() }),
    waves: planned, nodes, directory,
    ...(options.out !== undefined && { file: options.out }),
  }
}
