// SPDX-License-Identifier: Apache-2.0
// A hypervisor and what runs on it, by example: out together, changed in order, back in order.
import t from 'tap'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { requireGuests } from '../../lib/fleet/lists/limit.js'
import { choose } from '../../lib/engine/run/choose-rollout.js'
import { decide, previewDrains, nodeState, planWaves, replay } from '../../lib/rollout/index.js'
import type {
  Action,
  Decision,
  JournalEvent,
  DrainOutcome,
  NodeOutcome,
  SchedulerView,
  StepAction,
  World,
} from '../../lib/rollout/index.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import type { Job } from '../../lib/workload/slurm/types.js'
import { nodeOf, policyOf, worldFor } from '../support/policy.js'
import { drainPlan } from '../../lib/report/model/waiting-reports.js'
import { readerIn } from '../../lib/rollout/say/moments.js'
import { textOf } from '../support/words.js'
import { stepKind } from '../support/step-kind.js'
import { slurmView } from '../support/scheduler-view.js'

const by = { user: 'op', host: 'adm', pid: 1 }
const fleet = [
  nodeOf('n1', { canary: true }),
  nodeOf('n2'),
  nodeOf('n3', { runsOn: 'hyp' }),
  nodeOf('hyp'),
  nodeOf('n4', { runsOn: 'hyp' }),
  nodeOf('n5'),
]
const opened: JournalEvent = {
  type: 'opened',
  at: 0,
  rollout: 'r1',
  kind: 'forward',
  pin: { sha: 'c'.repeat(40), ref: 'main', subject: '' },
  previous: null,
  limit: null,
  by,
}
const policy = policyOf({ retries: { attempts: 2, backoff: 1_000, longest: 2_000 } })
const guests = ['n3', 'n4']
const FROZEN = { from: 50, to: 1_000_000, reason: 'an exam' }

let number = 0
/** A step with its outcome, the same for all nodes or one for each. */
function step(
  action: StepAction,
  outcomes: Readonly<Record<string, NodeOutcome>>,
  flags: object = {},
  at = 0,
): JournalEvent[] {
  const id = `s${++number}`
  return [
    {
      type: 'intended',
      at,
      step: id,
      ...stepKind(action, flags),
      wave: 1,
      nodes: Object.keys(outcomes),
    },
    { type: 'concluded', at, step: id, tasks: [], nodes: outcomes },
  ]
}
const of = (nodes: readonly string[], outcome: NodeOutcome): Record<string, NodeOutcome> =>
  Object.fromEntries(nodes.map((n) => [n, outcome]))
const rest = [...step('detect', of(['n1', 'n2', 'n5'], { verdict: 'GOOD' }))]
/** The hypervisor and one of its nodes need a drain, the other is GOOD. */
const looked = [
  opened,
  ...rest,
  ...step('detect', {
    hyp: { verdict: 'DRAIN' },
    n3: { verdict: 'DRAIN' },
    n4: { verdict: 'GOOD' },
  }),
]
const called = (
  n3: DrainOutcome['drained'] = 'empty',
  n4: DrainOutcome['drained'] = 'empty',
): JournalEvent[] => step('drain', { n3: { drained: n3 }, n4: { drained: n4 } }, { host: 'hyp' })
const changed = [
  ...looked,
  ...called(),
  ...step('apply', of(['hyp'], { applied: 'ok' }), { full: true, guests }),
]
const back = [
  ...changed,
  ...step('reboot', of(['hyp'], { rebooted: 'done' })),
  ...step('verify', of(['hyp'], { verdict: 'GOOD' }), {}, 50),
]

interface Seen {
  readonly busy?: readonly string[]
  readonly drained?: readonly string[]
  readonly theirs?: readonly string[]
  readonly end?: number | null
  readonly known?: readonly string[]
}

