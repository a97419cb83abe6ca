// SPDX-License-Identifier: Apache-2.0
// A fleet with two schedulers, and a node that none has: each is asked, waited for and worked with
// for its own nodes.
import t from 'tap'
import { decide } from '../../lib/rollout/index.js'
import type { Decision, JournalEvent } from '../../lib/rollout/index.js'
import type { SceneNode } from '../support/manager-scene.js'
import {
  AT,
  begins,
  declare,
  decideWith,
  EVENTS,
  LEFT,
  open,
  RIGHT,
  said,
  TWO,
  waits,
  worldWith,
} from '../support/two-schedulers.js'
import type { Looks } from '../support/two-schedulers.js'

t.test(
  'each is asked for its own nodes, and a node that none has waits for a person',
  async (t) => {
    const first = decideWith({})
    t.same(
      begins(first).filter((b) => b.startsWith('observe')),
      ['observe left', 'observe right'],
    )
    t.match(waits(first), { a2: 'scheduler-first', b1: 'scheduler-first', free: 'drain-by-hand' })
    const both = decideWith({ left: LEFT, right: RIGHT })
    t.same(
      begins(both).toSorted(),
      ['drain a2', 'drain a3', 'drain b1', 'drain b2'],
      'both are worked with at once',
    )
    t.match(waits(both), { free: 'drain-by-hand' })
  },
)

t.test('a scheduler is asked beside the first look at its nodes', async (t) => {
  const looking = EVENTS.slice(0, 2)
  t.same(begins(decideWith({ left: said([{ name: 'a1' }], AT - 60_000) }, '', looking)), [
    'observe left',
  ])
})

t.test('one that is silent holds up its own nodes only', async (t) => {
  const one = decideWith({
    left: LEFT,
    right: { silent: { at: AT, why: 'away' }, workload: RIGHT?.workload ?? null },
  })
  t.same(begins(one).toSorted(), ['drain a2', 'drain a3'])
  t.match(waits(one), { b1: 'scheduler-silent', b2: 'scheduler-silent' })
  const old = decideWith({ left: LEFT, right: said([{ name: 'b1' }, { name: 'b2' }], AT - 60_000) })
  t.ok(begins(old).includes('observe right'), 'an old answer is asked anew')
  t.notOk(begins(old).includes('observe left'))
})

t.test('what each says counts for all limits', async (t) => {
  const busy = (id: string): SceneNode['occupants'] => [
    { id, user: 'anna', start: AT - 1_000, end: AT + 60_000 },
  ]
  const out = said([{ name: 'a1' }, { name: 'a2' }, { name: 'a3', drained: true, reason: 'fan' }])
  const full = decideWith({ left: out, right: RIGHT }, '').waiting
  t.match(
    full.find((w) => w.nodes.includes('a3')),
    { reason: { is: 'left-alone' } },
    'a node that somebody else drained',
  )
  const work = decideWith({
    left: said([{ name: 'a1' }, { name: 'a2', occupants: busy('7') }, { name: 'a3' }]),
    right: said([{ name: 'b1', occupants: busy('8') }, { name: 'b2' }]),
  })
  t.ok(begins(work).includes('drain a3'), 'idle nodes of either first')
  t.ok(begins(work).includes('drain b2'))
})

t.test('nodes of two schedulers are never drained in one step', async (t) => {
  const work = (name: string): SceneNode => ({
    name,
    occupants: [{ id: name, user: 'anna', start: AT - 1_000, end: AT + 60_000 }],
  })
  // Without forks to spare nodes at work are drained together.
  const decision = decideWith(
    { left: said(['a1', 'a2', 'a3'].map(work)), right: said(['b1', 'b2'].map(work)) },
    'ansible: { forks: 1 }\n',
  )
  for (const action of decision.actions)
    if (action.do === 'drain')
      t.equal(new Set(action.nodes.map((n) => n[0])).size, 1, action.nodes.join())
  t.ok(decision.actions.filter((a) => a.do === 'drain').length >= 2)
})

t.test('a hypervisor and what runs on it may have two schedulers', async (t) => {
  const hosted = EVENTS.map((e) =>
    e.type === 'concluded' && e.step === 's2'
      ? {
          ...e,
          nodes: { ...e.nodes, b1: { verdict: 'GOOD' as const }, b2: { verdict: 'GOOD' as const } },
        }
      : e,
  )
  const decision = decideWith({ left: LEFT, right: RIGHT }, 'runsOn: { a2: [b1, b2] }\n', hosted)
  t.same(begins(decision).toSorted(), ['drain a2', 'drain a3', 'drain b1,b2'])
  t.same(
    decision.actions.flatMap((a) => (a.do === 'drain' && a.host !== undefined ? a.host : [])),
    ['a2', 'a2'],
    'both steps are for the hypervisor',
  )
})

t.test('a node of one scheduler that the other one still lists', async (t) => {
  const old = said([
    ...['b1', 'b2'].map((name) => ({ name })),
    ...['a2', 'a3'].map((name): SceneNode => ({ name, drained: true, reason: 'moved' })),
  ])
  const { waiting, actions } = decideWith({ left: LEFT, right: old })
  t.same(actions.flatMap((a) => (a.do === 'drain' ? a.nodes : [])).toSorted(), [
    'a2',
    'a3',
    'b1',
    'b2',
  ])
  t.notOk(
    waiting.some((w) => w.code === 'capacity'),
    'only its own says whether it is out',
  )
  t.same([...worldWith({ left: LEFT, right: old }, open()).out], [])
})

