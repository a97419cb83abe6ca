// SPDX-License-Identifier: Apache-2.0
// What people ask and say about drains, on a living Slurm. `plan`: who would be drained first, and
// why; a run under way and the scheduler are left as they are; a scheduler that does not answer.
// `release`: a drained node is given back under its job.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { PlanReport } from '../../lib/index.js'
import { inFull } from '../support/size.js'
import { sitePlaybook, startDrainFleet } from './support/drain-fleet.js'
import { labUnsupported } from './support/lab.js'
import { asAlice, jobsOf, keepsReasons } from './support/workload.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else
  await inFull(t, 'what people ask and say about drains', {}, async (t) => {
    const fleet = await startDrainFleet(ansible)
    const { lab } = fleet
    t.teardown(() => lab.stop())
    await fleet.declare({ drain: 'atOnce: 2', capacity: 4 })
    fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
    await lab.exec([
      'scontrol',
      'update',
      'nodename=node05',
      'state=drain',
      'reason=RAM 3: hands off',
    ])
    await lab.exec(['scontrol', 'update', 'nodename=node06', 'state=down', 'reason=no power'])
    const { stdout: long } = await asAlice(lab, [
      'sbatch',
      '--parsable',
      '-D',
      '/tmp',
      '-o',
      '/dev/null',
      '-J',
      'long',
      '-w',
      'node02',
      '-t',
      '10',
      '--wrap',
      'until [ -e /tmp/enough ]; do sleep 0.5; done',
    ])
    for (
      const limit = Date.now() + 120_000;
      Date.now() < limit && (await jobsOf(lab, 'long'))[0]?.state !== 'RUNNING';
    )
      await sleep(100)
    const slurm = async (): Promise<unknown> => [
      await fleet.states(),
      await Promise.all(lab.nodes.map((n) => fleet.reason(n))),
    ]
    const state = join(lab.directory, 'fleet/.patchrun/environments/default')
    const planned = async (): Promise<PlanReport> => {
      const { exitCode, stdout, stderr } = await fleet.patchrun(['plan', '--json'])
      t.equal(exitCode, 0, stderr)
      return JSON.parse(stdout) as PlanReport
    }

    await t.test('the order, with its reasons', async (t) => {
      const before = await slurm()
      const { waves } = await planned()
      t.match(waves[0]?.drains, {
        order: [{ node: 'node01', idle: true, why: 'idle' }],
        first: ['node01'],
      })
      const { order, first, waiting } = waves[1]?.drains ?? { order: [], first: [], waiting: [] }
      t.same(
        order.map((turn) => turn.node),
        ['node04', 'node03', 'node02'],
        'the one at work comes last',
      )
      t.match(order.at(-1), {
        idle: false,
        why: new RegExp(`^expected to be empty by .*; job ${long.trim()} of alice ends by `),
      })
      t.same(first, ['node04', 'node03'])
      t.match(
        waiting.find((w) => w.nodes.includes('node05'))?.text,
        /drain.*and not by patchrun: "RAM 3: hands off" \(root\); it is left alone/,
      )
      t.match(
        waiting.find((w) => w.nodes.includes('node06'))?.text,
        /down.*and not by patchrun: "no power" \(root\); it is left alone/,
      )
      t.match(waiting.find((w) => w.nodes.includes('node02'))?.text, /at once|out/)
      const { stdout } = await fleet.patchrun(['plan'])
      t.comment(stdout)
      t.match(
        stdout,
        /drained at once:\n {6}node\[03-04\]: idle\n[^]*node02: expected to be empty[^]*not drained:\n {6}node05/,
      )
      t.same(await slurm(), before, 'nothing is changed in Slurm')
      t.same(
        readdirSync(state),
        ['looks'],
        'no journal, no lock, and no look that status would show',
      )
    })

    await t.test('doctor asks the scheduler', async (t) => {
      const before = await slurm()
      const { exitCode, stdout, stderr } = await fleet.patchrun(['doctor'])
      t.match(
        { exitCode, stdout },
        {
          exitCode: 0,
          stdout:
            /ok +scheduler +Slurm \d+\.\d+\.\d+, tried [^;]+; it knows all 6 nodes, and 1 job\n/,
        },
        stderr,
      )
      t.same(await slurm(), before, 'nothing is changed in Slurm')
    })

    await t.test('beside a run that is under way', async (t) => {
      const running = fleet.patchrun(['run', '--yes', '--once', '--json'])
      await fleet.intended('drain', 'node01')
      await planned()
      const { exitCode, stderr } = await running
      if (!t.equal(exitCode, 5, 'it goes on as if nobody had looked')) t.comment(stderr)
      t.equal((await fleet.versions(['node01']))[0], '1.1')
    })

    await t.test('a node that people want back', async (t) => {
      for (let i = 0; i < 5 && !/DRAIN/.test((await fleet.states())['node02'] ?? ''); i++)
        await fleet.patchrun(['run', '--yes', '--once'])
      t.match((await fleet.states())['node02'], /DRAIN/)
      t.match(await fleet.patchrun(['release', 'node05', '--yes']), {
        exitCode: 2,
        stderr: /usage\/not-drained: node05: not drained by patchrun/,
      })
      const said = await fleet.patchrun([
        'release',
        'node02',
        '--for',
        '1h',
        '--reason',
        'thesis',
        '--yes',
      ])
      t.match(said, {
        exitCode: 0,
        stdout: /node02 is given back by the next run; not drained again before .* UTC: thesis/,
      })
      const { exitCode, stdout } = await fleet.patchrun(['run', '--yes', '--once'])
      t.equal(exitCode, 5)
      t.match(stdout, /node02: it was not changed last time, and is drained again later, until/)
      t.match(await fleet.states(), { node02: /^(MIXED|ALLOCATED)$/, node05: /DRAIN/ })
      if (!(await keepsReasons(lab))) t.equal(await fleet.reason('node02'), '')
      t.equal((await jobsOf(lab, 'long'))[0]?.state, 'RUNNING')
    })

    await t.test('a scheduler that does not answer', async (t) => {
      await lab.exec(['scontrol', 'shutdown', 'slurmctld'])
      for (
        const limit = Date.now() + 120_000;
        Date.now() < limit && (await lab.exec(['scontrol', 'ping'])).exitCode === 0;
      )
        await sleep(100)
      const report = await planned()
      t.match(report.noAnswer, /\S/)
      t.match(await fleet.patchrun(['doctor']), {
        exitCode: 3,
        stdout: /bad +scheduler +it gave no answer: [^]*slurmctld does not answer/,
      })
      t.comment(report.noAnswer)
      t.ok(
        report.waves.every((w) => w.drains === undefined),
        'no order is made up',
      )
      t.ok(
        report.waves.some((w) => w.waitForDrain.includes('node02')),
        'the rest of the plan is told',
      )
      await lab.exec(['slurmctld'])
    })
  })
