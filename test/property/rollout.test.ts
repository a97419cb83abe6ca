// SPDX-License-Identifier: Apache-2.0
// The core's invariants over random fleets, policies, faults and crashes, and proof that the check
// can fail: each mutant below breaks one of them on purpose.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../support/property.js'
import { inFull, inQuick, share } from '../support/size.js'
import {
  decide,
  evolve,
  fromSnapshot,
  nodeState,
  NO_STATE,
  optionsOf,
  replay,
  toSnapshot,
} from '../../lib/rollout/index.js'
import type {
  Decision,
  EnvironmentState,
  NodeState,
  Snapshot,
  World,
} from '../../lib/rollout/index.js'
import { live, scenarios } from '../support/simulation.js'
import { flat, Violation } from '../support/simulation-rules.js'
import type { Decide } from '../support/simulation.js'

// A run of every size draws a seed of its own, so that none lives a life of another again.
const runs = Number(process.env['PATCHRUN_TEST_RUNS'] ?? share(8_000, 1_200))
const seed = Number(process.env['PATCHRUN_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
t.setTimeout(600_000)
t.comment(`seed ${seed}: PATCHRUN_TEST_SEED=${seed} runs the same again`)

t.test('no reachable state breaks an invariant', (t) => {
  let turns = 0
  const ends = new Map<string, number>()
  holds(
    t,
    fc.property(scenarios, (scenario) => {
      const life = live(scenario, decide)
      turns += life.turns
      ends.set(life.end, (ends.get(life.end) ?? 0) + 1)
    }),
    { numRuns: runs, seed },
  )
  t.comment(`${turns} decisions; ends: ${[...ends].map(([end, n]) => `${n} ${end}`).join(', ')}`)
  t.ok(
    turns >= runs * 12.5 || runs < 1_200,
    'a hundred thousand decisions and more were checked in 8000 lives, and as many in each of them',
  )
  for (const end of [
    'done',
    'canary-failed',
    'too-many-failed',
    'nodes-failed',
    'aborted',
    'deadline',
    'gate-failed',
    'drain',
  ])
    t.ok(ends.has(end) || runs < 1_200, `some life ends with ${end}`)
  t.end()
})

t.test('a life in which nothing goes wrong ends with every node done', (t) => {
  let together = 0
  holds(
    t,
    fc.property(scenarios, (scenario) => {
      const { policy, nodes } = scenario
      // Every fourth node is a hypervisor that needs a drain, of the scheduler or not, with the
      // three behind it.
      const roles = nodes.map((n, i) =>
        i % 4 === 1 && i + 1 < nodes.length
          ? {
              ...n,
              need: 'drain' as const,
              role: i % 8 === 1 ? ('known' as const) : ('unknown' as const),
            }
          : { ...n, role: i % 4 > 1 ? ('guest' as const) : ('plain' as const) },
      )
      const calm = {
        ...scenario,
        scheduler: true,
        managers: scenario.managers === 'both' ? ('slurm' as const) : scenario.managers,
        nodes: roles,
        // A node that is drained from before takes one of the places.
        inherits: null,
        redeclares: null,
        hands: 0,
        odd: null,
        faults: 0,
        crashes: 0,
        words: 0,
        removals: 0,
        rewritten: false,
        capacity: { fleet: null, racks: null },
        policy: {
          ...policy,
          maxChanged: null,
          deadline: null,
          timing: { ...policy.timing, freezes: [] },
        },
      }
      const { end, events } = live(calm, decide)
      if (events.some((e) => e.type === 'intended' && optionsOf(e).guests)) together += 1
      if (end !== 'done') throw new Violation(`ends with ${end}`)
    }),
    { numRuns: share(300, 100), seed },
  )
  t.ok(together > share(300, 100) / 3, `${together} lives with a hypervisor and its nodes`)
  t.end()
})

inQuick(t, 'any prefix of a journal can be replayed and gone on from', {}, (t) => {
  holds(
    t,
    fc.property(scenarios, fc.nat(), (scenario, cut) => {
      const { events } = live(scenario, decide)
      const at = cut % (events.length + 1)
      const before = replay(events.slice(0, at))
      const frozen = JSON.stringify(flat(before))
      const after = events.slice(at).reduce(evolve, before)
      if (JSON.stringify(flat(before)) !== frozen)
        throw new Violation('evolve changed the state it was given')
      if (JSON.stringify(flat(after)) !== JSON.stringify(flat(replay(events))))
        throw new Violation('a prefix and the rest differ from the whole')
      // The same from a snapshot that went through JSON.
      const thawed = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(before))) as Snapshot)
      if (!isDeepStrictEqual(flat(events.slice(at).reduce(evolve, thawed)), flat(after)))
        throw new Violation('a snapshot and the rest differ from the whole')
    }),
    { numRuns: 200, seed },
  )
  t.same(replay([]), NO_STATE)
  t.end()
})

