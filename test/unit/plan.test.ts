// SPDX-License-Identifier: Apache-2.0
// In which order nodes would be drained, from one look at the scheduler, and how `plan` tells it.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { PLAIN } from '../../lib/report/words/styles.js'
import { planText } from '../../lib/report/text/text-plan.js'
import { drainPlan } from '../../lib/report/model/waiting-reports.js'
import { REPORT_VERSION } from '../../lib/report/model/rollout-report.js'
import type { DrainPlan, PlanReport } from '../../lib/report/model/rollout-report.js'
import { readerIn } from '../../lib/rollout/say/moments.js'
import { previewDrains, NO_STATE, wouldOpen } from '../../lib/rollout/index.js'
import type { EnvironmentState, SchedulerView, World } from '../../lib/rollout/index.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import type { Job, SchedulerNode, Workload } from '../../lib/workload/slurm/types.js'
import { nodeOf, policyOf, worldFor } from '../support/policy.js'
import { slurmView } from '../support/scheduler-view.js'

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/report.schema.json'), 'utf8'),
) as object
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => new Date(text).toISOString() === text },
})
const check = ajv.compile(schema)
const options = { paint: PLAIN, zone: 'UTC', verbose: false, command: 'patchrun' }
const now = Date.UTC(2026, 2, 2, 12, 0, 0)
const minute = 60_000
const pin = {
  sha: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
  ref: 'main',
  subject: 'Raise labpkg',
}
const prefix = 'patchrun lab/prod '

const names = Array.from({ length: 8 }, (_, i) => `node0${i + 1}`)
const wave = { index: 1, nodes: names }
const seen = (name: string, changes: Partial<SchedulerNode> = {}): SchedulerNode => ({
  name,
  state: ['IDLE'],
  reason: '',
  reasonBy: '',
  features: [],
  partitions: [],
  cpus: 4,
  allocated: 0,
  boot: null,
  ...changes,
})
const job = (id: string, user: string, node: string, started: number, end: number | null): Job => ({
  id,
  user,
  state: 'RUNNING',
  nodes: [node],
  start: now - started * minute,
  end: end === null ? null : now + end * minute,
  cpus: 4,
})
const busy = { state: ['ALLOCATED'], allocated: 4 }
/** node08 is not known to the scheduler. */
const workload: Workload = {
  at: now,
  reservations: [],
  ended: NO_RUN_TIMES,
  results: {},
  nodes: new Map(
    [
      seen('node01', busy),
      seen('node02'),
      seen('node03', busy),
      seen('node04', busy),
      seen('node05', { state: ['IDLE', 'DRAIN'], reason: 'RAM 3 is broken', reasonBy: 'root' }),
      seen('node06', {
        ...busy,
        state: ['ALLOCATED', 'DRAIN'],
        reason: `${prefix}r1-a1b2c3d4 a1b2c3d4e5f6`,
      }),
      seen('node07'),
    ].map((n) => [n.name, n]),
  ),
  jobs: [
    job('17', 'anna', 'node01', 10, 300),
    job('18', 'bob', 'node03', 2, null),
    job('19', 'eve', 'node04', 60, 5),
    job('20', 'eve', 'node06', 1, 90),
  ],
}
const view = (): SchedulerView =>
  slurmView({
    prefix,
    every: 30_000,
    workload,
    silent: null,
    looking: { now: false, watch: false },
  })
const worldOfPlan = (
  drain: Partial<World['policy']['drain']> = {},
  changes: Partial<World> = {},
  state: EnvironmentState = NO_STATE,
): World => {
  const policy = policyOf()
  return worldFor(
    wouldOpen(pin, state, null, now),
    names.map((n) => nodeOf(n)),
    {
      now,
      schedulers: [view()],
      policy: { ...policy, drain: { ...policy.drain, ...drain } },
      ...changes,
    },
  )
}

t.test('idle nodes first, then those that are empty soonest, each with its reason', async (t) => {
  const found = planned(worldOfPlan({ atOnce: 3 }))
  t.same(found?.order, [
    { node: 'node07', idle: true, why: 'idle' },
    { node: 'node02', idle: true, why: 'idle' },
    {
      node: 'node06',
      idle: false,
      why: 'drained by patchrun already; expected to be empty by Mon 2026-03-02 12:01 UTC; job 20 of eve ends by Mon 2026-03-02 13:30 UTC',
    },
    {
      node: 'node04',
      idle: false,
      why: 'expected to be empty by Mon 2026-03-02 12:05 UTC; job 19 of eve ends by Mon 2026-03-02 12:05 UTC',
    },
    {
      node: 'node01',
      idle: false,
      why: 'expected to be empty by Mon 2026-03-02 12:10 UTC; job 17 of anna ends by Mon 2026-03-02 17:00 UTC',
    },
    { node: 'node03', idle: false, why: 'job 18 of bob has no limit: last' },
  ])
  t.same(found?.first, ['node07', 'node02', 'node06'])
  t.match(found?.waiting, [
    {
      code: 'visit',
      text: 'idle+drain, and not by patchrun: "RAM 3 is broken" (root); it is left alone',
      nodes: ['node05'],
    },
    {
      code: 'visit',
      text: 'its change needs it drained, and the scheduler knows no node node08',
      nodes: ['node08'],
    },
    {
      code: 'capacity',
      text: '3 of 3 nodes that may be drained at once are drained',
      nodes: ['node04', 'node01', 'node03'],
    },
  ])
})

