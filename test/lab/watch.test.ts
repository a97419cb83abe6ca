// SPDX-License-Identifier: Apache-2.0
// What the soak rests on: the stream of jobs and the sampler see what really happens, and see it
// when a job was harmed.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { full, leave } from '../support/size.js'
import { labUnsupported, startLab } from './support/lab.js'
import { bootsOf, isDrained, isOut, outIn, peakOut, startSampler, used } from './support/sampler.js'
import { asAlice, harmed, jobsOf, startWorkload } from './support/workload.js'

const unsupported = await labUnsupported()
t.setTimeout(900_000)
if (unsupported !== undefined) t.plan(0, unsupported)
else if (!full) leave(t, 'the stream of jobs and the sampler see what really happens')
else {
  const lab = await startLab({ nodes: 4 })
  t.teardown(() => lab.stop())

  t.test('jobs run through, and drains are seen', async (t) => {
    const sampler = startSampler(lab)
    const workload = startWorkload(lab, { seed: 4, shortest: 1, longest: 4 })
    await sampler.until(({ nodes }) => [...nodes.values()].some(({ allocated }) => allocated > 0))
    await lab.exec([
      'scontrol',
      'update',
      'NodeName=node02',
      'State=DRAIN',
      'Reason=fan  of the "left" side',
    ])
    const drained = await sampler.until(({ nodes }) =>
      isDrained(nodes.get('node02') ?? { state: [], allocated: 0, reason: '', features: [] }),
    )
    t.match(drained.nodes.get('node02')?.reason, /^fan {2}of the "left" side \[/)
    // Of a few jobs each has begun or waits beside the drained node.
    while (workload.submitted() <= 5) await sleep(100)
    await lab.exec(['scontrol', 'update', 'NodeName=node02', 'State=RESUME'])
    await sampler.until((sample) => outIn(sample).length === 0)
    const jobs = await workload.stop()
    await sampler.stop()
    t.same(workload.refused, [])
    t.equal(jobs.length, workload.submitted(), 'each job that Slurm took is told of')
    t.same(harmed(jobs), [])
    t.ok(jobs.length > 5 && jobs.some(({ nodeCount }) => nodeCount > 1), `${jobs.length} jobs`)
    t.equal(peakOut(sampler.samples), 1)
    t.ok(used(sampler.samples) > 0.1, `${used(sampler.samples)} of the cores used`)
    const gaps = sampler.samples
      .slice(1)
      .map(({ at }, i) => at - (sampler.samples[i]?.at ?? 0))
      .sort((a, b) => a - b)
    const median = gaps[gaps.length >> 1] ?? NaN
    t.ok(
      median > 0.2 && median < 1,
      `a look about four times a second, less often only where each takes longer: every ${median} s`,
    )
  })

  t.test('a reservation makes its nodes unusable for users, and a reboot is counted', async (t) => {
    const sampler = startSampler(lab)
    await lab.exec([
      'scontrol',
      'create',
      'reservation',
      'ReservationName=test',
      'Users=root',
      'Nodes=node03',
      'StartTime=now',
      'Duration=10',
    ])
    t.ok(
      await sampler.until(({ nodes }) =>
        isOut(nodes.get('node03') ?? { state: [], allocated: 0, reason: '', features: [] }),
      ),
      'reserved',
    )
    await lab.exec(['scontrol', 'delete', 'ReservationName=test'])
    t.equal(await bootsOf(lab, 'node04'), 1)
    await lab.exec(['scontrol', 'reboot', 'ASAP', 'nextstate=RESUME', 'node04'])
    await sampler.until((sample) => outIn(sample).includes('node04'))
    await sampler.until((sample) => outIn(sample).length === 0)
    t.equal(await bootsOf(lab, 'node04'), 2)
    await sampler.stop()
  })

  t.test('jobs that were harmed are found', async (t) => {
    const id = async (...argv: string[]): Promise<string> =>
      (
        await asAlice(lab, ['sbatch', '--parsable', '-D', '/tmp', '-o', '/dev/null', ...argv])
      ).stdout.trim()
    const ids = [
      await id('-J', 'bad-exit', '--wrap', 'exit 3'),
      await id('-J', 'bad-cancelled', '--wrap', 'sleep 900'),
      await id('-J', 'bad-requeued', '--wrap', 'sleep 900'),
      await id('-J', 'bad-not', '--wrap', 'true'),
    ]
    const state = async (name: string): Promise<string | undefined> =>
      (await jobsOf(lab, name))[0]?.state
    while ((await state('bad-requeued')) !== 'RUNNING' || (await state('bad-not')) !== 'COMPLETED')
      await sleep(100)
    await lab.exec(['scancel', ids[1] ?? ''])
    await lab.exec(['scontrol', 'requeue', ids[2] ?? ''])
    // A job that was requeued waits for some time; restart count is told at once.
    for (
      let i = 0;
      i < 200 &&
      (await jobsOf(lab, 'bad-')).some(({ state }) => ['RUNNING', 'COMPLETING'].includes(state));
      i++
    )
      await sleep(200)
    t.same(
      harmed(await jobsOf(lab, 'bad-'))
        .map(({ name }) => name)
        .sort(),
      ['bad-cancelled', 'bad-exit', 'bad-requeued'],
    )
  })
}
