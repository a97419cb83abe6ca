// SPDX-License-Identifier: Apache-2.0
// A fleet with two schedulers and a node that none has. Both are the Slurm of the lab, asked and
// worked with by themselves.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { PlanReport } from '../../lib/index.js'
import { inFull } from '../support/size.js'
import { answerOf, sitePlaybook, startDrainFleet } from './support/drain-fleet.js'
import type { DrainFleet } from './support/drain-fleet.js'
import { labUnsupported, type Lab } from './support/lab.js'
import { asAlice } from './support/workload.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

const ENOUGH = '/tmp/enough'
const left = ', nodes: ["node[01-03]"], vars: { slurm_release_timeout: 60 }'
const right = ', nodes: [node04]'

/** A job on this node that ends when somebody says so. */
async function work(fleet: DrainFleet, node: string): Promise<void> {
  const wrapped = `until [ -e ${ENOUGH} ]; do sleep 0.5; done`
  const { stderr, exitCode } = await asAlice(fleet.lab, [
    'sbatch',
    ...['-D', '/tmp', '-o', '/dev/null', '-w', node, '-t', '10', '--wrap', wrapped],
  ])
  if (exitCode !== 0) throw new Error(stderr)
}

/** No step is of nodes of two schedulers, or of a node that none has. */
function apart(t: Test, fleet: DrainFleet): void {
  const visits = fleet.steps().filter((step) => /^(drain|release) /.test(step))
  t.same(
    visits.filter((step) => /node0[123]/.test(step) && step.includes('node04')),
    [],
    'no step is of nodes of both',
  )
  t.notOk(visits.some((step) => step.includes('node05')))
}

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
    const declare = (schedulers: Readonly<Record<string, string>>): Promise<void> =>
      fleet.declare({ drain: 'atOnce: 4', capacity: 4, schedulers })
    await declare({ left, right })
    fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
    const boots = await fleet.boots()

    await t.test('each is asked', async (t) => {
      const doctor = await fleet.patchrun(['doctor'])
      t.match(doctor.stdout, /ok +schedulers\.left +Slurm .*it knows all 3 nodes/)
      t.match(doctor.stdout, /ok +schedulers\.right +Slurm .*it knows the node/)
      const plan = await fleet.patchrun(['plan', '--json'])
      const { waves } = JSON.parse(plan.stdout) as PlanReport
      t.same(waves[1]?.drains?.first.toSorted(), ['node02', 'node03', 'node04'])
    })

    await work(fleet, 'node04')
    const run = async (): Promise<Readonly<Record<string, string | undefined>>> => {
      const done = await fleet.patchrun(['run', '--yes', '--once', '--json'])
      if (!t.equal(done.exitCode, 5, 'something waits')) t.comment(done.stderr, done.stdout)
      return Object.fromEntries(answerOf(done).rollout.nodes.map((n) => [n.node, n.waiting]))
    }

    await t.test('each works with its nodes', async (t) => {
      const waiting = await run()
      t.match(waiting['node05'], /no scheduler is declared for it/)
      t.match(waiting['node04'], /drained, waits to be empty: job/)
      t.same(await fleet.versions(), ['1.1', '1.1', '1.1', '1.0', '1.0'])
      t.match(await fleet.reason('node04'), /^patchrun lab/)
      t.ok(kept(lab, 'left').includes('node01'), 'what each said is kept apart')
      t.ok(kept(lab, 'right').includes('node04'))
    })

    await t.test('one is not declared any more while it holds a node', async (t) => {
      await declare({ left })
      await fleet.everywhere(`touch ${ENOUGH}`, ['node04'])
      t.match((await run())['node04'], /drained by the scheduler right, which is not declared/)
      t.match(await fleet.reason('node04'), /^patchrun lab/, 'nobody touches it')
      const word = await fleet.patchrun(['release', 'node04', '--yes'])
      t.match(word.stderr, /node04: the scheduler right that drained it is not declared any more/)
    })

    await t.test('it is declared again under another name', async (t) => {
      await declare({ left, east: right })
      await run()
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
    })

    apart(t, fleet)
  })
