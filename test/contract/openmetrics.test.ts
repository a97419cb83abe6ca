// SPDX-License-Identifier: Apache-2.0
// What `status --openmetrics` writes, read by Prometheus' own parsers: that of OpenMetrics, and
// that of the older format, which node_exporter's textfile collector understands. Both must come to
// the same.
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { writeMetrics } from '../../lib/engine/verbs/metrics-file.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import type { ReportSource } from '../../lib/report/model/build.js'
import { openMetrics } from '../../lib/report/formats/openmetrics.js'
import { NO_STATE, replay } from '../../lib/rollout/index.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { PATCHRUN } from '../support/command.js'
import { nodeOf, policyOf } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'

const bin = process.env['PATCHRUN_TEST_PROMETHEUS']
const needsParsers =
  bin === undefined ? { skip: 'no prometheus-client to read with (PATCHRUN_TEST_PROMETHEUS)' } : {}

type Series = readonly (readonly [
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
])[]

const READER = `
import json, sys
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics
text = sys.stdin.read()
def tell(families):
    return [[s.name, s.labels, s.value] for f in families for s in f.samples if f.type == 'gauge' or sys.exit(f.name + ' is ' + f.type)]
print(json.dumps([tell(openmetrics.text_string_to_metric_families(text)), tell(parser.text_string_to_metric_families(text))]))
`
/** As both parsers read it; throws with what one of them says against it. */
function read(text: string): Series {
  const said = spawnSync(join(bin ?? '', 'python'), ['-c', READER], {
    input: text,
    encoding: 'utf8',
  })
  if (said.status !== 0) throw new Error(said.stderr)
  const [strict, plain] = JSON.parse(said.stdout) as [Series, Series]
  if (JSON.stringify(plain) !== JSON.stringify(strict))
    throw new Error('the two formats say different things')
  return strict
}

const at = Date.UTC(2026, 2, 1, 12)
const hour = 3_600_000
const sha = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'
const by = { user: 'ola', host: 'adm', pid: 1 }
const failure = { cause: 'failed', message: 'no', task: 'T', file: 'a.yml', line: 1 } as const
const names = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']
const pinned = { pin: { sha, ref: 'main', subject: 's' }, previous: null, limit: null, by } as const
const step = (
  when: number,
  id: string,
  action: 'detect' | 'apply' | 'drain',
  wave: number,
  nodes: Extract<JournalEvent, { type: 'concluded' }>['nodes'],
): JournalEvent[] => [
  { type: 'intended', at: when, step: id, ...stepKind(action), wave, nodes: Object.keys(nodes) },
  { type: 'concluded', at: when, step: id, tasks: [], nodes },
]
const completed: JournalEvent[] = [
  { type: 'opened', at, rollout: 'r1', kind: 'forward', ...pinned },
  { type: 'finished', at: at + hour },
]
/** n1 is a canary and good, n2 has failed, n3 is drained, n4 is in quarantine, the others wait. */
const under: JournalEvent[] = [
  ...completed,
  { type: 'opened', at: at + 2 * hour, rollout: 'r2', kind: 'forward', ...pinned, previous: sha },
  ...step(at + 2 * hour, '1', 'detect', 0, { n1: { verdict: 'GOOD' } }),
  ...step(at + 2 * hour, '2', 'detect', 1, {
    n2: { verdict: 'HOT' },
    n3: { verdict: 'DRAIN' },
    n4: { verdict: 'ERROR', failure },
  }),
  ...step(at + 2 * hour, '3', 'apply', 1, { n2: { applied: 'failed', failure } }),
  ...step(at + 3 * hour, '4', 'drain', 1, { n3: { drained: 'busy' } }),
  { type: 'quarantined', at: at + 3 * hour, nodes: ['n4'] },
  { type: 'paused', at: at + 3 * hour, by, reason: 'x', scope: 'environment' },
]
const fleetOf = (environment: string, name = 'lab'): Fleet =>
  ({
    name,
    environment,
    nodes: names.map((n, i) => nodeOf(n, { canary: i === 0, domains: ['rack "1"\\\n'] })),
    denied: [],
    groupChildren: {},
    ansible: { forks: 10 },
    lockTimeout: 60_000,
    stateDirectory: '/nowhere',
    policy: policyOf({
      maxFailed: '50%',
      retries: { attempts: 3, backoff: 60_000, longest: 60_000 },
      budget: { failed: 3, unreachable: null, notConverged: null },
      capacity: { fleet: '50%', groups: {}, partitions: {}, domains: 2 },
    }),
    schedulers: [
      { name: 'default', field: 'scheduler', type: 'slurm', names: 'full', every: 30_000 },
    ],
  }) as unknown as Fleet
