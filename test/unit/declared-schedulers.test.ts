// SPDX-License-Identifier: Apache-2.0
// How several schedulers are declared: whose node each one is, and what is wrong with them.
import t from 'tap'
import { PatchrunError } from '../../lib/errors.js'
import { schedulerOfAll, schedulerOfStep } from '../../lib/fleet/policy/scheduler.js'
import { schedulerWarnings } from '../../lib/fleet/policy/scheduler-warnings.js'
import { declare, TWO } from '../support/two-schedulers.js'

/** Code, line and message of each problem. */
function problems(text: string): readonly string[] {
  try {
    declare(text)
    return []
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    return error.problems.map((p) => `${p.where?.line} ${p.code}: ${p.message}`)
  }
}

t.test('whose node each one is', async (t) => {
  const of = (text: string): unknown =>
    Object.fromEntries(declare(text).nodes.map((n) => [n.name, n.scheduler]))
  t.same(of(TWO), {
    a1: 'left',
    a2: 'left',
    a3: 'left',
    b1: 'right',
    b2: 'right',
    free: null,
  })
  t.same(of('scheduler: { type: slurm, nodes: ["a[1-3]"] }\n'), {
    a1: 'default',
    a2: 'default',
    a3: 'default',
    b1: null,
    b2: null,
    free: null,
  })
  t.match(
    of(TWO.replace(', nodes: ["b[1-2]"]', '')),
    { a1: 'left', b1: 'right', free: 'right' },
    'one of them may have the rest',
  )
  t.same(
    declare(TWO).schedulers.map(({ name, field, controller, names, roles }) => [
      name,
      field,
      controller,
      names,
      roles.drain,
    ]),
    [
      ['left', 'schedulers.left', 'c1', 'full', 'our_drain'],
      ['right', 'schedulers.right', 'c2', 'short', 'slurm_drain'],
    ],
  )
})

t.test('what is wrong with them is told with its place', async (t) => {
  t.same(problems(`${TWO}scheduler: { type: slurm }\n`), [
    '5 config/scheduler-nodes: both scheduler and schedulers are declared',
  ])
  t.same(problems(TWO.replace('"b[1-2]"', '"b[1-2]", a2')), [
    '7 config/scheduler-nodes: a2 is a node of the scheduler "left" and of "right"',
  ])
  t.match(
    problems(TWO.replaceAll(/, nodes: \["[^"]*"\]/g, '')),
    [/^7 config\/scheduler-nodes: the schedulers "left" and "right" both have no nodes/],
    'both cannot have the rest',
  )
  t.match(
    problems(TWO.replace('controller: c2', 'controller: all').replace('"a[1-3]"', '"a[1-"')),
    [/^6 config\/host-expression/, /^7 config\/host-name/],
    'in each of them',
  )
  t.match(
    problems(TWO.replace('names: short', 'every: 100ms, nodez: 1')).join('\n'),
    /7 config\/unknown-field.*nodez/s,
    'an unknown field',
  )
  t.match(problems(TWO.replace('type: slurm, controller: c2', 'type: pbs')).join(), /7 config\//)
  t.same(problems(`${TWO}drain: { atOnce: 1 }\n`), [], 'a drain has somebody who drains')
})

t.test('whose roles do a step, and whom a gate may ask', async (t) => {
  const fleet = declare(`${TWO}runsOn: { free: [b1, b2] }\n`)
  const step = (...nodes: readonly string[]): unknown => schedulerOfStep(fleet, nodes)?.name
  t.same(
    [step('a2'), step('b1', 'b2'), step('free')],
    ['left', 'right', 'right'],
    'a hypervisor that none has goes with what runs on it',
  )
  const all = (...nodes: readonly string[]): unknown => schedulerOfAll(fleet, nodes)?.name
  t.same(
    [all('a1', 'a2'), all('a1', 'free'), all('a1', 'b1'), all('free')],
    ['left', 'left', undefined, undefined],
  )
  t.equal(schedulerOfStep(declare(''), ['a1']), null)
  t.equal(schedulerOfStep(declare(TWO), ['free']), null, 'nobody is asked for a node that none has')
})

t.test('what people should know of them before anything begins', async (t) => {
  t.same(schedulerWarnings(declare(TWO)), [
    'no scheduler has free: a change that needs it drained waits for a person',
  ])
  t.same(
    schedulerWarnings(declare(`${TWO}runsOn: { free: [b1, b2] }\n`)),
    [],
    'a hypervisor need not have one',
  )
  t.same(schedulerWarnings(declare('')), [], 'nothing is said where none is declared')
  t.match(schedulerWarnings(declare(TWO.replace('b[1-2]', 'c[1-2]'))), [
    /^schedulers\.right has none of these nodes/,
    /^no scheduler has b\[1-2\],free: .* one of them drained/,
  ])
})
