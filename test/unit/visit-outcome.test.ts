// SPDX-License-Identifier: Apache-2.0
// What the journal says of a drain: the word of the role, held against what it saw.
import t from 'tap'
import type { RunSummary } from '../../lib/outcome/summary/run-summary.js'
import { outcomeOfVisit, schedulerReport } from '../../lib/engine/step/visit-outcome.js'
import { evolve, NO_STATE, wordOf, wouldOpen } from '../../lib/rollout/index.js'
import type { EnvironmentState, Held, JournalEvent, OpenStep } from '../../lib/rollout/index.js'
import { UNSEEN } from '../../lib/rollout/state/state.js'
import { SLURM } from '../../lib/workload/slurm/manager.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { stepKind } from '../support/step-kind.js'

const AT = 1_000_000
const PREFIX = 'patchrun hpc/prod '
const OURS = `${PREFIX}r1 abc`

interface Seen {
  readonly state: readonly string[]
  readonly reason?: string
  readonly job?: true
  readonly result?: string
  readonly reserved?: string
}

function outcomes(
  seen: Readonly<Record<string, Seen>>,
  action: 'drain' | 'release' = 'drain',
): Readonly<Record<string, unknown>> {
  const nodes = Object.keys(seen)
  const data = {
    version: 1,
    complete: false,
    nodes: nodes.map((name) => ({
      name,
      state: seen[name]?.state,
      reason: seen[name]?.reason ?? '',
      cpus: 2,
      allocated: seen[name]?.job ? 2 : 0,
      boot: 7,
    })),
    jobs: nodes
      .filter((name) => seen[name]?.job)
      .map((name) => ({
        id: name,
        user: 'anna',
        state: 'RUNNING',
        nodes: [name],
        start: 1,
        limit: 60,
        end: 61,
        cpus: 2,
      })),
    results: Object.fromEntries(
      nodes.map((name) => [name, { result: seen[name]?.result ?? 'drained', message: '' }]),
    ),
    reservations: nodes.flatMap((name) =>
      seen[name]?.reserved === undefined
        ? []
        : [{ name: seen[name].reserved, nodes: [name], flags: ['MAINT'] }],
    ),
  }
  const summary: RunSummary = {
    complete: true,
    nodes: new Map(),
    unplanned: [],
    localPlays: [],
    reports: [{ name: 'scheduler', host: nodes[0] ?? '', data }],
    badReports: [],
    foreignLines: 0,
  }
  const step: OpenStep = { step: 's1', ...stepKind(action), wave: 1, nodes, since: AT }
  const { outcome } = outcomeOfVisit(
    step,
    { summary, exit: { signal: null, ended: 'exit' } as never },
    { manager: SLURM, names: 'full', prefix: PREFIX },
    AT,
  )
  return Object.fromEntries(
    Object.entries(outcome.nodes).map(([name, told]) => [name, wordOf(told)]),
  )
}

t.test('empty is only what was seen drained, by us, with nothing on it', async (t) => {
  t.same(
    outcomes({
      empty: { state: ['IDLE', 'DRAIN'], reason: OURS },
      busy: { state: ['ALLOCATED', 'DRAIN'], reason: OURS, job: true },
      completing: { state: ['IDLE', 'DRAIN', 'COMPLETING'], reason: OURS },
      notDrained: { state: ['IDLE'], reason: OURS },
      another: { state: ['IDLE', 'DRAIN'], reason: 'fan' },
    }),
    { empty: 'empty', busy: 'busy', completing: 'busy', notDrained: 'unclear', another: 'unclear' },
  )
})

t.test('given back is only what was seen in service', async (t) => {
  const released = (seen: Omit<Seen, 'result'>): Seen => ({ ...seen, result: 'released' })
  t.same(
    outcomes(
      {
        idle: released({ state: ['IDLE'] }),
        taken: released({ state: ['ALLOCATED'], job: true }),
        asleep: released({ state: ['IDLE', 'POWERED_DOWN'] }),
        maintained: released({ state: ['IDLE', 'MAINTENANCE', 'RESERVED'], reserved: 'works' }),
        oldReason: released({ state: ['IDLE'], reason: OURS }),
        drained: released({ state: ['IDLE', 'DRAIN'], reason: OURS }),
        down: released({ state: ['DOWN'], reason: OURS }),
        silent: released({ state: ['IDLE', 'NOT_RESPONDING'] }),
        tested: released({
          state: ['IDLE', 'MAINTENANCE', 'RESERVED'],
          reserved: 'patchrun_tested',
        }),
        taken2: released({ state: ['IDLE', 'DRAIN'], reason: 'fan' }),
        refused: released({
          state: ['IDLE', 'DRAIN', 'INVALID_REG'],
          reason: 'gres/gpu count reported lower than configured',
        }),
      },
      'release',
    ),
    {
      idle: 'ok',
      taken: 'ok',
      asleep: 'ok',
      maintained: 'ok',
      oldReason: 'ok',
      drained: 'unclear',
      down: 'unclear',
      silent: 'unclear',
      tested: 'unclear',
      taken2: 'foreign',
      refused: 'failed',
    },
  )
})

