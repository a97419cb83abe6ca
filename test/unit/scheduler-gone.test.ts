// SPDX-License-Identifier: Apache-2.0
// A node that is drained, and the scheduler that drained it is not declared any more: nothing is done
// with it, nothing waits for it, and a person's word ends it.
import t from 'tap'
import { answer } from '../../lib/engine/orders/orders.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { orphanedDrainReports } from '../../lib/report/model/orphaned-drain-reports.js'
import { replay } from '../../lib/rollout/index.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import {
  AT,
  begins,
  BOTH,
  by,
  decideAs,
  drainedBy,
  EVENTS,
  LEFT,
  open,
  RENAMED,
  RIGHT,
  TWO,
  waits,
  wanted,
  worldWith,
} from '../support/two-schedulers.js'

t.test('none that is declared has drained it', async (t) => {
  const fleet = open('', TWO.replace('"b[1-2]"', 'b2').replaceAll('right', 'east'))
  for (const scheduler of ['right', undefined]) {
    const events = drainedBy(scheduler)
    const decision = decideAs(fleet, events, { left: LEFT, east: RIGHT })
    t.notOk(
      begins(decision).some((b) => /^(drain|release|reboot|apply).*b1/.test(b)),
      'nobody guesses whose it is',
    )
    t.match(
      decision.waiting.find((w) => w.nodes.includes('b1')),
      { reason: { is: 'scheduler-gone', node: 'b1', scheduler: scheduler ?? 'default' } },
    )
  }
  const lost: readonly JournalEvent[] = [
    ...drainedBy('right').slice(0, -1),
    { type: 'resumed', at: AT - 2, by },
  ]
  t.equal(
    waits(decideAs(fleet, lost, { left: LEFT, east: RIGHT }))['b1'],
    'scheduler-gone',
    'nor where the drain was cut off',
  )
})

t.test('no scheduler is declared at all any more', async (t) => {
  const fleet = open('', 'scheduler: { type: slurm }\n')
  const bare: Fleet = {
    ...fleet,
    schedulers: [],
    nodes: fleet.nodes.map((n) => ({ ...n, scheduler: null })),
  }
  t.match(waits(decideAs(bare, drainedBy(undefined), {})), {
    b1: 'scheduler-gone',
    a2: 'drain-by-hand',
  })
})

t.test('an end by a person does not wait for it', async (t) => {
  const fleet = open('', TWO.replace('"b[1-2]"', 'b2').replaceAll('right', 'east'))
  const aborted: JournalEvent = { type: 'aborted', at: AT - 1, by, rollout: 'r1' }
  const looks = { left: LEFT, east: RIGHT }
  const events = [...drainedBy('right'), aborted]
  const { actions } = decideAs(fleet, events, looks)
  t.match(actions, [{ do: 'halt', halt: { code: 'aborted' } }])
  const silent = { silent: { at: AT - 1, why: 'away' } }
  t.match(
    decideAs(fleet, events, { left: LEFT, east: silent }).actions,
    [{ do: 'halt' }],
    'nor for one that has nothing to do with the node',
  )
  t.notMatch(
    decideAs(open('', RENAMED), events, { left: LEFT, east: silent }).actions,
    [{ do: 'halt' }],
    'but for the one that is declared for it, as long as that was not asked',
  )
  const step = { type: 'intended', at: AT - 2, wave: 1, forks: 9 } as const
  const alarmed: readonly JournalEvent[] = [
    ...drainedBy('right', { drained: 'empty' }),
    { ...step, step: 's4', action: 'apply', full: true, nodes: ['b1'] },
    { ...step, step: 's5', action: 'detect', nodes: ['a2'] },
    {
      type: 'concluded',
      at: AT - 1,
      step: 's5',
      tasks: [],
      nodes: { a2: { verdict: 'GOOD' } },
      alarm: { code: 'guard', message: 'x', hint: '' },
    },
  ]
  t.notMatch(
    decideAs(fleet, alarmed, looks).actions,
    [{ do: 'halt' }],
    'a step that is under way is waited for',
  )
  const halted: JournalEvent = {
    type: 'halted',
    at: AT,
    halt: { code: 'aborted', message: '', hint: '', nodes: [] },
  }
  t.equal(
    waits(decideAs(fleet, [...events, halted], looks))['b1'],
    'scheduler-gone',
    'and it is named',
  )
})

