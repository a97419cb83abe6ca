// SPDX-License-Identifier: Apache-2.0
// How long the next change is expected to take, from what the last ones took: by example, in
// minutes, reckoned by hand.
import t from 'tap'
import {
  decide,
  evolve,
  fromSnapshot,
  NO_STATE,
  toSnapshot,
  wouldOpen,
} from '../../lib/rollout/index.js'
import type {
  EnvironmentState,
  NodeOutcome,
  NodeState,
  Snapshot,
  StepAction,
  World,
} from '../../lib/rollout/index.js'
import { expectedHotChange, expectedVisit, usualVisit } from '../../lib/rollout/state/durations.js'
import { UNSEEN } from '../../lib/rollout/state/state.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import { FREE, policyOf, worldFor } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'
import { slurmView } from '../support/scheduler-view.js'

const MIN = 60_000
const PIN = { sha: 'a'.repeat(40), ref: 'main', subject: '' }
const declared = policyOf({
  timing: { zone: 'UTC', windows: [], freezes: [], expected: 10 * MIN },
  drain: { ...FREE.drain, rebootTimeout: 15 * MIN },
})

interface Took {
  readonly action: StepAction
  readonly full?: true
  readonly nodes?: readonly (NodeOutcome | undefined)[]
  readonly alarm?: true
}

/** What is known after these steps, each of that many minutes. */
function after(...steps: readonly (readonly [Took, number])[]): EnvironmentState['durations'] {
  let state: EnvironmentState = { ...NO_STATE, current: wouldOpen(PIN, NO_STATE, null, 0) }
  let at = 0
  for (const [n, [{ action, full, nodes = [undefined], alarm }, minutes]] of steps.entries()) {
    const names = nodes.map((_, i) => `n${i}`)
    state = evolve(state, {
      type: 'intended',
      at,
      step: `s${n}`,
      ...stepKind(action, full && { full }),
      wave: 1,
      nodes: names,
      forks: 2,
    })
    at += minutes * MIN
    state = evolve(state, {
      type: 'concluded',
      at,
      step: `s${n}`,
      tasks: [],
      nodes: Object.fromEntries(names.flatMap((name, i) => (nodes[i] ? [[name, nodes[i]]] : []))),
      ...(alarm && { alarm: { code: 'guard', message: 'x', nodes: [] } as never }),
    })
  }
  return state.durations
}
const minutes = (
  durations: EnvironmentState['durations'],
  policy = declared,
): readonly [hot: number, visit: number, usual: number] => [
  expectedHotChange({ durations, policy }) / MIN,
  expectedVisit({ durations, policy }) / MIN,
  usualVisit({ durations, policy }) / MIN,
]

const OK: readonly NodeOutcome[] = [{ applied: 'ok' }]
const hot: Took = { action: 'apply', nodes: OK }
const full: Took = { action: 'apply', full: true, nodes: OK }
const seen: Took = { action: 'verify', nodes: [{ verdict: 'GOOD' }] }
const reboot: Took = { action: 'reboot', nodes: [{ rebooted: 'done' }] }
const noReboot: Took = { action: 'reboot', nodes: [{ rebooted: 'not-needed' }] }
const back: Took = { action: 'release', nodes: [{ released: 'ok' }] }
const visit = [
  [full, 40],
  [reboot, 12],
  [seen, 1],
  [back, 0.5],
] as const
const times = <T>(n: number, item: T): T[] => Array.from({ length: n }, () => item)

t.test('what was not measured counts as declared, part by part', async (t) => {
  t.same(minutes(after()), [10, 25, 10])
  t.same(
    minutes(after([hot, 0.5], [seen, 0.25])),
    [0.75, 25, 10],
    'hot rollouts say nothing of a drain',
  )
  t.same(
    minutes(after([full, 40], [seen, 1], [back, 0.5])),
    [10, 56.5, 41.5],
    'a reboot may still be needed',
  )
  t.same(minutes(after([reboot, 12])), [10, 22, 22])
  t.same(
    minutes(after([full, 40])),
    [10, 55, 40],
    'one part is known to take longer than what is declared for all',
  )
  t.same(
    minutes(
      after([full, 1], [seen, 1], [back, 1], [noReboot, 0.1]),
      policyOf({ ...declared, drain: { ...declared.drain, reboot: 'never' } }),
    ),
    [10, 3.1, 3.1],
  )
})

t.test('each kind by itself', async (t) => {
  t.same(minutes(after(...visit)), [10, 53.5, 53.5])
  const later = after(
    ...visit,
    ...times(20, [
      [hot, 0.3],
      [seen, 1],
    ] as const).flat(),
    ...times(20, [noReboot, 0.1] as const),
  )
  const [ofHot, ofVisit, usual] = minutes(later)
  t.equal(ofHot, 1.3)
  t.equal(ofVisit, 53.5, 'twenty hot rollouts and twenty reboots that were not needed')
  t.ok(Math.abs(usual - 41.6) < 0.001, 'it usually takes none')
})

