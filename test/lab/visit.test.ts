// SPDX-License-Identifier: Apache-2.0
// Changes that need an empty node and a reboot, on a living Slurm: nodes that others took out are
// theirs, jobs end as if nothing had happened, and patchrun may be killed at any stage of a visit.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { inFull } from '../support/size.js'
import { answerOf, sitePlaybook, startDrainFleet, type DrainFleet } from './support/drain-fleet.js'
import { DONE, INTENDED, STAGES } from './support/kills.js'
import { labUnsupported } from './support/lab.js'
import { isDrained, peakOut, startSampler } from './support/sampler.js'
import { asAlice, harmed, jobsOf } from './support/workload.js'

const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
/** What the play for localhost sets is needed in every step. */
const LOCAL = `- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact: { word: new }
      tags: [always]
`
const HOT = `    - name: a hot part
      ansible.builtin.copy: { dest: /etc/hot, content: "{{ hostvars['localhost'].word }}", mode: "0644" }
      tags: [HotChange]
`
t.setTimeout(1_700_000)

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else {
  await inFull(t, 'nodes that others took out', {}, (t) => othersNodes(t, ansible))
  await inFull(t, 'a busy node, and the Hot part of a mixed commit', {}, (t) =>
    busyNode(t, ansible),
  )
  await inFull(t, 'killed at each stage of a visit', {}, (t) => killed(t, ansible))
  await inFull(t, 'a change that outlives its patchrun', {}, (t) => orphaned(t, ansible))
}

async function fleetFor(
  t: Test,
  ansible: string,
  size: Parameters<typeof startDrainFleet>[1] = {},
): Promise<DrainFleet> {
  const fleet = await startDrainFleet(ansible, size)
  t.teardown(() => fleet.lab.stop())
  return fleet
}

async function othersNodes(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, { nodes: 4 })
  const { lab } = fleet
  const theirs = ['node03', 'node04']
  const rest = ['node01', 'node02']
  await lab.exec([
    'scontrol',
    'update',
    'nodename=node03',
    'state=drain',
    'reason=RAM 3 (slot "B2"): hands off, 2 of 4',
  ])
  await lab.exec(['scontrol', 'update', 'nodename=node04', 'state=down', 'reason=no power'])
  const before = await Promise.all(theirs.map((n) => fleet.reason(n)))
  t.match(before[0], /^RAM 3 \(slot "B2"\): hands off, 2 of 4 \[root@/)
  const bootsBefore = await fleet.boots()
  fleet.repository.commit('labpkg 1.1', { 'site.yml': sitePlaybook('1.1') })

  // Two are out already: with room for two there is none for patchrun.
  await fleet.declare({ drain: 'atOnce: 2', capacity: 2 })
  const full = await fleet.patchrun(['run', '--yes', '--once', '--json'])
  if (!t.equal(full.exitCode, 5)) t.comment(full.stderr, full.stdout)
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => '1.0'),
    'those that are out already are counted: nobody is drained',
  )
  t.same(await fleet.boots(), bootsBefore)

  // With room for three, one at a time.
  await fleet.declare({ drain: 'atOnce: 2', capacity: 3 })
  const sampler = startSampler(lab)
  const begun = Date.now()
  let last = full
  for (let i = 0; i < 20; i++) {
    last = await fleet.patchrun(['run', '--yes', '--once', '--json'])
    if (
      (await fleet.versions(rest)).every((v) => v === '1.1') &&
      answerOf(last)
        .rollout.nodes.filter(({ node }) => rest.includes(node))
        .every(({ stage }) => stage === 'good')
    )
      break
    await sleep(1_000)
  }
  await sampler.stop()
  if (!t.equal(last.exitCode, 5, 'two nodes wait')) t.comment(last.stderr, last.stdout)
  t.same(
    await fleet.versions(),
    ['1.1', '1.1', '1.0', '1.0'],
    'the rest is done, theirs are not touched',
  )
  t.same(
    await fleet.boots(),
    bootsBefore.map((n, i) => (i < 2 ? n + 1 : n)),
    'rebooted once, theirs not at all',
  )
  t.same(
    await Promise.all(theirs.map((n) => fleet.reason(n))),
    before,
    'their reasons are as they were, byte for byte',
  )
  t.ok(
    peakOut(sampler.samples) <= 3,
    `never more than three out, by Slurm: ${peakOut(sampler.samples)}`,
  )
  t.same(await fleet.reservations(), [])
  t.match(await fleet.states(), {
    node01: /^IDLE/,
    node02: /^IDLE/,
    node03: /DRAIN/,
    node04: /^DOWN/,
  })
  const status = await fleet.patchrun(['status'])
  t.match(
    status.stdout,
    /node03.*drain.*RAM 3 \(slot "B2"\): hands off, 2 of 4.*root/is,
    'status names who drained it and why',
  )
  t.match(status.stdout, /node04.*down.*no power.*root/is)
  t.comment(
    `2 nodes of 4 in ${((Date.now() - begun) / 1000).toFixed(1)} s, ${sampler.samples.length} samples`,
  )
}