t.test('a hypervisor that no scheduler has does not end a rollout before its turn', async (t) => {
  const hosted: readonly JournalEvent[] = [
    ...EVENTS.map((e) =>
      e.type === 'concluded' && e.step === 's2'
        ? {
            ...e,
            nodes: {
              a3: { verdict: 'GOOD' as const },
              b1: { verdict: 'GOOD' as const },
              b2: { verdict: 'GOOD' as const },
              free: { verdict: 'DRAIN' as const },
              a2: {
                verdict: 'ERROR' as const,
                failure: { cause: 'failed' as const, message: 'x' },
              },
            },
          }
        : e,
    ),
    { type: 'quarantined', at: AT - 2, nodes: ['a2'] },
  ]
  const fleet = open('runsOn: { free: [b1, b2] }\n')
  const patient = { ...fleet, policy: { ...fleet.policy, maxFailed: 3 } }
  const decision = decide(worldWith({ left: LEFT, right: RIGHT }, patient, hosted))
  t.same(begins(decision), ['drain b1,b2'])
})

t.test('where they share a limit, each is asked before a node of either is drained', async (t) => {
  const limit = { policy: 'rollout: { soak: 0s, waves: ["100%"], capacity: { fleet: 3 } }\n' }
  const shared = (looks: Looks): Decision =>
    decide(worldWith(looks, declare(`${TWO}${limit.policy}drain: { atOnce: "100%" }\n`)))
  const one = shared({ left: LEFT })
  t.notOk(
    begins(one).some((b) => b.startsWith('drain')),
    'what the other one has out is not known',
  )
  t.ok(begins(one).includes('observe right'))
  const old = said([{ name: 'b1' }, { name: 'b2' }], AT - 60_000)
  t.notOk(begins(shared({ left: LEFT, right: old })).some((b) => b.startsWith('drain')))
  t.equal(begins(shared({ left: LEFT, right: RIGHT })).filter((b) => /^drain/.test(b)).length, 3)
  const out = said(['b1', 'b2'].map((name) => ({ name, drained: true, reason: 'fan' })))
  t.equal(
    begins(shared({ left: LEFT, right: out })).filter((b) => /^drain/.test(b)).length,
    1,
    'and what it has out takes its places',
  )
  const silent = { silent: { at: AT, why: 'away' } }
  t.match(
    shared({ left: LEFT, right: silent }).waiting.find((w) => w.nodes.includes('a2')),
    { reason: { is: 'scheduler-silent', name: 'right' } },
    'one that is silent is named',
  )
})

t.test('where only the partitions are limited, each may have nodes in them', async (t) => {
  const limit = 'rollout: { soak: 0s, waves: ["100%"], capacity: { partitions: { p: 1 } } }\n'
  const fleet = declare(`${TWO}${limit}drain: { atOnce: "100%" }\n`)
  const decision = decide(worldWith({ left: LEFT }, fleet))
  t.notOk(begins(decision).some((b) => b.startsWith('drain')))
  const idle = declare(`${TWO.replace('b[1-2]', 'c[1-2]')}${limit}drain: { atOnce: "100%" }\n`)
  t.ok(
    begins(decide(worldWith({ left: LEFT }, idle))).some((b) => b.startsWith('drain')),
    'one that has none of the nodes is not asked',
  )
})

const GOOD = { verdict: 'GOOD' as const }
/** a2 was seen drained long ago, what runs on it a moment ago. */
const HOSTED: readonly JournalEvent[] = [
  ...EVENTS.map((e) =>
    e.type === 'concluded' && e.step === 's2'
      ? { ...e, nodes: { ...e.nodes, b1: GOOD, b2: GOOD, a3: GOOD } }
      : e,
  ),
  ...(
    [
      ['s3', 'left', ['a2'], AT - 70_000],
      ['s4', 'right', ['b1', 'b2'], AT - 1_000],
    ] as const
  ).flatMap(([step, scheduler, nodes, at]): JournalEvent[] => [
    {
      type: 'intended',
      at: AT - 71_000,
      step,
      action: 'drain',
      host: 'a2',
      scheduler,
      wave: 1,
      nodes,
      forks: 9,
    },
    {
      type: 'concluded',
      at,
      step,
      tasks: [],
      nodes: Object.fromEntries(nodes.map((n) => [n, { drained: 'empty' as const }])),
    },
  ]),
]

t.test('a group across two schedulers, of which one is slow', async (t) => {
  const ours = { drained: true, reason: 'patchrun hpc/default r1 cccccccccccc' } as const
  const looks = {
    left: said([{ name: 'a1' }, { name: 'a2', ...ours }, { name: 'a3' }]),
    right: said(['b1', 'b2'].map((name) => ({ name, ...ours }))),
  }
  const fleet = open('runsOn: { a2: [b1, b2] }\n')
  const decision = decide(worldWith(looks, fleet, HOSTED))
  t.same(
    begins(decision).filter((b) => /^(drain|apply)/.test(b)),
    ['drain a2'],
    'what was seen long ago is seen once more, and the slow one is not asked again',
  )
  const again: readonly JournalEvent[] = [
    ...HOSTED,
    {
      type: 'intended',
      at: AT - 900,
      step: 's5',
      action: 'drain',
      host: 'a2',
      scheduler: 'left',
      wave: 1,
      nodes: ['a2'],
      forks: 9,
    },
    {
      type: 'concluded',
      at: AT - 800,
      step: 's5',
      tasks: [],
      nodes: { a2: { drained: 'empty' } },
    },
  ]
  t.same(
    begins(decide(worldWith(looks, fleet, again))).filter((b) => /^(drain|apply)/.test(b)),
    ['apply a2'],
    'then its change begins',
  )
})
