// SPDX-License-Identifier: Apache-2.0
// A hypervisor and two nodes on it, on a living Slurm: out together when the last job has ended, back one after the other. The lab's
// nodes are no real guests, so their power is cut when their hypervisor reboots, as it would be.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { inFull } from '../support/size.js'
import { sitePlaybook, startDrainFleet } from './support/drain-fleet.js'
import { labUnsupported } from './support/lab.js'
import { peakOut, startSampler } from './support/sampler.js'
import { asAlice, harmed, jobsOf } from './support/workload.js'

const unsupported = await labUnsupported()
const ansible = process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else await inFull(t, 'out together, back one after the other', {}, (t) => together(t, ansible))

async function together(t: Test, ansible: string): Promise<void> {
  const fleet = await startDrainFleet(ansible)
  const { lab } = fleet
  t.teardown(() => lab.stop())
  const guests = ['node05', 'node06']
  // node06 is where it should be: it goes out for the sake of node04 only.
  await fleet.everywhere('sudo DEBIAN_FRONTEND=noninteractive apt-get -qy install labpkg=1.1 >/dev/null 2>&1', ['node06'])
  await fleet.declare({ drain: 'atOnce: 1', capacity: 3, runsOn: 'node04: ["node[05-06]"]' })
  const bootsBefore = await fleet.boots()
  fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
  const sampler = startSampler(lab)
  const submit = async (node: string, name: string, command: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await asAlice(lab, ['sbatch', '--parsable', '-D', '/tmp', '-o', '/dev/null', '-J', name, '-w', node, '-t', '10', '--wrap', command])
    if (exitCode !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  const long = await submit('node05', 'guest-long', 'until [ -e /tmp/enough ]; do sleep 0.5; done')
  await submit('node06', 'guest-short', 'sleep 4')

  const running = fleet.patchrun(['run', '--yes', '--json'])
  await fleet.intended('drain', 'node04')
  await sampler.until(({ nodes }) => ['node04', ...guests].every((n) => nodes.get(n)?.state.includes('DRAIN')))
  // The short job is over, the long one is not.
  await sampler.until(({ nodes }) => nodes.get('node06')?.allocated === 0)
  const told = new RegExp(`node04.*waits for node05, which runs on it, to be empty: job ${long} of alice`)
  let status = await fleet.patchrun(['status'])
  for (const limit = Date.now() + 180_000; Date.now() < limit && !told.test(status.stdout); ) {
    await sleep(500)
    status = await fleet.patchrun(['status'])
  }
  t.match(status.stdout, told, 'status says what the hypervisor waits for')
  t.match(status.stdout, /node\[05-06\].*drained for node04, on which it runs/)
  t.equal((await jobsOf(lab, 'guest-long'))[0]?.state, 'RUNNING', 'the job runs on')
  t.same(await fleet.versions(['node04', ...guests]), ['1.0', '1.0', '1.1'], 'nothing is changed before all are empty')

  const rebooting = fleet.intended('reboot', 'node04')
  await fleet.everywhere('touch /tmp/enough', ['node05'])
  await rebooting
  for (const node of guests) await lab.power(node, 'pull')
  await sleep(1_000)
  for (const node of guests) await lab.power(node, 'on')
  const done = await running
  if (!t.equal(done.exitCode, 0)) t.comment(done.stderr, done.stdout)
  await sampler.stop()

  const steps = fleet.steps()
  const first = (step: string): number => steps.indexOf(step)
  const apply = first('apply node04')
  t.equal(steps[apply - 1], 'drain node04,node05,node06', 'all three were drained in the step before')
  t.equal(steps.filter((s) => s === 'apply node04').length, 1)
  t.same(steps.slice(apply, apply + 4).filter((s) => s.includes('node04')), ['apply node04', 'reboot node04', 'verify node04', 'release node04'])
  t.ok(first('release node05') > first('release node04') && first('release node06') > first('release node04'), 'what runs on it is given back after it')
  t.equal(first('apply node06'), -1, 'the node that was GOOD is not changed')
  t.ok(steps.slice(0, apply).every((s) => s !== 'apply node05'), 'the other one is changed after its hypervisor')
  t.same(harmed(await jobsOf(lab, 'guest-')), [], 'COMPLETED, exit 0, never restarted')
  t.same(await fleet.versions(), lab.nodes.map(() => '1.1'))
  t.same((await fleet.boots()).map((n, i) => n - (bootsBefore[i] ?? 0)), [1, 1, 1, 1, 2, 1], 'node05 once with its hypervisor and once for its own change')
  t.ok(peakOut(sampler.samples) <= 3, `out at once, by Slurm: ${peakOut(sampler.samples)}`)
  t.same(Object.entries(await fleet.states()).filter(([, state]) => !/^IDLE$/.test(state)), [])
  t.same(await Promise.all(lab.nodes.map((n) => fleet.reason(n))), lab.nodes.map(() => ''), 'no reason is left')
  t.same(await fleet.reservations(), [])
  t.comment(steps.join('\n'))
}
