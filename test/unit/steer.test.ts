// SPDX-License-Identifier: Apache-2.0
// What people say: the mailbox on a real disk, what an order comes to, what is chosen afterwards,
// what is shown of it.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import { endOf } from '../../lib/cli/call/until.js'
import { choose } from '../../lib/engine/run/choose-rollout.js'
import type { Choosing } from '../../lib/engine/run/choose-rollout.js'
import { answer, orderDocument, parseOrder } from '../../lib/engine/orders/orders.js'
import type { Order, OrderBody } from '../../lib/engine/orders/orders.js'
import { carryOrders, takeOrders } from '../../lib/engine/orders/take-orders.js'
import { planRetreat, retreatEvents } from '../../lib/engine/verbs/rollback.js'
import { layoutOf } from '../../lib/engine/site/layout.js'
import { SchedulerLooks } from '../../lib/engine/step/scheduler-look.js'
import { reconcile } from '../../lib/engine/run/reconcile.js'
import type { Reconcile } from '../../lib/engine/run/reconcile-types.js'
import { systemClock } from '../../lib/engine/step/progress.js'
import type { Progress } from '../../lib/engine/step/progress.js'
import type { Fleet, FleetNode, RolloutPolicy } from '../../lib/fleet/declare/fleet.js'
import { buildHistory, buildReport } from '../../lib/report/model/build.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { historyText } from '../../lib/report/text/text-history.js'
import { rolloutText } from '../../lib/report/text/text.js'
import { junitXml } from '../../lib/report/formats/junit.js'
import { NO_STATE, replay } from '../../lib/rollout/index.js'
import type { EnvironmentState, JournalEvent, NodeOutcome } from '../../lib/rollout/index.js'
import { fileStore } from '../../lib/store/file-store.js'
import { FileJournal, readJournal } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import { fateOf, letters, post } from '../../lib/store/disk/mailbox.js'
import { policyOf } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'

type Tap = { testdir(): string; teardown(work: () => Promise<void>): void }
const by = { user: 'op', host: 'adm', pid: 7 }
const at = Date.UTC(2026, 2, 1, 12)
const sha = 'a'.repeat(40)
const before = 'b'.repeat(40)
const nodes = [1, 2, 3, 4, 5].map((i): FleetNode => ({
  name: `n${i}`,
  canary: i === 1,
  groups: [],
  vars: {},
  domains: [],
  partitions: [],
  runsOn: null,
  scheduler: 'default',
}))
const names = nodes.map((n) => n.name)
const fleetOf = (policy: Partial<RolloutPolicy> = {}, those = nodes): Fleet =>
  ({
    name: 'lab',
    environment: 'prod',
    nodes: those,
    schedulers: [],
    groupChildren: {},
    ansible: { forks: 5 },
    policy: policyOf(policy),
    stateDirectory: '/nowhere',
  }) as unknown as Fleet

const opened: JournalEvent = {
  type: 'opened',
  at,
  rollout: 'r1',
  kind: 'forward',
  pin: { sha, ref: 'main', subject: 'Raise it' },
  previous: before,
  limit: null,
  by,
}
let number = 0
function step(
  action: 'detect' | 'apply' | 'verify',
  outcome: Extract<JournalEvent, { type: 'concluded' }>['nodes'],
  wave = 0,
): JournalEvent[] {
  const id = `s${++number}`
  return [
    { type: 'intended', at, step: id, ...stepKind(action), wave, nodes: Object.keys(outcome) },
    { type: 'concluded', at, step: id, tasks: [], nodes: outcome },
  ]
}
const all = (those: readonly string[], outcome: NodeOutcome): Record<string, NodeOutcome> =>
  Object.fromEntries(those.map((n) => [n, outcome]))
