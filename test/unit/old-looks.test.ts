// SPDX-License-Identifier: Apache-2.0
// A change rests on a look that is new: one that is old is done again, and one that saw nothing does
// not make an older one new.
import t from 'tap'
import { Story } from '../support/story.js'

/** a1 wants a change since 60. */
const story = (): Story =>
  new Story()
    .step('detect', [0, 10], { c1: { verdict: 'GOOD' } })
    .step('detect', [40, 60], { a1: { verdict: 'HOT' }, a2: { verdict: 'GOOD' } })

t.test('a look of more than half an hour ago is done again', async (t) => {
  t.same(story().at(61).begins, ['apply a1'])
  t.same(story().at(89.9).begins.slice(0, 1), ['apply a1'])
  t.same(story().at(90).begins.slice(0, 1), ['detect a1'])
})

t.test('one that saw nothing says nothing', async (t) => {
  const blind = story().step('detect', [90, 91], { a1: { verdict: 'UNKNOWN' } })
  t.same(blind.at(92).begins.slice(0, 1), ['detect a1'])
  t.same(
    blind
      .step('detect', [92, 93], { a1: { verdict: 'HOT' } })
      .at(94)
      .begins.slice(0, 1),
    ['apply a1'],
    'the next one does',
  )
})
