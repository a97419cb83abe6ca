// SPDX-License-Identifier: Apache-2.0
// What breaks during a visit: a node that dies while it reboots, one whose slurmd does not come
// back, a test job that fails, a cut link, a slurmctld that is away. Each ends finished or
// quarantined by name, and the rest goes on.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { inFull } from '../support/size.js'
import { answerOf, sitePlaybook, startDrainFleet, type DrainFleet } from './support/drain-fleet.js'
import { labUnsupported } from './support/lab.js'
import { isDrained, startSampler } from './support/sampler.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
/** Of Slurm's plain words those of a node that serves. */
const SERVES = /^(IDLE|MIXED|ALLOCATED)$/
const NO_ANSWER = /the scheduler gave no (clear )?answer/
t.setTimeout(1_700_000)

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else {
  await inFull(t, 'nodes that break', {}, (t) => brokenNodes(t, ansible))
  await inFull(t, 'slurmctld is away', {}, (t) => awayController(t, ansible))
}

async function fleetFor(t: Test, ansible: string, nodes: number): Promise<DrainFleet> {
  const fleet = await startDrainFleet(ansible, { nodes })
  t.teardown(() => fleet.lab.stop())
  return fleet
}

async function brokenNodes(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, 6)
  const { lab } = fleet
  // Quarantined nodes stay out: there must be room for them. A node that is resumed reads
  // NOT_RESPONDING until all that slurmctld asks with it have answered or are given up, one that
  // has just died, too: eleven seconds were seen, and it may take MessageTimeout.
  await fleet.declare({
    drain: 'atOnce: 6, rebootTimeout: 30s',
    capacity: 6,
    scheduler:
      ', vars: { slurm_release_timeout: 30, slurm_test_job_command: [test, "!", -e, /etc/test-fails] }',
  })
  // slurmd runs until the reboot, and cannot be started after it.
  await fleet.everywhere('sudo chmod a-x /usr/sbin/slurmd', ['node04'])
  await fleet.everywhere('sudo touch /etc/test-fails', ['node05'])
  fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
  const bootsBefore = await fleet.boots()
  const begun = Date.now()
  const running = fleet.patchrun(['run', '--yes', '--json'])
  const dies = fleet.intended('reboot', 'node03').then(async () => {
    // In the second between two lives there is no init to kill.
    while (
      !(await lab.power('node03', 'pull').then(
        () => true,
        () => false,
      ))
    )
      await sleep(50)
  })
  const cut = (action: string, node: string): Promise<unknown> =>
    fleet
      .intended(action, node)
      .then(() => lab.power(node, 'cut'))
      .then(() => sleep(4_000))
      .then(() => lab.power(node, 'join'))
  const [ended] = await Promise.all([
    running,
    dies,
    cut('reboot', 'node06'),
    cut('apply', 'node02'),
    cut('release', 'node01'),
  ])
  const { exitCode, stdout, stderr } = ended
  if (!t.equal(exitCode, 4)) t.comment(stderr, stdout)
  const broken = ['node03', 'node04', 'node05']
  const { rollout } = answerOf(ended)
  t.match(rollout.halt, { code: 'nodes-failed', nodes: broken })
  const waiting = (node: string): string =>
    rollout.nodes.find((n) => n.node === node)?.waiting ?? ''
  t.same(
    rollout.nodes.filter(({ stage }) => stage === 'quarantined').map(({ node }) => node),
    broken,
    'quarantined by name',
  )
  t.match(
    waiting('node04'),
    /did not come back to Slurm|slurmd did not answer/,
    'what is wrong is said',
  )
  t.match(waiting('node05'), /the test job ended with code 1/)
  t.match(waiting('node03'), /did not come back|unreachable|did not answer/)

  const states = await fleet.states()
  for (const node of broken) {
    t.match(states[node], /DRAIN/, `${node} stays drained`)
    t.match(await fleet.reason(node), /^patchrun lab\/default /, 'with our reason')
  }
  const whole = lab.nodes.filter((n) => !broken.includes(n))
  t.same(
    whole.filter((n) => !SERVES.test((states[n] ?? '').replace('*', ''))),
    [],
    'the rest serves',
  )
  t.same(
    await fleet.versions([...whole, 'node04', 'node05']),
    ['1.1', '1.1', '1.1', '1.1', '1.1'],
    'and is at the pin',
  )
  const boots = await fleet.boots()
  t.same(
    whole.map((n) => (boots[lab.nodes.indexOf(n)] ?? 0) - (bootsBefore[lab.nodes.indexOf(n)] ?? 0)),
    whole.map(() => 1),
    'rebooted once',
  )
  t.same(await fleet.reservations(), [])
  t.comment(`3 of 6 quarantined in ${((Date.now() - begun) / 1000).toFixed(1)} s`)

  // Mended by people, and tried again.
  await lab.power('node03', 'on')
  for (
    const limit = Date.now() + 120_000;
    Date.now() < limit && (await lab.ssh('node03', 'true')).exitCode !== 0;
  )
    await sleep(100)
  await fleet.everywhere(
    'sudo rm -f /etc/test-fails; sudo chmod a+x /usr/sbin/slurmd; pgrep -x slurmd || sudo service slurmd start',
    broken,
  )
  t.equal((await fleet.patchrun(['retry', '--yes'])).exitCode, 0)
  const again = await fleet.patchrun(['run', '--yes'])
  if (!t.equal(again.exitCode, 0, 'what people mended is finished')) t.comment(again.stderr)
  t.same(
    Object.entries(await fleet.states()).filter(
      ([, state]) => !SERVES.test(state.replace('*', '')),
    ),
    [],
    'and given back',
  )
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => '1.1'),
  )
}

