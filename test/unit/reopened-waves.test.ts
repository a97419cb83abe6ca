// SPDX-License-Identifier: Apache-2.0
// Waves that were begun, and one before them that is open again.
import t from 'tap'
import { BY, MIN, NODES, Story } from '../support/story.js'

t.test(
  'a wave that is open again does not wait for a node behind it, and that for it',
  async (t) => {
    const failure = { cause: 'failed', message: 'x' } as const
    const behind = (): Story =>
      new Story()
        .step('detect', [0, 10], { c1: { verdict: 'GOOD' } })
        .step('detect', [40, 60], { a1: { verdict: 'GOOD' }, a2: { verdict: 'GOOD' } })
        .step('detect', [90, 100], { b1: { verdict: 'DRAIN' }, b2: { verdict: 'HOT' } })
    const again = (story: Story): Story =>
      story.step('detect', [110, 111], { a2: { verdict: 'HOT' } })
    const pause = { nodes: 1, waves: 0 }
    const visit = again(
      behind()
        .step('drain', [101, 102], { b1: { drained: 'empty' } })
        .step('apply', [102, 103], { b1: { applied: 'failed', failure } }, true),
    )
    t.same(visit.at(103.5, { pause }).begins, [], 'before it is tried again')
    t.same(visit.at(112, { pause }).begins, ['detect b1'], 'one node at a time')
    const capacity = [{ name: 'fleet', limit: 1, nodes: NODES.map((n) => n.name) }]
    const change = again(behind().step('apply', [101, 102], { b2: { applied: 'failed', failure } }))
    t.same(change.at(112, {}, capacity).begins, ['detect b2'], 'one node out at a time')
    const lost = again(
      behind().step('detect', [101, 102], {
        b2: { verdict: 'ERROR', failure: { cause: 'unreachable', message: 'x' } },
      }),
    )
    t.same(lost.at(112, {}, capacity).begins, ['detect b2'], 'one that could not be reached')
    const looked = again(behind().step('detect', [101, 102], { b2: { verdict: 'ERROR', failure } }))
    t.same(
      looked.at(112, {}, capacity).begins,
      ['apply a2'],
      'one that still serves keeps its turn',
    )
  },
)

t.test('what an older rollout began waits for its turn: the canaries come first', async (t) => {
  const story = new Story()
    .step('detect', [0, 10], { c1: { verdict: 'GOOD' } })
    .step('detect', [40, 60], { a1: { verdict: 'GOOD' }, a2: { verdict: 'GOOD' } })
    .step('detect', [90, 100], { b1: { verdict: 'DRAIN' }, b2: { verdict: 'GOOD' } })
    .step('drain', [101, 102], { b1: { drained: 'empty' } })
    .step(
      'apply',
      [102, 103],
      { b1: { applied: 'failed', failure: { cause: 'failed', message: 'x' } } },
      true,
    )
    .tell({
      type: 'opened',
      at: 110 * MIN,
      rollout: 'r2',
      kind: 'forward',
      pin: { sha: 'b'.repeat(40), ref: 'main', subject: '' },
      previous: null,
      limit: null,
      by: BY,
    })
  t.same(
    story.at(111).begins.filter((what) => what.startsWith('detect')),
    ['detect c1'],
  )
  t.same(
    story.step('detect', [111, 112], { c1: { verdict: 'HOT' } }).at(113, {
      pause: { nodes: MIN, waves: 0 },
    }).begins,
    ['apply c1'],
    'nor do they wait for it as one node waits for another',
  )
})
