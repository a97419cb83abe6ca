// SPDX-License-Identifier: Apache-2.0
// What holds a rollout back, by example: each gate says why in words, and when it ends by itself.
import t from 'tap'
import { fits } from '../../lib/rollout/limits/window-fit.js'
import { approvalKey, decide, planWaves, replay } from '../../lib/rollout/index.js'
import type {
  Decision,
  EnvironmentState,
  JournalEvent,
  NodeOutcome,
  StepAction,
  World,
} from '../../lib/rollout/index.js'
import { nodeOf, policyOf, worldFor } from '../support/policy.js'
import { reasonKey } from '../../lib/rollout/say/reason.js'
import { inWords, textOf } from '../support/words.js'
import { stepKind } from '../support/step-kind.js'

const by = { user: 'op', host: 'adm', pid: 1 }
const fleet = [
  nodeOf('c1', { canary: true }),
  ...[1, 2, 3, 4, 5, 6].map((n) => nodeOf(`n${n}`, { domains: [n <= 3 ? 'rack1' : 'rack2'] })),
]
const opened: JournalEvent & { readonly type: 'opened' } = {
  type: 'opened',
  at: 0,
  rollout: 'r1',
  kind: 'forward',
  pin: { sha: 'c'.repeat(40), ref: 'main', subject: '' },
  previous: 'b'.repeat(40),
  limit: null,
  by,
}
const others = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']

let number = 0
function step(
  action: StepAction,
  nodes: readonly string[],
  outcome: NodeOutcome,
  at = 0,
  took = 0,
): JournalEvent[] {
  const id = `s${++number}`
  return [
    { type: 'intended', at: at - took, step: id, ...stepKind(action), wave: 0, nodes, forks: 10 },
    {
      type: 'concluded',
      at,
      step: id,
      tasks: [],
      nodes: Object.fromEntries(nodes.map((n) => [n, outcome])),
    },
  ]
}
const canaryGood = step('detect', ['c1'], { verdict: 'GOOD' })
const allHot = [...canaryGood, ...step('detect', others, { verdict: 'HOT' })]

const stateOf = (events: readonly JournalEvent[]): EnvironmentState => replay([opened, ...events])
function ask(events: readonly JournalEvent[], change: Partial<World> = {}): Decision {
  const { current, pause, durations } = stateOf(events)
  if (!current) throw new Error('no rollout')
  return decide(worldFor(current, fleet, { pause, durations, ...change }))
}
const does = ({ actions }: Decision): string[] =>
  actions.map((a) => ('nodes' in a ? `${a.do} ${a.nodes.join(',')}` : a.do))
const why = ({ waiting }: Decision, name: string): string | undefined =>
  waiting.filter((w) => w.nodes.includes(name)).map((w) => textOf(w))[0]

t.test('a node that fails is tried again, later each time, and then quarantined', (t) => {
  const policy = policyOf({
    maxFailed: '50%',
    retries: { attempts: 3, backoff: 100, longest: 150 },
  })
  const fails = (at: number): JournalEvent[] =>
    step(
      'detect',
      ['n1'],
      { verdict: 'ERROR', failure: { cause: 'unreachable', message: 'no route' } },
      at,
    )
  const rest = step('detect', others.slice(1), { verdict: 'GOOD' })
  const once = [...canaryGood, ...rest, ...fails(1_000)]
  let d = ask(once, { policy, now: 1_050 })
  t.same(does(d), [])
  t.equal(d.wakeAt, 1_100)
  t.match(why(d, 'n1'), /unreachable: no route; failed 1 of 3 times, is tried again/)
  t.same(does(ask(once, { policy, now: 1_100 })), ['detect n1'])
  d = ask([...once, ...fails(2_000)], { policy, now: 2_100 })
  t.equal(d.wakeAt, 2_150, 'twice as long, but no longer than the longest')
  const spent = [...once, ...fails(2_000), ...fails(3_000)]
  t.same(does(ask(spent, { policy, now: 3_000 })), ['quarantine n1'])
  const quarantined: JournalEvent[] = [...spent, { type: 'quarantined', at: 3_000, nodes: ['n1'] }]
  t.match(ask(quarantined, { policy, now: 9_000 }).actions, [
    { do: 'halt', halt: { code: 'nodes-failed', nodes: ['n1'] } },
  ])
  t.same(
    does(
      ask(
        [
          ...quarantined,
          {
            type: 'halted',
            at: 3_000,
            halt: { code: 'nodes-failed', message: '', hint: '', nodes: [] },
          },
          { type: 'retried', at: 4_000, by, nodes: ['n1'] },
        ],
        { policy, now: 4_000 },
      ),
    ),
    ['detect n1'],
    'a person asks for it once more',
  )
  t.end()
})

