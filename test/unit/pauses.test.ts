// SPDX-License-Identifier: Apache-2.0
// From when the soak and the pause between waves count.
import t from 'tap'
import { decide, NO_STATE, wouldOpen } from '../../lib/rollout/index.js'
import { UNSEEN } from '../../lib/rollout/state/state.js'
import type { NodeState } from '../../lib/rollout/index.js'
import type { RolloutPolicy } from '../../lib/fleet/declare/fleet.js'
import { policyOf, worldFor } from '../support/policy.js'
import { BY, MIN, NODES, POLICY, Story } from '../support/story.js'

/** The canary GOOD at 10; of wave 1 a1 GOOD and a2 in need of a drain, both known at 60. */
const waveOne = (): Story =>
  new Story()
    .step('detect', [0, 10], { c1: { verdict: 'GOOD' } })
    .step('detect', [40, 60], { a1: { verdict: 'GOOD' }, a2: { verdict: 'DRAIN' } })

t.test('the pause counts from when the wave was first done', async (t) => {
  t.same(waveOne().at(61).pause, ['b1 until 90', 'b2 until 90'])
  t.same(waveOne().at(90).pause, [])
  t.match(waveOne().at(90).begins, ['detect b1', 'detect b2'])
  t.same(
    waveOne().visit('a2', 61, 80).at(81).pause,
    ['b1 until 90', 'b2 until 90'],
    'a visit that ends meanwhile does not prolong it',
  )
})

t.test('a late visit of the wave before does not begin the pause anew', async (t) => {
  const during = waveOne()
    .step('drain', [61, 62], { a2: { drained: 'busy' } })
    .step('detect', [90, 100], { b1: { verdict: 'GOOD' }, b2: { verdict: 'HOT' } })
  t.same(
    during.at(100).begins.filter((what) => what.endsWith('b2')),
    ['apply b2'],
  )
  const back = waveOne()
    .step('detect', [90, 100], { b1: { verdict: 'GOOD' }, b2: { verdict: 'HOT' } })
    .visit('a2', 101, 119)
  t.same(back.at(120), { begins: ['apply b2'], pause: [] }, 'given back a minute ago')
  const failed = waveOne()
    .step('detect', [90, 100], { b1: { verdict: 'GOOD' }, b2: { verdict: 'HOT' } })
    .step('drain', [101, 102], { a2: { drained: 'empty' } })
    .step(
      'apply',
      [102, 103],
      { a2: { applied: 'failed', failure: { cause: 'unreachable', message: 'x' } } },
      true,
    )
  t.same(failed.at(104).pause, [], 'nor one that fails')
})

t.test('nor does one that is tried again', async (t) => {
  const story = new Story()
    .step('detect', [0, 10], { c1: { verdict: 'GOOD' } })
    .step('detect', [40, 60], {
      a1: { verdict: 'GOOD' },
      a2: { verdict: 'ERROR', failure: { cause: 'failed', message: 'x' } },
    })
    .step('detect', [62, 63], { a2: { verdict: 'GOOD' } })
  t.same(story.at(64).pause, ['b1 until 90', 'b2 until 90'])
  const retried = new Story()
    .step('detect', [0, 10], { c1: { verdict: 'GOOD' } })
    .step('detect', [40, 60], {
      a1: { verdict: 'GOOD' },
      a2: { verdict: 'ERROR', failure: { cause: 'failed', message: 'x' } },
    })
    .tell({ type: 'retried', at: 100 * MIN, by: BY, nodes: ['a2'] })
    .step('detect', [101, 102], { a2: { verdict: 'GOOD' } })
  t.same(retried.at(103).pause, [], "by a person's word, after the pause")
})

t.test('the canaries soak from when the last of them was first in service', async (t) => {
  const soak = { soak: 60 * MIN, pause: { nodes: 0, waves: 0 } }
  const drained = (): Story =>
    new Story().step('detect', [0, 10], { c1: { verdict: 'DRAIN' } }).visit('c1', 11, 30)
  t.same(
    drained().at(31, soak).pause.slice(0, 1),
    ['a1 until 90'],
    'given back, and not only seen GOOD',
  )
  t.match(drained().at(90, soak).begins, ['detect a1', 'detect a2'])
  // A canary that goes out once more with its hypervisor, which is in a later wave.
  const again = drained()
    .step('drain', [95, 96], { c1: { drained: 'empty' } })
    .step('release', [96, 100], { c1: { released: 'ok' } })
  t.same(again.at(101, soak).pause, [])
})

t.test(
  'a state that an earlier version left: no pause begins anew, and no soak is skipped',
  async (t) => {
    const nodes = (b1: NodeState['stage'], a1 = 119): ReadonlyMap<string, NodeState> =>
      new Map(
        Object.entries({ c1: 10, a1, a2: 60, b1: 100, b2: 0 }).map(([n, at]) => [
          n,
          {
            ...UNSEEN,
            stage: n === 'b2' ? ('hot' as const) : n === 'b1' ? b1 : ('good' as const),
            at: (n === 'b2' ? 118 : at) * MIN,
          },
        ]),
      )
    const left = (
      stages: ReadonlyMap<string, NodeState>,
      policy: Partial<RolloutPolicy> = {},
    ): readonly string[] =>
      decide({
        ...worldFor(
          {
            ...wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, 0),
            nodes: stages,
          },
          NODES,
          { policy: policyOf({ ...POLICY, ...policy }) },
        ),
        now: 120 * MIN,
      })
        .waiting.filter((w) => w.code === 'pace' || w.code === 'soak')
        .map((w) => `${w.nodes.join()} until ${(w.until ?? NaN) / MIN}`)
    t.same(left(nodes('good')), [])
    const fresh = new Map(
      [...nodes('unseen')].map(([n, state]) => [n, n === 'b2' ? UNSEEN : state]),
    )
    t.same(left(fresh), ['b1,b2 until 149'])
    const begun = new Map([...fresh].map(([n, state]) => [n, n === 'a1' ? UNSEEN : state]))
    t.same(
      left(begun, { soak: 120 * MIN, pause: { nodes: 0, waves: 0 } }),
      ['a1,b1,b2 until 130'],
      'the canary was GOOD at 10, and a2 already',
    )
  },
)
