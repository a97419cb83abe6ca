// SPDX-License-Identifier: Apache-2.0
// lib/report/model/: what a report holds, made from the state.
//
// From the state to the Report. Pure: the time is passed in.
import type { Fleet } from '../../fleet/declare/fleet.js'
import {
  countStages,
  decide,
  nodeState,
  pendingApprovals,
  planWaves,
  readerOf,
  reasonText,
  waveName,
  worldOf,
} from '../../rollout/index.js'
import type {
  EnvironmentState,
  NodeState,
  Pause,
  PastRollout,
  RolloutState,
  Stage,
  Surroundings,
  Wave,
  Word,
  World,
} from '../../rollout/index.js'
import { haltReport, waitingReports } from './waiting-reports.js'
import { orphanedDrainReports } from './orphaned-drain-reports.js'
import { REPORT_VERSION } from './rollout-report.js'
import type {
  ApprovalReport,
  HistoryReport,
  HolderReport,
  NodeReport,
  NotifyReport,
  PauseReport,
  Report,
  RolloutReport,
  WaitingReport,
  WaveReport,
  WordReport,
} from './rollout-report.js'

/** Who holds the lock; `since`: ms since the epoch. */
export interface Held {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly since: number
}

export interface ReportSource {
  readonly fleet: Fleet
  readonly state: EnvironmentState
  /** ms since the epoch. */
  readonly now: number
  readonly surroundings?: Surroundings
  readonly holder?: Held | null
  /** Words that lie in the mailbox. */
  readonly orders?: number
}

export function buildReport(source: ReportSource): Report {
  const { fleet, state, now, holder, orders = 0 } = source
  const { name, environment } = fleet
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'rollout',
    fleet: name,
    environment,
    at: iso(now),
    remembered: state.remembered,
    rollout: state.current && rolloutReport(source, state.current),
    ...(state.pause &&
      (state.pause.until === undefined || now < state.pause.until) && {
        pause: pauseReport(state.pause),
      }),
    ...(state.rejected && { rejected: { sha: state.rejected.sha, ...wordReport(state.rejected) } }),
    ...(holder && { holder: holderReport(holder) }),
    ...(orders > 0 && { orders }),
    ...notifyReports(state),
  }
}

/** What was told to everybody is not told here. */
function notifyReports({ outbox, current }: EnvironmentState): {
  readonly notify?: readonly NotifyReport[]
} {
  const all = outbox.audience.map(({ name, trouble }): NotifyReport => {
    const waiting = outbox.messages.filter((m) => m.owed.includes(name))
    const givenUp = outbox.givenUp
      .filter((g) => g.target === name && g.rollout === current?.id)
      .map(({ message, kind, at, why }) => ({ message, kind, at: iso(at), why }))
    const [oldest] = waiting
    return {
      target: name,
      waiting: waiting.length,
      ...(oldest && {
        since: iso(oldest.at),
        ...(trouble && {
          why: trouble.why,
          ...(trouble.until !== undefined && { until: iso(trouble.until) }),
        }),
      }),
      givenUp,
    }
  })
  const notify = all.filter((n) => n.waiting > 0 || n.givenUp.length > 0)
  return notify.length > 0 ? { notify } : {}
}

export function buildHistory({ fleet, state, now }: ReportSource): HistoryReport {
  const { current } = state
  const rollouts: PastRollout[] = [...state.history]
  if (current) {
    const { id, kind, pin, status, openedAt, by, halt } = current
    rollouts.push({
      id,
      kind,
      pin,
      status,
      openedAt,
      endedAt: current.endedAt ?? now,
      by,
      counts: countStages(current),
      limited: current.limit !== null,
      ...(halt && { message: halt.message }),
    })
  }
  const ended = rollouts.map((past) =>
    past.status === 'rolled-back' && state.rejected?.sha === past.pin.sha
      ? { ...past, end: { word: 'rolled-back' as const, ...wordReport(state.rejected) } }
      : past.id === current?.id && current.abort
        ? { ...past, end: { word: 'aborted' as const, ...wordReport(current.abort) } }
        : past,
  )
  const pause =
    state.pause && (state.pause.until === undefined || now < state.pause.until) ? state.pause : null
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'history',
    fleet: fleet.name,
    environment: fleet.environment,
    remembered: state.remembered,
    ...(pause && { pause: pauseReport(pause) }),
    rollouts: ended.reverse(),
  }
}

