// SPDX-License-Identifier: Apache-2.0
// The core by example: what an operator would expect of it, one case at a time.
import t from 'tap'
import type { RolloutPolicy } from '../../lib/fleet/declare/fleet.js'
import { decide, planWaves, replay, shareOf } from '../../lib/rollout/index.js'
import { nodeOf, policyOf, worldFor } from '../support/policy.js'
import { textOf } from '../support/words.js'
import type {
  Action,
  Decision,
  JournalEvent,
  NodeOutcome,
  StepAction,
  TaskRef,
  World,
} from '../../lib/rollout/index.js'
import { stepKind } from '../support/step-kind.js'

const fleet = [
  nodeOf('n1', { canary: true }),
  nodeOf('n2', { canary: true }),
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => nodeOf(`n${n}`)),
]
const policy = policyOf({ soak: 1_000, waves: ['10%', '50%', '100%'], maxFailed: 1 })
const by = { user: 'op', host: 'adm', pid: 1 }
const opened: JournalEvent & { readonly type: 'opened' } = {
  type: 'opened',
  at: 0,
  rollout: 'r1',
  kind: 'forward',
  pin: { sha: 'c'.repeat(40), ref: 'main', subject: '' },
  previous: null,
  limit: null,
  by,
}
const task: TaskRef = {
  task: 'install the kernel',
  action: 'ansible.builtin.apt',
  tags: ['DrainChange'],
  file: 'site.yml',
  line: 7,
}

let number = 0
/** A step with its outcome. */
function step(
  action: StepAction,
  nodes: readonly string[],
  outcome: NodeOutcome,
  at = 0,
): JournalEvent[] {
  const id = `s${++number}`
  return [
    { type: 'intended', at, step: id, ...stepKind(action), wave: 0, nodes },
    {
      type: 'concluded',
      at,
      step: id,
      tasks: [task],
      nodes: Object.fromEntries(nodes.map((n) => [n, outcome])),
    },
  ]
}
const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `n${from + i}`)
const good = (nodes: readonly string[], at = 0): JournalEvent[] =>
  step('detect', nodes, { verdict: 'GOOD' }, at)

function ask(events: readonly JournalEvent[], change: Partial<World> = {}): Decision {
  const { current } = replay([opened, ...events])
  if (!current) throw new Error('no rollout')
  return decide(worldFor(current, fleet, { policy, ...change }))
}
const does = ({ actions }: Decision): string[] =>
  actions.map((a: Action) => ('nodes' in a ? `${a.do} ${a.nodes.join(',')}` : a.do))
const told = ({ waiting }: Decision, name: string): string | undefined =>
  waiting.filter((w) => w.nodes.includes(name)).map((w) => textOf(w))[0]

t.test('waves', (t) => {
  const cut = (waves: RolloutPolicy['waves'], limit: string[] | null = null): number[] =>
    planWaves(fleet, { waves }, limit).map((w) => w.nodes.length)
  t.same(
    cut(['10%', '50%', '100%']),
    [2, 1, 4, 5],
    'percentages are of the non-canary nodes, reached when the wave is done',
  )
  t.same(cut([1, 3, '50%']), [2, 1, 2, 2, 5], 'what is left goes in a last wave')
  t.same(cut([]), [2, 10])
  t.same(cut(['1%', '2%', '100%']), [2, 1, 9], 'a wave that would be empty is left out')
  t.same(cut(['100%'], ['n5', 'n12']), [2, 2], 'a limit narrows the waves, never the canaries')
  t.same(planWaves(fleet.slice(2), policy, null)[0]?.index, 1, 'the number 0 is kept for canaries')
  t.equal(shareOf('10%', 70, Math.ceil), 7, 'no rounding up for a speck of floating point')
  t.equal(shareOf('33%', 10, Math.floor), 3)
  t.end()
})

t.test('from the canaries to done', (t) => {
  let d = ask([])
  t.same(does(d), ['detect n1,n2'], 'only the canaries are looked at first')
  t.match(told(d, 'n3'), /every canary must be GOOD/)
  const looked = step('detect', ['n1', 'n2'], { verdict: 'HOT', changes: [0] })
  t.same(does(ask(looked)), ['apply n1,n2'])
  const applied = [...looked, ...step('apply', ['n1', 'n2'], { applied: 'ok' })]
  t.same(does(ask(applied)), ['verify n1,n2'], 'looked at again after the change')
  const verified = [...applied, ...step('verify', ['n1', 'n2'], { verdict: 'GOOD' }, 50)]
  d = ask(verified, { now: 60 })
  t.same(does(d), [], 'they soak')
  t.equal(d.wakeAt, 1_050)
  t.match(told(d, 'n12'), /soak/)
  d = ask(verified, { now: 1_050 })
  t.same(does(d), ['detect n3'], 'then the first wave')
  t.match(told(d, 'n4'), /wave 1 must be done first: 1 of its nodes/)
  t.same(does(ask([...verified, ...good(['n3'])], { now: 2_000 })), [
    `detect ${names(4, 7).join(',')}`,
  ])
  t.same(does(ask([...verified, ...good(names(3, 12))], { now: 2_000 })), ['finish'])
  t.end()
})

