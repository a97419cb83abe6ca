// SPDX-License-Identifier: Apache-2.0
// The core's invariants over random fleets, policies, faults and crashes, and proof that the check can fail: each
// mutant below breaks one of them on purpose.
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../support/property.js'
import { decide, evolve, nodeState, NO_STATE, replay } from '../../lib/rollout/index.js'
import type { Decision, World } from '../../lib/rollout/index.js'
import { flat, live, scenarios, Violation } from '../support/simulation.js'
import type { Decide } from '../support/simulation.js'

const runs = Number(process.env['PATCHRUN_TEST_RUNS'] ?? 4_000)
const seed = Number(process.env['PATCHRUN_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
t.comment(`seed ${seed}: PATCHRUN_TEST_SEED=${seed} runs the same again`)

t.test('no reachable state breaks an invariant', (t) => {
  let turns = 0
  holds(t, fc.property(scenarios, (scenario) => { turns += live(scenario, decide).turns }), { numRuns: runs, seed })
  t.comment(`${turns} decisions`)
  t.ok(turns > 5 * runs, 'the lives are long enough to mean something')
  t.end()
})

t.test('any prefix of a journal can be replayed and gone on from', (t) => {
  holds(t, fc.property(scenarios, fc.nat(), (scenario, cut) => {
    const { events } = live(scenario, decide)
    const at = cut % (events.length + 1)
    const before = replay(events.slice(0, at))
    const frozen = JSON.stringify(flat(before))
    const after = events.slice(at).reduce(evolve, before)
    if (JSON.stringify(flat(before)) !== frozen) throw new Violation('evolve changed the state it was given')
    if (JSON.stringify(flat(after)) !== JSON.stringify(flat(replay(events)))) throw new Violation('a prefix and the rest differ from the whole')
  }), { numRuns: 200, seed })
  t.same(replay([]), NO_STATE)
  t.end()
})

const withPolicy = (change: Partial<World['policy']>): Decide => (world) => decide({ ...world, policy: { ...world.policy, ...change } })
const mutants: Record<string, Decide> = {
  'ignores the soak': withPolicy({ soak: 0 }),
  'endures every failure': withPolicy({ maxFailed: '100%' }),
  'takes canaries for ordinary nodes': (world) => decide({ ...world, nodes: world.nodes.map((n) => ({ ...n, canary: false })) }),
  'applies to nodes that need a drain': (world) => {
    const d = decide(world)
    const drain = world.nodes.filter((n) => nodeState(world.rollout, n.name).stage === 'drain' && nodeState(world.rollout, n.name).step === undefined)
    return drain.length > 0 && world.rollout.status === 'running' ? { ...d, actions: [...d.actions, { do: 'apply', wave: 9, nodes: drain.map((n) => n.name) }] } : d
  },
  'forgets who waits': (world) => ({ ...decide(world), waiting: [] }),
  'finishes early': (world) => (world.rollout.stepCount > 3 && world.rollout.status === 'running' ? { actions: [{ do: 'finish' }], waiting: [], wakeAt: null } : decide(world)),
  'acts though halted': (world) => decide({ ...world, rollout: { ...world.rollout, status: 'running' } }),
  'starts a step twice': (world): Decision => {
    const d = decide(world)
    const busy = [...world.rollout.steps.values()].flatMap((s) => s.nodes)
    return busy.length > 0 ? { ...d, actions: [...d.actions, { do: 'verify', wave: 0, nodes: busy }] } : d
  },
}
for (const [name, mutant] of Object.entries(mutants)) {
  t.test(`a decide that ${name} is found out`, (t) => {
    const result = fc.check(fc.property(scenarios, (scenario) => { live(scenario, mutant) }), { numRuns: 1_000, seed, endOnFailure: true })
    t.ok(result.failed, 'the invariants catch it')
    t.end()
  })
}