const changed = (those: readonly string[]): JournalEvent[] => [
  ...step('detect', all(those, { verdict: 'HOT' })),
  ...step('apply', all(those, { applied: 'ok' })),
  ...step('verify', all(those, { verdict: 'GOOD' })),
]
const state = (...events: readonly JournalEvent[]): EnvironmentState => replay(events, NO_STATE)
const order = (body: OrderBody): Order => ({ ...body, by, at })

/** A journal under a real lock, and a mailbox beside it. */
async function writer(t: Tap, ...events: readonly JournalEvent[]) {
  const layout = layoutOf({ stateDirectory: t.testdir(), environment: 'prod' })
  const lock = await takeLock(layout.lock, at)
  const journal = await FileJournal.open(layout.journal, lock)
  for (const event of events) await journal.append(event)
  t.teardown(async () => {
    await journal.close()
    await lock.release()
  })
  const said: Progress[] = []
  const take = (): Promise<boolean> =>
    takeOrders(
      fileStore(layout, 60_000).mail,
      journal,
      { ...systemClock, now: () => at + 1000 },
      (p) => void said.push(p),
    )
  const put = (body: OrderBody, when = at): Promise<string> =>
    post(layout.orders, orderDocument(order(body)), when)
  return { layout, journal, said, take, put }
}

t.test('the mailbox: whole, private, in the order in which it was said', async (t) => {
  const directory = join(t.testdir(), 'orders')
  t.same(await letters(directory), [], 'no mailbox is an empty one')
  const ids = [
    await post(directory, { n: 1 }, at),
    await post(directory, { n: 2 }, at),
    await post(directory, { n: 3 }, at - 60_000),
  ]
  t.same(
    (await letters(directory)).map((l) => (JSON.parse(l.text ?? '') as { n: number }).n),
    [1, 2, 3],
    'also when a clock was set back',
  )
  t.same(
    (await letters(directory)).map((l) => l.id),
    ids,
  )
  for (const name of readdirSync(directory))
    t.equal(statSync(join(directory, name)).mode & 0o777, 0o600)
  t.equal(statSync(directory).mode & 0o777, 0o700)
  t.same(await fateOf(directory, ids[0] ?? ''), { is: 'waiting' })
  writeFileSync(join(directory, '.being-written'), 'half')
  t.equal((await letters(directory)).length, 3, 'what is being written is not there yet')
  rmSync(directory, { recursive: true })
  writeFileSync(directory, 'a file')
  await t.rejects(
    letters(directory),
    { code: 'ENOTDIR' },
    'a mailbox that cannot be read is no empty one: nobody could be heard',
  )
})

t.test('an order is carried into the journal once, whenever the process died', async (t) => {
  const { layout, journal, said, take, put } = await writer(t, opened)
  const id = await put({ do: 'pause', scope: 'environment', reason: 'storage maintenance' })
  const file = join(layout.orders, `${id}.json`)
  const text = readFileSync(file, 'utf8')
  t.equal(await take(), true)
  t.match(journal.state.pause, { by, reason: 'storage maintenance' })
  t.match(said, [{ type: 'steered', text: 'paused by op@adm: storage maintenance' }])
  t.same(readdirSync(layout.orders), [])
  t.equal(await take(), false)

  await put({ do: 'unpause' })
  await take()
  writeFileSync(file, text)
  t.equal(await take(), true, 'as after a death between the journal and the removal')
  t.equal(journal.state.pause, null, 'a pause that is over does not come back')
  t.equal((await readJournal(layout.journal)).filter((e) => e.event.type === 'paused').length, 1)
  t.same(readdirSync(layout.orders), [], 'and it is out of the way')
})