t.test('taken over is only what is not drained with our reason', async (t) => {
  t.same(
    outcomes(
      {
        theirs: { state: ['IDLE', 'DRAIN'], reason: 'fan', result: 'foreign' },
        down: { state: ['DOWN'], reason: 'cable', result: 'foreign' },
        back: { state: ['IDLE'], result: 'foreign' },
        ours: { state: ['IDLE', 'DRAIN'], reason: OURS, result: 'foreign' },
      },
      'release',
    ),
    { theirs: 'foreign', down: 'foreign', back: 'foreign', ours: 'unclear' },
  )
})

t.test('what the scheduler does not show is not given back', async (t) => {
  const data = {
    version: 1,
    nodes: [],
    jobs: [],
    results: { n1: { result: 'released', message: '' }, n2: { result: 'foreign', message: '' } },
  }
  const summary: RunSummary = {
    complete: true,
    nodes: new Map(),
    unplanned: [],
    localPlays: [],
    reports: [{ name: 'scheduler', host: 'n1', data }],
    badReports: [],
    foreignLines: 0,
  }
  const { outcome } = outcomeOfVisit(
    { step: 's1', action: 'release', wave: 1, nodes: ['n1', 'n2'], since: AT },
    { summary, exit: { signal: null, ended: 'exit' } as never },
    { manager: SLURM, names: 'full', prefix: PREFIX },
    AT,
  )
  t.match(outcome.nodes, {
    n1: {
      released: 'unclear',
      failure: { message: /the role said released; the scheduler does not show it/ },
    },
    n2: { released: 'unclear' },
  })
})

t.test('outrun is only what is in service again', async (t) => {
  t.same(
    outcomes({
      outrun: { state: ['ALLOCATED'], job: true, result: 'outrun' },
      asked: { state: ['ALLOCATED', 'NOT_RESPONDING'], job: true, result: 'outrun' },
      drained: { state: ['ALLOCATED', 'DRAIN'], reason: OURS, job: true, result: 'outrun' },
      foreign: { state: ['IDLE', 'DRAIN'], reason: 'fan', result: 'foreign' },
      word: { state: ['IDLE'], result: 'strange' },
    }),
    {
      outrun: 'outrun',
      asked: 'outrun',
      drained: 'unclear',
      foreign: 'foreign-empty',
      word: 'unclear',
    },
  )
})

t.test('of a step that asks the scheduler several times the last answer counts', async (t) => {
  const report = (cpus: number): RunSummary['reports'][number] => ({
    name: 'scheduler',
    host: 'n1',
    data: { version: 1, nodes: [{ name: 'n1', state: ['IDLE'], cpus }], jobs: [] },
  })
  const summary: RunSummary = {
    complete: true,
    nodes: new Map(),
    unplanned: [],
    localPlays: [],
    reports: [
      report(1),
      { name: 'other', host: 'n1', data: {} },
      report(2),
      { name: 'other', host: 'n1', data: {} },
    ],
    badReports: [],
    foreignLines: 0,
  }
  const seen = schedulerReport(summary, SLURM, AT)
  t.equal(typeof seen === 'string' ? seen : (seen as Workload).nodes.get('n1')?.cpus, 2)
})

t.test('what was outrun is not held, and has had its one chance', async (t) => {
  const rollout = wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, AT)
  const after = (
    drained: 'outrun' | 'busy',
  ): { readonly held?: Held; readonly outrun?: true } | undefined => {
    const state: EnvironmentState = {
      ...NO_STATE,
      current: { ...rollout, nodes: new Map([['n1', { ...UNSEEN, stage: 'drain', at: AT }]]) },
    }
    const events: readonly JournalEvent[] = [
      { type: 'intended', at: AT, step: 's1', action: 'drain', wave: 1, nodes: ['n1'], idle: true },
      { type: 'concluded', at: AT + 1, step: 's1', tasks: [], nodes: { n1: { drained } } },
    ]
    return events.reduce<EnvironmentState>((s, e) => evolve(s, e), state).current?.nodes.get('n1')
  }
  t.match(after('outrun'), { stage: 'drain', outrun: true })
  t.equal(after('outrun')?.held, undefined)
  t.match(after('busy')?.held, { phase: 'draining', empty: false })
})