t.test('what did not come to its end measures nothing', async (t) => {
  const failed: readonly (readonly [Took, number])[] = [
    [{ action: 'apply', full: true, nodes: [{ applied: 'failed' }] }, 0.1],
    [{ action: 'apply', nodes: [{ applied: 'cut' }] }, 0.1],
    [{ action: 'apply', nodes: [undefined] }, 0.1],
    [{ action: 'verify', nodes: [{ verdict: 'ERROR' }] }, 0.1],
    [{ action: 'verify', nodes: [{ verdict: 'UNKNOWN' }] }, 0.1],
    [
      { action: 'verify', nodes: [{ verdict: 'HOT', beyond: { cause: 'failed', message: 'x' } }] },
      0.1,
    ],
    [{ action: 'reboot', nodes: [{ rebooted: 'failed' }] }, 0.1],
    [{ action: 'reboot', nodes: [{ rebooted: 'cut' }] }, 0.1],
    [{ action: 'release', nodes: [{ released: 'failed' }] }, 0.1],
    [{ action: 'release', nodes: [{ released: 'waiting' }] }, 0.1],
    [{ action: 'release', nodes: [{ released: 'foreign' }] }, 0.1],
    [{ ...hot, alarm: true }, 0.1],
    [{ action: 'detect', nodes: [{ verdict: 'GOOD' }] }, 0.1],
  ]
  t.same(after(...failed), NO_STATE.durations)
  t.same(
    after([
      {
        action: 'apply',
        nodes: [
          { applied: 'ok' },
          { applied: 'failed' },
          { applied: 'failed' },
          { applied: 'failed' },
        ],
      },
      6,
    ]).hotApply,
    [6 * MIN],
    'of four nodes two at a time one came to its end',
  )
  t.same(after([{ action: 'apply', nodes: [...OK, ...OK, ...OK, ...OK] }, 6]).hotApply, [3 * MIN])
})

t.test('a state that an earlier version left has no such series', async (t) => {
  const { durations: _these, ...rest } = toSnapshot(NO_STATE)
  const old = {
    ...rest,
    durations: {
      detect: [],
      apply: [20_000],
      verify: [10_000],
      check: [],
      drain: [],
      reboot: [900],
      release: [1_000],
    },
  } as unknown as Snapshot
  t.same(fromSnapshot(old).durations, NO_STATE.durations)
})

t.test('no drain begins that would not be over before the time closes', async (t) => {
  // A Monday, five minutes before the window closes.
  const now = Date.UTC(2026, 0, 5, 12)
  const node = {
    name: 'a1',
    canary: false,
    groups: [],
    vars: {},
    domains: [],
    partitions: [],
    runsOn: null,
    scheduler: 'default',
  }
  const policy = policyOf({
    ...declared,
    timing: { ...declared.timing, windows: [{ days: [1], from: '10:00', to: '12:05' }] },
  })
  const world = (stage: NodeState['stage'], durations: EnvironmentState['durations']): World => ({
    ...worldFor(
      {
        ...wouldOpen(PIN, NO_STATE, null, now),
        nodes: new Map([['a1', { ...UNSEEN, stage, at: now - MIN }]]),
      },
      [node],
      { policy, durations },
    ),
    now,
    schedulers: [
      slurmView({
        prefix: 'patchrun ',
        every: 1_000,
        silent: null,
        looking: { now: false, watch: false },
        workload: {
          at: now,
          nodes: new Map([
            [
              'a1',
              {
                name: 'a1',
                state: ['IDLE'],
                reason: '',
                reasonBy: '',
                features: [],
                partitions: [],
                cpus: 2,
                allocated: 0,
                boot: 1,
              },
            ],
          ]),
          jobs: [],
          reservations: [],
          ended: NO_RUN_TIMES,
          results: {},
        },
      }),
    ],
  })
  const does = (w: World): readonly string[] =>
    decide(w)
      .actions.map((a) => a.do)
      .filter((what) => what === 'apply' || what === 'drain')
  const quick = after([full, 1], [reboot, 1], [seen, 1], [back, 0.5])
  const hotOnly = times(20, [
    [hot, 0.3],
    [seen, 0.2],
  ] as const).flat()
  t.same(does(world('drain', quick)), ['drain'])
  t.same(does(world('drain', after(...visit, ...hotOnly))), [], 'a visit took 53 minutes')
  t.same(does(world('drain', after(...hotOnly))), [], 'none was measured')
  t.same(does(world('hot', after(...visit, ...hotOnly))), ['apply'], 'what needs no drain is quick')
  t.same(does(world('hot', quick)), [], 'it was not measured')
})
