// SPDX-License-Identifier: Apache-2.0
// No end gets lost, whenever it comes.
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { StepsUnderWay } from '../../lib/engine/run/steps-under-way.js'

const work = (): { readonly promise: Promise<void>; readonly end: () => void } => {
  let end = (): void => undefined
  const promise = new Promise<void>((resolve) => void (end = resolve))
  return { promise, end: () => end() }
}
const isOver = async (promise: Promise<void>): Promise<boolean> => {
  let over = false
  void promise.then(() => void (over = true))
  await turn()
  return over
}

t.test('an end between the decision and the wait is heard', async (t) => {
  const going = new StepsUnderWay()
  const [fast, slow] = [work(), work()]
  const { ends } = going
  going.add('step', 'fast', fast.promise)
  going.add('step', 'slow', slow.promise)
  fast.end()
  await turn()
  t.equal(going.count('step'), 1)
  t.ok(await isOver(going.next(ends)), 'though the other goes on')
  t.notOk(await isOver(going.next(going.ends)), 'once it was looked at')
})

t.test('an end during the wait ends it, of whatever kind', async (t) => {
  const going = new StepsUnderWay()
  const [step, look] = [work(), work()]
  going.add('step', 's1', step.promise)
  going.add('look', 'watch', look.promise)
  t.same(
    [going.count('step'), going.count('look'), going.names('look').length > 0, going.isEmpty],
    [1, 1, true, false],
  )
  const waits = going.next(going.ends)
  t.notOk(await isOver(waits))
  look.end()
  t.ok(await isOver(waits))
  t.same([going.names('look').length > 0, going.ends], [false, 1])
})

t.test('what is added while all is waited for is waited for, too', async (t) => {
  const going = new StepsUnderWay()
  await going.settled()
  const [first, second] = [work(), work()]
  going.add('step', 's1', first.promise)
  const all = going.settled()
  going.add('step', 's2', second.promise)
  first.end()
  t.notOk(await isOver(all))
  second.end()
  t.ok(await isOver(all))
  t.ok(going.isEmpty)
})