const source = (
  environment: string,
  events: readonly JournalEvent[],
  more: Partial<ReportSource> = {},
): ReportSource => ({
  fleet: fleetOf(environment),
  state: replay(events, NO_STATE),
  now: at + 5 * hour,
  ...more,
})
const valueOf = (
  series: Series,
  name: string,
  labels: Readonly<Record<string, string>>,
): number | undefined =>
  series.find(
    ([n, of]) => n === name && Object.entries(labels).every(([key, text]) => of[key] === text),
  )?.[2]

t.test('Prometheus reads every family, in both of its formats', needsParsers, async (t) => {
  const series = read(
    openMetrics([
      source('test', []),
      source('prod', under, { holder: { ...by, since: at }, orders: 2 }),
    ]),
  )
  const is = (
    name: string,
    labels: Readonly<Record<string, string>>,
    wanted: number | undefined,
  ): void =>
    void t.equal(
      valueOf(series, name, { environment: 'prod', fleet: 'lab', ...labels }),
      wanted,
      `${name} ${JSON.stringify(labels)}`,
    )
  is('patchrun_nodes', { state: 'good' }, 1)
  is('patchrun_nodes', { state: 'failed' }, 1)
  is('patchrun_nodes', { state: 'quarantined' }, 1)
  is('patchrun_nodes', { state: 'unseen' }, 2)
  is('patchrun_nodes', { state: 'unseen', environment: 'test' }, 6)
  is('patchrun_waves', { state: 'done' }, 1)
  is('patchrun_waves', { state: 'begun' }, 1)
  is('patchrun_wave_nodes', { wave: '1', state: 'drain' }, 1)
  is('patchrun_waiting_nodes', { reason: 'quarantined' }, 1)
  is('patchrun_rollout_info', { rollout: 'r2', sha }, 1)
  is('patchrun_rollout_status', { status: 'running' }, 1)
  is('patchrun_rollout_status', { status: 'halted' }, 0)
  is('patchrun_rollout_started_timestamp_seconds', {}, (at + 2 * hour) / 1000)
  is('patchrun_rollout_age_seconds', {}, 3 * 3600)
  is('patchrun_rollout_ended_timestamp_seconds', {}, undefined)
  is('patchrun_drained_nodes', {}, 1)
  is('patchrun_drain_started_timestamp_seconds', { node: 'n3' }, (at + 3 * hour) / 1000)
  is('patchrun_drain_age_seconds', { node: 'n3' }, 2 * 3600)
  is('patchrun_quarantined', { node: 'n4' }, 1)
  is('patchrun_budget_limit', { cause: 'any' }, 2)
  is('patchrun_budget_spent', { cause: 'any' }, 2)
  is('patchrun_budget_limit', { cause: 'failed' }, 3)
  is('patchrun_capacity_limit', { scope: 'fleet' }, 3)
  is('patchrun_capacity_out', { scope: 'fleet' }, 2)
  is('patchrun_capacity_limit', { scope: 'failure domain rack "1"\\\n' }, 2)
  is('patchrun_paused', {}, 1)
  is('patchrun_paused', { environment: 'test' }, 0)
  is('patchrun_run_active', {}, 1)
  is('patchrun_orders_unread', {}, 2)
  is('patchrun_approvals_pending', {}, 0)
  is('patchrun_last_completed_info', { sha }, 1)
  is('patchrun_last_completed_timestamp_seconds', {}, (at + hour) / 1000)
  const done = read(openMetrics([source('prod', completed)]))
  t.equal(valueOf(done, 'patchrun_rollout_ended_timestamp_seconds', {}), (at + hour) / 1000)
  t.equal(
    valueOf(done, 'patchrun_rollout_age_seconds', {}),
    undefined,
    'what is over grows no older',
  )
  // The page lists what there is, and nothing else.
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/usage/watch.md'), 'utf8')
  t.same(
    [...new Set([...series, ...done].map(([name]) => name))].sort(),
    [...new Set(page.match(/\bpatchrun_[a-z_]+/g))].sort(),
    'docs/usage/watch.md names each family',
  )
})