t.test('what is damaged or foreign stops nobody and is not lost', async (t) => {
  const { layout, journal, said, take, put } = await writer(t, opened)
  await put({ do: 'unpause' })
  const name = (n: number): string => `${String(n).padStart(15, '0')}-0123456789abcdef.json`
  const put2 = (n: number, text: string): void => writeFileSync(join(layout.orders, name(n)), text)
  put2(1, '{"v":1,"ord')
  put2(2, JSON.stringify({ v: 2, order: order({ do: 'unpause' }) }))
  put2(
    3,
    JSON.stringify(
      orderDocument({ ...order({ do: 'unpause' }), do: 'explode' } as unknown as Order),
    ),
  )
  put2(
    4,
    JSON.stringify(orderDocument({ ...order({ do: 'unpause' }), by: null } as unknown as Order)),
  )
  put2(5, JSON.stringify(orderDocument(order({ do: 'unpause' }))) + ' '.repeat(100_000))
  put2(6, 'null')
  writeFileSync(join(layout.orders, 'notes.txt'), 'remember the milk')
  mkdirSync(join(layout.orders, 'a-directory'))
  symlinkSync('/dev/zero', join(layout.orders, name(7)))
  execFileSync('mkfifo', [join(layout.orders, name(8))])
  t.equal(await take(), true)
  t.same(readdirSync(layout.orders), ['refused'], 'all is set aside')
  const aside = readdirSync(join(layout.orders, 'refused'))
  t.equal(aside.filter((n) => !/\.(json|txt)\.txt$|y\.txt$/.test(n)).length, 10)
  t.match(
    readFileSync(join(layout.orders, 'refused', `${name(2)}.txt`), 'utf8'),
    /another version of patchrun \(2\)/,
  )
  t.equal(readFileSync(join(layout.orders, 'refused', name(1)), 'utf8'), '{"v":1,"ord', 'as it was')
  t.equal(
    said.filter((p) => p.type === 'notice' && p.code === 'order-refused').length,
    10,
    'each is told',
  )
  t.same(
    (await readJournal(layout.journal)).map((e) => e.event.type),
    ['opened', 'unpaused'],
    'and the good one was followed',
  )
  t.equal(await take(), false)

  // A directory of that name that is not empty: rename cannot take its place.
  rmSync(join(layout.orders, 'refused'), { recursive: true })
  writeFileSync(join(layout.orders, 'refused'), '')
  put2(9, 'x')
  said.length = 0
  t.equal(await take(), false, 'what cannot be set aside is no news either')
  t.equal(await take(), false)
  t.equal(said.length, 1, 'told once')
  t.equal(journal.state.current?.status, 'running')
})

t.test('what an order comes to', async (t) => {
  const says = (s: EnvironmentState, body: OrderBody, when = at): unknown =>
    answer(s, 'id', order(body), when)
  const running = state(opened, ...changed(['n1']))
  const done = state(opened, ...changed(names), { type: 'finished', at })
  const halted = state(opened, ...step('detect', all(['n1'], { verdict: 'ERROR' })), {
    type: 'halted',
    at,
    halt: { code: 'canary-failed', message: '', hint: '', nodes: [] },
  })
  t.match(says(running, { do: 'abort', rollout: 'r1', reason: 'x' }), {
    event: { type: 'aborted', rollout: 'r1', order: 'id', by, at },
  })
  t.match(says(running, { do: 'abort', rollout: 'r0' }), {
    refused: 'rollout r0 does not stand any more, r1 does',
  })
  t.match(says(done, { do: 'abort', rollout: 'r1' }), { refused: 'rollout r1 is over: done' })
  t.match(says(halted, { do: 'abort', rollout: 'r1' }), { refused: 'rollout r1 is halted already' })
  t.match(says(running, { do: 'approve', rollout: 'r1', key: 'wide-0123456789ab' }), {
    event: { type: 'approved', key: 'wide-0123456789ab' },
  })
  t.match(says(state(), { do: 'approve', rollout: 'r1', key: 'wide-0123456789ab' }), {
    refused: 'rollout r1 does not stand any more',
  })
  t.match(
    says(running, { do: 'retry', rollout: 'r1', nodes: ['n1'] }),
    { refused: /nothing|anything/ },
    'GOOD meanwhile',
  )
  t.match(
    says(running, { do: 'retry', rollout: 'r1', nodes: ['n1', 'n3'] }),
    { event: { type: 'retried', nodes: ['n3'] } },
    'never started',
  )
  t.match(says(halted, { do: 'retry', rollout: 'r1', nodes: null }, at + 9), {
    event: { type: 'retried', nodes: null, at: at + 9 },
  })
  t.match(
    says(state(), { do: 'pause', scope: 'fleet', reason: 'x', until: at + 5 }, at - 5),
    { event: { type: 'paused', at: at - 5, until: at + 5 } },
    'a clock that runs ahead writes no future',
  )
  for (const body of [
    { do: 'pause', scope: 'fleet', reason: 'r', until: 3 },
    { do: 'unpause' },
    { do: 'approve', rollout: 'r', key: 'k' },
    { do: 'abort', rollout: 'r' },
    { do: 'retry', rollout: 'r', nodes: null },
    { do: 'retry', rollout: 'r', nodes: ['n1'] },
  ] as const) {
    t.same(parseOrder(JSON.stringify(orderDocument(order(body)))), order(body), body.do)
  }
})

