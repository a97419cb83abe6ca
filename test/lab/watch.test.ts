// SPDX-License-Identifier: Apache-2.0
// What the soak rests on: the stream of jobs and the sampler see what really happens, and see it when a job was harmed.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { labUnsupported, startLab } from './support/lab.js'
import { bootsOf, isDrained, isOut, outIn, peakOut, startSampler, used } from './support/sampler.js'
import { asAlice, harmed, jobsOf, startWorkload } from './support/workload.js'

const unsupported = await labUnsupported()
t.setTimeout(300_000)
if (unsupported !== undefined) t.plan(0, unsupported)
else {
  const lab = await startLab({ nodes: 6 })
  t.teardown(() => lab.stop())

  t.test('jobs run through, and drains are seen', async (t) => {
    const sampler = startSampler(lab)
    const workload = startWorkload(lab, { seed: 4, shortest: 1, longest: 4 })
    await sampler.until(({ nodes }) => [...nodes.values()].some(({ allocated }) => allocated > 0), 30_000)
    await lab.exec(['scontrol', 'update', 'NodeName=node02', 'State=DRAIN', 'Reason=fan  of the "left" side'])
    const drained = await sampler.until(({ nodes }) => isDrained(nodes.get('node02') ?? { state: [], allocated: 0, reason: '', features: [] }), 30_000)
    t.match(drained.nodes.get('node02')?.reason, /^fan {2}of the "left" side \[/)
    await sleep(8_000)
    await lab.exec(['scontrol', 'update', 'NodeName=node02', 'State=RESUME'])
    await sampler.until((sample) => outIn(sample).length === 0, 30_000)
    const jobs = await workload.stop()
    await sampler.stop()
    t.same(workload.refused, [])
    t.equal(jobs.length, workload.submitted(), 'each job that Slurm took is told of')
    t.same(harmed(jobs), [])
    t.ok(jobs.length > 5 && jobs.some(({ nodeCount }) => nodeCount > 1), `${jobs.length} jobs`)
    t.equal(peakOut(sampler.samples), 1)
    t.ok(used(sampler.samples) > 0.2, `${used(sampler.samples)} of the cores used`)
    const gaps = sampler.samples.slice(1).map(({ at }, i) => at - (sampler.samples[i]?.at ?? 0))
    t.ok(gaps.filter((gap) => gap < 0.4).length > gaps.length * 0.9, 'a look about four times a second')
  })

  t.test('a reservation makes its nodes unusable for users, and a reboot is counted', async (t) => {
    const sampler = startSampler(lab)
    await lab.exec(['scontrol', 'create', 'reservation', 'ReservationName=test', 'Users=root', 'Nodes=node03', 'StartTime=now', 'Duration=10'])
    t.ok(await sampler.until(({ nodes }) => isOut(nodes.get('node03') ?? { state: [], allocated: 0, reason: '', features: [] }), 30_000), 'reserved')
    await lab.exec(['scontrol', 'delete', 'ReservationName=test'])
    t.equal(await bootsOf(lab, 'node04'), 1)
    await lab.exec(['scontrol', 'reboot', 'ASAP', 'nextstate=RESUME', 'node04'])
    await sampler.until((sample) => outIn(sample).includes('node04'), 30_000)
    await sampler.until((sample) => outIn(sample).length === 0, 60_000)
    t.equal(await bootsOf(lab, 'node04'), 2)
    await sampler.stop()
  })

  t.test('jobs that were harmed are found', async (t) => {
    const id = async (...argv: string[]): Promise<string> => (await asAlice(lab, ['sbatch', '--parsable', '-D', '/tmp', '-o', '/dev/null', ...argv])).stdout.trim()
    const ids = [await id('-J', 'bad-exit', '--wrap', 'exit 3'), await id('-J', 'bad-cancelled', '--wrap', 'sleep 60'), await id('-J', 'bad-requeued', '--wrap', 'sleep 3'), await id('-J', 'bad-not', '--wrap', 'true')]
    await sleep(2_000)
    await lab.exec(['scancel', ids[1] ?? ''])
    await lab.exec(['scontrol', 'requeue', ids[2] ?? ''])
    // A job that was requeued waits for some time; restart count is told at once.
    for (let i = 0; i < 200 && (await jobsOf(lab, 'bad-')).some(({ state }) => ['RUNNING', 'COMPLETING'].includes(state)); i++) await sleep(500)
    t.same(harmed(await jobsOf(lab, 'bad-')).map(({ name }) => name).sort(), ['bad-cancelled', 'bad-exit', 'bad-requeued'])
  })
}