/** The hypervisor is none of Slurm's nodes. */
function view(
  {
    busy = [],
    drained = [],
    theirs = [],
    end = 60_000,
    known = ['n1', 'n2', 'n3', 'n4', 'n5'],
  }: Seen,
  at: number,
): SchedulerView {
  const jobs = busy.map((n, i): Job => ({
    id: `${17 + i}`,
    user: 'alice',
    state: 'RUNNING',
    nodes: [n],
    start: 0,
    end,
    cpus: 1,
  }))
  const nodes = known.map((name) => ({
    name,
    state: [
      busy.includes(name) ? 'ALLOCATED' : 'IDLE',
      ...(drained.includes(name) || theirs.includes(name) ? ['DRAIN'] : []),
    ],
    reason: theirs.includes(name) ? 'debugging' : drained.includes(name) ? 'patchrun x' : '',
    reasonBy: theirs.includes(name) ? 'carol' : 'root',
    features: [],
    partitions: [],
    cpus: 2,
    allocated: busy.includes(name) ? 2 : 0,
    boot: 1,
  }))
  return slurmView({
    prefix: 'patchrun ',
    every: 1_000,
    silent: null,
    looking: { now: false, watch: false },
    workload: {
      at,
      nodes: new Map(nodes.map((n) => [n.name, n])),
      jobs,
      reservations: [],
      ended: NO_RUN_TIMES,
      results: {},
    },
  })
}

function ask(
  events: readonly JournalEvent[],
  seen: Seen = {},
  change: Partial<World> = {},
  nodes = fleet,
): Decision {
  const { current } = replay(events)
  if (!current) throw new Error('no rollout')
  const now = change.now ?? 100
  return decide(worldFor(current, nodes, { policy, now, schedulers: [view(seen, now)], ...change }))
}
const does = ({ actions }: Decision): string[] =>
  actions
    .filter((a) => a.do !== 'observe')
    .map((a: Action) => ('nodes' in a ? `${a.do} ${a.nodes.join(',')}` : a.do))
const told = ({ waiting }: Decision, name: string): string =>
  waiting
    .filter((w) => w.nodes.includes(name))
    .map((w) => textOf(w))
    .join('; ')
const heldOf = (events: readonly JournalEvent[], node: string) =>
  nodeState(replay(events).current as NonNullable<ReturnType<typeof replay>['current']>, node).held

