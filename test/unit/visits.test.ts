// SPDX-License-Identifier: Apache-2.0
// How many visits go on at once, which drains wait for their node, when the scheduler is asked, and
// which nodes are looked at first.
import t from 'tap'
import { decide, forksBeside, NO_STATE, wouldOpen } from '../../lib/rollout/index.js'
import type { NodeState, OpenStep, SchedulerView, World } from '../../lib/rollout/index.js'
import { LookPacing } from '../../lib/rollout/visit/look-pacing.js'
import { UNSEEN } from '../../lib/rollout/state/state.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import { nodeOf, policyOf, worldFor } from '../support/policy.js'
import { textOf } from '../support/words.js'
import type { StepKind, StepOptions } from '../../lib/rollout/record/step-kind.js'
import { stepKind } from '../support/step-kind.js'
import { slurmView } from '../support/scheduler-view.js'

const now = 1_000_000
const names = Array.from({ length: 8 }, (_, i) => `n${i}`)

interface Given {
  readonly prepared?: readonly string[]
  readonly busy?: readonly string[]
  readonly half?: readonly string[]
  readonly stages?: Readonly<Record<string, Partial<NodeState>>>
  readonly forks?: number
  readonly atOnce?: number
  readonly age?: number
  readonly every?: number
}

function world(
  {
    busy: full = [],
    half = [],
    stages = {},
    forks = 20,
    atOnce = 8,
    age = 0,
    every = 1_000,
    prepared = [],
  }: Given,
  all = names,
): World {
  const policy = policyOf()
  const at = now - age
  const busy = [...full, ...half]
  const nodes = all.map((name) => ({
    name,
    state: [busy.includes(name) ? 'ALLOCATED' : 'IDLE', ...(stages[name]?.held ? ['DRAIN'] : [])],
    reason: stages[name]?.held ? 'patchrun x' : '',
    reasonBy: 'root',
    features: [],
    partitions: [],
    cpus: 2,
    allocated: full.includes(name) ? 2 : half.includes(name) ? 1 : 0,
    boot: 1,
  }))
  const jobs = busy.map((name) => ({
    id: name,
    user: 'eve',
    state: 'RUNNING',
    nodes: [name],
    start: half.includes(name) ? at - 10_000 : at,
    end: at + 60_000,
    cpus: half.includes(name) ? 1 : 2,
  }))
  const scheduler: SchedulerView = slurmView({
    prefix: 'patchrun ',
    every,
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
  const rollout = {
    ...wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, now),
    nodes: new Map(
      Object.entries(stages).map(([n, state]): [string, NodeState] => [
        n,
        { ...UNSEEN, at: now, ...state },
      ]),
    ),
  }
  return worldFor(
    rollout,
    all.map((n) => nodeOf(n)),
    {
      now,
      forks,
      schedulers: [scheduler],
      prepared: new Set(prepared),
      policy: { ...policy, drain: { ...policy.drain, atOnce } },
    },
  )
}
const does = (w: World): string[] =>
  decide(w).actions.map(
    (a) =>
      `${a.do}${'nodes' in a ? ` ${a.nodes.join(',')}` : ''}${'wait' in a && a.wait !== undefined ? ` waits ${a.wait}` : ''}${'idle' in a && a.idle ? ' while idle' : ''}`,
  )
const why = (w: World, node: string): string =>
  decide(w)
    .waiting.filter((x) => x.nodes.includes(node))
    .map((x) => textOf(x))
    .join('; ')
const allDrain = Object.fromEntries(
  names.map((n): [string, Partial<NodeState>] => [n, { stage: 'drain' }]),
)

t.test('no more visits at once than forks', async (t) => {
  const few = world({ stages: allDrain, forks: 2 })
  t.same(
    does(few),
    ['drain n7 while idle', 'drain n6 while idle'],
    'idle nodes begin as many visits as there are forks',
  )
  t.match(why(few, 'n2'), '2 visits are under way, as many as may be at once (ansible.forks)')
  const held: Partial<NodeState> = {
    stage: 'drain',
    held: { since: now, phase: 'draining', empty: false },
  }
  const back = world({ stages: { ...allDrain, n0: held, n1: held, n2: held }, forks: 2, atOnce: 3 })
  t.same(does(back), ['drain n0', 'drain n1'], 'those that became empty, too')
  t.match(why(back, 'n2'), /^2 visits are under way/)
})

t.test(
  'a drain of a node at work waits for it while there are forks; the others go together',
  async (t) => {
    t.same(does(world({ stages: allDrain, busy: names, forks: 2 })), [
      'drain n0 waits 60000',
      'drain n1 waits 60000',
      'drain n2,n3,n4,n5,n6,n7',
    ])
    t.same(
      does(world({ stages: allDrain, busy: ['n1', 'n2'], forks: 7 })).filter(
        (a) => a.includes('n1') || a.includes('n2'),
      ),
      ['drain n1 waits 60000', 'drain n2'],
      'idle ones take forks first',
    )
  },
)

t.test('an idle node that gets a job before its drain makes room for another, once', async (t) => {
  const two = { stages: allDrain, atOnce: 2 }
  t.same(does(world(two)), ['drain n7 while idle', 'drain n6 while idle'])
  t.same(
    does(world({ ...two, stages: { ...allDrain, n7: { stage: 'drain', outrun: true } } })),
    ['drain n7 waits 60000', 'drain n6 while idle'],
    'the second time it waits for the job',
  )
  t.same(
    does(
      world({
        stages: {
          ...allDrain,
          ...Object.fromEntries(names.slice(0, 7).map((n) => [n, { stage: 'good' as const }])),
        },
      }),
    ),
    ['drain n7 waits 60000'],
    'where there is no other, too',
  )
})

t.test(
  'idle nodes are drained no more at once than the control machine has processors for',
  async (t) => {
    const two = (given: Given, steps: readonly OpenStep[] = []): World => {
      const w = world({ stages: allDrain, ...given })
      return {
        ...w,
        processors: 3,
        rollout: { ...w.rollout, steps: new Map(steps.map((s) => [s.step, s])) },
      }
    }
    const step = (
      since: number,
      { action = 'drain', nodes = ['n0'], ...more }: Partial<StepOptions> & { nodes?: string[] },
    ): OpenStep => ({ step: 's1', wave: 1, nodes, since, ...stepKind(action, more) })
    const out = {
      ...allDrain,
      n0: {
        stage: 'drain' as const,
        step: 's1',
        held: { since: now, phase: 'begun' as const, empty: false },
      },
    }
    t.same(does(two({})), ['drain n7 while idle', 'drain n6 while idle'])
    t.match(
      why(two({}), 'n5'),
      '2 nodes are drained, changed or given back just now, as many as the control machine has processors for',
    )
    for (const processors of [1, 2])
      t.same(does({ ...two({}), processors }), ['drain n7 while idle'], 'one is left for all else')
    t.match(
      why({ ...two({}), processors: 1 }, 'n5'),
      '1 node is drained, changed or given back just now',
    )
    t.equal(
      decide(two({})).waiting.find((w) => w.nodes.includes('n5'))?.until,
      now + 5_000,
      'none that takes long is waited for',
    )
    t.same(does(two({ stages: out }, [step(now - 4_999, { action: 'apply', full: true })])), [
      'drain n7 while idle',
    ])
    t.same(does(two({ stages: out }, [step(now - 5_000, { action: 'apply', full: true })])), [
      'drain n7 while idle',
      'drain n6 while idle',
    ])
    t.same(
      does(two({ stages: out }, [step(now - 1_000, { action: 'reboot' })])),
      ['drain n7 while idle', 'drain n6 while idle'],
      'a reboot computes nothing',
    )
    t.same(
      does(two({ atOnce: 4, busy: names.slice(0, 4) })),
      ['drain n7 while idle', 'drain n6 while idle'],
      'those that wait for a processor keep their places',
    )
    t.match(
      why(two({ atOnce: 4, busy: names.slice(0, 4) }), 'n0'),
      '4 of 4 nodes that may be drained at once are drained or about to be',
    )
    t.same(
      does(two({ atOnce: 5, busy: names.slice(0, 4) })),
      ['drain n7 while idle', 'drain n6 while idle', 'drain n0 waits 60000'],
      'a node at work computes nothing either',
    )
    const capacity = (limit: number): World => ({
      ...two({ busy: names.slice(0, 4) }),
      capacity: [{ name: 'the fleet', limit, nodes: names }],
    })
    t.same(
      does(capacity(4)),
      ['drain n7 while idle', 'drain n6 while idle'],
      'of rollout.capacity, too',
    )
    t.match(why(capacity(4), 'n0'), 'idle nodes that wait for a processor come first')
    t.same(does(capacity(5)), [
      'drain n7 while idle',
      'drain n6 while idle',
      'drain n0 waits 60000',
    ])
  },
)

t.test(
  'a place that has just become free waits a moment rather than take a half empty node',
  async (t) => {
    const back: Partial<NodeState> = { stage: 'good', at: now - 1_000, returned: now - 1_000 }
    const given: Given = { stages: { ...allDrain, n0: back }, atOnce: 1, half: names.slice(1) }
    const measured = (w: World): World => ({
      ...w,
      durations: {
        ...w.durations,
        fullApply: [500],
        verify: [500],
        reboot: [500],
        rebootStep: [500],
        release: [500],
      },
    })
    const half = measured(world(given))
    t.same(does(half), [])
    t.match(why(half, 'n1'), 'its place waits a moment for a node that costs users less')
    t.equal(decide(half).wakeAt, now + 1_000, 'as long as a visit takes')
    t.same(
      does({ ...half, hurried: true }),
      ['drain n1 waits 60000'],
      'a run that does only what can be done at once does not wait',
    )
    t.same(
      does({
        ...half,
        now: now + 1_000,
        schedulers: measured(world({ ...given, age: -1_000 })).schedulers,
      }),
      ['drain n1 waits 60000'],
    )
    t.same(
      does(measured(world({ ...given, half: names.slice(1, 7) }))),
      ['drain n7 while idle'],
      'an idle node takes it at once',
    )
    const last: Given = {
      ...given,
      stages: {
        ...Object.fromEntries(names.map((n) => [n, { stage: 'good' as const }])),
        n0: back,
        n1: { stage: 'drain' },
      },
    }
    t.same(
      does(measured(world(last))),
      ['drain n1 waits 60000'],
      'where each has its place there is nothing to wait for',
    )
    t.same(
      does(
        measured(
          world({ ...last, stages: { ...last.stages, n2: { stage: 'unseen', step: 's1' } } }),
        ),
      ),
      [],
      'another that is not looked at yet may need it',
    )
    t.same(
      does(measured(world({ ...given, half: names.slice(1, 7), busy: ['n7'] }))),
      ['drain n7 waits 60000'],
      'so does one that is full',
    )
    t.same(
      does(measured(world({ ...given, atOnce: 2 }))),
      ['drain n1 waits 60000'],
      'another place was free before',
    )
    const tight = (limit: number): World => ({
      ...measured(world({ ...given, atOnce: 8 })),
      capacity: [{ name: 'the fleet', limit, nodes: names }],
    })
    t.same(does(tight(1)), [], 'a place of rollout.capacity does so, too')
    t.same(does(tight(2)), ['drain n1 waits 60000'])
  },
)

t.test('nodes that are out of service come before a look at the others of the wave', async (t) => {
  const some = {
    stages: { n6: { stage: 'drain' as const }, n7: { stage: 'drain' as const } },
    atOnce: 1,
  }
  const others = 'detect n0,n1,n2,n3,n4,n5'
  t.same(does(world(some)), ['drain n7 while idle'])
  t.match(why(world(some), 'n3'), 'nodes that are out of service come first')
  t.equal(decide(world(some)).wakeAt, now + 5_000)
  const during = (since: number, step: StepKind): string[] => {
    const w = world({
      ...some,
      stages: {
        ...some.stages,
        n7: {
          stage: 'drain',
          step: 's1',
          ...(step.action !== 'drain' && { held: { since, phase: 'begun', empty: false } }),
        },
      },
    })
    return does({
      ...w,
      durations: { ...w.durations, reboot: [8_000, 6_000] },
      rollout: {
        ...w.rollout,
        steps: new Map([['s1', { step: 's1', wave: 1, nodes: ['n7'], since, ...step }]]),
      },
    })
  }
  t.same(during(now - 4_000, { action: 'drain', idle: true }), [])
  t.same(during(now - 4_000, { action: 'apply', full: true }), [])
  t.same(
    during(now - 5_000, { action: 'drain', idle: true }),
    [others],
    'one that hangs is not waited for',
  )
  t.same(
    during(now - 5_000, { action: 'apply', full: true }),
    [others],
    'nor a change that takes long',
  )
  const late = {
    ...some,
    stages: { n6: { stage: 'drain' as const, at: now - 20_000 }, n7: { stage: 'drain' as const } },
  }
  t.same(does(world(late)), [others, 'drain n7 while idle'], 'nor one node after the other')
  t.same(does(world({ ...late, age: 3_000 })), [others, 'observe'], 'nor the scheduler')
  t.same(during(now - 100, { action: 'drain', wait: 30_000 }), [others], 'nor a job')
  t.same(
    during(now - 100, { action: 'reboot' }),
    ['detect n5,n4'],
    'a reboot is the best time for it, but it ends',
  )
  t.same(during(now - 2_999, { action: 'reboot' }), ['detect n5,n4'])
  t.same(during(now - 3_000, { action: 'reboot' }), [], 'and may end before the look does')
  t.same(during(now - 4_000, { action: 'verify' }), [])
  t.same(during(now - 4_000, { action: 'release' }), [])
  t.same(during(now - 5_000, { action: 'release' }), [others])

  const asked = world({ ...some, age: 3_000 })
  t.same(does(asked), ['observe'])
  t.match(why(asked, 'n3'), 'the scheduler is asked which nodes are drained first')
  const [asks] = asked.schedulers
  if (!asks) throw new Error('a world without a scheduler')
  t.equal(
    decide({ ...asked, schedulers: [{ ...asks, looking: { now: true, watch: false } }] }).wakeAt,
    now + 3_000,
    'though the answer does not come',
  )
  t.same(does(world({ ...some, age: 7_000 })), [others, 'observe'], 'not for long')
  t.same(
    does({ ...asked, schedulers: [{ ...asks, silent: { at: now, why: 'away' } }] }),
    [others],
    'one that is silent holds up no look',
  )

  const first = world({
    busy: ['n0'],
    forks: 20,
    atOnce: 2,
    age: 1_000,
    stages: { n4: { step: 's1' }, n5: { step: 's1' }, n6: { step: 's1' }, n7: { step: 's1' } },
  })
  t.same(
    does({
      ...first,
      rollout: {
        ...first.rollout,
        steps: new Map([
          [
            's1',
            {
              step: 's1',
              action: 'detect',
              wave: 1,
              nodes: ['n4', 'n5', 'n6', 'n7'],
              since: now - 900,
            },
          ],
        ]),
      },
    }),
    ['observe'],
    'when the first look ends, it is known which nodes are idle',
  )
})

t.test(
  'one node that is about to be back is enough to wait for, one that needs no drain is not',
  async (t) => {
    const with2 = (
      n6: Partial<NodeState>,
      { since = now - 100, action = 'reboot' }: { since?: number; action?: 'reboot' | 'verify' },
    ): string[] => {
      const held = { since: now, phase: 'changed' as const, empty: false }
      const w = world({
        atOnce: 2,
        stages: { n6: { step: 's2', ...n6 }, n7: { stage: 'applied', step: 's1', held } },
      })
      const steps: readonly OpenStep[] = [
        { step: 's1', action: 'reboot', wave: 1, nodes: ['n7'], since: now - 100 },
        { step: 's2', action, wave: 1, nodes: ['n6'], since },
      ]
      return does({
        ...w,
        durations: { ...w.durations, reboot: [6_000] },
        rollout: { ...w.rollout, steps: new Map(steps.map((s) => [s.step, s])) },
      })
    }
    const rebooting: Partial<NodeState> = {
      stage: 'applied',
      held: { since: now, phase: 'changed', empty: false },
    }
    t.same(with2(rebooting, {}), ['detect n5,n4,n3,n2'])
    t.same(with2(rebooting, { since: now - 3_000 }), [])
    t.same(with2({ stage: 'applied' }, { action: 'verify' }), ['detect n5,n4,n3,n2'])
    t.same(with2(rebooting, { action: 'verify' }), [])
  },
)

t.test('while a few of the others are looked at, no more are', async (t) => {
  const looked = (at: number, steps: readonly OpenStep[]): string[] => {
    const w = world({
      atOnce: 1,
      stages: {
        n7: {
          stage: 'drain',
          at,
          step: 's1',
          held: { since: now, phase: 'changed', empty: false },
        },
        n4: { step: 's2', at: 0 },
        n5: { step: 's2', at: 0 },
      },
    })
    return does({
      ...w,
      rollout: { ...w.rollout, steps: new Map(steps.map((s) => [s.step, s])) },
    }).filter((a) => a.startsWith('detect'))
  }
  const reboot: OpenStep = {
    step: 's1',
    action: 'reboot',
    wave: 1,
    nodes: ['n7'],
    since: now - 100,
  }
  const look: OpenStep = {
    step: 's2',
    action: 'detect',
    wave: 1,
    nodes: ['n4', 'n5'],
    since: now - 100,
  }
  t.same(looked(now - 1_000, [reboot, look]), [])
  t.same(looked(now - 20_000, [reboot, look]), ['detect n0,n1,n2,n3,n6'], 'not for long')
})

t.test('a look beside visits has the forks that they leave', async (t) => {
  const { rollout } = world({
    stages: {
      n0: { stage: 'drain', held: { since: now, phase: 'draining', empty: true } },
      n1: { stage: 'applied', held: { since: now, phase: 'changed', empty: false } },
      n2: { stage: 'drain', held: { since: now, phase: 'draining', empty: false } },
    },
  })
  t.equal(forksBeside(rollout, 8), 6, 'one that waits for the scheduler has no Ansible')
  t.equal(forksBeside(rollout, 2), 1)
  t.equal(forksBeside(rollout, 3), 2, 'half of them at least')
  t.equal(forksBeside(world({}).rollout, 8), 8)
})

t.test('a look is taken only where a visit could begin', async (t) => {
  const old = { age: 60_000 }
  t.same(does(world({ ...old, stages: allDrain })), ['observe'], 'what was seen is too old')
  const out: Partial<NodeState> = {
    stage: 'drain',
    step: 's1',
    held: { since: now, phase: 'draining', empty: false },
  }
  const full = world({ ...old, stages: { ...allDrain, n0: out }, atOnce: 1 })
  t.same(does(full), [], 'there is no place')
  t.match(why(full, 'n3'), '1 of 1 node that may be drained at once is drained')
})

t.test('of a wave those are looked at first that will be empty first', async (t) => {
  const first = world({ busy: ['n0', 'n1', 'n2', 'n3', 'n4'], forks: 3 })
  t.same(
    does(first),
    ['detect n7,n6,n5', 'prepare n7,n6,n5'],
    'and their Ansible is started beside',
  )
  t.match(why(first, 'n0'), 'others of its wave are looked at first')
  t.same(
    does(world({ stages: { n5: { stage: 'good' } }, forks: 3 })).filter((a) =>
      a.startsWith('detect'),
    ),
    ['detect n0,n1,n2,n3,n4,n6,n7'],
    'then all others at once, where no visit is in their way',
  )
  t.same(
    does({ ...world({ forks: 3 }), schedulers: [] }),
    [`detect ${names.join(',')}`],
    'without a scheduler all of them',
  )
})

t.test('twice as many are looked at first as may be drained at once', async (t) => {
  const few = { busy: ['n0'], forks: 20, atOnce: 2 }
  t.same(does(world(few)), ['detect n7,n6,n5,n4', 'prepare n7,n6'])
  const old = world({ ...few, age: 60_000 })
  t.same(does(old), ['observe'], 'who that is, is not told from an old look')
  t.match(why(old, 'n3'), 'the scheduler is asked which nodes are looked at first')
  const [scheduler] = old.schedulers
  if (!scheduler) throw new Error('a world without a scheduler')
  t.same(
    does({ ...old, schedulers: [{ ...scheduler, silent: { at: now, why: 'away' } }] }),
    ['detect n7,n6,n5,n4'],
    'one that is silent holds up no look',
  )
  t.same(
    does({ ...old, schedulers: [{ ...scheduler, seen: null }] }),
    ['detect n0,n1,n2,n3'],
    'one that nothing was asked of so far is not asked for this',
  )
  t.same(
    does(world({ ...few, age: 60_000, atOnce: 8 })),
    [`detect ${names.join(',')}`],
    'all of them at once need no order',
  )
})

t.test(
  'the Ansible of a node whose turn is next is started while a visit comes to its end',
  async (t) => {
    const ended = (phase: 'changed' | 'rebooted'): Partial<NodeState> => ({
      stage: 'good',
      step: 's1',
      held: { since: now, phase, empty: false },
    })
    const full = (phase: 'changed' | 'rebooted', more: Given = {}): World =>
      world({
        stages: { ...allDrain, n0: ended(phase), n1: ended(phase) },
        atOnce: 2,
        busy: ['n2', 'n3'],
        ...more,
      })
    t.same(
      does(full('rebooted')),
      ['prepare n7,n6'],
      'as many as are about to make room, idle ones first',
    )
    t.same(does(full('changed')), [], 'a reboot may take long')
    const verifying = (since: number): World => {
      const w = full('rebooted')
      return {
        ...w,
        processors: 2,
        rollout: {
          ...w.rollout,
          steps: new Map([
            ['s1', { step: 's1', action: 'verify', wave: 1, nodes: ['n0', 'n1'], since }],
          ]),
        },
      }
    }
    t.same(does(verifying(now - 1_000)), [], 'no launch beside what nodes out of service wait for')
    t.equal(decide(verifying(now - 1_000)).wakeAt, now + 4_000)
    t.same(does(verifying(now - 5_000)), ['prepare n7,n6'], 'unless that takes long')
    // n0 is of an earlier wave, the last thing of which goes on.
    const wave = (since: number): string[] => {
      const w = world({
        stages: {
          n0: { stage: 'good', step: 's1', held: { since, phase: 'rebooted', empty: false } },
        },
        atOnce: 2,
      })
      return does({
        ...w,
        processors: 2,
        policy: { ...w.policy, waves: [1, '100%'] },
        rollout: {
          ...w.rollout,
          steps: new Map([
            ['s1', { step: 's1', action: 'release', wave: 0, nodes: ['n0'], since }],
          ]),
        },
      }).filter((a) => a.startsWith('prepare'))
    }
    t.same(wave(now - 1_000), [], 'nor where a wave begins')
    t.same(wave(now - 5_000), ['prepare n7,n6'])
    const rebooting = (since: number, reboot: readonly number[]): World => {
      const w = full('changed')
      return {
        ...w,
        durations: { ...w.durations, reboot },
        rollout: {
          ...w.rollout,
          steps: new Map([
            ['s1', { step: 's1', action: 'reboot', wave: 1, nodes: ['n0', 'n1'], since }],
          ]),
        },
      }
    }
    t.same(
      does(rebooting(now - 1_000, [900_000, 6_900])),
      ['prepare n7,n6'],
      'unless it is about to end, as far as the fastest one tells',
    )
    t.same(does(rebooting(now - 899_000, [905_500])), [], 'it is not yet')
    t.equal(decide(rebooting(now - 899_000, [905_500])).wakeAt, now + 500, 'but in half a second')
    t.equal(decide(rebooting(now - 899_000, [])).wakeAt, null)
    t.same(does(full('rebooted', { prepared: ['n6', 'n7'] })), [], 'not twice')
    t.same(
      does(full('rebooted', { prepared: ['n2', 'n7'] })),
      ['prepare n6'],
      'a job has come to n2: it waits beside those that are next now',
    )
    t.same(
      does(full('rebooted', { prepared: ['n2', 'n3'], busy: ['n2', 'n3', 'n4', 'n5'], forks: 2 })),
      [],
      'but not for ever more',
    )
    t.same(
      does(full('rebooted', { age: 60_000 })),
      ['observe'],
      'who is next is asked first, and before there is room',
    )
    t.same(
      does({ ...full('rebooted'), policy: { ...full('rebooted').policy, maxChanged: 2 } }),
      [],
      'nobody is next in this run',
    )

    const room = (more: Given): string[] =>
      does(world({ stages: { ...allDrain, n0: ended('rebooted') }, atOnce: 2, ...more })).filter(
        (a) => a.startsWith('drain'),
      )
    t.same(room({ prepared: ['n5'] }), ['drain n5 while idle'], 'of idle ones it comes first')
    t.same(
      room({ prepared: ['n5'], busy: ['n5'] }),
      ['drain n7 while idle'],
      'an idle one comes before it when it is at work',
    )
    t.same(room({ prepared: ['n5'], busy: names }), ['drain n5 waits 60000'])
  },
)

t.test(
  'an answer of the scheduler is new for as long as it is asked so often, and not a moment longer',
  async (t) => {
    const answered: SchedulerView = slurmView({
      prefix: 'patchrun',
      every: 25,
      workload: {
        at: 100,
        nodes: new Map(),
        jobs: [],
        reservations: [],
        ended: NO_RUN_TIMES,
        results: {},
      },
      silent: null,
      looking: { now: false, watch: false },
    })
    const isFresh = (now: number, view: SchedulerView = answered): boolean =>
      new LookPacing({ now, schedulers: [view] }, view).isFresh
    t.same(
      [isFresh(100), isFresh(124), isFresh(125)],
      [true, true, false],
      'due and new are never said together',
    )
    t.equal(
      isFresh(110, { ...answered, silent: { at: 105, why: 'away' } }),
      false,
      'the last answer was none',
    )
    t.equal(isFresh(110, { ...answered, silent: { at: 95, why: 'away' } }), true)
  },
)
