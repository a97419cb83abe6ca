// SPDX-License-Identifier: Apache-2.0
// A fleet with two schedulers, and a node that none has: each is asked, waited for and worked with
// for its own nodes.
import t from 'tap'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { schedulerOfAll, schedulerOfStep } from '../../lib/fleet/policy/scheduler.js'
import { decide, replay, worldOf } from '../../lib/rollout/index.js'
import type { Decision, JournalEvent, Surroundings } from '../../lib/rollout/index.js'
import { SLURM } from '../../lib/workload/slurm/manager.js'
import { writeForSlurm } from '../support/manager-scene.js'
import type { SceneNode } from '../support/manager-scene.js'

const AT = 1_800_000_000_000
const DECLARED = `schemaVersion: 1
fleet: hpc
playbooks: { repository: ./playbooks }
nodes: { allow: ["a[1-3]", "b[1-2]", free], canary: [a1] }
scheduler: { type: slurm }
rollout: { soak: 0s, waves: ["100%"] }
drain: { atOnce: "100%" }
`
const WHOSE: Readonly<Record<string, string>> = {
  a1: 'left',
  a2: 'left',
  a3: 'left',
  b1: 'right',
  b2: 'right',
}

/** No declaration can say this so far: the one scheduler becomes two, each for some of the nodes. */
function open(text: string, whose = WHOSE): Fleet {
  const declared = parseDeclaration('/srv/patchrun.yml', DECLARED + text)
  const fleet = resolveFleet(declared, { lists: new Map() }, {})
  const [one] = fleet.schedulers
  if (!one) throw new Error('no scheduler')
  return {
    ...fleet,
    schedulers: ['left', 'right'].map((name) => ({ ...one, name, field: `schedulers.${name}` })),
    nodes: fleet.nodes.map((n) => ({ ...n, scheduler: whose[n.name] ?? null })),
  }
}

t.test('whose roles do a step, and whom a gate may ask', async (t) => {
  const fleet = open('runsOn: { free: [b1, b2] }\n')
  const step = (...nodes: readonly string[]): unknown => schedulerOfStep(fleet, nodes)?.name
  t.same(
    [step('a2'), step('b1', 'b2'), step('free')],
    ['left', 'right', 'right'],
    'a hypervisor that none has goes with what runs on it',
  )
  const all = (...nodes: readonly string[]): unknown => schedulerOfAll(fleet, nodes)?.name
  t.same(
    [all('a1', 'a2'), all('a1', 'free'), all('a1', 'b1'), all('free')],
    ['left', 'left', undefined, undefined],
  )
  t.equal(schedulerOfStep({ ...fleet, schedulers: [] }, ['a1']), null)
})

const by = { user: 'op', host: 'adm', pid: 1 }
const EVENTS: readonly JournalEvent[] = [
  {
    type: 'opened',
    at: AT - 9,
    rollout: 'r1',
    kind: 'forward',
    pin: { sha: 'c'.repeat(40), ref: 'main', subject: '' },
    previous: null,
    limit: null,
    by,
  },
  { type: 'intended', at: AT - 8, step: 's1', action: 'detect', wave: 0, nodes: ['a1'], forks: 9 },
  { type: 'concluded', at: AT - 7, step: 's1', tasks: [], nodes: { a1: { verdict: 'GOOD' } } },
  {
    type: 'intended',
    at: AT - 6,
    step: 's2',
    action: 'detect',
    wave: 1,
    nodes: ['a2', 'a3', 'b1', 'b2', 'free'],
    forks: 9,
  },
  {
    type: 'concluded',
    at: AT - 5,
    step: 's2',
    tasks: [],
    nodes: Object.fromEntries(
      ['a2', 'a3', 'b1', 'b2', 'free'].map((n) => [n, { verdict: 'DRAIN' as const }]),
    ),
  },
]

type Looks = NonNullable<Surroundings['schedulers']>

function decideWith(schedulers: Looks, text = '', events = EVENTS): Decision {
  const fleet = open(text)
  const state = replay(events)
  if (!state.current) throw new Error('no rollout')
  return decide(worldOf({ fleet, state, rollout: state.current, now: AT }, { schedulers }))
}

/** What that scheduler says, at a moment. */
function said(nodes: readonly SceneNode[], at = AT): Looks[string] {
  const workload = SLURM.read(writeForSlurm({ nodes }), at)
  if (typeof workload === 'string') throw new Error(workload)
  return { workload }
}
const LEFT = said(['a1', 'a2', 'a3'].map((name) => ({ name })))
const RIGHT = said(['b1', 'b2'].map((name) => ({ name })))

const begins = ({ actions }: Decision): readonly string[] =>
  actions.flatMap((a) =>
    a.do === 'observe'
      ? [`observe ${a.scheduler}`]
      : 'nodes' in a
        ? [`${a.do} ${a.nodes.join()}`]
        : [],
  )
const waits = ({ waiting }: Decision): Readonly<Record<string, string>> =>
  Object.fromEntries(waiting.flatMap((w) => w.nodes.map((n) => [n, w.reason.is])))

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

t.test('a node that was drained, and whose scheduler is not declared any more', async (t) => {
  const drained: readonly JournalEvent[] = [
    ...EVENTS,
    { type: 'intended', at: AT - 4, step: 's3', action: 'drain', wave: 1, nodes: ['b1'], forks: 9 },
    { type: 'concluded', at: AT - 3, step: 's3', tasks: [], nodes: { b1: { drained: 'busy' } } },
  ]
  const fleet = open('', { a1: 'left', a2: 'left', a3: 'left', b2: 'right' })
  const state = replay(drained)
  if (!state.current) throw new Error('no rollout')
  const decision = decide(
    worldOf(
      { fleet, state, rollout: state.current, now: AT },
      { schedulers: { left: LEFT, right: RIGHT } },
    ),
  )
  t.notOk(
    begins(decision).some((b) => b.endsWith('b1')),
    'nobody guesses whose it is',
  )
  t.equal(waits(decision)['b1'], 'scheduler-gone')
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
  const fleet = open('')
  const state = replay(EVENTS)
  const world = worldOf(
    { fleet, state, rollout: state.current as NonNullable<typeof state.current>, now: AT },
    { schedulers: { left: LEFT, right: old } },
  )
  t.same([...world.out], [])
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
  const text = 'runsOn: { free: [b1, b2] }\n'
  const fleet = open(text)
  const state = replay(hosted)
  if (!state.current) throw new Error('no rollout')
  const decision = decide(
    worldOf(
      {
        fleet: { ...fleet, policy: { ...fleet.policy, maxFailed: 3 } },
        state,
        rollout: state.current,
        now: AT,
      },
      { schedulers: { left: LEFT, right: RIGHT } },
    ),
  )
  t.same(begins(decision), ['drain b1,b2'])
})