t.test('out together, and back after it', (t) => {
  let d = ask(looked)
  t.match(
    d.actions,
    [{ do: 'drain', nodes: ['n3', 'n4'], host: 'hyp' }],
    'also the one that is GOOD; the scheduler does not know the hypervisor',
  )
  t.match(told(d, 'hyp'), /needs n3 and n4, which run on it, to be empty/)
  t.match(told(d, 'n3'), /^goes out together with hyp, on which it runs$/)

  d = ask([...looked, ...called('empty', 'busy')], { busy: ['n4'], drained: guests })
  t.same(does(d), [], 'one of them is at work')
  t.match(
    told(d, 'hyp'),
    'waits for n4, which runs on it, to be empty: job 17 of alice ends by Thu 1970-01-01 00:01 UTC',
  )
  t.match(
    told(d, 'n3'),
    /drained for hyp, on which it runs, and which waits for 1 of 2 to be empty/,
  )
  t.match(
    ask(
      [...looked, ...called('empty', 'busy')],
      {},
      { schedulers: [view({ busy: ['n4'], drained: guests }, -2_000)] },
    ).actions,
    [{ do: 'observe', watch: ['n4'] }],
    'woken when that one is empty, not by the other',
  )
  t.match(
    ask([...looked, ...called('empty', 'busy')], { drained: guests }).actions,
    [{ do: 'drain', nodes: ['n3', 'n4'], host: 'hyp' }],
    'all are drained once more, to be sure of all',
  )

  t.match(ask([...looked, ...called()], { drained: guests }).actions, [
    { do: 'apply', nodes: ['hyp'], full: true, guests },
  ])
  t.same(
    does(ask([...looked, ...called()], { drained: guests }, { now: 3_600_000 })),
    ['drain n3,n4'],
    'after a pause they are drained once more: somebody may have given one back',
  )
  d = ask(changed, { drained: guests })
  t.same(does(d), ['reboot hyp'])
  t.match(told(d, 'n4'), 'stays drained: it runs on hyp, which is being changed')
  t.same(
    does(
      ask([...changed, ...step('reboot', of(['hyp'], { rebooted: 'done' }))], { drained: guests }),
    ),
    ['verify hyp'],
  )

  t.equal(heldOf(back, 'hyp'), undefined, 'nothing to give back: the scheduler does not know it')
  t.same(
    does(ask(back, { drained: guests })),
    ['detect n3,n4'],
    'what its reboot restarted is looked at, in one run',
  )
  const seen = [...back, ...step('detect', { n3: { verdict: 'DRAIN' }, n4: { verdict: 'GOOD' } })]
  t.same(
    does(ask(seen, { drained: guests })),
    ['drain n3', 'release n4'],
    'one gets its own change, the other is tested and given back',
  )
  t.same(
    does(ask(seen, { drained: guests }, { forks: 1 })),
    ['drain n3', 'release n4'],
    'a node that is to be drained keeps no place from itself',
  )
  const own = [
    ...seen,
    ...step('release', of(['n4'], { released: 'ok' })),
    ...step('drain', of(['n3'], { drained: 'empty' })),
    ...step('apply', of(['n3'], { applied: 'ok' }), { full: true }),
    ...step('reboot', of(['n3'], { rebooted: 'done' })),
    ...step('verify', of(['n3'], { verdict: 'GOOD' })),
  ]
  t.same(does(ask(own, { drained: ['n3'] })), ['release n3'])
  t.same(does(ask([...own, ...step('release', of(['n3'], { released: 'ok' }))])), ['finish'])
  t.end()
})

t.test('a hypervisor that is a node of the scheduler is drained and given back itself', (t) => {
  const known = fleet.map((n) => n.name)
  t.match(ask(looked, { known }).actions, [
    { do: 'drain', nodes: ['hyp', 'n3', 'n4'], host: 'hyp' },
  ])
  const all = {
    hyp: { drained: 'empty' },
    n3: { drained: 'empty' },
    n4: { drained: 'empty' },
  } as const
  const up = [
    ...looked,
    ...step('drain', all, { host: 'hyp' }),
    ...step('apply', of(['hyp'], { applied: 'ok' }), { full: true, guests }),
    ...step('reboot', of(['hyp'], { rebooted: 'done' })),
    ...step('verify', of(['hyp'], { verdict: 'GOOD' })),
  ]
  const drained = ['hyp', ...guests]
  t.same(does(ask(up, { known, drained })), ['release hyp'], 'it first')
  t.same(
    does(
      ask([...up, ...step('release', of(['hyp'], { released: 'ok' }))], { known, drained: guests }),
    ),
    ['detect n3,n4'],
  )
  t.match(
    does(
      ask([...up, ...step('release', of(['hyp'], { released: 'failed' }), {}, 100)], {
        known,
        drained,
      }),
    ),
    [],
    'what runs on it is not given back before it is',
  )
  t.end()
})

