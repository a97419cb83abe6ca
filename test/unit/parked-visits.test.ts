// SPDX-License-Identifier: Apache-2.0
// A visit that waits is ended only by a decision that knew of it.
import t from 'tap'
import { Parked } from '../../lib/engine/visit/parked-visits.js'

t.test(
  'what comes to its end while the actions of a decision are started waits for the next one',
  async (t) => {
    const parked = new Parked<string>()
    parked.park('n1', 'a')
    parked.settle('n1')
    parked.park('n2', 'b')
    const { known } = parked
    parked.settle('n2')
    parked.park('n3', 'c')
    parked.settle('n3')
    t.same(parked.passedOver(known), ['a'])
    t.same(['n1', 'n2', 'n3'].map(parked.has), [false, true, true])
    t.same(parked.passedOver(parked.known), ['b', 'c'], 'the next decision knew of them')
  },
)

t.test('what was told to go on since is another one when it waits again', async (t) => {
  const parked = new Parked<string>()
  parked.park('n1', 'a')
  parked.settle('n1')
  const { known } = parked
  t.equal(parked.take('n1'), 'a')
  t.equal(parked.take('n1'), null)
  parked.park('n1', 'again')
  parked.settle('n1')
  t.same(parked.passedOver(known), [])
  t.same(parked.takeAll(), ['again'])
  t.notOk(parked.has('n1'))
})
