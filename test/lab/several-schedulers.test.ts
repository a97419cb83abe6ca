// SPDX-License-Identifier: Apache-2.0
// A fleet with two schedulers and a node that none has. Both are the Slurm of the lab, asked and
// worked with by themselves.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { PlanReport } from '../../lib/index.js'
import { inFull } from '../support/size.js'
import { answerOf, sitePlaybook, startDrainFleet } from './support/drain-fleet.js'
import { labUnsupported, type Lab } from './support/lab.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

/** The nodes of the last look at this scheduler. */
function kept({ directory }: Lab, name: string): readonly string[] {
  const file = join(
    directory,
    'fleet/.patchrun/environments/default/schedulers',
    name,
    'workload.json',
  )
  if (!existsSync(file)) return []
  const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as { nodes: { name: string }[] }
  return nodes.map((n) => n.name)
}

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else
  await inFull(t, 'two schedulers, and a node that none has', {}, async (t) => {
    const fleet = await startDrainFleet(ansible, { nodes: 5 })
    const { lab } = fleet
    t.teardown(() => lab.stop())
    await fleet.declare({
      drain: 'atOnce: 4',
      capacity: 4,
      schedulers: {
        left: ', nodes: ["node[01-03]"], vars: { slurm_release_timeout: 60 }',
        right: ', nodes: [node04]',
      },
    })
    fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
    const boots = await fleet.boots()

    const doctor = await fleet.patchrun(['doctor'])
    t.match(doctor.stdout, /ok +schedulers\.left +Slurm .*it knows all 3 nodes/)
    t.match(doctor.stdout, /ok +schedulers\.right +Slurm .*it knows the node/)

    const plan = await fleet.patchrun(['plan', '--json'])
    const { waves } = JSON.parse(plan.stdout) as PlanReport
    t.same(waves[1]?.drains?.first.toSorted(), ['node02', 'node03', 'node04'])

    const run = await fleet.patchrun(['run', '--yes', '--once', '--json'])
    if (!t.equal(run.exitCode, 5, 'node05 waits for a person')) t.comment(run.stderr, run.stdout)
    t.same(await fleet.versions(), ['1.1', '1.1', '1.1', '1.1', '1.0'])
    t.same(
      (await fleet.boots()).map((boot, i) => boot !== boots[i]),
      [true, true, true, true, false],
      'the others were rebooted, each once',
    )
    t.same(
      Object.entries(await fleet.states()).filter(
        ([, s]) => !/^IDLE/.test(s) || s.includes('DRAIN'),
      ),
      [],
      'and given back',
    )
    t.match(
      answerOf(run).rollout.nodes.find((n) => n.node === 'node05')?.waiting,
      /no scheduler is declared for it/,
    )
    const visits = fleet.steps().filter((step) => /^(drain|release) /.test(step))
    t.same(
      visits.filter((step) => /node0[123]/.test(step) && step.includes('node04')),
      [],
      'no step is of nodes of both',
    )
    t.notOk(visits.some((step) => step.includes('node05')))

    t.ok(kept(lab, 'left').includes('node01'), 'what each said is kept apart')
    t.ok(kept(lab, 'right').includes('node04'))
  })