const withPolicy =
  (change: Partial<World['policy']>): Decide =>
  (world) =>
    decide({ ...world, policy: { ...world.policy, ...change } })
const withWorld =
  (change: Partial<World>): Decide =>
  (world) =>
    decide({ ...world, ...change })
const none = { failed: null, unreachable: null, notConverged: null }
const mutants: Record<string, Decide> = {
  'ignores the soak': withPolicy({ soak: 0 }),
  'endures every failure': withPolicy({ maxFailed: '100%', budget: none }),
  'knows no budget by cause': withPolicy({ budget: none }),
  'does not wait before it tries again': (world) =>
    decide({
      ...world,
      policy: { ...world.policy, retries: { ...world.policy.retries, backoff: 0 } },
    }),
  'never quarantines': (world) =>
    decide({
      ...world,
      policy: { ...world.policy, retries: { ...world.policy.retries, attempts: 99 } },
    }),
  'knows no hard limit': withPolicy({ maxChanged: null }),
  'knows no capacity': withWorld({ capacity: [] }),
  'forgets who was out before': withWorld({ out: new Set() }),
  'forgets a failure domain': (world) =>
    decide({ ...world, capacity: world.capacity.filter((s) => s.name !== 'rack0') }),
  'does not pause between nodes': (world) =>
    decide({ ...world, policy: { ...world.policy, pause: { ...world.policy.pause, nodes: 0 } } }),
  'does not pause between waves': (world) =>
    decide({ ...world, policy: { ...world.policy, pause: { ...world.policy.pause, waves: 0 } } }),
  'forgets since when a wave is done': (world) => {
    const { done: _forgotten, ...d } = decide({ ...world, rollout: { ...world.rollout, done: {} } })
    return d
  },
  'knows no deadline': withPolicy({ deadline: null }),
  'goes on though paused': withWorld({ pause: null }),
  'goes on though aborted': (world) => {
    const { abort: _ignored, ...rollout } = world.rollout
    return decide({ ...world, rollout })
  },
  'ignores freezes': (world) =>
    decide({
      ...world,
      policy: { ...world.policy, timing: { ...world.policy.timing, freezes: [] } },
    }),
  'takes no time into account': (world) =>
    decide({
      ...world,
      policy: { ...world.policy, timing: { ...world.policy.timing, expected: 0 } },
      durations: { ...world.durations, hotApply: [], fullApply: [], verify: [] },
    }),
  'begins with more nodes than can be done before the time closes': (world) =>
    decide({ ...world, forks: world.forks * 8 }),
  'needs no approval': withPolicy({ approval: [] }),
  'takes any approval for this one': (world) => {
    const d = decide(world)
    const asked = d.waiting.find((w) => w.approval !== undefined)?.approval
    const word = world.rollout.approvals[0]
    return asked === undefined || !word
      ? d
      : decide({
          ...world,
          rollout: {
            ...world.rollout,
            approvals: [...world.rollout.approvals, { ...word, key: asked }],
          },
        })
  },
  'asks no health gate': withPolicy({ health: [] }),
  'goes on without an answer of a health gate': (world) =>
    decide({
      ...world,
      rollout: {
        ...world.rollout,
        checks: new Map(
          [...world.rollout.checks].map(([key, check]) => [
            key,
            { ...check, result: 'pass' as const },
          ]),
        ),
      },
    }),
  'waits for no other environment': withWorld({ promotion: [] }),
  'does not let the environment before soak': (world) =>
    decide({ ...world, policy: { ...world.policy, promotion: { after: [], soak: 0 } } }),
  'takes any history': (world) => {
    const { history: _ignored, ...rollout } = world.rollout
    return decide({ ...world, rollout })
  },
  'takes canaries for ordinary nodes': (world) =>
    decide({ ...world, nodes: world.nodes.map((n) => ({ ...n, canary: false })) }),
  'applies to nodes that need a drain': (world) => {
    const d = decide(world)
    const drain = world.nodes.filter(
      (n) =>
        nodeState(world.rollout, n.name).stage === 'drain' &&
        nodeState(world.rollout, n.name).step === undefined,
    )
    return drain.length > 0 && world.rollout.status === 'running'
      ? { ...d, actions: [...d.actions, { do: 'apply', wave: 9, nodes: drain.map((n) => n.name) }] }
      : d
  },
  'touches a quarantined node': (world) => {
    const d = decide(world)
    const node = world.nodes.find((n) => nodeState(world.rollout, n.name).stage === 'quarantined')
    return node && world.rollout.status === 'running' && !d.actions.some((a) => a.do === 'halt')
      ? { ...d, actions: [...d.actions, { do: 'detect', wave: 9, nodes: [node.name] }] }
      : d
  },
  'takes a drained node for an empty one': (world) => {
    const nodes = new Map(
      [...world.rollout.nodes].map(([node, state]) => [
        node,
        state.held && state.stage === 'drain'
          ? { ...state, held: { ...state.held, empty: true } }
          : state,
      ]),
    )
    return decide({ ...world, rollout: { ...world.rollout, nodes } })
  },
  'keeps what it drained': (world) => {
    const d = decide(world)
    return { ...d, actions: d.actions.filter((a) => a.do !== 'release') }
  },
  'takes the drains of others for its own': (world) => {
    const [scheduler] = world.schedulers
    if (!scheduler?.seen) return decide(world)
    const uses = new Map(
      [...scheduler.seen.uses].map(([node, use]) => [node, { ...use, ours: use.draining }]),
    )
    return decide({
      ...world,
      out: new Set(),
      schedulers: [{ ...scheduler, seen: { ...scheduler.seen, uses } }],
    })
  },
  'drains nodes of all schedulers in one step': (world) => {
    const d = decide(world)
    const drains = d.actions.flatMap((a) =>
      a.do === 'drain' && a.host === undefined && !a.foreign ? [a] : [],
    )
    const [first] = drains
    if (!first) return d
    return {
      ...d,
      actions: [
        ...d.actions.filter((a) => !drains.some((drain) => drain === a)),
        { do: 'drain', wave: first.wave, nodes: drains.flatMap((a) => a.nodes) },
      ],
    }
  },
  'asks one scheduler for all': (world) => {
    const d = decide(world)
    return {
      ...d,
      actions: d.actions.map((a) => (a.do === 'observe' ? { ...a, scheduler: 'nobody' } : a)),
    }
  },
  'knows no hypervisor': (world) =>
    decide({ ...world, nodes: world.nodes.map((n) => ({ ...n, runsOn: null })) }),
  'changes a hypervisor while jobs run on it': (world) => {
    const nodes = new Map(
      [...world.rollout.nodes].map(([node, state]) => [
        node,
        state.held?.host === undefined ? state : { ...state, held: { ...state.held, empty: true } },
      ]),
    )
    return decide({ ...world, rollout: { ...world.rollout, nodes } })
  },
  'gives back what runs on a hypervisor before that is back': (world) => {
    const d = decide(world)
    const hosted = world.nodes.filter(
      (n) =>
        nodeState(world.rollout, n.name).held?.phase === 'hosted' &&
        nodeState(world.rollout, n.name).step === undefined &&
        !d.actions.some((a) => 'nodes' in a && a.nodes.includes(n.name)),
    )
    return world.rollout.status === 'running' && !d.actions.some((a) => a.do === 'halt')
      ? {
          ...d,
          actions: [
            ...d.actions,
            ...hosted.map((n) => ({ do: 'release' as const, wave: 1, nodes: [n.name] })),
          ],
        }
      : d
  },
  'leaves a change unverified': (world) => {
    const d = decide(world)
    return { ...d, actions: d.actions.filter((a) => a.do !== 'verify') }
  },
  'forgets who waits': (world) => ({ ...decide(world), waiting: [] }),
  'finishes early': (world) =>
    world.rollout.stepCount > 3 && world.rollout.status === 'running'
      ? { actions: [{ do: 'finish' }], waiting: [], wakeAt: null }
      : decide(world),
  'acts though halted': (world) =>
    decide({ ...world, rollout: { ...world.rollout, status: 'running' } }),
  'starts a step twice': (world): Decision => {
    const d = decide(world)
    const busy = [...world.rollout.steps.values()].flatMap((s) => s.nodes)
    return busy.length > 0
      ? { ...d, actions: [...d.actions, { do: 'verify', wave: 0, nodes: busy }] }
      : d
  },
  'acts on a node that is denied': (world): Decision => {
    const d = decide(world)
    return {
      ...d,
      actions: d.actions.map((a) => (a.do === 'detect' ? { ...a, nodes: [...a.nodes, 'db1'] } : a)),
    }
  },
}
/** These take hundreds of lives to be found out, and thousands with some seeds. */
const RARE: readonly string[] = [
  'knows no budget by cause',
  'never quarantines',
  'forgets a failure domain',
  'begins with more nodes than can be done before the time closes',
  'touches a quarantined node',
  'changes a hypervisor while jobs run on it',
]
for (const [name, mutant] of Object.entries(mutants)) {
  const size = RARE.includes(name) ? inFull : inQuick
  size(t, `a decide that ${name} is found out`, {}, (t) => {
    const result = fc.check(
      fc.property(scenarios, (scenario) => {
        live(scenario, mutant)
      }),
      { numRuns: 3_000, seed, endOnFailure: true },
    )
    t.ok(result.failed, 'the invariants catch it')
    t.end()
  })
}

