// SPDX-License-Identifier: Apache-2.0
// Metrics as text that reads the same as OpenMetrics 1.0 and as the older format of Prometheus,
// which is what the textfile collector of node_exporter understands: gauges only, because the two
// write counters and info differently. Pure.
//
// Moments are given as such, because a file lies there for a while and an age in it grows stale;
// the ages beside them are for readers that cannot subtract. A node has a series of its own only
// while it is drained or in quarantine, so that a large fleet is a few hundred series.
import { budgetsOf, nodeState, planWaves, roomsOf, worldOf } from '../../rollout/index.js'
import type { NodeState, RolloutState, RolloutStatus, Stage } from '../../rollout/index.js'
import { buildReport } from '../model/build.js'
import type { ReportSource } from '../model/build.js'
import type { Report, RolloutReport } from '../model/rollout-report.js'

/** In the order in which they are written. A name that ends in _seconds has that unit. */
const FAMILIES = {
  patchrun_nodes: 'Nodes by where they stand in the rollout.',
  patchrun_waves: 'Waves by how far they are: done, begun, ahead.',
  patchrun_wave_nodes: 'Nodes of each wave by where they stand; wave 0 is the canaries.',
  patchrun_waiting_nodes:
    'Nodes that do not move, by reason; a reason with 0 nodes holds the rollout as a whole.',
  patchrun_rollout_info: 'The rollout that stands, and its commit.',
  patchrun_rollout_status: '1 for what the rollout is: running, halted, done, closed, rolled-back.',
  patchrun_rollout_started_timestamp_seconds: 'When the rollout began.',
  patchrun_rollout_ended_timestamp_seconds: 'When it ended; absent while it has not.',
  patchrun_rollout_age_seconds: 'How old an unfinished rollout was when this was written.',
  patchrun_run_active: '1 while a process carries the rollout out.',
  patchrun_paused: '1 while nothing new begins because a person said so.',
  patchrun_approvals_pending: 'Approvals that the rollout waits for or may be given.',
  patchrun_orders_unread: 'Words of people that are not in the journal yet.',
  patchrun_drained_nodes: 'Nodes that patchrun has drained and not given back.',
  patchrun_drain_started_timestamp_seconds:
    'When the drain of a node began that is not given back.',
  patchrun_drain_age_seconds: 'How old that drain was when this was written.',
  patchrun_quarantined: '1 for each node in quarantine.',
  patchrun_budget_limit:
    'Nodes that may fail, beside the canaries, before the rollout halts, by cause.',
  patchrun_budget_spent: 'Nodes that failed, beside the canaries, by cause.',
  patchrun_capacity_limit: 'Nodes that may be out at once, by scope.',
  patchrun_capacity_out: 'Nodes that are out, by scope.',
  patchrun_last_completed_info: 'The last commit that a whole rollout completed.',
  patchrun_last_completed_timestamp_seconds: 'When that was.',
} as const
type Family = keyof typeof FAMILIES
type Labels = Readonly<Record<string, string>>

const STAGES: readonly Stage[] = [
  'unseen',
  'hot',
  'drain',
  'applied',
  'good',
  'failed',
  'quarantined',
]
const STATUSES: readonly RolloutStatus[] = ['running', 'halted', 'done', 'closed', 'rolled-back']

/** All environments in one text: a family must not be told twice in a file. */
export function openMetrics(sources: readonly ReportSource[]): string {
  const samples = new Map<Family, string[]>()
  for (const source of sources) {
    const own = { fleet: source.fleet.name, environment: source.fleet.environment }
    tell(source, (family, value, labels = {}) => {
      const lines = samples.get(family) ?? []
      lines.push(
        `${family}{${Object.entries({ ...own, ...labels })
          .map(([name, text]) => `${name}="${escape(text)}"`)
          .join(',')}} ${value}`,
      )
      samples.set(family, lines)
    })
  }
  const written = (Object.keys(FAMILIES) as Family[]).flatMap((family) => {
    const lines = samples.get(family)
    if (!lines) return []
    const unit = family.endsWith('_seconds') ? [`# UNIT ${family} seconds`] : []
    return [`# HELP ${family} ${FAMILIES[family]}`, `# TYPE ${family} gauge`, ...unit, ...lines]
  })
  return `${[...written, '# EOF'].join('\n')}\n`
}

const escape = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

type Add = (family: Family, value: number, labels?: Labels) => void

