// SPDX-License-Identifier: Apache-2.0
// From the state to the Report. Pure: the time is passed in.
import type { Fleet } from '../fleet/types.js'
import { countStages, decide, nodeState, planWaves, waveName, worldOf } from '../rollout/index.js'
import type { EnvironmentState, NodeState, Pause, PastRollout, RolloutState, Stage, Surroundings, Waiting, Wave } from '../rollout/index.js'
import { REPORT_VERSION } from './types.js'
import type { HistoryReport, NodeReport, PauseReport, Report, RolloutReport, WaveReport } from './types.js'

export interface ReportSource {
  readonly fleet: Fleet
  readonly state: EnvironmentState
  /** ms since the epoch. */
  readonly now: number
  readonly surroundings?: Surroundings
  readonly holder?: { readonly user: string; readonly host: string; readonly pid: number; readonly since: number } | null
}

export function buildReport(source: ReportSource): Report {
  const { fleet, state, now, holder } = source
  const { name, environment } = fleet
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'rollout',
    fleet: name,
    environment,
    at: iso(now),
    remembered: state.remembered,
    rollout: state.current && rolloutReport(source, state.current),
    ...(state.pause && (state.pause.until === undefined || now < state.pause.until) && { pause: pauseReport(state.pause) }),
    ...(state.rejected && { rejected: { sha: state.rejected.sha, by: state.rejected.by, at: iso(state.rejected.at), ...(state.rejected.reason !== undefined && { reason: state.rejected.reason }) } }),
    ...(holder && { holder: { user: holder.user, host: holder.host, pid: holder.pid, since: iso(holder.since) } }),
  }
}

export function buildHistory({ fleet, state, now }: ReportSource): HistoryReport {
  const { current } = state
  const rollouts: PastRollout[] = [...state.history]
  if (current) {
    const { id, kind, pin, status, openedAt, by, halt } = current
    rollouts.push({ id, kind, pin, status, openedAt, endedAt: current.endedAt ?? now, by, counts: countStages(current), limited: current.limit !== null, ...(halt && { message: halt.message }) })
  }
  return { schemaVersion: REPORT_VERSION, kind: 'history', fleet: fleet.name, environment: fleet.environment, remembered: state.remembered, rollouts: rollouts.reverse() }
}

const pauseReport = ({ by, at, reason, scope, until }: Pause): PauseReport => ({ by, at: iso(at), scope, ...(reason !== undefined && { reason }), ...(until !== undefined && { until: iso(until) }) })

function rolloutReport({ fleet, state, now, surroundings }: ReportSource, rollout: RolloutState): RolloutReport {
  const waves = planWaves(fleet.nodes, fleet.policy, rollout.limit)
  const { waiting, wakeAt } = decide(worldOf(fleet, state, rollout, now, surroundings))
  const why = new Map<string, Waiting>(waiting.flatMap((w) => w.nodes.map((n) => [n, w] as const)))
  const nodes = waves.flatMap(({ index, nodes: names }) => names.map((n) => nodeReport(n, index, nodeState(rollout, n), why.get(n))))
  const waveReports = waves.map((wave) => waveReport(wave, rollout))
  const { id, kind, pin, previous, status, by, openedAt, endedAt, halt } = rollout
  return {
    id, kind, pin, previous, status, by,
    limited: rollout.limit !== null,
    openedAt: iso(openedAt),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    ...(halt && { halt }),
    counts: waveReports.reduce((sum, w) => add(sum, w.counts), NONE),
    waves: waveReports,
    nodes,
    steps: [...rollout.steps.values()].map(({ step, action, wave, nodes: n, since }) => ({ step, action, wave, nodes: n.length, since: iso(since) })),
    waiting,
    ...(wakeAt !== null && { wakeAt: iso(wakeAt) }),
  }
}

const NONE: Readonly<Record<Stage, number>> = { unseen: 0, hot: 0, drain: 0, applied: 0, good: 0, failed: 0, quarantined: 0 }

function waveReport({ index, nodes }: Wave, rollout: RolloutState): WaveReport {
  const counts = { ...NONE }
  for (const node of nodes) counts[nodeState(rollout, node).stage] += 1
  return { wave: index, name: waveName(index), nodes: nodes.length, counts }
}

function nodeReport(node: string, wave: number, { stage, step, touched, changes, blindSpots, failure }: NodeState, why: Waiting | undefined): NodeReport {
  return {
    node, wave, stage, touched, changes, blindSpots,
    ...(step !== undefined && { step }),
    ...(failure && { failure }),
    ...(why && { waiting: why.text }),
    ...(why?.until !== undefined && { until: iso(why.until) }),
  }
}

function add(a: Readonly<Record<Stage, number>>, b: Readonly<Record<Stage, number>>): Record<Stage, number> {
  const sum = { ...a }
  for (const stage of Object.keys(sum) as Stage[]) sum[stage] += b[stage]
  return sum
}

const iso = (ms: number): string => new Date(ms).toISOString()