t.test('what keeps it from going out', (t) => {
  const d = ask(looked, { theirs: ['n4'] })
  t.same(does(d), [])
  t.match(
    told(d, 'hyp'),
    /needs n4, which runs on it, to be empty: idle\+drain, and not by patchrun: "debugging" \(carol\); it is left alone/,
  )
  t.match(
    ask(
      looked,
      { theirs: ['n4'] },
      { policy: policyOf({ drain: { ...policy.drain, foreign: 'patch' } }) },
    ).actions,
    [{ do: 'drain', nodes: guests, host: 'hyp', foreign: true }],
    'with foreign: patch it counts as empty',
  )
  const unknown = ask(looked, { known: ['n1', 'n2', 'n3', 'n5'] })
  t.same(does(unknown), [])
  t.match(
    told(unknown, 'hyp'),
    /n4, which runs on it, to be empty: .*the scheduler knows no node n4/,
  )
  t.match(
    told(
      ask([
        opened,
        ...rest,
        ...step('detect', {
          hyp: { verdict: 'DRAIN' },
          n3: { verdict: 'HOT' },
          n4: { verdict: 'GOOD' },
        }),
      ]),
      'hyp',
    ),
    /n3, which runs on it, to be empty: it is looked at, or changed under load, first/,
  )
  t.match(
    does(ask([...looked, ...called('empty', 'foreign')], { drained: ['n3'], theirs: ['n4'] })),
    ['release n3'],
    'somebody took one over: the other is not kept for nothing',
  )
  t.end()
})

t.test('all find room, or none goes', (t) => {
  const capacity = (limit: number): Partial<World> => ({
    capacity: [{ name: 'of the fleet', limit, nodes: fleet.map((n) => n.name) }],
  })
  t.same(does(ask(looked, {}, capacity(3))), ['drain n3,n4'])
  t.match(
    told(ask(looked, {}, capacity(2)), 'hyp'),
    /3 nodes go out together, and 2 may be out at once \(of the fleet\): raise that limit/,
  )
  t.match(
    told(ask(looked, {}, { ...capacity(3), out: new Set(['n5']) }), 'hyp'),
    /3 nodes go out together, and 1 of 3 that may be out at once are out/,
  )
  t.match(
    told(ask(looked, {}, { policy: { ...policy, maxChanged: 2 } }), 'hyp'),
    /3 nodes go out together, and 2 at most are changed in one run/,
  )
  t.same(
    does(ask(looked, {}, { policy: { ...policy, drain: { ...policy.drain, atOnce: 1 } } })),
    ['drain n3,n4'],
    'more than may be drained at once go alone: they could never go otherwise',
  )
  const other = [
    ...looked,
    ...step('detect', of(['n5'], { verdict: 'DRAIN' })),
    ...step('drain', of(['n5'], { drained: 'busy' })),
  ]
  t.match(
    told(
      ask(
        other,
        { busy: ['n5'], drained: ['n5'] },
        { policy: { ...policy, drain: { ...policy.drain, atOnce: 1 } } },
      ),
      'hyp',
    ),
    /2 nodes go out together, and 1 of 1 that may be drained at once are drained/,
  )
  const timing = {
    zone: 'UTC',
    windows: [],
    freezes: [{ from: 100_000, to: 200_000, reason: 'freeze' }],
    expected: 15_000,
  }
  const late = ask(
    looked,
    { busy: ['n4'], end: 70_000 },
    { policy: { ...policy, timing, drain: { ...policy.drain, rebootTimeout: 5_000 } } },
  )
  t.same(does(late), [], 'the last job, two visits one after the other, and the time closes')
  t.match(told(late, 'hyp'), /it would be back after Thu 1970-01-01 00:01 UTC/)
  t.same(
    does(
      ask(
        looked,
        { busy: ['n4'], end: 50_000 },
        { policy: { ...policy, timing, drain: { ...policy.drain, rebootTimeout: 5_000 } } },
      ),
    ),
    ['drain n3,n4'],
  )
  t.end()
})