/** What of each node is forgotten whenever something comes of a step. */
const forgetting =
  (change: (node: NodeState) => NodeState) =>
  (state: EnvironmentState): EnvironmentState =>
    state.current
      ? {
          ...state,
          current: {
            ...state.current,
            nodes: new Map([...state.current.nodes].map(([name, node]) => [name, change(node)])),
          },
        }
      : state
const forgetful: Record<string, (node: NodeState) => NodeState> = {
  'an apply that did not go through': ({ unfinished: _ignored, ...node }) => node,
  'which handlers may be owed': ({ unfinished, ...node }) => ({
    ...node,
    ...(unfinished && node.stage !== 'failed' && node.stage !== 'unseen' && { unfinished }),
  }),
  'that something has to run once': (node) =>
    node.stage === 'hot' && node.changes.length === 0 ? { ...node, stage: 'good' } : node,
  'that an apply went through': ({ ran: _ignored, ...node }) => node,
}
for (const [name, change] of Object.entries(forgetful)) {
  inQuick(t, `an evolve that forgets ${name} is found out`, {}, (t) => {
    const result = fc.check(
      fc.property(scenarios, (scenario) => {
        live(scenario, decide, forgetting(change))
      }),
      { numRuns: 3_000, seed, endOnFailure: true },
    )
    t.ok(result.failed, 'the invariants catch it')
    t.end()
  })
}
