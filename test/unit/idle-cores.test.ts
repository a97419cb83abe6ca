// SPDX-License-Identifier: Apache-2.0
// A place that has just become free waits a moment rather than take a node that is half empty.
import t from 'tap'
import { IdleCores } from '../../lib/rollout/limits/idle-cores.js'
import type { NodeState } from '../../lib/rollout/index.js'
import { NO_STATE, wouldOpen } from '../../lib/rollout/index.js'
import { UNSEEN } from '../../lib/rollout/state/state.js'
import type { NodeUse } from '../../lib/workload/contract/node-use.js'
import { policyOf } from '../support/policy.js'
import { inWords } from '../support/words.js'

const now = 1_000_000
const text =
  'cores of it would be idle until it is empty: its place waits a moment for a node that costs users less'

/** A visit takes 8 s; these were given back so long ago, ms. */
function frugal(
  ago: readonly number[],
  more: { readonly hurried?: boolean; readonly reboot?: number } = {},
): IdleCores {
  const { reboot = 5_000, ...rest } = more
  const rollout = wouldOpen({ sha: 'a'.repeat(40), ref: 'main', subject: '' }, NO_STATE, null, now)
  const nodes = new Map([
    ...ago.map((ms, i): [string, NodeState] => [
      `n${i}`,
      { ...UNSEEN, stage: 'good', at: now - ms, returned: now - ms },
    ]),
    ['seen', { ...UNSEEN, stage: 'good' as const, at: now }],
  ])
  return new IdleCores({
    now,
    policy: policyOf(),
    durations: {
      ...NO_STATE.durations,
      fullApply: [1_000],
      verify: [1_000],
      reboot: [reboot],
      rebootStep: [reboot],
      release: [1_000],
    },
    rollout: { ...rollout, nodes },
    ...rest,
  })
}
/** Of two cores, one is idle; `waste` in core-ms. */
const use = (waste: number, more: Partial<NodeUse> = {}): NodeUse => ({
  name: 'n',
  occupants: [],
  draining: false,
  ours: false,
  refused: null,
  empty: false,
  out: false,
  drainable: true,
  reserved: false,
  promised: false,
  place: 0,
  partitions: [],
  inService: true,
  shown: 'MIXED',
  boot: null,
  emptyBy: null,
  expected: now + 10_000,
  idle: waste / 2,
  standing: '',
  ...more,
})
const half = use(10_000)

t.test('a place waits as long as a visit takes', async (t) => {
  const why = frugal([3_000]).hold(half, 1, 9)
  t.same(why && inWords(why), { code: 'visit', text, until: now + 5_000 })
  t.equal(frugal([8_000]).hold(half, 1, 9), null)
  t.equal(frugal([]).hold(half, 1, 9), null, 'one that was free from the beginning does not wait')
  t.equal(
    frugal([3_000], { reboot: 3_600_000 }).hold(use(10_000_000), 1, 9)?.until,
    now + 597_000,
    'ten minutes at most',
  )
  t.equal(
    frugal([3_000], { hurried: true }).hold(half, 1, 9),
    null,
    'nor does one of a run that waits for nothing',
  )
})

t.test('each place by itself', async (t) => {
  t.equal(frugal([3_000, 1_000]).hold(half, 3, 9), null, 'one of three was free before')
  t.equal(frugal([1_000, 3_000]).hold(half, 2, 9)?.until, now + 5_000, 'of two the older')
  t.equal(frugal([1_000, 3_000]).hold(half, 1, 9)?.until, now + 7_000, 'then the other')
})

t.test('where each gets a place there is no other to wait for', async (t) => {
  t.equal(frugal([3_000]).hold(half, 1, 1), null)
  t.not(frugal([3_000]).hold(half, 1, 2), null)
  t.equal(frugal([3_000, 1_000]).hold(half, 2, 2), null)
})

t.test('only for what is worth it', async (t) => {
  const place = frugal([0])
  t.equal(place.hold(use(4_000), 1, 9), null, 'a quarter of a visit of the whole node is not')
  t.not(place.hold(use(4_001), 1, 9), null)
  t.equal(place.hold(use(10_000, { empty: true }), 1, 9), null)
  t.equal(place.hold(use(10_000, { draining: true }), 1, 9), null, 'it takes no jobs any more')
})