t.test('what was only drained is given back when the change may not begin', (t) => {
  const waits = [...looked, ...called('empty', 'busy')]
  const seen = { busy: ['n4'], drained: guests }
  const release = ['release n3', 'release n4']
  t.same(
    does(ask([...waits, { type: 'aborted', at: 1, by, rollout: 'r1' }], seen)),
    release,
    'aborted',
  )
  const frozen = {
    ...policy,
    timing: { ...policy.timing, freezes: [{ from: 50, to: 5_000, reason: 'freeze' }] },
  }
  t.same(does(ask(waits, seen, { policy: frozen })), release, 'the time has closed')
  t.same(
    does(ask(waits, seen, { pause: { by, at: 0, scope: 'environment' } })),
    [],
    'a pause may be short',
  )
  const wanted: JournalEvent = {
    type: 'released',
    at: 50,
    by,
    rollout: 'r1',
    nodes: ['n4'],
    until: 7_000,
  }
  t.match(
    ask([...waits, wanted], seen).actions,
    guests.map((n) => ({ do: 'release', nodes: [n], postpone: 7_000 })),
    'a person wants one of them back',
  )
  const drain = (onTimeout: 'release' | 'ask'): Partial<World> => ({
    now: 9_000_000,
    policy: { ...policy, drain: { ...policy.drain, onTimeout } },
  })
  const late = ask(waits, seen, drain('release'))
  t.same(does(late), release, 'it takes too long')
  t.match(late.actions, [{ postpone: 9_600_000 }, { postpone: 9_600_000 }])
  t.match(told(ask(waits, seen, drain('ask')), 'hyp'), /job 17 of alice.*longer than drain.timeout/)
  t.end()
})

t.test('what holds for one node holds for those that go out together', (t) => {
  const busy = [...looked, ...called('empty', 'busy')]
  const seen: Seen = { busy: ['n4'], drained: guests }
  const drain = { ...policy.drain, onTimeout: 'ask' as const }
  t.match(
    told(ask(busy, seen, { now: 9_000_000, policy: { ...policy, drain } }), 'hyp'),
    /longer than drain.timeout: wait on, or give it back with `patchrun release n3`$/,
    'the same way out',
  )
  const wanted: JournalEvent = {
    type: 'released',
    at: 90,
    by,
    rollout: 'r1',
    nodes: ['n4'],
    until: 7_000,
  }
  t.match(
    ask([...busy, wanted], seen, { pause: { by, at: 80, scope: 'environment' } }).actions,
    guests.map((n) => ({ do: 'release', nodes: [n], postpone: 7_000 })),
    'what a person wants back is given back during a pause',
  )
  const closing = { policy: { ...policy, timing: { ...policy.timing, freezes: [FROZEN] } } }
  t.match(
    ask([...busy, wanted], seen, closing).actions,
    guests.map((n) => ({ do: 'release', nodes: [n], postpone: 7_000 })),
    'and not drained again before the time that was said, whatever else gives it back',
  )
  const unclear = [...looked, ...called('empty', 'unclear')]
  const closed = { ...policy, timing: { ...policy.timing, windows: [], freezes: [FROZEN] } }
  const d = ask(unclear, seen, { policy: closed })
  t.same(does(d), ['release n3'], 'one that gave no clear answer is not asked at once')
  t.match(
    d.waiting.filter((w) => w.nodes.includes('n4')),
    [{ reason: { is: 'group-unclear' }, until: 15_000 }],
  )
  t.same(does(ask(unclear, seen, { policy: closed, now: 14_999 })), ['release n3'])
  t.same(does(ask(unclear, seen, { policy: closed, now: 15_000 })), ['release n3', 'release n4'])
  t.end()
})