t.test('the word of a person that it was given back by hand', async (t) => {
  const fleet = open('', TWO.replace('"b[1-2]"', 'b2').replaceAll('right', 'east'))
  const events = drainedBy('right')
  const order = {
    do: 'release',
    rollout: 'r1',
    nodes: ['b1'],
    byHand: ['b1'],
    until: AT + 60_000,
    by,
    at: AT - 1,
  } as const
  const answered = answer(replay(events), 'o1', order, AT)
  t.match(answered, { event: { type: 'released', byHand: ['b1'] }, text: /given back by hand/ })
  if (!('event' in answered)) return
  const after = [...events, answered.event]
  const b1 = replay(after).current?.nodes.get('b1')
  t.match(b1, { stage: 'unseen', postponed: AT + 60_000 })
  t.equal(b1?.held, undefined)
  t.notOk(
    Object.values(waits(decideAs(fleet, after, { left: LEFT, east: RIGHT }))).includes(
      'scheduler-gone',
    ),
  )
  t.match(
    answer(replay(EVENTS), 'o2', order, AT),
    { refused: /none of these nodes is drained/ },
    'of a node that is not drained it means nothing',
  )
})

t.test(
  'a change that may have begun is not done because a person gave the node back',
  async (t) => {
    const step = { at: AT - 2, wave: 1, forks: 9, nodes: ['b1'] }
    const events: readonly JournalEvent[] = [
      ...drainedBy('right', { drained: 'empty' }),
      { type: 'intended', action: 'apply', full: true, step: 's4', ...step },
      { type: 'concluded', at: AT - 2, step: 's4', tasks: [], nodes: { b1: { applied: 'ok' } } },
      { ...wanted, byHand: ['b1'] },
      { type: 'intended', action: 'detect', step: 's5', ...step },
      { type: 'concluded', at: AT - 1, step: 's5', tasks: [], nodes: { b1: { verdict: 'GOOD' } } },
    ]
    t.match(replay(events).current?.nodes.get('b1'), { stage: 'drain' }, 'a reboot may be missing')
  },
)

t.test(
  "a hypervisor that no scheduler knows, and the nodes on it are nobody's any more",
  async (t) => {
    const hosts = 'runsOn: { free: [b1] }\n'
    const aborted: JournalEvent = { type: 'aborted', at: AT - 1, by, rollout: 'r1' }
    const gone = open(hosts, TWO.replace('"b[1-2]"', 'b2').replaceAll('right', 'east'))
    const step = { type: 'intended', at: AT - 3, wave: 1, forks: 9 } as const
    const told = { type: 'concluded', at: AT - 2, tasks: [] } as const
    const events: readonly JournalEvent[] = [
      ...EVENTS,
      { ...step, step: 's3', action: 'drain', nodes: ['b1'], host: 'free', scheduler: 'right' },
      { ...told, step: 's3', nodes: { b1: { drained: 'empty' } } },
      { ...step, step: 's4', action: 'apply', full: true, nodes: ['free'], guests: ['b1'] },
      { ...told, step: 's4', nodes: { free: { applied: 'ok' } } },
    ]
    const looks = { left: LEFT, east: RIGHT }
    const decision = decideAs(gone, events, looks)
    t.notOk(
      begins(decision).some((b) => /free/.test(b)),
      'whose role would reboot it?',
    )
    t.equal(waits(decision)['free'], 'scheduler-gone')
    t.ok(begins(decideAs(open(hosts), events, BOTH)).includes('reboot free'))
    const freed = [...events, { ...wanted, byHand: ['b1'] }]
    const left = decideAs(gone, freed, looks)
    t.notOk(begins(left).includes('reboot free'), 'nor when its guest was given back by hand')
    t.match(
      left.waiting.find((w) => w.nodes.includes('free')),
      { reason: { is: 'scheduler-gone', node: 'free' } },
    )
    t.match(decideAs(gone, [...freed, aborted], looks).actions, [{ do: 'halt' }])
    const bare: Fleet = {
      ...gone,
      schedulers: [],
      nodes: gone.nodes.map((n) => ({ ...n, scheduler: null })),
    }
    t.match(waits(decideAs(bare, events, {})), { free: 'scheduler-gone', b1: 'scheduler-gone' })
    t.match(decideAs(gone, [...events, aborted], looks).actions, [{ do: 'halt' }])
  },
)

t.test('of a node that is off the lists the other schedulers know nothing', async (t) => {
  const one = open('', TWO.split('\n').slice(0, 2).join('\n') + '\n')
  const fleet: Fleet = { ...one, nodes: one.nodes.filter((n) => n.name !== 'b1') }
  const world = worldWith({ left: LEFT }, fleet, drainedBy('right'))
  t.match(orphanedDrainReports(fleet, world), [
    { nodes: ['b1'], text: /give it back by hand in the scheduler right, which is not declared/ },
  ])
})