t.test('the parsers find what is wrong', needsParsers, async (t) => {
  const text = openMetrics([source('prod', under)])
  for (const [what, bad] of [
    ['a quote that is not escaped', text.replace('rack \\"1', 'rack "1')],
    ['no end', text.replace('# EOF\n', '')],
    [
      'a family told twice',
      text.replace(
        '# EOF',
        `${text
          .split('\n')
          .filter((line) => line.includes('patchrun_paused'))
          .join('\n')}\n# EOF`,
      ),
    ],
    [
      'a counter that is none',
      text.replace('# TYPE patchrun_orders_unread gauge', '# TYPE patchrun_orders_unread counter'),
    ],
  ] as const)
    t.throws(() => read(bad), what)
})

t.test('a thousand nodes that nothing is wrong with have no series of their own', async (t) => {
  const many = Array.from({ length: 1000 }, (_, i) => nodeOf(`m${i}`))
  t.equal(
    openMetrics([
      source('prod', under, {
        fleet: { ...fleetOf('prod'), nodes: [...fleetOf('prod').nodes, ...many] },
      }),
    ]).split('\n').length,
    openMetrics([source('prod', under)]).split('\n').length,
  )
})

t.test('the command: all environments in one file, whole or not at all', async (t) => {
  const directory = t.testdir()
  writeFileSync(
    join(directory, 'patchrun.yml'),
    JSON.stringify({
      schemaVersion: 1,
      fleet: 'f',
      playbooks: { repository: './p' },
      nodes: { allow: ['t1', 'p[1-3]'] },
      environments: {
        test: { nodes: { allow: ['t1'], canary: ['t1'] } },
        prod: { nodes: { allow: ['p[1-3]'], canary: ['p1'] } },
      },
    }),
  )
  const say = (...argv: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [PATCHRUN, 'status', ...argv], { cwd: directory, encoding: 'utf8' })
  t.match(say('--openmetrics', '--out', 'x.prom'), { status: 0, stdout: '', stderr: '' })
  t.same(readdirSync(directory), ['patchrun.yml', 'x.prom'], 'nothing is left beside it')
  t.equal(statSync(join(directory, 'x.prom')).mode & 0o777, 0o644, 'the collector may read it')
  t.match(
    readFileSync(join(directory, 'x.prom'), 'utf8'),
    /environment="test",state="unseen"} 1\n[^]*environment="prod",state="unseen"} 3\n[^]*# EOF\n$/,
  )
  t.match(
    say('--openmetrics', '--env', 'prod').stdout,
    /^(?![^]*environment="test")[^]*environment="prod"/,
  )
  t.match(say('--openmetrics', '--out', 'no/x.prom'), {
    status: 2,
    stderr: /usage\/metrics-file: .*no\/x\.prom: ENOENT/,
  })
  t.match(say('--out', 'x.prom'), { status: 2, stderr: /usage\/option-of/ })
  t.match(say('--openmetrics', '--json', '--env', 'prod'), {
    status: 2,
    stdout: /usage\/two-formats/,
  })
  // Who fails leaves the last file as it was: its age is what an alert goes by.
  writeFileSync(join(directory, 'patchrun.yml'), 'nonsense')
  t.match(say('--openmetrics', '--out', 'x.prom'), { status: 3 })
  t.match(readFileSync(join(directory, 'x.prom'), 'utf8'), /# EOF\n$/)
})

t.test('whoever reads while it is written reads one whole text', async (t) => {
  const file = join(t.testdir(), 'x.prom')
  const [one, other] = ['a'.repeat(300_000), 'b'.repeat(300_000)]
  await writeMetrics(file, one)
  const script = `const { readFileSync } = require('node:fs'); const end = Date.now() + 700; let n = 0; while (Date.now() < end || n < 50) { const s = readFileSync(${JSON.stringify(file)}, 'utf8'); if (s.length !== 300000 || (/[^a]/.test(s) && /[^b]/.test(s))) process.exit(3); n += 1 } console.log(n)`
  let seen = 0
  let busy = true
  const reading = new Promise<void>((done, fail) =>
    execFile(process.execPath, ['-e', script], (error, stdout) => {
      busy = false
      seen = Number(stdout)
      if (error) fail(new Error('it read what is not whole', { cause: error }))
      else done()
    }),
  )
  for (let i = 0; busy; i += 1) await writeMetrics(file, i % 2 ? one : other)
  await reading
  t.ok(seen > 10, `${seen} readings`)
})