t.test('a hypervisor that fails keeps what runs on it drained', (t) => {
  const failure = { cause: 'failed' as const, message: 'no space left' }
  const apply = (at: number): JournalEvent[] =>
    step('apply', of(['hyp'], { applied: 'failed', failure }), { full: true, guests }, at)
  const failed = [...looked, ...called(), ...apply(100)]
  let d = ask(failed, { drained: guests }, { policy: { ...policy, maxFailed: 1 } })
  t.same(does(d), [])
  t.match(told(d, 'n4'), 'stays drained: it runs on hyp, which failed: no space left')
  const again = [...failed, ...step('detect', of(['hyp'], { verdict: 'GOOD' }), {}, 1_200)]
  t.same(
    does(ask(again, { drained: guests }, { now: 1_300 })),
    ['drain n3,n4'],
    'once more, all of them to be sure, although check mode finds nothing left',
  )
  const spent = [
    ...again,
    ...called(),
    ...apply(1_400),
    { type: 'quarantined' as const, at: 1_500, nodes: ['hyp'] },
  ]
  d = ask(spent, { drained: guests }, { policy: { ...policy, maxFailed: 1 }, now: 1_500 })
  t.match(d.actions, [
    {
      do: 'halt',
      halt: {
        code: 'nodes-failed',
        nodes: ['hyp'],
        message: /hyp: no space left; n3, n4 wait for that$/,
      },
    },
  ])
  const halted = [
    ...spent,
    {
      type: 'halted' as const,
      at: 1_500,
      halt: { code: 'nodes-failed' as const, message: '', hint: '', nodes: ['hyp'] },
    },
  ]
  t.match(
    told(ask(halted, { drained: guests }), 'n3'),
    'stays drained: it runs on hyp, which is quarantined: no space left',
  )
  const retried = [...halted, { type: 'retried' as const, at: 2_000, by, nodes: null }]
  t.same(does(ask(retried, { drained: guests }, { now: 2_000 })), ['detect hyp'])

  const newer: JournalEvent = { ...opened, rollout: 'r2', at: 3_000 }
  const next = [...halted, newer, ...rest]
  t.same(
    does(ask(next, { drained: guests }, { now: 3_100 })),
    ['detect hyp'],
    'the next rollout sees to the hypervisor first',
  )
  t.match(
    told(ask(next, { drained: guests }, { now: 3_100 }), 'n3'),
    /runs on hyp, which is being changed/,
  )
  t.end()
})

t.test('a node that does not answer when its hypervisor is back may still be booting', (t) => {
  const failure = { cause: 'unreachable' as const, message: 'no route' }
  const look = (at: number): JournalEvent[] =>
    step('detect', { n3: { verdict: 'ERROR', failure }, n4: { verdict: 'GOOD' } }, {}, at)
  const once = [...back, ...look(100)]
  t.same(does(ask(once, { drained: guests })), ['release n4'])
  t.equal(ask(once, { drained: guests }).wakeAt, 15_100)
  t.same(does(ask(once, { drained: guests }, { now: 15_100 })), ['release n4', 'detect n3'])
  const many = [
    ...back,
    ...Array.from({ length: 21 }, (_, i) =>
      step('detect', { n3: { verdict: 'ERROR', failure } }, {}, 100 + i),
    ).flat(),
  ]
  t.match(
    nodeState(replay(many).current as NonNullable<ReturnType<typeof replay>['current']>, 'n3'),
    { stage: 'failed', failures: 1, held: { phase: 'hosted' } },
  )
  t.end()
})

t.test('killed in the middle', (t) => {
  const resumed: JournalEvent = { type: 'resumed', at: 60, by }
  const intended = (action: StepAction, nodes: readonly string[], flags: object): JournalEvent => ({
    type: 'intended',
    at: 50,
    step: `s${++number}`,
    ...stepKind(action, flags),
    wave: 1,
    nodes,
  })
  const drain = [...looked, intended('drain', guests, { host: 'hyp' }), resumed]
  t.same(
    heldOf(drain, 'n4'),
    { since: 60, phase: 'draining', empty: false, host: 'hyp' },
    'perhaps drained, and it is known what for',
  )
  t.same(does(ask(drain, { drained: ['n3'] })), ['drain n3,n4'])
  const apply = [
    ...looked,
    ...called(),
    intended('apply', ['hyp'], { full: true, guests }),
    resumed,
  ]
  t.match(heldOf(apply, 'hyp'), { phase: 'begun', unscheduled: true, guests, cut: true })
  t.match(heldOf(apply, 'n3'), { phase: 'hosted', empty: false, host: 'hyp' })
  t.same(
    does(ask(apply, { drained: guests })),
    ['detect hyp'],
    'nothing is done on what runs there',
  )
  t.end()
})

