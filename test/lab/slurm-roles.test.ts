// SPDX-License-Identifier: Apache-2.0
// The roles for Slurm and for a reboot, each alone, on real daemons: what they report, what they
// change, what they leave alone.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { BOTH, OFTEN } from '../support/say.js'
import { full, inFull, inQuick, leave } from '../support/size.js'
import { labUnsupported, startLab } from './support/lab.js'
import { playRoles } from './support/role-play.js'
import { keepsReasons } from './support/workload.js'
import type { PlayOptions, Played, RebootReport, SlurmReport } from './support/role-play.js'

t.setTimeout(1_700_000)
// Each version of Ansible has a lab of its own, and much of the time passes in waiting.
t.jobs = 2

const unsupported = await labUnsupported()
const OURS = 'patchrun hpc/prod r7 0123456789ab'

if (unsupported !== undefined || BOTH.length === 0)
  t.plan(0, unsupported ?? 'no ansible-core to test with')
else
  for (const bin of BOTH) {
    if (bin === OFTEN || full) void t.test(`roles, ${bin}`, { buffered: true }, (t) => all(t, bin))
    else leave(t, `roles, ${bin}`)
  }

async function all(t: Test, bin: string): Promise<void> {
  const lab = await startLab({ nodes: 6 })
  t.teardown(() => lab.stop())
  // What a run of every size holds is held with one Ansible there, and with the other one in the
  // rest.
  const inEach = bin === OFTEN ? inQuick : inFull
  const play = playRoles(lab, bin)
  const common = {
    patchrun_controller: 'localhost',
    patchrun_reason: OURS,
    patchrun_reason_prefix: 'patchrun hpc/prod ',
    patchrun_rollout: 'r7',
    patchrun_sha: '0123456789ab',
    patchrun_feature: '',
    patchrun_feature_prefix: 'patchrun_',
    patchrun_test: true,
    patchrun_test_role: 'slurm_test_job',
    slurm_release_timeout: 20,
  }
  const on = async (
    role: string,
    vars: Readonly<Record<string, unknown>> = {},
    options: PlayOptions = {},
  ): Promise<Played<SlurmReport> & { readonly report: SlurmReport }> => {
    const played = await play(role, { ...common, ...vars }, options)
    const report = [...played.reports.values()][0]
    if (!report) throw new Error(`no report of ${role}: ${played.failures}\n${played.output}`)
    return { ...played, report }
  }
  const slurm = async (...argv: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await lab.exec(argv)
    if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
    return stdout
  }
  const submit = async (...args: string[]): Promise<string> =>
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
    )?.[0] ?? ''
  const drained = (nodes: string, reason = OURS): Promise<string> =>
    slurm('scontrol', 'update', `nodename=${nodes}`, 'state=drain', `reason=${reason}`)
  /** As Slurm has it, word for word. */
  const raw = async (
    node: string,
  ): Promise<{ readonly state: string; readonly reason: string; readonly line: string }> => {
    const line = (await slurm('scontrol', '-o', 'show', 'node', node)).replace(
      /(CPULoad|FreeMem|LastBusyTime)=\S+/g,
      '',
    )
    return {
      state: /State=(\S+)/.exec(line)?.[1] ?? '',
      reason: /Reason=(.*)/.exec(line)?.[1] ?? '',
      line,
    }
  }
  const jobField = async (job: string, field: string): Promise<string> =>
    new RegExp(`${field}=(\\S+)`).exec(await slurm('scontrol', '-o', 'show', 'job', job))?.[1] ?? ''
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 180_000; Date.now() < end; await sleep(100))
      if (await holds()) return
    throw new Error(`never: ${what}`)
  }
  /** Two nodes that people took out. */
  const others = async (): Promise<void> => {
    await drained('node05', 'RMA #4711: "fan"  loud [see wiki]')
    await slurm('scontrol', 'update', 'nodename=node06', 'state=down', 'reason=cable')
  }
  /** node02 was drained by us, with a job on it. */
  const atWork = async (): Promise<void> => {
    await slurm('scancel', '-u', 'alice')
    if ((await raw('node02')).state.includes('DRAIN'))
      await slurm('scontrol', 'update', 'nodename=node02', 'state=resume')
    const job = await submit('-w', 'node02', '--wrap', 'sleep 900')
    await until('it runs', async () => (await jobField(job, 'JobState')) === 'RUNNING')
    await drained('node02', 'patchrun hpc/prod r6 before')
  }
  /** The commands of Slurm, with a say of the test's before scontrol. */
  const withScontrol = (t: Test, before: string): { readonly slurm_bin: string } => {
    const tools = t.testdir()
    for (const name of ['squeue', 'srun', 'scancel', 'sinfo', 'sbatch'])
      symlinkSync(`/usr/bin/${name}`, join(tools, name))
    writeFileSync(join(tools, 'scontrol'), `#!/bin/sh\n${before}\nexec /usr/bin/scontrol "$@"\n`, {
      mode: 0o755,
    })
    return { slurm_bin: tools }
  }
  const noReservation = async (t: Test): Promise<void> =>
    void t.match(
      await slurm('scontrol', 'show', 'reservation'),
      'No reservations',
      'no reservation is left',
    )

  await inEach(t, 'observe: nodes, jobs of all kinds, reservations', {}, async (t) => {
    const two = await submit(
      '-N2',
      '-w',
      'node01,node02',
      '-t',
      '10',
      '-J',
      'a|b "c"',
      '--wrap',
      'sleep 900',
    )
    const array = await submit('-a', '1-2', '-w', 'node03', '--wrap', 'sleep 900')
    const stubborn = await submit('-w', 'node04', '-t', '1-0', '--wrap', 'sleep 900')
    await slurm(
      'scontrol',
      'create',
      'reservationname=window',
      'users=alice',
      'nodes=node05,node06',
      'starttime=now',
      'duration=60',
    )
    await until(
      'all run',
      async () =>
        (await slurm('squeue', '-h', '-t', 'R', '-o', '%i')).trim().split('\n').length === 4,
    )
    // Nobody there to say that the job has ended.
    await lab.ssh('node04', 'sudo pkill -STOP -x slurmd')
    await slurm('scancel', stubborn)
    await until(
      'one is completing',
      async () => (await slurm('squeue', '-h', '-t', 'CG', '-o', '%i')).trim() === stubborn,
    )
    const { report, changed } = await on('slurm_observe')
    t.equal(changed, false)
    t.equal(report.complete, true)
    t.same(
      report.nodes.map(({ name }) => name),
      lab.nodes,
    )
    const [first, , , fourth, fifth] = report.nodes
    t.match(first, {
      state: ['MIXED'],
      reason: '',
      reasonBy: null,
      partitions: ['batch'],
      cpus: 2,
      allocated: 1,
      features: [],
    })
    // The first boot of a lab's node says that it is five minutes old.
    t.ok(first && Math.abs(Date.now() / 1000 - 300 - first.boot) < 250, 'boot, in seconds')
    t.ok(fourth?.state.includes('COMPLETING'), String(fourth?.state))
    t.same(fifth?.state[0], 'IDLE')
    const job = (id: string) =>
      report.jobs.find((job) => job['id'] === id || String(job['array']).startsWith(`${id}_`))
    t.match(job(two), {
      array: null,
      user: 'alice',
      name: 'a|b "c"',
      state: 'RUNNING',
      nodes: ['node01', 'node02'],
      limit: 600,
      cpus: 2,
    })
    t.equal(Number(job(two)?.['end']) - Number(job(two)?.['start']), 600)
    t.same(
      report.jobs
        .filter(({ array: task }) => String(task).startsWith(`${array}_`))
        .map(({ array: task, limit, end }) => [task, limit, end])
        .sort(),
      [
        [`${array}_1`, null, null],
        [`${array}_2`, null, null],
      ],
    )
    t.match(job(stubborn), { state: 'COMPLETING', nodes: ['node04'], limit: 86_400 })
    t.match(report.reservations, [
      { name: 'window', nodes: ['node05', 'node06'], users: ['alice'] },
    ])
    t.equal(report.jobs.length, 4)
    await lab.ssh('node04', 'sudo pkill -CONT -x slurmd')
    await slurm('scontrol', 'delete', 'reservationname=window')
    await slurm('scancel', '-u', 'alice')
    await until('no job is left', async () => (await slurm('squeue', '-h')) === '')
  })

  await inFull(t, 'observe: comes back when a node is empty', {}, async (t) => {
    await submit('-w', 'node01', '--wrap', 'sleep 5')
    await submit('-w', 'node02', '--wrap', 'sleep 900')
    await until(
      'both run',
      async () =>
        (await slurm('squeue', '-h', '-t', 'R', '-o', '%i')).trim().split('\n').length === 2,
    )
    await drained('node01,node02')
    const { report, took } = await on('slurm_observe', {
      patchrun_wait: 240,
      patchrun_wait_nodes: ['node01', 'node02'],
      slurm_observe_interval: 0.2,
    })
    t.comment(`back after ${took.toFixed(2)} s, of a job of 5 s`)
    t.ok(took > 1 && took < 200, 'long before the time is over')
    t.same(
      report.jobs.map(({ nodes }) => nodes),
      [['node02']],
    )
    const timed = await on('slurm_observe', {
      patchrun_wait: 1,
      patchrun_wait_nodes: ['node02'],
      slurm_observe_interval: 0.2,
    })
    t.ok(timed.took > 1, 'otherwise when the time is over')
    await slurm('scancel', '-u', 'alice')
    await slurm('scontrol', 'update', 'nodename=node01,node02', 'state=resume')
  })

  await inFull(t, 'observe: a large cluster', {}, async (t) => {
    // What Slurm would print, from tools that only print it.
    const tools = t.testdir()
    const nodes = Array.from(
      { length: 5000 },
      (_, n) =>
        `NodeName=n${String(n).padStart(4, '0')} Arch=x86_64 CPUAlloc=8 CPUTot=128 OS=Linux 5.14.0 #1 SMP State=${n === 7 ? 'DOWN*+DRAIN' : 'MIXED'} Partitions=a,b BootTime=1795609038 ${'Key=value '.repeat(60)}`,
    )
    const jobs = Array.from(
      { length: 20_000 },
      (_, n) =>
        `\x1e${['', '', 'u', 'RUNNING', `n[${String(n % 4900).padStart(4, '0')}-${String((n % 4900) + (n % 9)).padStart(4, '0')}]`, '1795609038', '1-00:00:00', '1795695438', '8', 'j'].map((value, field) => (field < 2 ? String(n) : value)).join('\x1f')}\n`,
    )
    writeFileSync(join(tools, 'nodes'), `${nodes.join('\n')}\n`)
    writeFileSync(join(tools, 'jobs'), jobs.join(''))
    for (const [name, text] of [
      ['scontrol', `case $* in *reservation) ;; *) cat ${join(tools, 'nodes')} ;; esac`],
      ['squeue', `cat ${join(tools, 'jobs')}`],
    ] as const) {
      writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    }
    const { report, took } = await on('slurm_observe', { slurm_bin: tools })
    t.comment(`5,000 nodes and 20,000 jobs in ${took.toFixed(2)} s`)
    t.same([report.nodes.length, report.jobs.length], [5000, 20_000])
    t.same(report.nodes[7]?.state, ['DOWN', 'NOT_RESPONDING', 'DRAIN'])
    t.same(report.jobs[11]?.['nodes'], ['n0011', 'n0012', 'n0013'])
  })

  await inEach(t, "drain: ours, somebody else's, again", {}, async (t) => {
    await atWork()
    await others()
    const before = await Promise.all(['node05', 'node06'].map(async (node) => raw(node)))
    const nodes = ['node01', 'node02', 'node05', 'node06', 'gone']
    const dry = await on('slurm_drain', { patchrun_nodes: nodes }, { check: true })
    t.match(dry.report.results, {
      node01: { result: 'drained', message: /would/ },
      node05: { result: 'foreign' },
    })
    t.equal((await raw('node01')).state, 'IDLE', 'check mode changed nothing')
    const { report, changed, took } = await on('slurm_drain', { patchrun_nodes: nodes })
    t.comment(`drained in ${took.toFixed(2)} s`)
    t.equal(changed, true)
    t.same(
      Object.values(report.results).map(({ result }) => result),
      ['drained', 'drained', 'foreign', 'foreign', 'unknown'],
    )
    t.match(report.results['node05']?.message, 'RMA #4711: "fan"  loud [see wiki]')
    t.equal(report.complete, false)
    t.same(
      report.nodes.map(({ name, reason }) => [name, reason]),
      [
        ['node01', OURS],
        ['node02', OURS],
        ['node05', 'RMA #4711: "fan"  loud [see wiki]'],
        ['node06', 'cable'],
      ],
    )
    t.ok(report.nodes.slice(0, 2).every(({ state }) => state.includes('DRAIN')))
    t.same(
      report.jobs.map((job) => job['nodes']),
      [['node02']],
    )
    for (const [n, node] of ['node05', 'node06'].entries())
      t.equal((await raw(node)).line, before[n]?.line, `${node} byte for byte`)
    await sleep(1100)
    const again = await on('slurm_drain', { patchrun_nodes: nodes.slice(0, 2) })
    t.equal(again.changed, false)
    t.same(
      again.report.nodes.map(({ reasonAt }) => reasonAt),
      report.nodes.slice(0, 2).map(({ reasonAt }) => reasonAt),
      'no command was given',
    )
  })

  await inEach(
    t,
    'drain: where Slurm refuses it for one of several, the others are drained',
    {},
    async (t) => {
      const refuse = withScontrol(
        t,
        'case "$*" in update*node04*) echo "slurm_update error: Invalid node state specified" >&2; exit 1 ;; esac',
      )
      const { report } = await on('slurm_drain', {
        patchrun_nodes: ['node03', 'node04'],
        ...refuse,
      })
      t.match(
        report.nodes.map(({ name, reason }) => [name, reason]),
        [
          ['node03', OURS],
          ['node04', ''],
        ],
      )
      t.equal(report.results['node03']?.result, 'drained')
      t.not(report.results['node04']?.result, 'drained')
      await slurm('scontrol', 'update', 'nodename=node03', 'state=resume')
    },
  )

  await inFull(
    t,
    'drain: an idle node that a job comes to before its drain is given back at once',
    {},
    async (t) => {
      await atWork()
      await drained('node02')
      await others()
      const job = await submit('-w', 'node03', '--wrap', 'sleep 900')
      await until('it runs', async () => (await jobField(job, 'JobState')) === 'RUNNING')
      const before = await raw('node03')
      const { report, changed, took } = await on('slurm_drain', {
        patchrun_nodes: ['node02', 'node03', 'node04', 'node05'],
        patchrun_idle: true,
      })
      t.comment(`drained in ${took.toFixed(2)} s`)
      t.equal(changed, true)
      t.match(
        report.results,
        {
          node02: { result: 'drained' },
          node03: { result: 'outrun', message: /a job came before/ },
          node04: { result: 'drained' },
          node05: { result: 'foreign' },
        },
        'what was drained before stays so, with its job',
      )
      t.same(
        report.nodes.map(({ name, state }) => [name, state.includes('DRAIN')]),
        [
          ['node02', true],
          ['node03', false],
          ['node04', true],
          ['node05', true],
        ],
      )
      // Slurm asks slurmd anew after that.
      await until(
        'it answered',
        async () => !(await raw('node03')).state.includes('NOT_RESPONDING'),
      )
      const keeps = await keepsReasons(lab)
      const line = (text: string): string =>
        (keeps ? text.replace(/\s*Reason=patchrun .*/, '') : text)
          .replace(/BootTime=\S+/, '')
          .trimEnd()
      t.equal(line((await raw('node03')).line), line(before.line), 'as if nothing had been')
      t.equal(await jobField(job, 'JobState'), 'RUNNING')
      await slurm('scancel', job)
      await until('it is in service', async () => (await raw('node03')).state === 'IDLE')
      await slurm('scontrol', 'update', 'nodename=node04', 'state=resume')
    },
  )

  await inEach(t, 'release: tested before it is open, feature and all', {}, async (t) => {
    await slurm('scancel', '-u', 'alice')
    await drained('node01,node02')
    await others()
    await until('node02 is empty', async () => (await raw('node02')).state === 'IDLE+DRAIN')
    await slurm(
      'scontrol',
      'update',
      'nodename=node01',
      'AvailableFeatures=fast,patchrun_old',
      'ActiveFeatures=fast,patchrun_old',
    )
    const waiting = await submit('-w', 'node01', '--wrap', 'sleep 1')
    const { report, changed, took } = await on('slurm_release', {
      patchrun_nodes: ['node01', 'node02', 'node05', 'node06', 'gone'],
      patchrun_feature: 'patchrun_new',
    })
    t.comment(`released in ${took.toFixed(2)} s`)
    t.equal(changed, true)
    t.same(
      Object.entries(report.results)
        .map(([name, { result }]) => [name, result])
        .sort(),
      [
        ['gone', 'failed'],
        ['node01', 'released'],
        ['node02', 'released'],
        ['node05', 'foreign'],
        ['node06', 'foreign'],
      ],
    )
    t.same(
      report.nodes.map(({ features }) => features),
      [['fast', 'patchrun_new'], ['patchrun_new'], [], []],
    )
    t.match((await raw('node01')).line, 'AvailableFeatures=fast,patchrun_new')
    t.equal(
      (await raw('node05')).reason.replace(/ \[root@.*/, ''),
      'RMA #4711: "fan"  loud [see wiki]',
    )
    await noReservation(t)
    const tests = (
      await slurm('squeue', '-h', '-t', 'all', '-n', 'patchrun_test', '-o', '%A %T %N')
    )
      .trim()
      .split('\n')
      .sort()
    t.match(tests, [/^\d+ COMPLETED node0/, /^\d+ COMPLETED node0/])
    const onFirst = tests.find((line) => line.endsWith('node01'))?.split(' ')[0] ?? ''
    await until(
      'the job that waited has run',
      async () => (await jobField(waiting, 'JobState')) === 'COMPLETED',
    )
    t.ok(
      (await jobField(waiting, 'StartTime')) >= (await jobField(onFirst, 'EndTime')),
      'after the test',
    )
    const again = await on('slurm_release', {
      patchrun_nodes: ['node01', 'node02'],
      patchrun_feature: 'patchrun_new',
    })
    t.equal(again.changed, false)
    t.match(again.report.results, {
      node01: { result: 'released' },
      node02: { result: 'released' },
    })
  })

  await inFull(t, 'release: what fails is drained again, and no job got there', {}, async (t) => {
    await drained('node01,node02')
    const waiting = await submit('-w', 'node01', '--wrap', 'true')
    const log = join(t.testdir(), 'log')
    const watched = withScontrol(
      t,
      `case "$*" in *delete*) /usr/bin/scontrol -o show node node01 >>${log} ;; esac`,
    )
    const failed = await on('slurm_release', {
      patchrun_nodes: ['node01'],
      slurm_test_job_command: ['false'],
      ...watched,
    })
    t.match(
      readFileSync(log, 'utf8'),
      /^NodeName=node01 .* State=\S*DRAIN/,
      'before its reservation goes',
    )
    t.match(failed.report.results, {
      node01: { result: 'failed', message: /test job ended with code 1/ },
    })
    t.match(failed.report.nodes, [{ reason: OURS }])
    const late = await on('slurm_release', {
      patchrun_nodes: ['node01'],
      slurm_test_job_command: ['sleep', '900'],
      slurm_test_job_timeout: 1,
    })
    t.match(late.report.results, {
      node01: { result: 'failed', message: /did not end within 1 s/ },
    })
    await lab.ssh('node02', 'sudo service slurmd stop')
    // A node that is resumed reads as not responding until all that slurmctld asks with it have
    // answered or are given up, and that may take MessageTimeout.
    const away = await on('slurm_release', {
      patchrun_nodes: ['node01', 'node02'],
      slurm_release_timeout: 40,
    })
    t.match(
      away.report.results,
      {
        node01: { result: 'released' },
        node02: { result: 'failed', message: /did not (answer|come back)/ },
      },
      'one does not hold up the other',
    )
    t.match((await raw('node02')).reason, OURS)
    await until(
      'the job that waited has run',
      async () => (await jobField(waiting, 'JobState')) === 'COMPLETED',
    )
    await lab.ssh('node02', 'sudo service slurmd start')
    t.match(
      (await on('slurm_release', { patchrun_nodes: ['node02'], patchrun_test: false })).report
        .results,
      { node02: { result: 'released' } },
      'without a test',
    )
    await noReservation(t)
  })

  await inFull(t, 'release: killed in the middle, and called again', {}, async (t) => {
    await drained('node01')
    const stop = new AbortController()
    const killed = play(
      'slurm_release',
      { ...common, patchrun_nodes: ['node01'], slurm_test_job_command: ['sleep', '900'] },
      { signal: stop.signal },
    )
    await until(
      'the test runs',
      async () =>
        (await slurm('squeue', '-h', '-n', 'patchrun_test', '-t', 'R', '-o', '%i')) !== '',
    )
    const waiting = await submit('-w', 'node01', '--wrap', 'true')
    stop.abort()
    await killed
    await lab.exec(['sh', '-c', 'pkill -KILL -x srun; true'])
    await sleep(500)
    t.equal(await jobField(waiting, 'JobState'), 'PENDING', 'the reservation keeps users away')
    t.match((await on('slurm_release', { patchrun_nodes: ['node01'] })).report.results, {
      node01: { result: 'released' },
    })
    await noReservation(t)
    await until(
      'the job that waited has run',
      async () => (await jobField(waiting, 'JobState')) === 'COMPLETED',
    )
  })

  await inFull(t, "release: a site's own test", {}, async (t) => {
    await others()
    await drained('node03,node04')
    const ownRoles = {
      site_test: `- ansible.builtin.command: srun -N1 -w {{ slurm_test_job_node }} --reservation={{ slurm_test_job_reservation }} hostname
  delegate_to: "{{ patchrun_controller }}"
  run_once: true
  register: site_test_out
  failed_when: "'node04' in site_test_out.stdout"
`,
    }
    const { report } = await on(
      'slurm_release',
      { patchrun_nodes: ['node03', 'node04', 'node05'], patchrun_test_role: 'site_test' },
      { ownRoles, hosts: ['node03', 'node04', 'node05'] },
    )
    t.match(report.results, {
      node03: { result: 'released' },
      node04: { result: 'failed', message: /site_test/ },
      node05: { result: 'foreign' },
    })
    const { report: ours } = await on(
      'slurm_release',
      { patchrun_nodes: ['node04'], patchrun_test_role: 'check_job' },
      {
        ownRoles: { check_job: '- ansible.builtin.include_role:\n    name: slurm_test_job\n' },
        hosts: ['node04'],
      },
    )
    t.match(
      ours.results,
      { node04: { result: 'released' } },
      'our own role, called by one of the site',
    )
    await noReservation(t)
  })

  await inFull(t, 'health', {}, async (t) => {
    await others()
    t.equal((await play('slurm_health', {}, { hosts: ['node01', 'node02'] })).exitCode, 0)
    const sick = await play('slurm_health', {
      slurm_health_nodes: ['node01', 'node06.example.org', 'gone'],
    })
    t.equal(sick.exitCode, 2)
    t.match(
      sick.failures,
      /node node06\.example\.org: it is out of service \(DOWN: cable\)[^]*node gone: Slurm has no node/,
    )
    t.notMatch(sick.failures, 'node node01:')
  })

  await inFull(t, 'slurmctld that does not answer: said soon, nothing concluded', {}, async (t) => {
    await slurm('pkill', '-STOP', '-x', 'slurmctld')
    const plays = await Promise.all([
      play('slurm_observe', common),
      play('slurm_drain', { ...common, patchrun_nodes: ['node01'] }),
      play('slurm_release', { ...common, patchrun_nodes: ['node06'] }),
      play('slurm_health', common),
    ])
    await slurm('pkill', '-CONT', '-x', 'slurmctld')
    t.same(plays[3]?.failedTags, ['inconclusive'], 'of the gate: nobody knows, which is no "no"')
    for (const { exitCode, reports, failures, took } of plays) {
      t.equal(exitCode, 2)
      t.equal(reports.size, 0)
      t.match(failures, /slurmctld does not answer: .*\n.*Nothing is concluded/)
      // Most of it is the launch, on a busy machine.
      t.ok(took < 120, `${took.toFixed(1)} s`)
    }
    await until('it answers again', async () => (await lab.exec(['sinfo'])).exitCode === 0)
    t.equal((await raw('node01')).state, 'IDLE')
  })

  await inFull(t, 'reboot', {}, async (t) => {
    const hosts = ['node03', 'node04']
    const reboot = async (vars: Readonly<Record<string, unknown>>, options: PlayOptions = {}) =>
      play<RebootReport>(
        'node_reboot',
        { patchrun_reboot_timeout: 240, ...vars },
        { hosts, ...options },
      )
    await slurm('scontrol', 'update', 'nodename=node03,node04', 'state=drain', `reason=${OURS}`)
    const boots = Object.fromEntries(
      (await on('slurm_observe')).report.nodes.map(({ name, boot }) => [name, boot]),
    )
    const says = (code: number): Promise<unknown> =>
      lab.ssh(
        'node04',
        `printf '#!/bin/sh\\nexit ${code}\\n' | sudo tee /usr/bin/needs-restarting && sudo chmod 755 /usr/bin/needs-restarting`,
      )
    await says(1)
    t.match((await reboot({}, { check: true })).reports.get('node04'), {
      rebooted: false,
      why: /would reboot: needs-restarting says so/,
    })
    // As it does where the package manager is locked.
    await says(2)
    const none = await reboot({})
    t.match(
      [...none.reports.values()],
      [{ rebooted: false }, { rebooted: false }],
      'a needs-restarting that fails says nothing',
    )
    await lab.ssh('node03', 'sudo touch /run/reboot-required')
    const dry = await reboot({}, { check: true })
    t.match(
      [dry.changed, dry.reports.get('node03'), dry.reports.get('node04')],
      [true, { rebooted: false, why: /would reboot: .*reboot-required/ }, { rebooted: false }],
    )
    t.match((await reboot({ patchrun_reboot: 'never' })).reports.get('node03'), { rebooted: false })
    const one = await reboot({})
    t.match(
      [one.reports.get('node03'), one.reports.get('node04')],
      [{ rebooted: true, why: /reboot-required/ }, { rebooted: false }],
      'only the one that asks',
    )
    const always = { patchrun_reboot: 'always', patchrun_boot_before: boots }
    const both = await reboot(always)
    t.comment(`rebooted in ${both.took.toFixed(2)} s`)
    const [third, fourth] = hosts.map((host) => both.reports.get(host))
    t.match(
      [third, fourth],
      [{ rebooted: false, why: /booted since/ }, { rebooted: true }],
      'one has booted in this visit',
    )
    t.not(fourth?.before, fourth?.after)
    t.ok(Number(fourth?.uptime) < 250, 'not that of its first life, which began at five minutes')
    t.equal(
      (await lab.ssh('node04', 'cat /proc/sys/kernel/random/boot_id')).stdout.trim(),
      fourth?.after,
    )
    const twice = await reboot(always)
    t.match(twice.reports.get('node04'), {
      rebooted: false,
      before: fourth?.after,
      after: fourth?.after,
    })
    const back = await on('slurm_release', {
      patchrun_nodes: hosts,
      patchrun_boot_after: { node04: (boots['node04'] ?? 0) + 100 },
    })
    t.match(
      back.report.results,
      { node03: { result: 'released' }, node04: { result: 'released' } },
      'and Slurm takes them again',
    )
    t.comment(`released after a reboot in ${back.took.toFixed(2)} s`)
  })

  await inFull(t, 'reboot: nodes that do not go or do not come back', {}, async (t) => {
    const failing = async (node: string, vars: Readonly<Record<string, unknown>>) =>
      (
        await play<RebootReport>(
          'node_reboot',
          { patchrun_reboot: 'always', patchrun_reboot_timeout: 20, ...vars },
          { hosts: [node] },
        )
      ).failures
    const [refused, stays, halted] = await Promise.all([
      failing('node01', { node_reboot_command: 'echo no such privilege; exit 3' }),
      failing('node02', { node_reboot_command: 'true' }),
      failing('node03', { node_reboot_command: 'shutdown -h now' }),
    ])
    t.match(refused, /refused to reboot: no such privilege; code 3/)
    t.match(stays, /did not go down within 20 s/)
    t.match(halted, /did not come back within 20 s/)
    const off = await play(
      'node_reboot',
      { patchrun_reboot: 'always', patchrun_reboot_timeout: 4 },
      { hosts: ['node03'] },
    )
    t.match(off.failures, /did not answer within 4 s.*nothing was rebooted/)
    t.ok(off.took < 90, `${off.took.toFixed(1)} s`)
    // A call that finds the node in the middle of booting waits for it.
    const begun = play<RebootReport>(
      'node_reboot',
      { patchrun_reboot: 'auto', patchrun_reboot_timeout: 240 },
      { hosts: ['node03'] },
    )
    await sleep(2000)
    await lab.power('node03', 'on')
    t.match((await begun).reports.get('node03'), { rebooted: false })
  })
}