t.test(
  'a canary that fails a task halts at once, one that cannot be reached is tried again',
  (t) => {
    const policy = policyOf({ retries: { attempts: 2, backoff: 100, longest: 150 } })
    const fails = (cause: 'failed' | 'unreachable'): JournalEvent[] =>
      step('detect', ['c1'], { verdict: 'ERROR', failure: { cause, message: 'x' } }, 1_000)
    t.match(ask(fails('failed'), { policy, now: 1_000 }).actions, [
      { do: 'halt', halt: { code: 'canary-failed' } },
    ])
    t.same(does(ask(fails('unreachable'), { policy, now: 1_000 })), [])
    t.same(does(ask(fails('unreachable'), { policy, now: 1_100 })), ['detect c1'])
    t.end()
  },
)

t.test('a budget by cause', (t) => {
  const events = [
    ...canaryGood,
    ...step('detect', ['n1', 'n2'], {
      verdict: 'ERROR',
      failure: { cause: 'unreachable', message: 'x' },
    }),
  ]
  const endured = {
    maxFailed: '90%' as const,
    retries: { attempts: 3, backoff: 100, longest: 100 },
  }
  t.same(does(ask(events, { policy: policyOf(endured) })), ['detect n3,n4,n5,n6'])
  const policy = policyOf({ ...endured, budget: { failed: 0, unreachable: 1, notConverged: 0 } })
  t.match(ask(events, { policy }).actions, [
    {
      do: 'halt',
      halt: { code: 'too-many-failed', message: /2 of 6 nodes could not be reached, 1 is endured/ },
    },
  ])
  t.end()
})

t.test('capacity by scope, counting those that were out before', (t) => {
  const capacity = [
    { name: 'of the fleet', limit: 4, nodes: fleet.map((n) => n.name) },
    { name: 'of failure domain rack1', limit: 1, nodes: ['n1', 'n2', 'n3'] },
  ]
  let d = ask(allHot, { capacity })
  t.same(does(d), ['apply n1,n4,n5,n6'])
  t.match(
    why(d, 'n2'),
    /4 of 4 nodes that may be out at once are out \(of the fleet\)|1 of 1 .*rack1/,
  )
  d = ask(allHot, { capacity, out: new Set(['n3', 'n6']) })
  t.same(
    does(d),
    ['apply n3,n4,n5,n6'],
    'n3 and n6 are out already and take no place of their own; no other of rack1 may join n3',
  )
  t.same(
    does(ask(allHot, { capacity: [{ name: 'x', limit: '1%', nodes: others }] })),
    ['apply n1'],
    'a percentage never means none',
  )
  t.end()
})

