// SPDX-License-Identifier: Apache-2.0
// What is made of a scheduler's report: how long a running job is expected to go on, and with that in which order nodes are drained.
import t from 'tap'
import { drainOrder } from '../../lib/rollout/order.js'
import { readSchedulerReport } from '../../lib/workload/read-report.js'
import { residual, runTimes } from '../../lib/workload/run-times.js'
import type { Workload } from '../../lib/workload/types.js'
import { useOf } from '../../lib/workload/use.js'

const AT = 1_000_000_000

/** Nodes of two cores; for each the seconds that its jobs have run, on one core each. */
function workload(running: Readonly<Record<string, readonly number[]>>, ended?: unknown): Workload {
  const nodes = Object.entries(running).map(([name, jobs]) => ({ name, state: jobs.length > 0 ? ['MIXED'] : ['IDLE'], cpus: 2, allocated: jobs.length }))
  const jobs = Object.entries(running).flatMap(([name, all]) => all.map((ran, i) => ({ id: `${name}-${i}`, user: 'anna', state: 'RUNNING', nodes: [name], start: AT / 1000 - ran, limit: 600, end: AT / 1000 - ran + 600, cpus: 1 })))
  const read = readSchedulerReport({ version: 1, nodes, jobs, ended }, AT)
  if (typeof read === 'string') throw new Error(read)
  return read
}

const order = (w: Workload): readonly string[] =>
  drainOrder([...w.nodes.keys()].map((node) => ({ node, use: useOf(w, node, 'patchrun ') ?? t.bailout(`no ${node}`) as never })), AT, String).map((turn) => turn.node)

t.test('the mean of those that ran longer', async (t) => {
  const times = runTimes([40, 10, 20, 30, 50, 60].map((s) => s * 1000))
  t.equal(residual(times, 15_000, null), 25_000, '(20 + 30 + 40 + 50 + 60) / 5 - 15')
  t.equal(residual(times, 5_000, 50_000), 25_000, 'none beyond the limit')
  t.equal(residual(times, 20_000, null), null, 'four are too few')
  t.equal(residual(times, 0, 40_000), null, 'below the limit, too')
  t.equal(residual(runTimes([]), 0, null), null)
})

t.test('the property behind it: never below nothing, never beyond the longest', async (t) => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = (n: number): number => (Math.imul(seed, 2654435761 + n * 40503) >>> 0) % 1000
    const all = Array.from({ length: 3 + (seed % 20) }, (_, n) => random(n))
    const elapsed = random(99)
    const longer = all.filter((x) => x > elapsed)
    const found = residual(runTimes(all), elapsed, null)
    if (longer.length < 5) t.equal(found, null)
    else t.ok(found !== null && Math.abs(found - (longer.reduce((a, b) => a + b, 0) / longer.length - elapsed)) < 1e-6, `seed ${seed}`)
  }
})

t.test('without a word about others, the youngest job is expected to end first', async (t) => {
  const w = workload({ old: [35], young: [2], idle: [] })
  t.same(order(w), ['idle', 'young', 'old'])
  t.equal(useOf(w, 'old', 'patchrun ')?.expected, AT + 35_000)
})

t.test('where jobs take about forty seconds, the oldest is', async (t) => {
  const w = workload({ old: [35], young: [2], both: [36, 3], idle: [] }, [38, 39, 40, 40, 41, 42, 43])
  t.same(order(w), ['idle', 'old', 'both', 'young'], 'idle cores count, too')
  t.ok(Math.abs((useOf(w, 'old', 'patchrun ')?.expected ?? 0) - AT - 5_400) < 100)
})

t.test('never beyond the limit, and whatever a role tells is endured', async (t) => {
  t.equal(useOf(workload({ n: [590] }, [900, 900, 900, 900, 900]), 'n', 'patchrun ')?.expected, AT + 10_000, 'the limit ends it')
  for (const ended of ['x', [null, -3, 'y', Infinity], {}, null]) t.equal(useOf(workload({ n: [7] }, ended), 'n', 'patchrun ')?.expected, AT + 7_000, JSON.stringify(ended))
})