const pauseReport = (pause: Pause): PauseReport => ({
  ...wordReport(pause),
  scope: pause.scope,
  ...(pause.until !== undefined && { until: iso(pause.until) }),
})

const wordReport = ({ by, at, reason }: Word): WordReport => ({
  by,
  at: iso(at),
  ...(reason !== undefined && { reason }),
})

export const holderReport = ({ user, host, pid, since }: Held): HolderReport => ({
  user,
  host,
  pid,
  since: iso(since),
})

/** What may be approved in this world, as it is shown. */
export function approvalReports(fleet: Fleet, world: World): readonly ApprovalReport[] {
  const { pin } = world.rollout
  const reader = readerOf(fleet, world.now)
  return pendingApprovals(world).map(({ key, scope, reason, waves }) => ({
    key,
    scope,
    text: reasonText(reason, reader),
    pin,
    waves: waves.map(({ index, nodes }) => ({ wave: index, name: waveName(index), nodes })),
  }))
}

function rolloutReport(
  { fleet, state, now, surroundings }: ReportSource,
  rollout: RolloutState,
): RolloutReport {
  const waves = planWaves(fleet.nodes, fleet.policy, rollout.limit)
  const world = worldOf({ fleet, state, rollout, now }, surroundings)
  const { waiting, wakeAt } = decide(world)
  const left = orphanedDrainReports(fleet, world)
  const told = waitingReports(waiting, readerOf(fleet, now))
  const why = new Map(told.flatMap((w) => w.nodes.map((n) => [n, w] as const)))
  const nodes = waves.flatMap(({ index, nodes: names }) =>
    names.map((n) => nodeReport(n, index, nodeState(rollout, n), why.get(n))),
  )
  const waveReports = waves.map((wave) => waveReport(wave, rollout))
  const { id, kind, pin, previous, status, by, openedAt, endedAt, halt } = rollout
  return {
    id,
    kind,
    pin,
    previous,
    status,
    by,
    limited: rollout.limit !== null,
    openedAt: iso(openedAt),
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    ...(halt && { halt: haltReport(halt, fleet) }),
    ...(rollout.abort && { abort: wordReport(rollout.abort) }),
    approvals: approvalReports(fleet, world),
    approved: rollout.approvals.map((a) => ({ key: a.key, ...wordReport(a) })),
    counts: waveReports.reduce((sum, w) => add(sum, w.counts), NONE),
    waves: waveReports,
    nodes,
    steps: [...rollout.steps.values()].map(({ step, action, wave, nodes: n, since }) => ({
      step,
      action,
      wave,
      nodes: n.length,
      since: iso(since),
    })),
    waiting: told,
    ...(wakeAt !== null && { wakeAt: iso(wakeAt) }),
    ...(left.length > 0 && { left }),
  }
}

const NONE: Readonly<Record<Stage, number>> = {
  unseen: 0,
  hot: 0,
  drain: 0,
  applied: 0,
  good: 0,
  failed: 0,
  quarantined: 0,
}

function waveReport({ index, nodes }: Wave, rollout: RolloutState): WaveReport {
  const counts = { ...NONE }
  for (const node of nodes) counts[nodeState(rollout, node).stage] += 1
  return { wave: index, name: waveName(index), nodes: nodes.length, counts }
}

function nodeReport(
  node: string,
  wave: number,
  { stage, step, touched, changes, blindSpots, spent, failure }: NodeState,
  why: WaitingReport | undefined,
): NodeReport {
  return {
    node,
    wave,
    stage,
    touched,
    changes,
    blindSpots,
    ...(step !== undefined && { step }),
    ...(spent !== undefined && { spent }),
    ...(failure && { failure }),
    ...(why && { waiting: why.text }),
    ...(why?.until !== undefined && { until: iso(why.until) }),
  }
}

function add(
  a: Readonly<Record<Stage, number>>,
  b: Readonly<Record<Stage, number>>,
): Record<Stage, number> {
  const sum = { ...a }
  for (const stage of Object.keys(sum) as Stage[]) sum[stage] += b[stage]
  return sum
}

const iso = (ms: number): string => new Date(ms).toISOString()