t.test('the hard limit of a run, and the pause between nodes', (t) => {
  const limited = policyOf({ maxChanged: 2 })
  const d = ask(allHot, { policy: limited })
  t.same(does(d), ['apply n1,n2'])
  t.match(why(d, 'n3'), /2 nodes at most are changed in one run/)
  const done = [
    ...allHot,
    ...step('apply', ['n1', 'n2'], { applied: 'ok' }),
    ...step('verify', ['n1', 'n2'], { verdict: 'GOOD' }),
  ]
  t.same(does(ask(done, { policy: limited })), [])
  t.same(
    does(ask([...done, { type: 'resumed', at: 1, by }], { policy: limited })),
    ['detect n3,n4,n5,n6'],
    'the next run goes on, from a fresh look',
  )
  const slow = policyOf({ pause: { nodes: 500, waves: 0 } })
  t.same(does(ask(allHot, { policy: slow })), ['apply n1'])
  const one = [
    ...allHot,
    ...step('apply', ['n1'], { applied: 'ok' }, 100),
    ...step('verify', ['n1'], { verdict: 'GOOD' }, 200),
  ]
  const paused = ask(one, { policy: slow, now: 300 })
  t.same(does(paused), [])
  t.equal(paused.wakeAt, 600)
  t.same(does(ask(one, { policy: slow, now: 600 })), ['apply n2'])
  t.end()
})

t.test('a change begins only when it fits before the time closes, by what was measured', (t) => {
  const policy = policyOf({
    timing: {
      zone: 'UTC',
      windows: [],
      freezes: [{ from: 10_000, to: 20_000, reason: 'board' }],
      expected: 6_000,
    },
  })
  t.same(
    does(ask(allHot, { policy, now: 4_000, forks: 4 })),
    ['apply n1,n2,n3,n4'],
    'one round of four fits, two do not',
  )
  const late = ask(allHot, { policy, now: 4_001, forks: 4 })
  t.same(does(late), [])
  t.match(why(late, 'n1'), /expected to take 6 s, more than is left/)
  t.equal(late.wakeAt, 20_000)
  const measured = [
    ...step('apply', ['c1'], { applied: 'ok' }, 900, 900),
    ...step('verify', ['c1'], { verdict: 'GOOD' }, 1_000, 100),
    ...step('detect', others, { verdict: 'HOT' }),
  ]
  t.same(
    does(ask(measured, { policy, now: 8_000, forks: 4 })),
    ['apply n1,n2,n3,n4,n5,n6'],
    'it took one second on the canary',
  )
  const frozen = ask(allHot, { policy, now: 15_000 })
  t.same(does(frozen), [])
  t.equal(frozen.wakeAt, 20_000)
  t.end()
})

t.test('a pause lets what was begun be verified, and nothing else begin', (t) => {
  const events: JournalEvent[] = [
    ...allHot,
    ...step('apply', ['n1', 'n2'], { applied: 'ok' }),
    { type: 'paused', at: 5, by, scope: 'fleet', reason: 'storage', until: 900 },
  ]
  const d = ask(events, { now: 10 })
  t.same(does(d), ['verify n1,n2'])
  t.match(why(d, 'n3'), /the fleet is paused by op@adm: storage/)
  t.equal(d.wakeAt, 900)
  t.match(
    does(ask(events, { now: 900 })),
    ['verify n1,n2', 'apply n3,n4,n5,n6'],
    'it ends by itself',
  )
  t.match(does(ask([...events, { type: 'unpaused', at: 20, by }], { now: 30 })), [
    'verify n1,n2',
    'apply n3,n4,n5,n6',
  ])
  t.end()
})

t.test('no change rests on an old look, however long a node waits for its turn', (t) => {
  const policy = policyOf({
    timing: {
      zone: 'UTC',
      windows: [],
      freezes: [{ from: 1_000, to: 40_000_000, reason: 'night' }],
      expected: 0,
    },
  })
  t.same(does(ask(allHot, { policy, now: 500 })), [`apply ${others.join(',')}`])
  t.same(
    does(ask(allHot, { policy, now: 40_000_000 })),
    [`detect ${others.join(',')}`],
    'the night is over: looked at again first',
  )
  t.same(
    does(
      ask([...allHot, ...step('detect', others, { verdict: 'HOT' }, 40_000_001)], {
        policy,
        now: 40_000_001,
      }),
    ),
    [`apply ${others.join(',')}`],
  )
  t.end()
})

