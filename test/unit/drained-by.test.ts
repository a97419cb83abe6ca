// SPDX-License-Identifier: Apache-2.0
// Whose drain it is stands in the journal: a node that is declared for another scheduler, or for
// none, while it is drained is given back by the one that drained it.
import t from 'tap'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import {
  decide,
  evolve,
  orphanedDrains,
  replay,
  withHeldSchedulers,
} from '../../lib/rollout/index.js'
import type { Decision, JournalEvent, NodeOutcome } from '../../lib/rollout/index.js'
import { orphanedDrainReports } from '../../lib/report/model/orphaned-drain-reports.js'
import { schedulerOfStep } from '../../lib/fleet/policy/scheduler.js'
import { answer } from '../../lib/engine/orders/orders.js'
import {
  AT,
  begins,
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

const BY = { user: 'op', host: 'adm', pid: 1 }

/** b1 was drained by that scheduler, and is seen to need no drain any more. */
const drainedBy = (
  scheduler: string | undefined,
  outcome: NodeOutcome = { drained: 'busy' },
): readonly JournalEvent[] => [
  ...EVENTS,
  {
    type: 'intended',
    at: AT - 4,
    step: 's3',
    action: 'drain',
    wave: 1,
    nodes: ['b1'],
    forks: 9,
    ...(scheduler !== undefined && { scheduler }),
  },
  { type: 'concluded', at: AT - 3, step: 's3', tasks: [], nodes: { b1: outcome } },
]
const wanted: JournalEvent = {
  type: 'released',
  at: AT - 2,
  by: BY,
  rollout: 'r1',
  nodes: ['b1'],
  until: AT + 3_600_000,
}

const OURS = { drained: true, reason: 'patchrun hpc/default r1 cccccccccccc' } as const
const BOTH: Looks = { left: LEFT, right: RIGHT }
/** b1 is declared for the other one by now. */
const MOVED = TWO.replace('"a[1-3]"', '"a[1-3]", b1').replace('"b[1-2]"', 'b2')
const RENAMED = TWO.replaceAll('right', 'east')

function decideAs(fleet: Fleet, events: readonly JournalEvent[], looks: Looks): Decision {
  return decide(worldWith(looks, fleet, events))
}

t.test('a drain says whose it is, where that is not the only one', async (t) => {
  const drains = decideWith(BOTH).actions.flatMap((a) =>
    a.do === 'drain' ? [[a.nodes.join(), a.scheduler]] : [],
  )
  t.same(drains.toSorted(), [
    ['a2', 'left'],
    ['a3', 'left'],
    ['b1', 'right'],
    ['b2', 'right'],
  ])
  const one = open('', 'scheduler: { type: slurm }\n')
  const all = said(['a1', 'a2', 'a3', 'b1', 'b2', 'free'].map((name) => ({ name })))
  t.notMatch(
    decideAs(one, EVENTS, { default: all }).actions.filter((a) => a.do === 'drain'),
    [{ scheduler: /./ }],
    'a journal of before has the same lines',
  )
})

t.test('declared for another scheduler meanwhile', async (t) => {
  const fleet = open('', MOVED)
  const events = [...drainedBy('right'), wanted]
  const looks = { left: LEFT, right: said([{ name: 'b1', ...OURS }, { name: 'b2' }]) }
  t.ok(begins(decideAs(fleet, events, looks)).includes('release b1'))
  const { current } = replay(events)
  t.ok(current)
  if (!current) return
  const held = withHeldSchedulers(fleet, current, looks)
  t.equal(schedulerOfStep(held, ['b1'])?.name, 'right', 'by the one that drained it')
  t.equal(schedulerOfStep(held, ['b2'])?.name, 'right')
  t.equal(schedulerOfStep(held, ['a1'])?.name, 'left')
  const back = evolve(
    evolve(replay(events), {
      type: 'intended',
      at: AT,
      step: 's4',
      action: 'release',
      wave: 1,
      nodes: ['b1'],
    }),
    { type: 'concluded', at: AT, step: 's4', tasks: [], nodes: { b1: { released: 'ok' } } },
  ).current
  t.ok(back)
  if (back)
    t.equal(
      schedulerOfStep(withHeldSchedulers(fleet, back, looks), ['b1'])?.name,
      'left',
      'from then on it is the one that is declared',
    )
  t.equal(
    withHeldSchedulers(open(), current, looks).nodes.find((n) => n.name === 'b1')?.scheduler,
    'right',
  )
})

t.test('a scheduler that has another name by now is known by its drain', async (t) => {
  const fleet = open('', RENAMED)
  const events = [...drainedBy('right'), wanted]
  const drained = said([{ name: 'b1', ...OURS }, { name: 'b2' }])
  const before = decideAs(fleet, events, { left: LEFT })
  t.equal(waits(before)['b1'], 'scheduler-first', 'nothing is known before it was asked')
  t.ok(begins(before).includes('observe east'))
  t.ok(begins(decideAs(fleet, events, { left: LEFT, east: drained })).includes('release b1'))
  const other = decideAs(fleet, events, { left: LEFT, east: RIGHT })
  t.equal(waits(other)['b1'], 'scheduler-gone', 'one that does not show it is another one')
})

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
    { type: 'resumed', at: AT - 2, by: BY },
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
  const aborted: JournalEvent = { type: 'aborted', at: AT - 1, by: BY, rollout: 'r1' }
  const looks = { left: LEFT, east: RIGHT }
  const events = [...drainedBy('right'), aborted]
  const { actions } = decideAs(fleet, events, looks)
  t.match(actions, [{ do: 'halt', halt: { code: 'aborted' } }])
  t.notMatch(
    decideAs(fleet, events, { left: LEFT }).actions,
    [{ do: 'halt' }],
    'as long as one was not asked, it may be that one',
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
    by: BY,
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

t.test('a node that is off the lists is told with the command of its scheduler', async (t) => {
  const full = open()
  const fleet: Fleet = { ...full, nodes: full.nodes.filter((n) => n.name !== 'b1') }
  const drained = { left: LEFT, right: said([{ name: 'b1', ...OURS }, { name: 'b2' }]) }
  const told = (looks: Looks): unknown =>
    orphanedDrains(worldWith(looks, fleet, drainedBy('right'))).map((o) => o.scheduler)
  t.same(told(drained), ['right'])
  const released = { left: LEFT, right: said([{ name: 'b1' }, { name: 'b2' }]) }
  t.same(told(released), [], 'the other one need not know it')
  t.match(orphanedDrainReports(fleet, worldWith(drained, fleet, drainedBy('right'))), [
    { nodes: ['b1'], text: /give it back by hand: scontrol update nodename=b1 / },
  ])
})