t.test(
  'a node that waits for a drain is looked at again when it is named, and only then',
  async (t) => {
    const drain = [opened, ...step('detect', all(['n1'], { verdict: 'DRAIN' }))]
    const stage = (nodes: readonly string[] | null): string | undefined =>
      state(...drain, { type: 'retried', at, by, nodes }).current?.nodes.get('n1')?.stage
    t.equal(stage(['n1']), 'unseen')
    t.equal(stage(null), 'drain')
  },
)

t.test(
  'a rollback takes back what was changed, also by rollouts that came to nothing before',
  async (t) => {
    const fleet = fleetOf()
    const s = state(
      opened,
      ...changed(['n1', 'n4']),
      ...step('detect', all(['n3'], { verdict: 'GOOD' })),
    )
    t.match(planRetreat(s, fleet), { sha: before, nodes: ['n1', 'n4'], limit: ['n4'] })
    const next: JournalEvent = {
      ...opened,
      rollout: 'r2',
      pin: { sha: 'c'.repeat(40), ref: 'main', subject: 'Fix' },
    }
    const superseded = state(
      opened,
      ...changed(['n1', 'n4']),
      { type: 'closed', at, reason: '' },
      next,
      ...changed(['n1', 'n2']),
    )
    t.match(
      planRetreat(superseded, fleet),
      { nodes: ['n1', 'n2', 'n4'] },
      'n4 is still at the commit between',
    )
    const limited = state(
      { ...opened, limit: ['n5'] },
      ...changed(['n1', 'n5']),
      { type: 'finished', at },
      next,
      ...changed(['n1']),
    )
    t.match(
      planRetreat(limited, fleet),
      { nodes: ['n1', 'n5'] },
      'a limited rollout is not remembered, so its nodes go back as well',
    )
    const clean = state(
      opened,
      ...changed(names),
      { type: 'finished', at },
      { ...next, previous: sha },
      ...changed(['n1']),
    )
    t.match(
      planRetreat(clean, fleet),
      { sha, nodes: ['n1'] },
      'what a whole rollout completed stays',
    )
    t.match(
      planRetreat(superseded, { nodes: nodes.slice(0, 3) }),
      { nodes: ['n1', 'n2'] },
      'never a node that is not permitted any more',
    )

    const refuses = (
      s: EnvironmentState,
      error: { code: string; message?: RegExp; hint?: RegExp },
    ): void => void t.throws(() => planRetreat(s, fleet), error)
    refuses(state(), { code: 'usage/nothing-to-roll-back' })
    refuses(state(opened), { code: 'usage/nothing-to-roll-back', hint: /abort/ })
    refuses(state({ ...opened, previous: null }, ...changed(['n1'])), {
      code: 'usage/no-commit-before',
      message: /no commit was completed/,
    })
    refuses(state({ ...opened, previous: sha }, ...changed(['n1'])), {
      code: 'usage/no-commit-before',
      message: /very same/,
    })

    const pin = { sha: before, ref: 'main', subject: '' }
    const events = retreatEvents(s, planRetreat(s, fleet), pin, { at, by, reason: 'bad' })
    t.match(events, [
      { type: 'closed', rolledBack: { by, reason: 'bad' } },
      { type: 'opened', rollout: 'r2-bbbbbbbb', kind: 'rollback', limit: ['n4'], reason: 'bad' },
    ])
    const cut = replay(events.slice(0, 1), s)
    t.match(
      retreatEvents(cut, planRetreat(cut, fleet), pin, { at, by, reason: 'bad' }),
      [{ type: 'opened' }],
      'killed between the two: only the way back is missing',
    )
    t.equal(retreatEvents(cut, planRetreat(cut, fleet), pin, { at, by, reason: 'bad' }).length, 1)
    refuses(replay(events, s), {
      code: 'usage/nothing-to-roll-back',
      message: /is a rollback already/,
    })
  },
)

