// SPDX-License-Identifier: Apache-2.0
// Nodes that patchrun drained and may not touch any more: people hear of them until they are back.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { buildReport } from '../../lib/report/model/build.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { rolloutText } from '../../lib/report/text/text.js'
import type { Report } from '../../lib/report/model/rollout-report.js'
import { decide, NO_STATE, replay, worldOf } from '../../lib/rollout/index.js'
import type { JournalEvent, Surroundings } from '../../lib/rollout/index.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { FREE, nodeOf } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/report.schema.json'), 'utf8'),
) as object
const check = new Ajv({
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(schema)
const at = Date.UTC(2026, 2, 1)
const by = { user: 'ola', host: 'adm', pid: 1 }
const prefix = 'patchrun lab/prod '
const names = ['node01', 'node02', 'node03', 'node04']
const step = (
  n: number,
  action: 'detect' | 'drain' | 'apply',
  nodes: readonly string[],
  outcome: Extract<JournalEvent, { type: 'concluded' }>['nodes'],
): JournalEvent[] => [
  { type: 'intended', at: at + n, step: `${n}-${action}`, ...stepKind(action), wave: 1, nodes },
  { type: 'concluded', at: at + n, step: `${n}-${action}`, tasks: [], nodes: outcome },
]
const opened: JournalEvent = {
  type: 'opened',
  at,
  rollout: 'r1',
  kind: 'forward',
  pin: { sha: 'a'.repeat(40), ref: 'main', subject: 's' },
  previous: null,
  limit: null,
  by,
}
const events: JournalEvent[] = [
  opened,
  ...step(
    1,
    'detect',
    names,
    Object.fromEntries(names.map((n) => [n, { verdict: 'DRAIN' as const }])),
  ),
  ...step(2, 'drain', ['node02', 'node03'], {
    node02: { drained: 'busy' },
    node03: { drained: 'empty' },
  }),
]

const fleetOf = (permitted: readonly string[], denied: readonly string[]): Fleet =>
  ({
    name: 'lab',
    environment: 'prod',
    nodes: permitted.map((n) => nodeOf(`${n}.example.org`)),
    denied: denied.map((n) => `${n}.example.org`),
    groupChildren: {},
    ansible: { forks: 10 },
    policy: { ...FREE, drain: { ...FREE.drain, atOnce: 1 } },
    schedulers: [
      { name: 'default', field: 'scheduler', type: 'slurm', names: 'short', every: 30_000 },
    ],
  }) as unknown as Fleet
const long = (list: readonly JournalEvent[]): readonly JournalEvent[] =>
  JSON.parse(JSON.stringify(list).replaceAll(/node0\d/g, '$&.example.org')) as JournalEvent[]
const reportOf = (fleet: Fleet, list = events, surroundings: Surroundings = {}): Report =>
  buildReport({ fleet, state: replay(long(list), NO_STATE), now: at + 60_000, surroundings })
const text = (report: Report): string =>
  rolloutText(report, { paint: PLAIN, zone: 'UTC', verbose: false, command: 'patchrun' })
/** The nodes named are drained by us, the others serve. */
const seen = (ours: readonly string[], when = at + 30_000): Workload => ({
  at: when,
  jobs: [],
  reservations: [],
  ended: NO_RUN_TIMES,
  results: {},
  nodes: new Map(
    names.map((name) => [
      name,
      {
        name,
        state: ours.includes(name) ? ['IDLE', 'DRAIN'] : ['IDLE'],
        reason: ours.includes(name) ? `${prefix}r1` : '',
        reasonBy: '',
        features: [],
        partitions: [],
        cpus: 1,
        allocated: 0,
        boot: null,
      },
    ]),
  ),
})

t.test('a node that is denied while it is drained is named, with the command', async (t) => {
  const report = reportOf(fleetOf(['node01', 'node04'], ['node02', 'node03']))
  t.ok(check(JSON.parse(JSON.stringify(report))), JSON.stringify(check.errors))
  t.match(
    text(report),
    'Left drained\n  node[02-03].example.org were drained by patchrun and are denied now: give them back by hand: scontrol update nodename=node[02-03] state=resume\n',
  )
  t.match(reportOf(fleetOf(['node01', 'node03', 'node04'], [])).rollout?.left, [
    {
      nodes: ['node02.example.org'],
      why: 'not-permitted',
      text: /^node02\.example\.org was drained by patchrun and is not on the allow list any more: give it back/,
    },
  ])
  t.notMatch(
    text(reportOf(fleetOf(names, []))),
    /Left drained/,
    'who may be touched is given back by patchrun',
  )

  const changed: JournalEvent[] = [
    ...events,
    {
      type: 'intended',
      at: at + 3,
      step: '3-apply',
      action: 'apply',
      wave: 1,
      nodes: ['node03'],
      full: true,
    },
    { type: 'resumed', at: at + 4, by },
  ]
  t.match(
    reportOf(fleetOf(['node01', 'node02', 'node04'], ['node03']), changed).rollout?.left?.[0]?.text,
    'denied now; its change may have begun, so look first: give it back',
  )
  const after: JournalEvent[] = [...events, { type: 'finished', at: at + 5 }]
  t.match(
    text(reportOf(fleetOf(['node01', 'node03', 'node04'], ['node02']), after)),
    /Left drained\n {2}node02/,
    'also when the rollout is over',
  )
  const limited: JournalEvent[] = [
    ...events,
    { ...opened, rollout: 'r2', at: at + 5, limit: ['node01.example.org'] },
  ]
  t.match(reportOf(fleetOf(names, []), limited).rollout?.left, [
    { nodes: ['node02.example.org', 'node03.example.org'], why: 'limited' },
  ])
})

t.test('until it is back', async (t) => {
  const fleet = fleetOf(['node01', 'node04'], ['node02', 'node03'])
  const left = (workload: Workload): unknown =>
    reportOf(fleet, events, { schedulers: { default: { workload } } }).rollout?.left?.map(
      (l) => l.nodes,
    )
  t.same(left(seen(['node03'])), [['node03.example.org']])
  t.same(left(seen([])), undefined)
  t.same(
    left(seen([], at - 1)),
    [['node02.example.org', 'node03.example.org']],
    'a look from before the drain says nothing',
  )

  // One place: it is taken as long as the node is out, and not for ever.
  const state = replay(long(events), NO_STATE)
  const begun = (workload: Workload): unknown =>
    state.current &&
    decide(
      worldOf(
        { fleet, state, rollout: state.current, now: at + 40_000 },
        { schedulers: { default: { workload } } },
      ),
    )
      .actions.filter((a) => a.do === 'drain')
      .flatMap((a) => ('nodes' in a ? a.nodes : []))
  t.same(begun(seen(['node03'])), [])
  t.same(begun(seen([])), ['node04.example.org'])
})
