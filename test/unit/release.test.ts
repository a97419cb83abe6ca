// SPDX-License-Identifier: Apache-2.0
// A person wants drained nodes back: what the word comes to, and what it does not touch.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { answer, parseOrder } from '../../lib/engine/orders/orders.js'
import type { OrderBody } from '../../lib/engine/orders/orders.js'
import { layoutOf } from '../../lib/engine/site/layout.js'
import { systemClock } from '../../lib/engine/step/progress.js'
import { release } from '../../lib/engine/verbs/release.js'
import type { Session } from '../../lib/engine/site/session.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { steerText } from '../../lib/report/text/text-steer.js'
import { decide, NO_STATE, nodeState, replay, worldOf } from '../../lib/rollout/index.js'
import type { EnvironmentState, JournalEvent } from '../../lib/rollout/index.js'
import { FileJournal } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { FREE, nodeOf } from '../support/policy.js'
import { textOf } from '../support/words.js'
import { stepKind } from '../support/step-kind.js'

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/report.schema.json'), 'utf8'),
) as object
const check = new Ajv({
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(schema)
const at = Date.UTC(2026, 2, 1, 12)
const hour = 3_600_000
const by = { user: 'ola', host: 'adm', pid: 1 }
const names = ['n1', 'n2', 'n3', 'n4']
const step = (
  n: number,
  action: 'detect' | 'drain',
  nodes: Extract<JournalEvent, { type: 'concluded' }>['nodes'],
): JournalEvent[] => [
  { type: 'intended', at, step: `${n}`, ...stepKind(action), wave: 1, nodes: Object.keys(nodes) },
  { type: 'concluded', at, step: `${n}`, tasks: [], nodes },
]
/** n1 and n2 are drained and at work, the change of n3 has begun, n4 is not drained. */
const events: JournalEvent[] = [
  {
    type: 'opened',
    at,
    rollout: 'r1',
    kind: 'forward',
    pin: { sha: 'a'.repeat(40), ref: 'main', subject: 's' },
    previous: null,
    limit: null,
    by,
  },
  ...step(1, 'detect', Object.fromEntries(names.map((n) => [n, { verdict: 'DRAIN' as const }]))),
  ...step(2, 'drain', {
    n1: { drained: 'busy' },
    n2: { drained: 'busy' },
    n3: { drained: 'empty' },
  }),
  { type: 'intended', at, step: '3', action: 'apply', wave: 1, nodes: ['n3'], full: true },
  { type: 'concluded', at, step: '3', tasks: [], nodes: { n3: { applied: 'ok' } } },
]
const state = (...more: readonly JournalEvent[]): EnvironmentState =>
  replay([...events, ...more], NO_STATE)
const released = (nodes: readonly string[], until = at + 2 * hour): JournalEvent => ({
  type: 'released',
  at: at + 1,
  by,
  rollout: 'r1',
  nodes,
  until,
  order: 'o1',
})

const fleetOf = (stateDirectory: string): Fleet =>
  ({
    name: 'lab',
    environment: 'prod',
    nodes: names.map((n) => nodeOf(n)),
    denied: [],
    groupChildren: {},
    ansible: { forks: 10 },
    stateDirectory,
    lockTimeout: 60_000,
    policy: { ...FREE, drain: { ...FREE.drain, onTimeout: 'ask' } },
    schedulers: [
      { name: 'default', field: 'scheduler', type: 'slurm', names: 'full', every: 30_000 },
    ],
  }) as unknown as Fleet
const workload = (when: number): Workload => ({
  at: when,
  reservations: [],
  ended: NO_RUN_TIMES,
  results: {},
  nodes: new Map(
    names.map((name) => [
      name,
      {
        name,
        state: name === 'n4' ? ['ALLOCATED'] : ['ALLOCATED', 'DRAIN'],
        reason: name === 'n4' ? '' : 'patchrun lab/prod r1',
        reasonBy: '',
        features: [],
        partitions: [],
        cpus: 1,
        allocated: 1,
        boot: null,
      },
    ]),
  ),
  jobs: names.map((n, i) => ({
    id: `${i}`,
    user: 'anna',
    state: 'RUNNING',
    nodes: [n],
    start: at,
    end: at + 9 * hour,
    cpus: 1,
  })),
})
const decideAt = (found: EnvironmentState, now: number): ReturnType<typeof decide> => {
  if (!found.current) throw new Error('no rollout')
  return decide(
    worldOf(
      { fleet: fleetOf('/nowhere'), state: found, rollout: found.current, now },
      {
        schedulers: { default: { workload: workload(now) } },
      },
    ),
  )
}
const releases = (found: EnvironmentState, now = at + 2): unknown =>
  decideAt(found, now).actions.filter((a) => a.do === 'release')

t.test('a drain that takes too long asks, and says what can be done', async (t) => {
  t.match(
    decideAt(state(), at + hour)
      .waiting.filter((w) => w.nodes.includes('n1'))
      .map((w) => textOf(w))[0],
    /^drained \(since .*job 0 of anna ends by .*; that is longer than drain\.timeout: wait on, or give it back with `patchrun release n1`$/,
  )
})

t.test('what is only drained is given back, and drained again later', async (t) => {
  t.same(releases(state()), [])
  t.same(
    releases(state(released(['n1', 'n3', 'n4']))),
    [{ do: 'release', postpone: at + 2 * hour, wave: 1, nodes: ['n1'] }],
    'a change that has begun is finished, what is not drained stays so',
  )
  t.match(
    releases(state(released(['n1']), { type: 'paused', at, by, scope: 'environment' })),
    [{ nodes: ['n1'] }],
    'during a pause, too',
  )
  t.match(
    releases(
      state(
        released(['n1']),
        {
          type: 'intended',
          at,
          step: '4',
          action: 'release',
          wave: 1,
          nodes: ['n1'],
          postpone: at + 2 * hour,
        },
        { type: 'resumed', at, by },
      ),
    ),
    [{ nodes: ['n1'] }],
    'again where nobody knows what became of it',
  )

  const back = state(
    released(['n1']),
    {
      type: 'intended',
      at,
      step: '4',
      action: 'release',
      wave: 1,
      nodes: ['n1'],
      postpone: at + 2 * hour,
    },
    { type: 'concluded', at, step: '4', tasks: [], nodes: { n1: { released: 'ok' } } },
  )
  t.match(back.current && nodeState(back.current, 'n1'), {
    stage: 'drain',
    postponed: at + 2 * hour,
    held: undefined,
  })
  t.match(
    decideAt(back, at + hour).waiting.find((w) => w.nodes.includes('n1')),
    { reason: { is: 'postponed' }, until: at + 2 * hour },
  )
  const retried = state(released(['n1']), { type: 'retried', at, by, nodes: ['n1'] })
  t.same(releases(retried), [], 'retry takes it back')
  t.same(
    releases(replay([{ ...events[0], rollout: 'r2' } as JournalEvent], state(released(['n1'])))),
    [
      { do: 'release', postpone: at + 2 * hour, wave: 1, nodes: ['n1'] },
      { do: 'release', wave: 1, nodes: ['n2'] },
    ],
    'the word holds for the next rollout, too',
  )
})

t.test('the order', async (t) => {
  const body: OrderBody = {
    do: 'release',
    rollout: 'r1',
    nodes: ['n1', 'n3'],
    until: at + hour,
    reason: 'thesis',
  }
  const order = parseOrder(JSON.stringify({ v: 1, order: { ...body, by, at } }))
  if (typeof order === 'string') return t.fail(order)
  t.same(answer(state(), 'o1', order, at), {
    event: {
      type: 'released',
      at,
      by,
      order: 'o1',
      reason: 'thesis',
      rollout: 'r1',
      nodes: ['n1'],
      until: at + hour,
    },
    text: 'n1 is given back, and not drained again before 2026-03-01T13:00:00.000Z, by ola@adm: thesis',
  })
  t.match(answer(state(), 'o1', { ...order, nodes: ['n3', 'n4'] } as typeof order, at), {
    refused: /none of these nodes/,
  })
  t.match(answer(state({ type: 'finished', at }), 'o1', order, at), { refused: /is over: done/ })
  for (const wrong of [{ nodes: 'n1' }, { nodes: [1] }, { until: 'soon' }, { rollout: '' }])
    t.type(parseOrder(JSON.stringify({ v: 1, order: { ...body, ...wrong, by, at } })), 'string')
})

t.test('the verb', async (t) => {
  const fleet = fleetOf(t.testdir())
  const session = {
    options: { file: 'patchrun.yml' },
    observe: async () => fleet,
  } as unknown as Session
  const clock = { ...systemClock, now: () => at + 1_000 }
  await t.rejects(release(session, 'n1', { clock }), {
    code: 'usage/not-drained',
    message: 'nothing has been rolled out yet',
  })
  const lock = await takeLock(layoutOf(fleet).lock, at)
  const journal = await FileJournal.open(layoutOf(fleet).journal, lock)
  for (const event of events) await journal.append(event)
  await journal.close()
  await lock.release()
  const refused: unknown = await release(session, 'n[1-5]', { clock }).catch(
    (error: unknown) => error,
  )
  t.match(refused, {
    problems: [
      { code: 'usage/not-drained', message: /^n3: its change has begun/ },
      { message: /^n4: not drained by patchrun/ },
      { message: /^n5: not in rollout r1/ },
    ],
  })
  await t.rejects(release(session, 'n1', { clock, until: at }), { code: 'usage/until-passed' })
  const report = await release(session, 'n[1-2]', { clock, reason: 'thesis' })
  t.match(
    report,
    {
      kind: 'steer',
      verb: 'release',
      nodes: ['n1', 'n2'],
      until: new Date(at + 1_000 + hour).toISOString(),
      environments: [{ taken: 'now' }],
    },
    'as long as drain.timeout where nobody says more',
  )
  t.ok(check(JSON.parse(JSON.stringify(report))), JSON.stringify(check.errors))
  t.equal(
    steerText(report, { paint: PLAIN, zone: 'UTC', verbose: false, command: 'patchrun' }),
    'prod: n[1-2] are given back by the next run; not drained again before Sun 2026-03-01 13:00:01 UTC: thesis\nNext: patchrun run\n',
  )
})