t.test('an abort finishes what runs, then halts', (t) => {
  const aborted: JournalEvent = {
    type: 'aborted',
    at: 5,
    by,
    rollout: 'r1',
    reason: 'wrong commit',
  }
  const applied = [...allHot, ...step('apply', ['n1'], { applied: 'ok' })]
  t.same(does(ask([...applied, aborted])), ['verify n1'])
  t.match(ask([...applied, aborted, ...step('verify', ['n1'], { verdict: 'GOOD' })]).actions, [
    { do: 'halt', halt: { code: 'aborted', message: /op@adm: wrong commit/ } },
  ])
  t.same(
    does(ask([...applied, { ...aborted, rollout: 'r0' }])),
    ['verify n1', 'apply n2,n3,n4,n5,n6'],
    'an abort of another rollout means nothing to this one',
  )
  t.match(ask(allHot, { policy: policyOf({ deadline: 100 }), now: 100 }).actions, [
    { do: 'halt', halt: { code: 'deadline' } },
  ])
  t.end()
})

t.test('an approval is bound to the commit and to the nodes that were shown', (t) => {
  const policy = policyOf({ approval: ['wide'] })
  const d = ask(canaryGood, { policy })
  t.same(does(d), [])
  const { approval } = d.waiting.find((w) => w.code === 'approval') ?? {}
  t.match(approval, /^wide-[0-9a-f]{12}$/)
  const approved: JournalEvent = { type: 'approved', at: 1, by, rollout: 'r1', key: approval ?? '' }
  t.same(does(ask([...canaryGood, approved], { policy })), [`detect ${others.join(',')}`])
  const more = [...fleet, nodeOf('n7')]
  const again = ask([...canaryGood, approved], { policy, nodes: more })
  t.same(does(again), [])
  t.match(why(again, 'n7'), /approved other nodes than these/)
  t.same(does(ask([...canaryGood, { ...approved, rollout: 'r0' }], { policy })), [])
  const { current } = stateOf([])
  if (!current) throw new Error('no rollout')
  const waves = planWaves(fleet, policy, null)
  t.not(
    approvalKey(current, 'wide', waves),
    approvalKey({ ...current, pin: { ...current.pin, sha: 'd'.repeat(40) } }, 'wide', waves),
  )
  t.match(
    why(decide(worldFor({ ...current, history: 'rewritten' }, fleet)), 'c1'),
    /does not descend from the one completed last/,
  )
  t.end()
})

t.test('an environment waits for those before it, and for their soak', (t) => {
  const policy = policyOf({ promotion: { after: ['test'], soak: 100 } })
  const d = ask([], { policy, promotion: [{ environment: 'test', completedAt: null }] })
  t.same(does(d), [])
  t.match(why(d, 'c1'), /test must complete cccccccccccc first/)
  t.equal(
    ask([], { policy, promotion: [{ environment: 'test', completedAt: 50 }], now: 60 }).wakeAt,
    150,
  )
  t.same(
    does(ask([], { policy, promotion: [{ environment: 'test', completedAt: 50 }], now: 150 })),
    ['detect c1'],
  )
  const both = [
    { environment: 'test', completedAt: 50 },
    { environment: 'lab', completedAt: 90 },
  ]
  t.equal(ask([], { policy, promotion: both, now: 150 }).wakeAt, 190, 'the soak of each of them')
  t.same(does(ask([], { policy, promotion: both, now: 190 })), ['detect c1'])
  t.equal(stateOf([{ type: 'finished', at: 70 }]).completed.get('c'.repeat(40)), 70)
  t.equal(
    stateOf([
      { type: 'finished', at: 70 },
      { type: 'closed', at: 80, reason: 'x', rolledBack: { by } },
    ]).completed.size,
    0,
    'a commit that was rolled back promotes nobody',
  )
  t.end()
})