function tell(source: ReportSource, add: Add): void {
  const { fleet, state } = source
  const report = buildReport(source)
  if (report.rollout && state.current) {
    tellRollout(report.rollout, source.now, add)
    tellLimits(source, state.current, add)
    tellHeld(state.current, source.now, add)
  } else
    for (const stage of STAGES)
      add('patchrun_nodes', stage === 'unseen' ? fleet.nodes.length : 0, { state: stage })
  tellPeople(report, add)
  if (state.remembered !== null) {
    add('patchrun_last_completed_info', 1, { sha: state.remembered })
    const at = state.completed.get(state.remembered)
    if (at !== undefined) add('patchrun_last_completed_timestamp_seconds', at / 1000)
  }
}

function tellRollout(
  { id, kind, pin, status, counts, waves, waiting, openedAt, endedAt }: RolloutReport,
  now: number,
  add: Add,
): void {
  for (const stage of STAGES) add('patchrun_nodes', counts[stage], { state: stage })
  const progress = { done: 0, begun: 0, ahead: 0 }
  for (const { counts: of, nodes } of waves)
    progress[of.good === nodes ? 'done' : of.unseen === nodes ? 'ahead' : 'begun'] += 1
  for (const [name, n] of Object.entries(progress)) add('patchrun_waves', n, { state: name })
  for (const wave of waves)
    for (const stage of STAGES)
      add('patchrun_wave_nodes', wave.counts[stage], { wave: String(wave.wave), state: stage })
  const reasons = new Map<string, number>()
  for (const { code, nodes } of waiting) reasons.set(code, (reasons.get(code) ?? 0) + nodes.length)
  for (const [reason, n] of reasons) add('patchrun_waiting_nodes', n, { reason })
  add('patchrun_rollout_info', 1, { rollout: id, kind, sha: pin.sha })
  for (const one of STATUSES)
    add('patchrun_rollout_status', one === status ? 1 : 0, { status: one })
  const started = Date.parse(openedAt)
  add('patchrun_rollout_started_timestamp_seconds', started / 1000)
  if (endedAt !== undefined)
    add('patchrun_rollout_ended_timestamp_seconds', Date.parse(endedAt) / 1000)
  else add('patchrun_rollout_age_seconds', (now - started) / 1000)
}

/** How much of each budget and of each capacity is spent: what `decide` itself goes by. */
function tellLimits(
  { fleet, state, now, surroundings }: ReportSource,
  rollout: RolloutState,
  add: Add,
): void {
  const world = worldOf({ fleet, state, rollout, now }, surroundings)
  for (const { cause, limit, nodes } of budgetsOf(
    world,
    planWaves(fleet.nodes, fleet.policy, rollout.limit),
  )) {
    add('patchrun_budget_limit', limit, { cause })
    add('patchrun_budget_spent', nodes.length, { cause })
  }
  for (const { name, limit, out } of roomsOf(world)) {
    const scope = name.replace(/^of (the )?/, '')
    add('patchrun_capacity_limit', limit, { scope })
    add('patchrun_capacity_out', out, { scope })
  }
}

/** Also nodes that are not permitted any more: nobody else gives them back. */
function tellHeld(rollout: RolloutState, now: number, add: Add): void {
  const ours = [...rollout.nodes.keys()].map((node) => [node, nodeState(rollout, node)] as const)
  const drained = ours.flatMap(([node, { held }]) =>
    held && isOurs(held) ? [{ node, since: held.since }] : [],
  )
  add('patchrun_drained_nodes', drained.length)
  for (const { node, since } of drained) {
    add('patchrun_drain_started_timestamp_seconds', since / 1000, { node })
    add('patchrun_drain_age_seconds', (now - since) / 1000, { node })
  }
  for (const [node, { stage }] of ours)
    if (stage === 'quarantined') add('patchrun_quarantined', 1, { node })
}

/**
 * Somebody else took it out, or there is no scheduler to take it out of: that is no drain of
 * patchrun's.
 */
const isOurs = ({ foreign, unscheduled }: NonNullable<NodeState['held']>): boolean =>
  !foreign && !unscheduled

function tellPeople({ holder, pause, orders = 0, rollout }: Report, add: Add): void {
  add('patchrun_run_active', holder ? 1 : 0)
  add('patchrun_paused', pause ? 1 : 0)
  add('patchrun_approvals_pending', rollout?.approvals.length ?? 0)
  add('patchrun_orders_unread', orders)
}