t.test(
  'after a rollback the commit is refused until a newer one, or a person, comes',
  async (t) => {
    const s = state(opened, ...changed(['n1']))
    const pin = { sha: before, ref: 'main', subject: '' }
    const back = replay(
      retreatEvents(s, planRetreat(s, fleetOf()), pin, { at, by, reason: 'bad' }),
      s,
    )
    const chosen = (
      state: EnvironmentState,
      more: Partial<Choosing> = {},
    ): ReturnType<typeof choose> =>
      choose({
        state,
        fleet: fleetOf(),
        pin: opened.type === 'opened' ? opened.pin : pin,
        comparison: { kind: 'forward' } as Choosing['comparison'],
        limit: null,
        again: false,
        now: at,
        by,
        ...more,
      })
    t.match(
      chosen(back),
      { refused: undefined, events: [{ type: 'resumed' }] },
      'a rollback under way goes on',
    )
    const done = replay(
      [...step('detect', all(['n1'], { verdict: 'GOOD' })), { type: 'finished', at }],
      back,
    )
    t.equal(done.remembered, before)
    t.match(chosen(done), {
      refused: true,
      events: [],
      notices: [{ code: 'rolled-back', text: /op@adm rolled aaaaaaaaaaaa back \(bad\)/ }],
    })
    t.match(chosen(done, { again: true }), { events: [{ type: 'opened', kind: 'forward' }] })
    t.match(chosen(done, { pin: { sha: 'd'.repeat(40), ref: 'main', subject: '' } }), {
      events: [{ type: 'opened' }],
    })
  },
)

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../schemas/report.schema.json'), 'utf8'),
) as object
const check = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': true },
}).compile(schema)
const options = { paint: PLAIN, zone: 'UTC', verbose: false, command: 'patchrun --env prod' }