t.test('a health gate passes, halts, or is asked again', (t) => {
  const policy = policyOf({
    health: [
      { name: 'storage', role: 'ready_checklist', at: ['start', 'canaries', 'end'], vars: {} },
    ],
    retries: { attempts: 1, backoff: 100, longest: 100 },
  })
  const checked = (
    point: 'start' | 'canaries' | 'end',
    after: number,
    outcome: NodeOutcome,
    at = 0,
  ): JournalEvent[] =>
    step('check', ['c1'], outcome, at).map((e) =>
      e.type === 'intended' ? { ...e, check: { gate: 'storage', point, after } } : e,
    )
  const passed = checked('start', -1, { checked: 'pass' })
  t.match(ask([], { policy }).actions, [
    { do: 'check', check: { gate: 'storage', point: 'start' }, nodes: ['c1'] },
  ])
  t.same(does(ask(passed, { policy })), ['detect c1'])
  t.match(
    ask(
      checked('start', -1, {
        checked: 'fail',
        failure: { cause: 'failed', message: '/scratch is not mounted' },
      }),
      { policy },
    ).actions,
    [
      {
        do: 'halt',
        halt: { code: 'gate-failed', message: /"storage" failed on c1: \/scratch is not mounted/ },
      },
    ],
  )
  const unclear = checked('start', -1, { checked: 'inconclusive' }, 10)
  t.same(does(ask(unclear, { policy, now: 50 })), [])
  t.equal(ask(unclear, { policy, now: 50 }).wakeAt, 110)
  t.same(does(ask(unclear, { policy, now: 110 })), ['check c1'])
  t.match(ask([...unclear, ...unclear, ...unclear], { policy, now: 500 }).actions, [
    { do: 'halt', halt: { message: /gave no answer 3 times/ } },
  ])
  const halted: JournalEvent[] = [
    ...unclear,
    ...unclear,
    ...unclear,
    {
      type: 'halted',
      at: 500,
      halt: { code: 'gate-failed', message: '', hint: '', nodes: ['c1'] },
    },
  ]
  t.same(
    does(ask([...halted, { type: 'retried', at: 600, by, nodes: null }], { policy, now: 600 })),
    ['check c1'],
    'a retry asks it anew',
  )
  const wide = [...passed, ...canaryGood]
  t.match(ask(wide, { policy }).actions, [{ do: 'check', check: { point: 'canaries', after: 0 } }])
  const rest = [
    ...wide,
    ...checked('canaries', 0, { checked: 'pass' }),
    ...step('detect', others, { verdict: 'GOOD' }),
  ]
  t.match(ask(rest, { policy }).actions, [{ do: 'check', check: { point: 'end' } }])
  t.same(does(ask([...rest, ...checked('end', -1, { checked: 'pass' })], { policy })), ['finish'])
  t.end()
})

t.test('what is over at the moment when the time closes is over in time', (t) => {
  const { current } = stateOf([])
  if (!current) throw new Error('no rollout')
  const { timing, drain } = policyOf()
  // A freeze in ten minutes; a visit takes two, with the reboot.
  const world = worldFor(current, fleet, {
    policy: policyOf({
      timing: {
        ...timing,
        freezes: [{ from: 600_000, to: 900_000, reason: 'exams' }],
        expected: 90_000,
      },
      drain: { ...drain, rebootTimeout: 30_000 },
    }),
  })
  t.equal(fits(world, 480_000), null)
  const late = fits(world, 480_001)
  t.match(late && inWords(late), { code: 'window', text: /back after .*00:10/ })
  t.equal(fits(world, 360_000, 2), null, 'two of them one after the other')
  t.match(fits(world, 360_001, 2), { code: 'window' })
  t.end()
})

t.test('what says the same is told once', async (t) => {
  const out = (failures: number, cause: 'failed' | 'guard'): string =>
    reasonKey({ is: 'quarantined', failures, failure: { cause, message: 'no space left' } })
  t.equal(out(0, 'failed'), out(1, 'guard'), 'whatever it is made of')
  t.not(out(1, 'failed'), out(2, 'failed'))
  t.not(
    reasonKey({ is: 'frozen', until: 1, why: 'an exam' }),
    reasonKey({ is: 'frozen', until: 2, why: 'an exam' }),
    'moments tell apart, however they are shown',
  )
})
