// SPDX-License-Identifier: Apache-2.0
// How long the core takes for a large fleet: one decision in several states, one step's outcome
// folded in, one report.
import { decide, NO_STATE, replay, worldOf } from '../../dist/lib/rollout/index.js'
import { buildReport } from '../../dist/lib/report/model/build.js'
import { spread } from '../lib/measure.mjs'

export const name = 'decide'

const BY = { user: 'op', host: 'control', pid: 1 }
const PIN = { sha: '0'.repeat(40), ref: 'main', subject: 'bench' }
const POLICY = {
  soak: 0,
  waves: ['10%', '50%', '100%'],
  maxFailed: '20%',
  untagged: 'drain',
  budget: { failed: '20%', unreachable: '20%', notConverged: '20%' },
  retries: { attempts: 5, backoff: 60_000, longest: 1_800_000 },
  maxChanged: 9_000,
  capacity: { fleet: '50%', groups: { compute: '50%' }, partitions: {}, domains: '50%' },
  pause: { nodes: 0, waves: 0 },
  deadline: null,
  timing: {
    zone: 'Europe/Oslo',
    windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
    freezes: [],
    expected: 60_000,
  },
  approval: [],
  onNewCommit: 'finish',
  health: [],
  promotion: { after: [], soak: 0 },
  drain: { reservations: 'join' },
}
const START = 1_700_000_000_000

const task = (i, tags) => ({
  task: `task ${i}`,
  action: 'ansible.builtin.copy',
  tags,
  file: 'site.yml',
  line: i,
})

/** 40 tasks; the last 20 are tagged DrainChange. */
const TABLE = Array.from({ length: 40 }, (_, i) => task(i, [i < 20 ? 'HotChange' : 'DrainChange']))

const nodesOf = (count) =>
  Array.from({ length: count }, (_, i) => ({
    name: `node${String(i).padStart(5, '0')}`,
    canary: i < 10,
    groups: ['compute'],
    vars: {},
    domains: [`rack${i % 100}`],
    partitions: [],
    runsOn: null,
    scheduler: null,
  }))

const opened = {
  type: 'opened',
  at: START,
  rollout: 'r1',
  kind: 'forward',
  pin: PIN,
  previous: null,
  limit: null,
  by: BY,
}
const intended = (step, action, nodes) => ({
  type: 'intended',
  at: START,
  step,
  action,
  wave: 1,
  nodes,
})
const concluded = (step, nodes, outcome) => ({
  type: 'concluded',
  at: START,
  step,
  tasks: TABLE,
  nodes: Object.fromEntries(nodes.map((node, i) => [node, outcome(i, nodes.length)])),
})

/**
 * Every twentieth node failed with words of its own, others wait for one of twenty drains, and of
 * the last ones many are hot.
 */
function mixed(i, total) {
  if (i % 20 === 0)
    return {
      verdict: 'ERROR',
      failure: {
        cause: 'failed',
        message: `disk ${i} is full`,
        task: 'task 1',
        file: 'site.yml',
        line: 1,
      },
    }
  if (i % 5 === 0) return { verdict: 'DRAIN', changes: [20 + (Math.floor(i / 5) % 20)] }
  return i % 3 === 0 && i > total / 2
    ? { verdict: 'HOT', changes: [i % 20, (i + 7) % 20], blindSpots: [3] }
    : { verdict: 'GOOD' }
}

function states(names) {
  const fresh = replay([opened])
  const canaries = names.slice(0, 10)
  const others = names.slice(10)
  const looked = [
    opened,
    intended('0001-detect', 'detect', canaries),
    concluded('0001-detect', canaries, () => ({ verdict: 'GOOD' })),
  ]
  const middle = replay([
    ...looked,
    intended('0002-detect', 'detect', others),
    concluded('0002-detect', others, mixed),
  ])
  const busy = replay(
    [
      intended(
        '0003-apply',
        'apply',
        others.filter((_, i) => mixed(i, others.length).verdict === 'HOT'),
      ),
    ],
    middle,
  )
  const halted = replay(
    [
      {
        type: 'halted',
        at: START,
        halt: { code: 'too-many-failed', message: 'too many', hint: '', nodes: [] },
      },
    ],
    middle,
  )
  return { fresh, middle, busy, halted }
}

function time(work, runs, warmUp) {
  const took = []
  for (let i = 0; i < runs + warmUp; i += 1) {
    const [begun, used] = [performance.now(), process.cpuUsage()]
    work()
    const { user, system } = process.cpuUsage(used)
    if (i >= warmUp) took.push({ wall: performance.now() - begun, cpu: (user + system) / 1000 })
  }
  return took
}

export async function bench({ quick }) {
  const count = quick ? 1_000 : 10_000
  const runs = quick ? 5 : 21
  const nodes = nodesOf(count)
  const names = nodes.map((node) => node.name)
  const known = states(names)
  const size = count.toLocaleString('en')
  const rows = []
  const row = (metric, took, detail) =>
    rows.push({
      metric,
      value: `${spread(
        took.map((t) => t.wall),
        1,
      )} ms`,
      detail: `${spread(
        took.map((t) => t.cpu),
        1,
      )} ms of CPU; ${detail}`,
    })
  const fleet = {
    name: 'bench',
    environment: 'default',
    nodes,
    policy: POLICY,
    ansible: { forks: 50 },
    schedulers: [],
    groupChildren: { compute: [] },
  }
  const world = (state) => worldOf({ fleet, state, rollout: state.current, now: START + 1_000 })
  // The very first call is told by itself: a process decides only a few times, with code that is
  // not warm.
  row(
    `decide, ${size} nodes, the first time in a process`,
    time(() => decide(world(known.middle)), 1, 0),
    'code not warm',
  )
  const details = {
    fresh: 'nothing looked at yet',
    middle:
      '5 % failed, each for a reason of its own, others wait for drains, the last wave is hot',
    busy: 'the same, with the hot ones in a step',
    halted: 'halted',
  }
  for (const [state, value] of Object.entries(known))
    row(
      `decide, ${size} nodes, ${state}`,
      time(() => decide(world(value)), runs, 2),
      details[state],
    )
  const intent = intended('0001-detect', 'detect', names)
  const outcome = concluded('0001-detect', names, mixed)
  const open = replay([opened, intent], NO_STATE)
  row(
    `evolve, an outcome of ${size} nodes`,
    time(() => replay([outcome], open), runs, 2),
    'a copy of the state with the outcome of a look in it',
  )
  row(
    `report, ${size} nodes`,
    time(() => buildReport({ fleet, state: known.middle, now: START }), runs, 2),
    'as status builds it, decide included',
  )
  return rows
}
