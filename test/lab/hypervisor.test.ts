// SPDX-License-Identifier: Apache-2.0
// A hypervisor and two nodes on it, on a living Slurm: out together when the last job has ended,
// back one after the other. The lab's nodes are no real guests, so their power is cut when their
// hypervisor reboots, as it would be.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { inFull } from '../support/size.js'
import { sitePlaybook, startDrainFleet } from './support/drain-fleet.js'
import { labUnsupported } from './support/lab.js'
import { peakOut, startSampler } from './support/sampler.js'
import { asAlice, harmed, jobsOf } from './support/workload.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else await inFull(t, 'out together, back one after the other', {}, (t) => together(t, ansible))

async function together(t: Test, ansible: string): Promise<void> {
  const fleet = await startDrainFleet(ansible, { nodes: 4 })
  const { lab } = fleet
  t.teardown(() => lab.stop())
  const guests = ['node03', 'node04']
  // node04 is where it should be: it goes out for the sake of node02 only.
  await fleet.everywhere(
    'sudo DEBIAN_FRONTEND=noninteractive apt-get -qy install labpkg=1.1 >/dev/null 2>&1',
    ['node04'],
  )
  await fleet.declare({ drain: 'atOnce: 1', capacity: 3, runsOn: 'node02: ["node[03-04]"]' })
  const bootsBefore = await fleet.boots()
  fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
  const sampler = startSampler(lab)
  const submit = async (node: string, name: string, command: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await asAlice(lab, [
      'sbatch',
      '--parsable',
      '-D',
      '/tmp',
      '-o',
      '/dev/null',
      '-J',
      name,
      '-w',
      node,
      '-t',
      '10',
      '--wrap',
      command,
    ])
    if (exitCode !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  const long = await submit('node03', 'guest-long', 'until [ -e /tmp/enough ]; do sleep 0.5; done')
  await submit('node04', 'guest-short', 'sleep 4')

  const running = fleet.patchrun(['run', '--yes', '--json'])
  await fleet.intended('drain', 'node02')
  await sampler.until(({ nodes }) =>
    ['node02', ...guests].every((n) => nodes.get(n)?.state.includes('DRAIN')),
  )
  // The short job is over, the long one is not.
  await sampler.until(({ nodes }) => nodes.get('node04')?.allocated === 0)
  const told = new RegExp(
    `node02.*waits for node03, which runs on it, to be empty: job ${long} of alice`,
  )
  let status = await fleet.patchrun(['status'])
  for (const limit = Date.now() + 180_000; Date.now() < limit && !told.test(status.stdout);) {
    await sleep(500)
    status = await fleet.patchrun(['status'])
  }
  t.match(status.stdout, told, 'status says what the hypervisor waits for')
  t.match(status.stdout, /node\[03-04\].*drained for node02, on which it runs/)
  t.equal((await jobsOf(lab, 'guest-long'))[0]?.state, 'RUNNING', 'the job runs on')
  t.same(
    await fleet.versions(['node02', ...guests]),
    ['1.0', '1.0', '1.1'],
    'nothing is changed before all are empty',
  )

  const rebooting = fleet.intended('reboot', 'node02')
  await fleet.everywhere('touch /tmp/enough', ['node03'])
  await rebooting
  for (const node of guests) await lab.power(node, 'pull')
  await sleep(1_000)
  for (const node of guests) await lab.power(node, 'on')
  const done = await running
  if (!t.equal(done.exitCode, 0)) t.comment(done.stderr, done.stdout)
  await sampler.stop()

  const steps = fleet.steps()
  const first = (step: string): number => steps.indexOf(step)
  const apply = first('apply node02')
  t.equal(
    steps[apply - 1],
    'drain node02,node03,node04',
    'all three were drained in the step before',
  )
  t.equal(steps.filter((s) => s === 'apply node02').length, 1)
  t.same(
    steps.slice(apply, apply + 4).filter((s) => s.includes('node02')),
    ['apply node02', 'reboot node02', 'verify node02', 'release node02'],
  )
  t.ok(
    first('release node03') > first('release node02') &&
      first('release node04') > first('release node02'),
    'what runs on it is given back after it',
  )
  t.equal(first('apply node04'), -1, 'the node that was GOOD is not changed')
  t.ok(
    steps.slice(0, apply).every((s) => s !== 'apply node03'),
    'the other one is changed after its hypervisor',
  )
  t.same(harmed(await jobsOf(lab, 'guest-')), [], 'COMPLETED, exit 0, never restarted')
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => '1.1'),
  )
  t.same(
    (await fleet.boots()).map((n, i) => n - (bootsBefore[i] ?? 0)),
    [1, 1, 2, 1],
    'node03 once with its hypervisor and once for its own change',
  )
  t.ok(peakOut(sampler.samples) <= 3, `out at once, by Slurm: ${peakOut(sampler.samples)}`)
  t.same(
    Object.entries(await fleet.states()).filter(([, state]) => !/^IDLE$/.test(state)),
    [],
  )
  t.same(
    await Promise.all(lab.nodes.map((n) => fleet.reason(n))),
    lab.nodes.map(() => ''),
    'no reason is left',
  )
  t.same(await fleet.reservations(), [])
  t.comment(steps.join('\n'))
}