async function busyNode(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, { nodes: 4 })
  const { lab } = fleet
  await fleet.declare({
    drain: 'atOnce: 2, hotFirst: true',
    capacity: 2,
    inventory: ', localhost: run',
    health: '{ name: slurm, role: slurm_health, at: [start, canaries, end] }',
  })
  // node04 has labpkg 1.1 already: of this commit it needs the Hot part only.
  const hot = ['node04']
  await fleet.everywhere(
    'sudo DEBIAN_FRONTEND=noninteractive apt-get -qy install labpkg=1.1 >/dev/null 2>&1',
    hot,
  )
  const bootsBefore = await fleet.boots()
  fleet.repository.commit('labpkg 1.1 and a hot part', {
    'site.yml': LOCAL + sitePlaybook('1.1', HOT),
  })
  const sampler = startSampler(lab)
  const { stdout, stderr, exitCode } = await asAlice(lab, [
    'sbatch',
    '--parsable',
    '-D',
    '/tmp',
    '-o',
    '/dev/null',
    '-J',
    'long',
    '-w',
    'node03',
    '-t',
    '10',
    '--wrap',
    'until [ -e /tmp/enough ]; do sleep 0.5; done',
  ])
  t.equal(exitCode, 0, stderr)
  const job = stdout.trim()
  const running = async (): Promise<boolean> => (await jobsOf(lab, 'long'))[0]?.state === 'RUNNING'

  let during = await fleet.patchrun(['run', '--yes', '--once', '--json'])
  t.ok(await running(), 'the job is still there after the first process')
  if (!t.equal(during.exitCode, 5)) t.comment(during.stderr, during.stdout)
  const hots = await fleet.everywhere('cat /etc/hot')
  t.ok(await running())
  t.same(
    hots,
    lab.nodes.map(() => 'new'),
    'the Hot part is everywhere, under the job too',
  )
  await sleep(1_000)
  during = await fleet.patchrun(['run', '--yes', '--once', '--json'])
  const status = await fleet.patchrun(['status'])
  if (t.ok(await running(), 'the job still runs when people look')) {
    t.match(
      status.stdout,
      new RegExp(`node03.*${job}.*alice.*\\d\\d:\\d\\d`, 's'),
      'status names the job, its user and its end',
    )
    t.match((await fleet.states())['node03'], /DRAIN/)
    t.equal((await fleet.versions(['node03']))[0], '1.0')
  }
  t.equal(during.exitCode, 5)
  await fleet.everywhere('touch /tmp/enough', ['node03'])
  const done = await fleet.patchrun(['run', '--yes', '--json'])
  if (!t.equal(done.exitCode, 0)) t.comment(done.stderr, done.stdout)
  await sampler.stop()
  const jobs = await jobsOf(lab, 'long')
  t.equal(jobs.length, 1)
  t.same(harmed(jobs), [], 'COMPLETED, exit 0, never restarted')
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => '1.1'),
  )
  t.equal(
    fleet.steps().filter((s) => s.startsWith('check')).length,
    3,
    'Slurm was asked whether all is well, before, after the canary and at the end',
  )
  t.same(
    await fleet.boots(),
    bootsBefore.map((n, i) => (i === 3 ? n : n + 1)),
    'rebooted once, and not for the Hot part alone',
  )
  t.same(
    hot.filter((n) =>
      sampler.samples.some(({ nodes }) => {
        const seen = nodes.get(n)
        return seen && isDrained(seen)
      }),
    ),
    [],
    'nobody was drained for the Hot part',
  )
  t.ok(peakOut(sampler.samples) <= 2, `out at once, by Slurm: ${peakOut(sampler.samples)}`)
  t.same(await fleet.reservations(), [])
  t.same(
    Object.entries(await fleet.states()).filter(([, state]) => !/^IDLE/.test(state)),
    [],
  )
  t.comment(`job ${job} and 4 nodes, ${sampler.samples.length} samples`)
}