t.test('what limits it', async (t) => {
  const patched = planned(worldOfPlan({ foreign: 'patch' }))
  t.match(
    patched?.order.find((turn) => turn.node === 'node05'),
    { idle: true, why: 'taken out by somebody else, so it is patched and stays out; idle' },
  )
  t.same(
    patched?.waiting.map((w) => w.nodes),
    [['node08']],
  )

  const full = planned(
    worldOfPlan(
      {},
      { out: new Set(['node05']), capacity: [{ name: 'of the fleet', limit: 2, nodes: names }] },
    ),
  )
  t.same(full?.first, ['node07'], 'who is out already is counted')
  t.match(full?.waiting.at(-1), {
    code: 'capacity',
    text: '2 of 2 nodes that may be out at once are out (of the fleet)',
  })

  const rollout = wouldOpen(pin, NO_STATE, null, now)
  const before: EnvironmentState = {
    ...NO_STATE,
    current: {
      ...rollout,
      nodes: new Map([
        [
          'node06',
          {
            stage: 'drain',
            at: now,
            touched: false,
            applies: 0,
            blindLooks: 0,
            failures: 0,
            changes: [],
            blindSpots: [],
            held: { since: now, phase: 'draining', empty: false },
          },
        ],
      ]),
    },
  }
  t.same(
    previewDrains(worldOfPlan({ atOnce: 2 }, {}, before), wave)?.first,
    ['node07', 'node06'],
    'a node that is held already has its place',
  )

  t.equal(previewDrains(worldOfPlan({}, { schedulers: [] }), wave), null)
  t.equal(previewDrains(worldOfPlan(), { index: 1, nodes: [] }), null)
})

function planned(world = worldOfPlan({ atOnce: 3 })): DrainPlan | null {
  const preview = previewDrains(world, wave)
  return preview && drainPlan(preview, readerIn('UTC', now))
}

function reportOf(changes: Partial<PlanReport>, drains = planned()): PlanReport {
  const policy = { ...policyOf(), health: [] }
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'plan',
    fleet: 'lab',
    environment: 'prod',
    at: new Date(now).toISOString(),
    pin,
    policy,
    tags: ['HotChange'],
    expected: { visit: 60_000, measured: false },
    waves: [
      {
        wave: 1,
        name: 'wave 1',
        nodes: names.length,
        before: [],
        expected: 0,
        good: [],
        apply: [],
        waitForDrain: names,
        fail: [],
        ...(drains && { drains }),
      },
    ],
    nodes: [],
    directory: '/looks/1',
    ...changes,
  }
}

t.test('the text and the document', async (t) => {
  const report = reportOf({})
  t.ok(check(JSON.parse(JSON.stringify(report))), ajv.errorsText(check.errors))
  t.match(
    planText(report, options),
    `  8 would wait for a drain: node[01-08]
    drained at once:
      node[02,07]: idle
      node06: drained by patchrun already; expected to be empty by Mon 2026-03-02 12:01 UTC; job 20 of eve ends by Mon 2026-03-02 13:30 UTC
    drained then, in this order (3 of 3 nodes that may be drained at once are drained):
      node04: expected to be empty by Mon 2026-03-02 12:05 UTC; job 19 of eve ends by Mon 2026-03-02 12:05 UTC
      node01: expected to be empty by Mon 2026-03-02 12:10 UTC; job 17 of anna ends by Mon 2026-03-02 17:00 UTC
      node03: job 18 of bob has no limit: last
    not drained:
      node05: idle+drain, and not by patchrun: "RAM 3 is broken" (root); it is left alone
      node08: its change needs it drained, and the scheduler knows no node node08
`,
  )

  const order = Array.from({ length: 900 }, (_, i) => ({
    node: `n${i}`,
    idle: false,
    why: `expected to be empty by ${i}`,
  }))
  const holds = order.map(({ node }, i) => ({
    code: 'capacity' as const,
    reason: 'scope-full' as const,
    text: i % 2 === 0 ? 'even' : 'odd',
    nodes: [node],
  }))
  const long = planText(reportOf({}, { order, first: [], waiting: holds }), options)
  t.match(
    long,
    'drained then, in this order:\n      n0: expected to be empty by 0; even\n      n1: expected to be empty by 1; odd\n',
  )
  t.match(
    long,
    'n19: expected to be empty by 19; odd\n      and 880 more nodes; -v shows them all\n',
  )
  t.notMatch(
    planText(reportOf({}, { order, first: [], waiting: holds }), { ...options, verbose: true }),
    /-v shows/,
  )

  const silent = reportOf(
    { noAnswer: 'slurm_load_node: Unable to contact\u001b[31m slurm controller\nTry again.' },
    null,
  )
  t.ok(check(JSON.parse(JSON.stringify(silent))), ajv.errorsText(check.errors))
  t.match(
    planText(silent, options),
    'the scheduler gave no answer, so nobody knows which node would be drained first:\n  slurm_load_node: Unable to contact slurm controller\n  Try again.\n',
  )
  t.notMatch(planText(silent, options), /drained at once/)
})