t.test('each by itself where that is enough', (t) => {
  const alone = [
    opened,
    ...rest,
    ...step('detect', {
      hyp: { verdict: 'GOOD' },
      n3: { verdict: 'DRAIN' },
      n4: { verdict: 'GOOD' },
    }),
  ]
  t.same(does(ask(alone)), ['drain n3'], 'the hypervisor is GOOD')
  const early = [
    opened,
    ...rest,
    ...step('detect', { n3: { verdict: 'DRAIN' }, n4: { verdict: 'GOOD' } }),
  ]
  t.same(does(ask(early)), ['detect hyp'])
  t.match(told(ask(early), 'n3'), /hyp, on which it runs, is looked at/)
  t.end()
})

t.test('a plan says who goes together', (t) => {
  const { current } = replay([opened])
  const world = worldFor(current as NonNullable<typeof current>, fleet, {
    policy,
    now: 100,
    schedulers: [view({ busy: ['n4'] }, 100)],
  })
  const preview = previewDrains(world, { index: 1, nodes: ['n2', 'n3', 'hyp'] })
  const plan = preview && drainPlan(preview, readerIn('UTC', 0))
  t.match(plan, {
    order: [
      { node: 'hyp', why: 'together with n3 and n4, which run on it' },
      { node: 'n3', why: 'runs on hyp' },
      { node: 'n2', why: 'idle' },
    ],
    waiting: [],
  })
  t.same(plan?.first, ['hyp', 'n3', 'n4', 'n2'])
  t.end()
})

t.test('in one wave, whatever the limit', (t) => {
  const cut = (
    waves: readonly (number | `${number}%`)[],
    limit: readonly string[] | null = null,
  ): (readonly string[])[] => planWaves(fleet, { waves }, limit).map((w) => w.nodes)
  t.same(
    cut([2, 3]),
    [['n1'], ['n2', 'hyp', 'n3', 'n4'], ['n5']],
    'they are not cut apart, and the hypervisor goes first',
  )
  t.same(
    cut([], ['hyp']),
    [['n1'], ['hyp', 'n3', 'n4']],
    'a rollback that takes the hypervisor back takes them along',
  )
  t.same(cut([], ['n3']), [['n1'], ['n3']])
  const small = { nodes: fleet }
  t.throws(() => requireGuests(small, ['hyp', 'n4']), {
    code: 'usage/limit-runs-on',
    message: /hypervisor hyp, and not n3 on it/,
    exitCode: 2,
  })
  for (const limit of [null, ['hyp', 'n3', 'n4'], ['n3']])
    t.doesNotThrow(() => requireGuests(small, limit))
  t.doesNotThrow(
    () => requireGuests({ nodes: fleet.map((n) => ({ ...n, canary: true })) }, ['hyp']),
    'canaries go first, whatever the limit',
  )
  const done = [
    opened,
    ...rest,
    ...step('detect', of(['hyp', 'n3'], { verdict: 'GOOD' })),
    { type: 'finished' as const, at: 9 },
  ]
  const state = replay(done.map((e) => (e.type === 'opened' ? { ...e, limit: ['hyp'] } : e)))
  const given = {
    state,
    fleet: { nodes: fleet, policy, schedulers: [] } as unknown as Fleet,
    pin: { sha: 'c'.repeat(40), ref: 'main', subject: '' },
    comparison: { kind: 'same' as const },
    limit: ['hyp'],
    again: false,
    now: 10,
    by,
  }
  t.match(
    choose(given as never).events,
    [{ type: 'opened' }],
    'not everything is GOOD: n4 belongs to it',
  )
  t.end()
})
