// SPDX-License-Identifier: Apache-2.0
// The words that Slurm writes for a node's state, brought about in a real cluster: what patchrun
// makes of each is what docs/usage/drain.md says.
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { readSchedulerReport } from '../../lib/workload/slurm/read-report.js'
import type { Workload } from '../../lib/workload/slurm/types.js'
import { type SlurmUse, useOf } from '../../lib/workload/slurm/use.js'
import { inFull } from '../support/size.js'
import { type Lab, labUnsupported, startLab } from './support/lab.js'
import { playRoles } from './support/role-play.js'
import { run } from './support/run.js'

const PREFIX = 'patchrun hpc/prod '
const OURS = `${PREFIX}r7 0123456789ab`
const unsupported = await labUnsupported()
const ansible =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] || process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
t.setTimeout(1_700_000)

if (unsupported !== undefined || !ansible) t.plan(0, unsupported ?? 'no ansible-core to test with')
else {
  await inFull(t, 'what each word of a state says', {}, (t) => words(t, ansible))
  await inFull(
    t,
    'a node in a maintenance reservation of the site is given back into it',
    {},
    (t) => reserved(t, ansible),
  )
  const version = /(\d+\.\d+)/.exec((await run(['slurmctld', '-V'])).stdout)?.[1] ?? ''
  // Earlier releases have no blocks that a job can have for itself.
  if (version >= '24.11')
    await inFull(t, 'a node in a block that a job has for itself', {}, (t) => blocked(t, ansible))
}

interface Cluster {
  readonly slurm: (...argv: string[]) => Promise<string>
  readonly submit: (...args: string[]) => Promise<string>
  readonly role: (name: string, vars?: Readonly<Record<string, unknown>>) => Promise<Workload>
  readonly until: (node: string, pattern: RegExp) => Promise<string>
}

function cluster(lab: Lab, ansible: string): Cluster {
  const play = playRoles(lab, ansible)
  const slurm = async (...argv: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await lab.exec(argv)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
    return stdout
  }
  const common = {
    patchrun_controller: 'localhost',
    patchrun_reason: OURS,
    patchrun_reason_prefix: PREFIX,
    patchrun_rollout: 'r7',
    patchrun_sha: '0123456789ab',
    patchrun_feature: '',
    patchrun_feature_prefix: 'patchrun_',
    patchrun_test: true,
    patchrun_test_role: 'slurm_test_job',
    slurm_release_timeout: 20,
  }
  return {
    slurm,
    submit: async (...args) =>
      /\d+/.exec(
        await slurm(
          'setpriv',
          '--reuid=2001',
          '--regid=2001',
          '--clear-groups',
          'sbatch',
          '-D',
          '/tmp',
          '-o',
          '/dev/null',
          ...args,
        ),
      )?.[0] ?? '',
    async role(name, vars = {}) {
      const played = await play(name, { ...common, ...vars })
      const read = readSchedulerReport([...played.reports.values()][0], Date.now())
      if (typeof read === 'string') throw new Error(`${name}: ${read}\n${played.output}`)
      return read
    },
    async until(node, pattern) {
      for (const end = Date.now() + 180_000; ; await sleep(200)) {
        const state =
          /State=(\S+)/.exec(await slurm('scontrol', '-a', '-o', 'show', 'node', node))?.[1] ?? ''
        if (pattern.test(state)) return state
        if (Date.now() > end)
          throw new Error(`${node} never reads ${pattern.source}, it is ${state}`)
      }
    },
  }
}