async function awayController(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, 4)
  const { lab } = fleet
  await fleet.declare({ drain: 'atOnce: 2', capacity: 2 })
  const bootsBefore = await fleet.boots()
  fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })
  const running = fleet.patchrun(['run', '--yes', '--json'])
  await fleet.intended('apply', 'node04')
  t.equal((await lab.exec(['scontrol', 'shutdown', 'slurmctld'])).exitCode, 0)
  // Until the run has met it.
  let meanwhile = await fleet.patchrun(['status'])
  for (
    const limit = Date.now() + 300_000;
    Date.now() < limit && !NO_ANSWER.test(meanwhile.stdout);
    await sleep(1_000)
  )
    meanwhile = await fleet.patchrun(['status'])
  t.match(meanwhile.stdout, NO_ANSWER, 'status says it')
  t.not((await lab.exec(['scontrol', 'ping'])).exitCode, 0, 'it is away')
  const boots = await fleet.boots()
  t.comment(meanwhile.stdout)
  const sampler = startSampler(lab, 200)
  t.equal((await lab.exec(['slurmctld'])).exitCode, 0)
  const { exitCode, stdout, stderr } = await running
  await sampler.stop()
  if (!t.equal(exitCode, 0, 'it goes on once slurmctld is back')) t.comment(stderr, stdout)
  // Whoever was in the middle of a visit may have been restarted; nobody new was begun.
  t.ok(
    boots.filter((n, i) => n > (bootsBefore[i] ?? 0)).length <= 3,
    `rebooted while it was away: ${boots.join(' ')}`,
  )
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => '1.1'),
  )
  t.same(
    await fleet.boots(),
    bootsBefore.map((n) => n + 1),
    'each was rebooted exactly once',
  )
  t.same(await fleet.reservations(), [])
  t.same(
    Object.entries(await fleet.states()).filter(
      ([, state]) => !SERVES.test(state.replace('*', '')),
    ),
    [],
    'all serve',
  )
  t.ok(
    sampler.samples.every(
      ({ nodes }) => [...nodes.values()].filter((n) => isDrained(n)).length <= 2,
    ),
    'never more than two drained',
  )
}
