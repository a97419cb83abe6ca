// SPDX-License-Identifier: Apache-2.0
// What is made of a scheduler's report: how long a running job is expected to go on, and with that
// in which order nodes are drained.
import t from 'tap'
import { drainOrder } from '../../lib/rollout/world/drain-order.js'
import { readSchedulerReport } from '../../lib/workload/slurm/read-report.js'
import { residual, runTimes } from '../../lib/workload/slurm/run-times.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { useOf } from '../../lib/workload/slurm/use.js'

const AT = 1_000_000_000

/** Nodes of two cores; for each the seconds that its jobs have run, on one core each. */
function workload(running: Readonly<Record<string, readonly number[]>>, ended?: unknown): Workload {
  const nodes = Object.entries(running).map(([name, jobs]) => ({
    name,
    state: jobs.length > 0 ? ['MIXED'] : ['IDLE'],
    cpus: 2,
    allocated: jobs.length,
  }))
  const jobs = Object.entries(running).flatMap(([name, all]) =>
    all.map((ran, i) => ({
      id: `${name}-${i}`,
      user: 'anna',
      state: 'RUNNING',
      nodes: [name],
      start: AT / 1000 - ran,
      limit: 600,
      end: AT / 1000 - ran + 600,
      cpus: 1,
    })),
  )
  const read = readSchedulerReport({ version: 1, nodes, jobs, ended }, AT)
  if (typeof read === 'string') throw new Error(read)
  return read
}

const order = (w: Workload): readonly string[] =>
  drainOrder(
    [...w.nodes.keys()].map((node) => ({
      node,
      use: useOf(w, node, 'patchrun ') ?? (t.bailout(`no ${node}`) as never),
    })),
    {
      now: AT,
    },
  ).map((turn) => turn.node)

t.test('the mean of those that ran longer, and a little of as long again', async (t) => {
  const times = runTimes([40, 10, 20, 30, 50, 60].map((s) => s * 1000))
  const close = (found: number, wanted: number, why: string): unknown =>
    t.ok(Math.abs(found - wanted) < 1, `${why}: ${found}`)
  close(
    residual(times, 15_000, null),
    ((5 + 15 + 25 + 35 + 45 + 7.5) / 5.5) * 1000,
    '5, 15, 25, 35, 45, and half of 15',
  )
  close(
    residual(times, 5_000, 50_000),
    ((5 + 15 + 25 + 35 + 45 + 2.5) / 5.5) * 1000,
    'none beyond the limit',
  )
  close(residual(times, 55_000, null), ((5 + 27.5) / 1.5) * 1000, 'one ran longer')
  close(residual(times, 70_000, null), 70_000, 'none did')
  close(residual(times, 20_000, 20_000), 20_000, 'none may')
  t.equal(residual(runTimes([]), 0, null), 0)
})

t.test('the property behind it', async (t) => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = (n: number): number => (Math.imul(seed, 2654435761 + n * 40503) >>> 0) % 1000
    const all = Array.from({ length: seed % 20 }, (_, n) => random(n))
    const elapsed = random(99)
    const longer = all.filter((x) => x > elapsed)
    const wanted =
      (longer.reduce((sum, x) => sum + x - elapsed, 0) + elapsed / 2) / (longer.length + 0.5)
    t.ok(Math.abs(residual(runTimes(all), elapsed, null) - wanted) < 1e-6, `seed ${seed}`)
  }
})

t.test(
  'of idle nodes the last of the scheduler comes first: it gives work to the first',
  async (t) => {
    t.same(order(workload({ a: [], b: [5], c: [], d: [] })), ['d', 'c', 'a', 'b'])
  },
)

t.test('without a word about others, the youngest job is expected to end first', async (t) => {
  const w = workload({ old: [35], young: [2], idle: [] })
  t.same(order(w), ['idle', 'young', 'old'])
  t.equal(useOf(w, 'old', 'patchrun ')?.expected, AT + 35_000)
})

t.test('where jobs take about forty seconds, the oldest is', async (t) => {
  const w = workload(
    { old: [35], young: [2], both: [36, 3], idle: [] },
    [38, 39, 40, 40, 41, 42, 43],
  )
  t.same(order(w), ['idle', 'old', 'both', 'young'], 'idle cores count, too')
  t.ok(Math.abs((useOf(w, 'old', 'patchrun ')?.expected ?? 0) - AT - 7_400) < 100)
})

t.test('the last of several jobs ends later than each is expected to', async (t) => {
  const w = workload({ two: [3, 3], one: [3] }, [40, 40, 40, 40, 40, 40, 40])
  const [two, one] = ['two', 'one'].map((name) => useOf(w, name, 'patchrun '))
  const rest = (one?.expected ?? 0) - AT
  t.ok(Math.abs((two?.expected ?? 0) - AT - 1.5 * rest) < 1, `${two?.expected} of ${rest}`)
  t.ok(
    Math.abs(2 * (two?.idle ?? 0) - rest) < 1,
    'half of its cores are idle for as long as one job lasts, or so',
  )
  t.ok(Math.abs(2 * (one?.idle ?? 0) - rest) < 1)
  t.equal(
    useOf(workload({ n: [590, 580] }, [900, 900, 900, 900, 900, 900]), 'n', 'patchrun ')?.expected,
    AT + 20_000,
    'not beyond both limits',
  )
})

t.test(
  'users lose idle cores, the rollout time: a full node comes before a half empty one that ends sooner',
  async (t) => {
    const w = workload({ half: [20], full: [] }, [38, 39, 40, 40, 41, 42, 43])
    const job = {
      id: 'wide',
      user: 'anna',
      state: 'RUNNING',
      nodes: ['full'],
      start: AT - 5_000,
      end: AT + 600_000,
      cpus: 2,
    }
    const full = w.nodes.get('full')
    if (!full) throw new Error('no node')
    t.same(
      order({
        ...w,
        jobs: [...w.jobs, job],
        nodes: new Map([...w.nodes, ['full', { ...full, state: ['ALLOCATED'], allocated: 2 }]]),
      }),
      ['full', 'half'],
    )
  },
)

t.test('never beyond the limit, and whatever a role tells is endured', async (t) => {
  t.equal(
    useOf(workload({ n: [590] }, [900, 900, 900, 900, 900]), 'n', 'patchrun ')?.expected,
    AT + 10_000,
    'the limit ends it',
  )
  for (const ended of ['x', [null, -3, 'y', Infinity], {}, null])
    t.equal(
      useOf(workload({ n: [7] }, ended), 'n', 'patchrun ')?.expected,
      AT + 7_000,
      JSON.stringify(ended),
    )
})