async function words(t: Test, ansible: string): Promise<void> {
  const lab = await startLab({ nodes: 6, etc: 'states', enough: 5 })
  t.teardown(() => lab.stop())
  const { slurm, submit, role, until } = cluster(lab, ansible)
  const read = async (
    node: string,
    reservations: 'join' | 'leave' = 'leave',
  ): Promise<SlurmUse | null> => useOf(await role('slurm_observe'), node, PREFIX, { reservations })
  const shows = (use: SlurmUse | null, word: string, expected: Partial<SlurmUse>): void => {
    if (!t.ok(use?.node.state.includes(word), `Slurm writes ${word}`))
      t.comment(use?.node.state.join('+') ?? 'not shown')
    t.match(use, expected, use?.node.state.join('+') ?? 'not shown')
  }
  await until('node06', /INVALID/)
  await slurm(
    'scontrol',
    'create',
    'reservationname=works',
    'users=root',
    'flags=maint',
    'nodes=node01',
    'starttime=now',
    'duration=60',
  )
  await slurm(
    'scontrol',
    'create',
    'reservationname=course',
    'users=alice',
    'nodes=node03',
    'starttime=now',
    'duration=60',
  )
  await slurm('scontrol', 'update', 'nodename=node02', 'state=fail', 'reason=fan')
  const job = await submit('-w', 'node04', '--wrap', 'sleep 900')
  await until('node04', /MIXED/)
  await slurm('scontrol', 'update', 'nodename=node04', 'state=drain', `reason=${OURS}`)
  await slurm('scontrol', 'update', 'nodename=node05', 'state=down', 'reason=cable')
  await until('node01', /MAINT/)
  const all = await role('slurm_observe')
  const use = (node: string, reservations: 'join' | 'leave' = 'leave'): SlurmUse | null =>
    useOf(all, node, PREFIX, { reservations })
  shows(use('node01'), 'MAINTENANCE', {
    condition: 'reserved',
    out: true,
    ours: false,
    empty: true,
  })
  shows(use('node01', 'join'), 'MAINTENANCE', { condition: 'serving', out: false })
  shows(use('node02'), 'FAIL', { condition: 'broken', out: true, ours: false })
  shows(use('node03'), 'RESERVED', { condition: 'serving', out: false })
  shows(use('node04'), 'DRAIN', { condition: 'drained', out: true, ours: true, empty: false })
  shows(use('node05'), 'DOWN', { condition: 'broken', out: true, ours: false })
  const refused = use('node06')
  shows(refused, 'INVALID_REG', { condition: 'drained', out: true, ours: false })
  t.match(refused?.refused, /^Slurm has taken the node out .*gres\/gpu count/)
  t.match(refused?.node.reason, /gres\/gpu count/)
  shows(use('cl-1'), 'POWERED_DOWN', { condition: 'asleep', out: false, ours: false, empty: true })
  t.equal(use('fut1'), null, 'what is declared for later is not shown')
  t.equal(use('dead-8'), null, 'nor what has no address')

  // A reboot that somebody asks Slurm for, on a node that we hold.
  await slurm('scontrol', 'reboot', 'ASAP', 'nextstate=RESUME', 'node04')
  await slurm('scontrol', 'update', 'nodename=node02', 'state=resume')
  await slurm('scontrol', 'update', 'nodename=node02', 'state=drain', 'reason=RMA')
  await until('node04', /REBOOT/)
  shows(await read('node04'), 'REBOOT_REQUESTED', { out: true, empty: false })
  shows(await read('node02'), 'DRAIN', {
    condition: 'drained',
    out: true,
    ours: false,
    empty: true,
  })
  await slurm('scontrol', 'cancel_reboot', 'node04')
  await slurm('scancel', job)

  // A wide job waits for two nodes: Slurm keeps the idle one for it.
  await slurm('scontrol', 'update', 'nodename=node02', 'state=resume')
  await slurm('scontrol', 'update', 'nodename=node05', 'state=resume')
  await submit('-w', 'node02', '-t', '10', '--wrap', 'sleep 900')
  await until('node02', /MIXED/)
  await submit('-N2', '-n4', '-w', 'node02,node05', '-t', '10', '--wrap', 'sleep 900')
  await until('node05', /PLANNED/)
  shows(await read('node05'), 'PLANNED', { condition: 'serving', out: false, empty: true })
}

async function blocked(t: Test, ansible: string): Promise<void> {
  const lab = await startLab({ nodes: 4, etc: 'blocks' })
  t.teardown(() => lab.stop())
  const { slurm, submit, role, until } = cluster(lab, ansible)
  const job = await submit(
    '-N1',
    '-w',
    'node01',
    '--exclusive=topo',
    '-t',
    '5',
    '--wrap',
    'sleep 900',
  )
  await until('node02', /BLOCKED/)
  const seen = useOf(await role('slurm_observe'), 'node02', PREFIX)
  t.match(seen, { condition: 'blocked', out: true, ours: false, empty: true })
  await slurm('scontrol', 'update', 'nodename=node02', 'state=drain', `reason=${OURS}`)
  const before = await role('slurm_release', { patchrun_nodes: ['node02'] })
  t.match(
    before.results['node02'],
    { result: 'waiting', message: /block of nodes for itself/ },
    'no test job can start there',
  )
  t.match(
    useOf(before, 'node02', PREFIX),
    { out: true, empty: true },
    'and nobody else gets it meanwhile',
  )
  t.match(before.reservations, [{ nodes: ['node02'], flags: ['MAINT'] }])
  await slurm('scancel', job)
  await until('node02', /^(?!.*BLOCKED)/)
  const after = await role('slurm_release', { patchrun_nodes: ['node02'] })
  t.match(after.results['node02'], { result: 'released' })
  await until('node02', /^IDLE$/)
}

async function reserved(t: Test, ansible: string): Promise<void> {
  const lab = await startLab({ nodes: 2 })
  t.teardown(() => lab.stop())
  const { slurm, role, until } = cluster(lab, ansible)
  await slurm(
    'scontrol',
    'create',
    'reservationname=works',
    'users=root',
    'flags=maint',
    'nodes=node01,node02',
    'starttime=now',
    'duration=60',
  )
  await until('node01', /MAINT/)
  t.match((await role('slurm_drain', { patchrun_nodes: ['node01'] })).results['node01'], {
    result: 'drained',
  })
  const after = await role('slurm_release', { patchrun_nodes: ['node01'] })
  t.match(
    after.results['node01'],
    { result: 'released' },
    'its test job ran in a reservation of its own',
  )
  t.match(useOf(await role('slurm_observe'), 'node01', PREFIX), {
    condition: 'reserved',
    ours: false,
  })
  t.same(
    after.reservations.map(({ name }) => name),
    ['works'],
  )

  // The other node may be patched meanwhile.
  t.match((await role('slurm_drain', { patchrun_nodes: ['node01'] })).results['node01'], {
    result: 'drained',
  })
  const tested = role('slurm_release', {
    patchrun_nodes: ['node01'],
    slurm_release_timeout: 120,
    slurm_test_job_command: ['sleep', '20'],
  })
  await until('node01', /MIXED/)
  const seen = await role('slurm_observe')
  t.match(seen.jobs, [{ nodes: ['node01'] }], 'its test job')
  t.same(
    ['node01', 'node02'].map((node) => useOf(seen, node, PREFIX, { reservations: 'join' })?.out),
    [true, false],
  )
  t.match((await tested).results['node01'], { result: 'released' })
}
