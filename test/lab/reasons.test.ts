// SPDX-License-Identifier: Apache-2.0
// Whose drain it is, on the Slurm that is here: what Slurm itself writes in the place of our
// reason, or behind it, and a reason that outlives its drain. Releases differ in all of that; what
// comes of it is the same.
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { inFull } from '../support/size.js'
import { answerOf, sitePlaybook, startDrainFleet, type DrainFleet } from './support/drain-fleet.js'
import { labUnsupported } from './support/lab.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

const BROKEN = `    - name: a kernel without the driver
      ansible.builtin.copy: { dest: /etc/slurm/gres.conf, content: "# no driver", mode: "0644" }
      tags: [DrainChange]
      notify: ask for a reboot
`

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else {
  await inFull(t, 'a change that costs nodes their GPU halts at the canary', {}, (t) =>
    refused(t, ansible),
  )
  await inFull(t, 'a reason that outlives its drain, and one that Slurm has added to', {}, (t) =>
    stale(t, ansible),
  )
}

async function fleetFor(
  t: Test,
  ansible: string,
  size: Parameters<typeof startDrainFleet>[1],
): Promise<DrainFleet> {
  const fleet = await startDrainFleet(ansible, size)
  t.teardown(() => fleet.lab.stop())
  return fleet
}

async function refused(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, { nodes: 4, etc: 'gpu' })
  fleet.repository.commit('a new kernel', { 'site.yml': sitePlaybook('1.1', BROKEN) })
  await fleet.declare({
    drain: 'atOnce: 3',
    capacity: 4,
    scheduler: ', vars: { slurm_release_timeout: 20 }',
  })
  const run = await fleet.patchrun(['run', '--yes', '--once', '--json'])
  const { rollout } = answerOf(run)
  if (!t.equal(run.exitCode, 4)) t.comment(run.stderr, run.stdout)
  t.match(rollout.halt, { code: 'canary-failed', nodes: ['node01'] })
  t.match(rollout.halt?.message, /gres\/gpu|INVALID_REG/i, "with Slurm's words")
  t.match((await fleet.states())['node01'], /DRAIN/, 'nobody gets it')
  t.same(
    await fleet.versions(['node02', 'node03', 'node04']),
    ['1.0', '1.0', '1.0'],
    'no other node was touched',
  )

  // The next commit brings the driver back: the node is still ours, and is mended.
  fleet.repository.commit('with the driver', {
    'site.yml': sitePlaybook(
      '1.1',
      BROKEN.replace('a kernel without the driver', 'the driver').replace(
        '# no driver',
        'Name=gpu File=/dev/zero\\n',
      ),
    ),
  })
  const mended = await fleet.patchrun(['run', '--yes', '--json'])
  if (!t.equal(mended.exitCode, 0)) t.comment(mended.stderr, mended.stdout)
  t.same(await fleet.versions(), ['1.1', '1.1', '1.1', '1.1'])
  t.same(
    Object.entries(await fleet.states()).filter(
      ([, state]) => !/^IDLE/.test(state) || /DRAIN|INVALID/.test(state),
    ),
    [],
  )
}

async function stale(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, { nodes: 4 })
  const { lab } = fleet
  const slurm = async (...argv: string[]): Promise<void> =>
    void (await lab.exec(['scontrol', 'update', ...argv]))
  const ours = 'patchrun lab/default r0-00000000 000000000000'
  // node03 was drained by patchrun once and is back; then its slurmd, and that of node04, die.
  await slurm('nodename=node03', 'state=drain', `reason=${ours}`)
  await sleep(1_000)
  await slurm('nodename=node03', 'state=undrain')
  await sleep(2_000)
  await fleet.everywhere('sudo service slurmd stop', ['node03', 'node04'])
  for (const until = Date.now() + 600_000; ; await sleep(1_000)) {
    const states = await fleet.states()
    if (['node03', 'node04'].every((n) => states[n]?.includes('DOWN'))) break
    if (Date.now() > until) throw new Error('Slurm does not notice that they are gone')
  }
  t.comment(
    `node03 reads ${(await fleet.states())['node03'] ?? ''}, reason "${await fleet.reason('node03')}"`,
  )
  fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
  await fleet.declare({ drain: 'atOnce: 3', capacity: 4 })
  const run = await fleet.patchrun(['run', '--yes', '--once', '--json'])
  if (!t.equal(run.exitCode, 5)) t.comment(run.stderr, run.stdout)
  t.same(await fleet.versions(), ['1.1', '1.1', '1.0', '1.0'], 'both are left alone')
  const { rollout } = answerOf(run)
  for (const node of ['node03', 'node04'])
    t.match(
      rollout.nodes.find((n) => n.node === node)?.waiting,
      /down.*not by patchrun.*left alone/s,
      node,
    )
  t.same(
    fleet.steps().filter((s) => /^(drain|apply|release) .*node0[34]/.test(s)),
    [],
  )

  // What Slurm adds to our reason where an epilog fails, as a person would see it.
  await slurm('nodename=node02', 'state=drain', `reason=${ours} : Epilog error`)
  fleet.repository.commit('labpkg 1.2', { 'site.yml': sitePlaybook('1.2') })
  await fleet.patchrun(['run', '--yes', '--once', '--json'])
  t.equal((await fleet.versions(['node02']))[0], '1.1', 'it is not changed')
  t.match(await fleet.reason('node02'), /Epilog error/, 'and what Slurm said stands there')
  t.match((await fleet.states())['node02'], /DRAIN/, 'nor given back')
}