async function killed(t: Test, ansible: string): Promise<void> {
  const fleet = await fleetFor(t, ansible, { nodes: 3 })
  await fleet.declare({ drain: 'atOnce: 2', capacity: 2 })
  let kills = 0
  // The soak of every run has the other kill of each kind.
  for (const { version, moment, killedInSoak } of [
    { version: '1.1', moment: INTENDED, killedInSoak: 'apply' },
    { version: '1.0', moment: DONE, killedInSoak: 'reboot' },
  ]) {
    await t.test(moment.says, async (t) => {
      const bootsBefore = await fleet.boots()
      fleet.repository.commit(`labpkg ${version}`, { 'site.yml': sitePlaybook(version) })
      for (const stage of STAGES.filter((one) => one !== killedInSoak)) {
        const { exitCode, stderr } = await fleet.patchrun(['run', '--yes'], {
          env: moment.at(stage),
        })
        if (t.equal(exitCode, null, `killed at ${stage}`)) kills += 1
        else t.comment(stderr)
      }
      await ends(t, fleet, version, bootsBefore)
    })
  }

  await t.test('in the middle of each stage', async (t) => {
    const bootsBefore = await fleet.boots()
    fleet.repository.commit('labpkg 1.1 again', { 'site.yml': `${sitePlaybook('1.1')}# again\n` })
    for (const [i, stage] of STAGES.entries()) {
      const killer = new AbortController()
      // In the order in which they come: the canary, then the last idle one. What was cut off is
      // begun again.
      const node = i < 2 ? 'node01' : 'node03'
      const running = fleet.patchrun(['run', '--yes'], { signal: killer.signal })
      const met = await Promise.race([
        fleet.intended(stage, node).then(() => true),
        running.then(() => false),
      ])
      await sleep(stage === 'reboot' ? 1_000 : 250)
      killer.abort()
      const { exitCode } = await running
      if (met && exitCode !== 0) kills += 1
    }
    await ends(t, fleet, '1.1', bootsBefore)
  })
  t.comment(`${kills} kills in 3 rollouts over 3 nodes`)
}

/** The next run ends it. */
async function ends(
  t: Test,
  fleet: DrainFleet,
  version: string,
  bootsBefore: readonly number[],
): Promise<void> {
  const { lab } = fleet
  const { exitCode, stderr } = await fleet.patchrun(['run', '--yes'])
  if (!t.equal(exitCode, 0, 'the next run ends it')) t.comment(stderr)
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => version),
  )
  t.same(
    await fleet.boots(),
    bootsBefore.map((n) => n + 1),
    'each node was rebooted exactly once',
  )
  t.same(
    Object.entries(await fleet.states()).filter(
      ([, state]) => !/^(IDLE|MIXED|ALLOCATED)$/.test(state.replace('*', '')),
    ),
    [],
    'no node is left drained',
  )
  t.same(
    await Promise.all(lab.nodes.map((n) => fleet.reason(n))),
    lab.nodes.map(() => ''),
    'no reason is left',
  )
  t.same(await fleet.reservations(), [], 'no reservation is left')
}

/** The Ansible of a visit was started by one of its steps, and is found by each of them. */
async function orphaned(t: Test, ansible: string): Promise<void> {
  // With two processors one is free for a launch ahead only while all nodes that are out reboot,
  // which takes a while.
  const fleet = await fleetFor(t, ansible, { bootDelay: 6 })
  const { lab } = fleet
  await fleet.declare({ drain: 'atOnce: 2', capacity: 2 })
  const bootsBefore = await fleet.boots()
  // On a node that has seen it before it takes no time.
  const slow = `    - name: takes its time
      ansible.builtin.command: sh -c "[ -e /var/tmp/began ] || { touch /var/tmp/began; exec sleep 987; }"
      tags: [DrainChange]
`
  fleet.repository.commit('labpkg 1.1, slowly', { 'site.yml': sitePlaybook('1.1', slow) })
  const killer = new AbortController()
  const running = fleet.patchrun(['run', '--yes'], { signal: killer.signal })
  await fleet.intended('apply', 'node01')
  const sleeps = async (): Promise<boolean> =>
    (await lab.ssh('node01', 'pgrep -x sleep')).stdout !== ''
  while (!(await sleeps())) await sleep(100)
  const playbooks = async (): Promise<string> =>
    (await lab.exec(['pgrep', '-f', 'ansible-playbook'])).stdout
  killer.abort()
  await running
  t.not(await playbooks(), '', 'nobody told it to end')
  await fleet.everywhere('touch /var/tmp/began')
  const again = await fleet.patchrun(['run', '--yes'])
  if (!t.equal(again.exitCode, 0)) t.comment(again.stderr)
  t.match(
    again.stderr + again.stdout,
    /ended an ansible-playbook of the run before \(apply on 1 node\)/,
  )
  t.equal(await playbooks(), '', 'none is left, nor one that was started ahead')
  t.same(
    await fleet.versions(),
    lab.nodes.map(() => '1.1'),
  )
  t.same(
    await fleet.boots(),
    bootsBefore.map((n) => n + 1),
  )
  t.same(fleet.steps().filter((s) => s === 'release node01').length, 1)
  const kept = fleet.evidence()
  t.equal(kept.length, fleet.steps().length, 'each step has a directory')
  t.same(
    kept.filter(({ log }) => log === ''),
    [],
    'of each step there is a log under its name',
  )
  t.ok(
    kept.some(({ step, log }) => step.endsWith('-drain') && /visit-\d+-\d+$/.test(log)),
    'some visits were started ahead',
  )
}