t.test('status says who, when, why, and the very command that comes next', async (t) => {
  const show = (
    s: EnvironmentState,
    policy: Partial<RolloutPolicy> = {},
    more: Partial<Parameters<typeof buildReport>[0]> = {},
  ): string => {
    const report = buildReport({ fleet: fleetOf(policy), state: s, now: at + 1000, ...more })
    t.ok(check(JSON.parse(JSON.stringify(report))), JSON.stringify(check.errors))
    const history = buildHistory({ fleet: fleetOf(policy), state: s, now: at + 1000 })
    t.ok(check(JSON.parse(JSON.stringify(history))), JSON.stringify(check.errors))
    return rolloutText(report, options)
  }
  const paused: JournalEvent = {
    type: 'paused',
    at,
    by,
    scope: 'fleet',
    reason: 'storage maintenance',
    until: at + 7_200_000,
  }
  t.match(
    show(state(opened, paused)),
    /The fleet is paused by op@adm, Sun 2026-03-01 12:00:00 UTC: storage maintenance \(until Sun 2026-03-01 14:00:00 UTC\)[^]*Next: patchrun --env prod unpause, or wait until Sun 2026-03-01 14:00:00 UTC/,
  )
  t.match(
    show(state(paused)),
    /nothing has been rolled out yet\nThe fleet is paused/,
    'also before the first rollout',
  )
  t.notMatch(
    show(state(opened, { ...paused, until: at + 10 })),
    /paused/,
    'a pause that is over is none',
  )

  const start = show(state(opened), { approval: ['start'] })
  const key = /approve (start-[0-9a-f]{12})/.exec(start)?.[1] ?? ''
  t.match(
    start,
    /Needs an approval\n {2}the start of this rollout needs an approval[^\n]*\n {4}aaaaaaaaaaaa \(main\) "Raise it"\n {4}canary wave, 1 node: n1\n/,
  )
  t.match(start, `Next: patchrun --env prod approve ${key}`)
  t.match(
    show(state(opened), {
      approval: ['start'],
      timing: {
        zone: 'UTC',
        windows: [],
        freezes: [{ from: 0, to: at + 3_600_000, reason: 'exams' }],
        expected: 0,
      },
    }),
    `approve ${key}`,
    'by day for the night',
  )
  t.match(
    show(state(opened, { type: 'approved', at, by, rollout: 'r1', key, reason: 'fine' }), {
      approval: ['start'],
    }),
    `Approved ${key} by op@adm, Sun 2026-03-01 12:00:00 UTC: fine`,
  )
  const wide = { approval: ['wide' as const], soak: 60_000 }
  t.notMatch(
    show(state(opened), wide),
    /approve/,
    'what lies beyond the canaries is not asked for before they are GOOD',
  )
  t.match(show(state(opened, ...changed(['n1'])), wide), /approve wide-/, 'while they soak it is')

  t.match(
    show(
      state(opened, ...changed(['n1']), {
        type: 'aborted',
        at,
        by,
        rollout: 'r1',
        reason: 'wrong branch',
      }),
    ),
    /aborted, not at its end yet[^]*Aborted by op@adm, [^\n]*: wrong branch[^]*Next: patchrun --env prod run finishes what was begun, then it halts/,
  )
  const failure = { cause: 'failed' as const, message: 'disk is dead' }
  const quarantine = state(
    opened,
    ...changed(['n1']),
    ...step('detect', { n3: { verdict: 'ERROR', failure } }, 1),
    { type: 'quarantined', at, nodes: ['n3'] },
  )
  const shown = show(quarantine, { maxFailed: 3 })
  t.match(shown, /Quarantined: 1 node\n {2}n3: disk is dead|Quarantined: 1 node\n[^]*disk is dead/)
  t.match(shown, /then patchrun --env prod retry/)
  t.match(
    junitXml(buildReport({ fleet: fleetOf(), state: quarantine, now: at })),
    /failures="1"/,
    'who is in quarantine is red',
  )

  t.match(
    show(
      state(opened),
      { promotion: { after: ['test01'], soak: 0 } },
      { surroundings: { promotion: [{ environment: 'test01', completedAt: null }] } },
    ),
    /Next: complete it in the environment that comes first \(test01 must complete aaaaaaaaaaaa first\)/,
  )
  t.match(
    show(state(opened), {}, { orders: 2 }),
    '2 orders given and not read yet: the next run reads them',
  )

  const s = state(opened, ...changed(['n1']))
  const back = replay(
    retreatEvents(
      s,
      planRetreat(s, fleetOf()),
      { sha: before, ref: 'main', subject: 'Good' },
      { at, by, reason: 'jobs fail' },
    ),
    s,
  )
  t.match(
    show(back),
    /Rejected aaaaaaaaaaaa: rolled back by op@adm, [^\n]*: jobs fail\n[^\n]*patchrun --env prod run --again/,
  )
  t.match(
    historyText(buildHistory({ fleet: fleetOf(), state: back, now: at + 1 }), options),
    /running, a rollback[^]*r1 {2}rolled back[^]*rolled back by op@adm, Sun 2026-03-01 12:00:00 UTC: jobs fail/,
  )
})