t.test('a run that is to go no further than a wave', async (t) => {
  const verified = good(['n1', 'n2'], 50)
  const asked = (
    now: number,
    untilWave: number | undefined,
    approval: RolloutPolicy['approval'] = [],
  ): Decision =>
    ask(verified, {
      now,
      ...(untilWave !== undefined && { untilWave }),
      policy: { ...policy, approval },
    })
  t.match(told(asked(60, 0), 'n3'), /soak/, 'the soak belongs to the canary wave')
  const reached = asked(2_000, 0, ['wide'])
  t.same([does(reached), reached.wakeAt], [[], null])
  t.same(
    [...new Set(reached.waiting.map((w) => w.code))],
    ['until'],
    'before any approval: whoever gives one comes later',
  )
  t.match(told(reached, 'n12'), 'this run goes no further than the canary wave')
  t.same(does(asked(2_000, 1)), ['detect n3'])
  t.same(does(asked(2_000, undefined)), ['detect n3'])
  const further = ask([...verified, ...good(['n3'], 60)], { now: 2_000, untilWave: 1 })
  t.same([does(further), told(further, 'n4')], [[], 'this run goes no further than wave 1'])
  t.same(
    does(
      ask([...step('detect', ['n1', 'n2'], { verdict: 'HOT', changes: [0] })], { untilWave: 0 }),
    ),
    ['apply n1,n2'],
    'the wave itself goes as ever',
  )
})

t.test('a canary that fails halts, and says why in full', (t) => {
  const failure = {
    cause: 'failed' as const,
    message: 'No package matching labpkg-9',
    task: 'install labpkg',
    file: 'site.yml',
    line: 12,
  }
  const d = ask([
    ...step('detect', ['n1'], { verdict: 'GOOD' }),
    ...step('detect', ['n2'], { verdict: 'ERROR', failure }),
  ])
  t.same(does(d), ['halt'])
  t.match(d.actions[0], {
    halt: {
      code: 'canary-failed',
      nodes: ['n2'],
      message:
        'a canary failed: n2: task "install labpkg": No package matching labpkg-9 (site.yml:12)',
    },
  })
  t.match(ask([...step('apply', ['n1'], { applied: 'failed', failure })]).actions[0], {
    halt: { code: 'canary-failed' },
  })
  const stubborn = [
    ...step('apply', ['n1', 'n2'], { applied: 'ok' }),
    ...step('verify', ['n1', 'n2'], { verdict: 'HOT', changes: [0] }),
  ]
  t.match(ask(stubborn).actions[0], {
    halt: {
      message:
        /2 canaries failed: n1: task "install the kernel": was applied, and "install the kernel" would change it again \(site.yml:7\)/,
    },
  })
  t.end()
})

t.test('failures beyond the canaries', (t) => {
  const failure = { cause: 'unreachable' as const, message: 'no route to host' }
  const fails = (nodes: string[]): JournalEvent[] =>
    step('detect', nodes, { verdict: 'ERROR', failure })
  const canaries = good(['n1', 'n2'])
  const now = 5_000
  t.same(
    does(ask([...canaries, ...fails(['n3'])], { now })),
    ['quarantine n3', `detect ${names(4, 7).join(',')}`],
    'one is endured',
  )
  const quarantined: JournalEvent = { type: 'quarantined', at: 2, nodes: ['n3'] }
  const two = ask([...canaries, ...fails(['n3', 'n4'])], { now })
  t.match(two.actions[0], {
    halt: {
      code: 'too-many-failed',
      message: /2 of 10 nodes failed, 1 is endured: n3: unreachable: no route to host; n4/,
    },
  })
  const end = ask([...canaries, ...fails(['n3']), ...good(names(4, 12)), quarantined], { now })
  t.match(
    end.actions[0],
    { halt: { code: 'nodes-failed', nodes: ['n3'] } },
    'told at the end, not called done',
  )
  t.end()
})

t.test(
  'a node that needs a drain waits, names why, and holds nobody up but behind a canary',
  (t) => {
    const now = 5_000
    const d = ask(
      [...good(['n1', 'n2']), ...step('detect', ['n3'], { verdict: 'DRAIN', changes: [0] })],
      { now },
    )
    t.same(does(d), [`detect ${names(4, 7).join(',')}`])
    t.match(told(d, 'n3'), /needs the node drained \("install the kernel", site.yml:7\)/)
    const stuck = ask(
      [...good(['n1']), ...step('detect', ['n2'], { verdict: 'DRAIN', changes: [0] })],
      { now },
    )
    t.same(does(stuck), [])
    t.equal(stuck.wakeAt, null)
    t.match(told(stuck, 'n9'), /1 of them needs a drain/)
    t.end()
  },
)

