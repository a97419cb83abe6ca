// SPDX-License-Identifier: Apache-2.0
// Whose drain it is stands in the journal: a node that is declared for another scheduler while it is
// drained is given back by the one that drained it.
import t from 'tap'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { schedulerOfStep } from '../../lib/fleet/policy/scheduler.js'
import { orphanedDrainReports } from '../../lib/report/model/orphaned-drain-reports.js'
import { evolve, orphanedDrains, replay, withHeldSchedulers } from '../../lib/rollout/index.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import {
  AT,
  begins,
  BOTH,
  decideAs,
  decideWith,
  drainedBy,
  EVENTS,
  LEFT,
  MOVED,
  open,
  OURS,
  RENAMED,
  TWO,
  RIGHT,
  said,
  waits,
  wanted,
  worldWith,
} from '../support/two-schedulers.js'
import type { Looks } from '../support/two-schedulers.js'

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
  t.equal(waits(before)['b1'], 'scheduler-renamed', 'nothing is known before it was asked')
  t.ok(begins(before).includes('observe east'))
  t.ok(begins(decideAs(fleet, events, { left: LEFT, east: drained })).includes('release b1'))
  const halted: JournalEvent = {
    type: 'halted',
    at: AT,
    halt: { code: 'aborted', message: '', hint: '', nodes: [] },
  }
  t.equal(
    waits(decideAs(fleet, [...events, halted], { left: LEFT }))['b1'],
    'scheduler-renamed',
    'also of a rollout that is halted, in which nobody asks',
  )
  const other = decideAs(fleet, events, { left: LEFT, east: RIGHT })
  t.equal(waits(other)['b1'], 'scheduler-gone', 'one that does not show it is another one')
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

t.test("what somebody else took out is nobody's to give back", async (t) => {
  const events: readonly JournalEvent[] = [
    ...EVENTS,
    {
      type: 'intended',
      at: AT - 4,
      step: 's3',
      action: 'drain',
      foreign: true,
      scheduler: 'right',
      wave: 1,
      nodes: ['b1'],
      forks: 9,
    },
    {
      type: 'concluded',
      at: AT - 3,
      step: 's3',
      tasks: [],
      nodes: { b1: { drained: 'foreign-empty' } },
    },
  ]
  const fleet = open('', RENAMED)
  const theirs = said([{ name: 'b1', drained: true, reason: 'fan' }, { name: 'b2' }])
  t.ok(begins(decideAs(fleet, events, { left: LEFT, east: theirs })).includes('apply b1'))
  const none = open('', TWO.replace('"b[1-2]"', 'b2').replaceAll('right', 'east'))
  t.equal(
    waits(decideAs(none, events, { left: LEFT, east: theirs }))['b1'],
    'drain-by-hand',
    'and nobody is told to give it back',
  )
})
