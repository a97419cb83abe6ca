// SPDX-License-Identifier: Apache-2.0
// `patchrun plan`: what a run would do, wave by wave, from a fresh look at every node. Changes nothing.
import { planWaves, waveName } from '../rollout/index.js'
import type { Verdict } from '../rollout/index.js'
import { REPORT_VERSION } from '../report/types.js'
import type { PlanReport, PlannedWave } from '../report/types.js'
import { detect } from './detect.js'
import type { DetectOptions } from './detect.js'
import type { Session } from './session.js'

/** Errors as of `detect`. Without --limit every permitted node is looked at; with it the canaries and those nodes. */
export async function plan(session: Session, options: DetectOptions = {}): Promise<PlanReport> {
  const { fleet, report } = await detect(session, { ...options, withCanaries: true })
  const verdicts = new Map(report.nodes.map((n) => [n.node, n.verdict]))
  const waves: PlannedWave[] = planWaves(fleet.nodes, fleet.policy, session.limit).map(({ index, nodes }) => {
    const of = (...wanted: Verdict[]): string[] => nodes.filter((n) => wanted.includes(verdicts.get(n) ?? 'UNKNOWN'))
    return { wave: index, name: waveName(index), nodes: nodes.length, good: of('GOOD'), apply: of('HOT'), waitForDrain: of('DRAIN'), fail: of('ERROR', 'UNKNOWN') }
  })
  const { pin, fleet: name, environment, at, directory, nodes } = report
  return { schemaVersion: REPORT_VERSION, kind: 'plan', fleet: name, environment, at, pin, policy: fleet.policy, tags: ['HotChange'], waves, nodes, directory }
}