t.test('after a crash nodes are looked at before they are touched', (t) => {
  const intent = (action: StepAction): JournalEvent => ({
    type: 'intended',
    at: 0,
    step: 'x',
    ...stepKind(action),
    wave: 0,
    nodes: ['n1', 'n2'],
  })
  const resumed: JournalEvent = { type: 'resumed', at: 0, by }
  const looked = step('detect', ['n1', 'n2'], { verdict: 'HOT' })
  t.same(does(ask([...looked, intent('apply')])), [], 'a step under way is not started twice')
  t.same(does(ask([...looked, intent('apply'), resumed])), ['detect n1,n2'])
  t.same(does(ask([intent('detect'), resumed])), ['detect n1,n2'])
  t.same(
    does(
      ask([
        ...looked,
        ...step('apply', ['n1', 'n2'], { applied: 'ok' }),
        intent('verify'),
        resumed,
      ]),
    ),
    ['verify n1,n2'],
  )
  t.same(
    does(ask([...looked, resumed])),
    ['detect n1,n2'],
    'a look from before is too old to change anything on',
  )
  const drain = [...good(['n1']), ...step('detect', ['n2'], { verdict: 'DRAIN' })]
  t.same(does(ask([...drain, resumed])), [], 'who waits for a drain goes on waiting')
  t.same(
    does(ask([...drain, { ...resumed, again: true }])),
    ['detect n2'],
    'unless a person asks for another look',
  )
  const late: JournalEvent = {
    type: 'concluded',
    at: 0,
    step: 'x',
    tasks: [],
    nodes: { n1: { applied: 'ok' } },
  }
  t.same(
    does(ask([...looked, intent('apply'), resumed, late])),
    ['detect n1,n2'],
    'an outcome that comes too late does not count',
  )
  t.end()
})

t.test('silence', (t) => {
  const silent = step('detect', ['n1', 'n2'], { verdict: 'UNKNOWN' })
  t.same(does(ask(silent)), ['detect n1,n2'], 'asked once more')
  t.match(ask([...silent, ...step('detect', ['n1', 'n2'], { verdict: 'UNKNOWN' })]).actions[0], {
    halt: { code: 'canary-failed', message: /does a play of the playbook include this node/ },
  })
  const cut = step('apply', ['n1'], { applied: 'cut' })
  t.same(does(ask([...good(['n2']), ...cut])), ['detect n1'], 'cut off: looked at again')
  t.match(
    ask([...good(['n2']), ...cut, ...cut, ...cut]).actions[0],
    { halt: { code: 'canary-failed' } },
    'not for ever',
  )
  t.end()
})

t.test('halted stays halted until a person says otherwise', (t) => {
  const failed = step('detect', ['n1', 'n2'], { verdict: 'ERROR' })
  const halted: JournalEvent = {
    type: 'halted',
    at: 1,
    halt: { code: 'canary-failed', message: 'm', hint: 'h', nodes: ['n1'] },
  }
  t.same(does(ask([...failed, halted])), [])
  t.match(told(ask([...failed, halted]), 'n7'), /halted/)
  t.same(does(ask([...failed, halted, { type: 'retried', at: 2, nodes: null, by }])), [
    'detect n1,n2',
  ])
  t.match(
    ask([...failed, halted, { type: 'retried', at: 2, nodes: ['n1'], by }]).actions[0],
    { do: 'halt' },
    'the other one has still failed',
  )
  const alarm: JournalEvent = {
    type: 'concluded',
    at: 0,
    step: 'x',
    tasks: [],
    nodes: {},
    alarm: { code: 'guard', message: 'm', hint: 'h' },
  }
  t.match(
    ask([{ type: 'intended', at: 0, step: 'x', action: 'apply', wave: 0, nodes: ['n1'] }, alarm])
      .actions,
    [{ do: 'halt', halt: { code: 'guard' } }],
    'an alarm halts whatever the policy endures',
  )
  t.end()
})

t.test('what is remembered', (t) => {
  const finished: JournalEvent = { type: 'finished', at: 9 }
  t.equal(replay([opened, finished]).remembered, 'c'.repeat(40))
  t.equal(
    replay([{ ...opened, limit: ['n3'] }, finished]).remembered,
    null,
    'a limited rollout is never remembered',
  )
  const past = replay([
    opened,
    ...good(['n1']),
    finished,
    { ...opened, rollout: 'r2', at: 20 },
  ]).history
  t.match(past, [{ id: 'r1', status: 'done', endedAt: 9, counts: { good: 1 } }])
  const many = Array.from({ length: 300 }, (_, i): JournalEvent[] => [
    { ...opened, pin: { ...opened.pin, sha: String(i % 250).padStart(40, '0') } },
    { type: 'finished', at: i },
  ])
  const { completed } = replay(many.flat())
  t.same(
    [
      completed.size,
      [...completed.values()].at(-1),
      completed.get('0'.repeat(40)),
      completed.get('99'.padStart(40, '0')),
    ],
    [200, 299, 250, undefined],
    'the latest completed commits are known, each once',
  )
  t.same(replay([finished]), replay([]), 'an event without a rollout means nothing')
  t.end()
})

t.test('a denied or removed node is in no action, even when it was planned before', (t) => {
  const nodes = fleet.filter((n) => n.name !== 'n3')
  const d = ask(good(['n1', 'n2']), { nodes, now: 5_000 })
  t.same(does(d), ['detect n4'])
  t.equal(told(d, 'n3'), undefined)
  t.end()
})