t.test('how long a pause lasts', async (t) => {
  t.equal(endOf({ for: '1h30m' }, 0), 5_400_000)
  t.equal(endOf({ until: '2026-03-01T18:00+01:00' }, 0), Date.UTC(2026, 2, 1, 17))
  t.equal(endOf({}, 0), undefined)
  for (const [options, code] of [
    [{ for: '2 hours' }, 'usage/duration'],
    [{ for: '0s' }, 'usage/duration'],
    [{ until: 'tomorrow' }, 'usage/time'],
    [{ until: '2026-03-01' }, 'usage/time'],
    [{ for: '2h', until: '2026-03-01T18:00' }, 'usage/two-ends'],
  ] as const)
    t.throws(() => endOf(options, 0), { code })
})

t.test(
  'what is said while the lists are being read is heard before anything is decided',
  async (t) => {
    const { layout, journal, take, put } = await writer(t, opened)
    const { ended } = await reconcile({
      journal,
      once: true,
      runs: layout.runs,
      takeOrders: take,
      isSuperseded: async () => false,
      context: {} as Reconcile['context'],
      lookout: new SchedulerLooks(layout.runs, systemClock),
      clock: { ...systemClock, now: () => at },
      stop: new AbortController().signal,
      kill: new AbortController().signal,
      onProgress: () => undefined,
      observe: async () => {
        await put({ do: 'pause', scope: 'environment', reason: 'just now' })
        return { fleet: fleetOf(), surroundings: {} }
      },
    })
    t.equal(ended, 'waiting')
    t.same(
      (await readJournal(layout.journal)).map((e) => e.event.type),
      ['opened', 'paused'],
      'no step was begun',
    )
  },
)

t.test('orders of one pass are followed in turn', async (t) => {
  const { layout, journal, put } = await writer(t, opened)
  await put({ do: 'pause', scope: 'environment', reason: 'one' }, at)
  await put({ do: 'unpause' }, at + 1)
  await put({ do: 'pause', scope: 'environment', reason: 'two' }, at + 2)
  await put({ do: 'abort', rollout: 'r9' }, at + 3)
  const carried = await carryOrders(
    fileStore(layout, 60_000).mail,
    journal,
    { now: () => at },
    () => undefined,
  )
  t.match(
    carried.map((c) => c.why),
    [undefined, undefined, undefined, /r9 does not stand any more/],
  )
  t.match(journal.state.pause, { reason: 'two' })
  t.match(
    await fateOf(layout.orders, carried[3]?.id ?? ''),
    { is: 'refused', why: /r9/ },
    'whoever gave it hears why',
  )
  t.match(await fateOf(layout.orders, carried[0]?.id ?? ''), { is: 'gone' })
})

t.test('a run that waits for a while does not wait any longer', async (t) => {
  const { layout, journal, take, put } = await writer(t, opened)
  await put({ do: 'pause', scope: 'environment', reason: 'for long' })
  let now = at
  const slept: number[] = []
  const { ended } = await reconcile({
    journal,
    once: false,
    patientUntil: at + 90_000,
    runs: layout.runs,
    takeOrders: take,
    isSuperseded: async () => false,
    context: {} as Reconcile['context'],
    lookout: new SchedulerLooks(layout.runs, systemClock),
    clock: { now: () => now, sleep: async (ms) => void slept.push((now += ms)) },
    stop: new AbortController().signal,
    kill: new AbortController().signal,
    onProgress: () => undefined,
    observe: async () => ({ fleet: fleetOf(), surroundings: {} }),
  })
  t.equal(ended, 'waiting')
  t.equal(now, at + 90_000, 'not a moment less, and not one more')
})
