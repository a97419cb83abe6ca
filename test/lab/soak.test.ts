// SPDX-License-Identifier: Apache-2.0
// Users submit jobs all the time while a DrainChange with a reboot rolls through every node, and
// then a HotChange: no job is harmed. What is held against it comes from Slurm and from the nodes,
// never from patchrun. PATCHRUN_TEST_SOAK_NODES=100 for the long one.
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { makeRepository, type Repository } from '../support/repository.js'
import { inFull, inQuick } from '../support/size.js'
import { DONE, INTENDED } from './support/kills.js'
import { type Lab, labUnsupported, startLab } from './support/lab.js'
import {
  bootsOf,
  isDrained,
  isOut,
  outIn,
  peakOut,
  type Sample,
  type Sampler,
  startSampler,
  used,
} from './support/sampler.js'
import { asAlice, harmed, type JobRecord, jobsOf, startWorkload } from './support/workload.js'

const unsupported = await labUnsupported()
const bin =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const program = resolve(import.meta.dirname, '../../bin/patchrun.js')
const size = Number(process.env['PATCHRUN_TEST_SOAK_NODES'] ?? 6)
const SEED = 20
/** ms; ten nodes a minute is slow. */
const PATIENCE = 600_000 + size * 30_000
t.setTimeout(4 * PATIENCE)

const HANDS = 'fan 3 is loud,  ticket #4711: "do not touch", Bob'
const site = (hot: string): string => `- name: site
  hosts: all
  gather_facts: false
  tasks:
    - name: say something
      ansible.builtin.copy: { dest: /etc/said, content: "${hot}", mode: "0644" }
      tags: [HotChange]
    - name: install labpkg
      ansible.builtin.apt: { name: labpkg=1.1, update_cache: true }
      tags: [DrainChange]
      notify: ask for a reboot
  handlers:
    - name: ask for a reboot
      ansible.builtin.copy: { dest: /run/reboot-required, content: "", mode: "0644" }
      tags: [DrainChange]
`

interface Soak {
  readonly lab: Lab
  readonly repository: Repository
  readonly canaries: readonly string[]
  /** Drained by hand before the start. */
  readonly byHand: string
  /** Set down before the start; a small lab has none. */
  readonly down: string | undefined
  readonly capacity: number
  readonly patchrun: (
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<{
    readonly exitCode: number | null
    readonly words: string
    readonly duration: number
  }>
  readonly everywhere: (command: string) => Promise<readonly string[]>
}

if (unsupported !== undefined || bin === undefined)
  t.plan(0, unsupported ?? 'no ansible-core to test with')
else {
  await inQuick(
    t,
    'a DrainChange with a reboot, on three nodes, with a job that stays and a patchrun that is killed in a visit',
    {},
    async (t) => drainChange(t, await prepare(t, 3, bin), interrupted),
  )
  await inFull(
    t,
    `a DrainChange with a reboot and a HotChange under full load, on ${size} nodes`,
    {},
    async (t) => {
      const soak = await prepare(t, size, bin)
      await t.test('a DrainChange with a reboot', (t) => drainChange(t, soak))
      await t.test('a HotChange under full load', (t) => hotChange(t, soak))
    },
  )
}

async function prepare(t: Test, count: number, ansible: string): Promise<Soak> {
  const lab = await startLab({ nodes: count })
  t.teardown(() => lab.stop())
  const canaries = lab.nodes.slice(0, count < 20 ? 1 : 2)
  const [byHand = '', down] = lab.nodes.slice(count < 6 ? -1 : -2)
  // Those count as out, so that they stand in the capacity; what is left is the tool's. Of three
  // nodes one serves at all times.
  const capacity = count < 6 ? 2 : Math.max(2, Math.floor(count / 10)) + 2
  const directory = join(lab.directory, 'fleet')
  await mkdir(directory)
  await writeFile(
    join(directory, 'patchrun.yml'),
    `schemaVersion: 1
fleet: lab
playbooks: { repository: ./playbooks }
nodes: { allow: [${lab.nodes.join(', ')}], canary: [${canaries.join(', ')}] }
inventory: { source: ${lab.inventoryFile}, vars: { ansible_become: true, ansible_pipelining: true } }
scheduler: { type: slurm, controller: localhost, every: 3s, feature: patchrun_ }
drain: { atOnce: ${capacity}, foreign: leave, reboot: auto, test: true }
rollout: { soak: 1s, waves: ["100%"], capacity: { fleet: ${capacity} }, maxFailed: 0, expected: 20s }
ansible: { forks: 8, config: none }
`,
  )
  const repository = makeRepository(join(directory, 'playbooks'))
  // A hundred connections at once are more than sshd and two cores care for.
  const everywhere = async (command: string): Promise<readonly string[]> => {
    const answers: string[] = []
    for (let i = 0; i < lab.nodes.length; i += 10)
      answers.push(
        ...(await Promise.all(
          lab.nodes.slice(i, i + 10).map(async (n) => (await lab.ssh(n, command)).stdout.trim()),
        )),
      )
    return answers
  }
  await everywhere(
    'sudo DEBIAN_FRONTEND=noninteractive sh -c "apt-get -qq update; apt-get -qq -y install labpkg=1.0"',
  )
  return {
    lab,
    repository,
    canaries,
    byHand,
    down,
    capacity,
    everywhere,
    async patchrun(argv, more = {}) {
      const env = { ...more, PATH: `${ansible}:${process.env['PATH'] ?? ''}` }
      const { exitCode, stdout, stderr, duration } = await lab.exec(
        [process.execPath, program, '-c', join(directory, 'patchrun.yml'), ...argv],
        { timeout: PATIENCE, env },
      )
      return { exitCode, words: `${stdout.slice(-3000)}\n${stderr.slice(-3000)}`, duration }
    },
  }
}

async function drainChange(
  t: Pick<Test, 'test' | 'ok' | 'equal' | 'same' | 'match' | 'comment'>,
  soak: Soak,
  begin: (
    t: Pick<Test, 'ok' | 'equal' | 'same'>,
    soak: Soak,
    node: string,
  ) => Promise<void> = async () => {},
): Promise<void> {
  const { lab, canaries, byHand, down, capacity, patchrun, everywhere } = soak
  const taken = [byHand, ...(down === undefined ? [] : [down])]
  const free = lab.nodes.filter((name) => !taken.includes(name))
  await scontrol(lab, 'update', `NodeName=${byHand}`, 'State=DRAIN', `Reason=${HANDS}`)
  if (down !== undefined)
    await scontrol(lab, 'update', `NodeName=${down}`, 'State=DOWN', 'Reason=no power')
  soak.repository.commit('labpkg 1.1', { 'site.yml': site('one') })
  const sha = soak.repository.git('rev-parse', 'HEAD')
  const sampler = startSampler(lab)
  const before = await sampler.until((sample) => outIn(sample).length === taken.length)
  // As much as the nodes that are left can do.
  const workload = startWorkload(lab, {
    seed: SEED,
    load: (0.7 * free.length) / lab.nodes.length,
    shortest: 2,
    longest: 10,
  })
  await sampler.until(
    ({ nodes }) =>
      [...nodes.values()].filter(({ allocated }) => allocated > 0).length >= free.length / 3,
  )

  await begin(t, soak, free.at(-1) ?? '')
  const first = patchrun(['run', '--yes'])
  // Every other node is done when it is back with the feature; or patchrun has ended, and what is
  // missing is seen below.
  const back = sampler
    .until((sample) => free.every((name) => served(sample, name, sha)), PATIENCE)
    .then(
      () => true,
      () => false,
    )
  await Promise.race([back, first])
  t.ok(
    free.every((name) => served(sampler.last(), name, sha)) || (await back),
    'every node that nobody else had taken is back, and its feature tells the commit',
  )

  await t.test('what others took out was left alone', async (t) => {
    for (const name of taken) {
      t.same(
        sampler.last()?.nodes.get(name),
        before.nodes.get(name),
        `${name}: state, and the reason byte for byte`,
      )
      t.equal(await bootsOf(lab, name), 1, `${name} was not rebooted`)
      t.equal(
        (await lab.ssh(name, 'cat /usr/share/labpkg/version')).stdout.trim(),
        '1.0',
        `${name} was not changed`,
      )
    }
    t.match(before.nodes.get(byHand)?.reason, HANDS)
    t.ok(
      sampler.samples
        .slice(sampler.samples.indexOf(before))
        .every(
          ({ nodes }) =>
            nodes.size === 0 || nodes.get(byHand)?.reason === before.nodes.get(byHand)?.reason,
        ),
      'at no time was it otherwise',
    )
  })

  // Their owners give them back, and now the rollout can end: by itself, or with the next run if
  // this one stood still.
  for (const name of taken) await scontrol(lab, 'update', `NodeName=${name}`, 'State=RESUME')
  let run = await first
  t.ok(run.exitCode === 0 || run.exitCode === 5, `the run ended with ${run.exitCode}`)
  if (run.exitCode === 5) run = await patchrun(['run', '--yes'])
  if (!t.equal(run.exitCode, 0)) t.comment(run.words)
  const jobs = await workload.stop()
  await sampler.until((sample) => outIn(sample).length === 0, 120_000).catch(() => {})
  await sampler.stop()

  unharmed(t, lab, jobs, workload)
  t.same(harmed(await jobsOf(lab, 'stays')), [], 'nor was the job that stayed')
  t.same(
    await Promise.all(lab.nodes.map((name) => bootsOf(lab, name))),
    lab.nodes.map(() => 2),
    'every node was rebooted exactly once',
  )
  t.same(
    await everywhere('cat /usr/share/labpkg/version'),
    lab.nodes.map(() => '1.1'),
    'every node is at the pin',
  )
  const over = sampler.samples.filter((sample) => outIn(sample).length > capacity)
  if (!t.equal(over.length, 0, `never more than ${capacity} nodes out`))
    t.comment(over.slice(0, 5).map((sample) => outIn(sample).join(' ')))
  order(t, sampler.samples, canaries, taken)
  await nothingLeft(t, lab, sampler)
  told(t, 'DrainChange', { jobs, sampler, violations: harmed(jobs).length + over.length })
}

/**
 * Runs that are killed in the visit of the canary; then a job is on the node whose turn is next,
 * and ends when it has been drained.
 */
async function interrupted(
  t: Pick<Test, 'ok' | 'equal' | 'same'>,
  { lab, patchrun }: Soak,
  node: string,
): Promise<void> {
  const said = await asAlice(lab, [
    'sbatch',
    '--parsable',
    '-D',
    '/tmp',
    '-o',
    '/dev/null',
    '-J',
    'stays',
    '-w',
    node,
    '-t',
    '60',
    '--wrap',
    'until [ -e /tmp/enough ]; do sleep 0.2; done',
  ])
  t.equal(said.exitCode, 0, said.stderr)
  for (const kill of [INTENDED.at('apply'), DONE.at('reboot')])
    t.equal((await patchrun(['run', '--yes'], kill)).exitCode, null, 'killed')
  const drained = async (): Promise<boolean> =>
    /State=\S*DRAIN/.test((await lab.exec(['scontrol', 'show', 'node', '-o', node])).stdout)
  for (let i = 0; i < 10 && !(await drained()); i++)
    t.equal((await patchrun(['run', '--yes', '--once'])).exitCode, 5)
  // With the node drained, and once more: a run that takes it for empty changes it now.
  t.equal((await patchrun(['run', '--yes', '--once'])).exitCode, 5)
  t.ok(await drained(), 'drained under its job')
  t.equal((await jobsOf(lab, 'stays'))[0]?.state, 'RUNNING', 'the job runs on')
  t.equal(await bootsOf(lab, node), 1, 'it is not rebooted')
  t.equal(
    (await lab.ssh(node, 'cat /usr/share/labpkg/version; touch /tmp/enough')).stdout.trim(),
    '1.0',
    'nor changed',
  )
}

async function hotChange(
  t: Pick<Test, 'ok' | 'equal' | 'same' | 'comment'>,
  { lab, repository, patchrun, everywhere }: Soak,
): Promise<void> {
  repository.commit('other words', { 'site.yml': site('two') })
  const sampler = startSampler(lab)
  // More than there are cores for, so that the queue grows and every core that becomes free is
  // taken at once.
  const workload = startWorkload(lab, { seed: SEED + 1, load: 1.5, shortest: 2, longest: 10 })
  await sampler.until((sample) => used([sample]) > 0.9)
  const full = sampler.samples.length
  const run = await patchrun(['run', '--yes'])
  const busy = sampler.samples.length
  if (!t.equal(run.exitCode, 0)) t.comment(run.words)
  const jobs = await workload.stop()
  await sampler.stop()
  unharmed(t, lab, jobs, workload)
  t.same(
    await everywhere('cat /etc/said'),
    lab.nodes.map(() => 'two'),
    'every node is at the pin',
  )
  const out = sampler.samples.filter((sample) => outIn(sample).length > 0)
  t.equal(out.length, 0, 'no node was ever drained')
  t.same(
    await Promise.all(lab.nodes.map((name) => bootsOf(lab, name))),
    lab.nodes.map(() => 2),
    'and none was rebooted',
  )
  await nothingLeft(t, lab, sampler)
  t.comment(
    `${Math.round(used(sampler.samples.slice(full, busy)) * 100)} % of the cores were in use`,
  )
  told(t, 'HotChange', { jobs, sampler, violations: harmed(jobs).length + out.length })
}

/** Users have it, and its feature tells this commit. */
function served(sample: Sample | undefined, name: string, sha: string): boolean {
  const node = sample?.nodes.get(name)
  return (
    node !== undefined && !isOut(node) && node.features.includes(`patchrun_${sha.slice(0, 12)}`)
  )
}

function unharmed(
  t: Pick<Test, 'ok' | 'equal' | 'same'>,
  lab: Lab,
  jobs: readonly JobRecord[],
  workload: { readonly submitted: () => number; readonly refused: readonly string[] },
): void {
  t.same(workload.refused, [], 'Slurm took every job')
  t.equal(jobs.length, workload.submitted())
  t.ok(jobs.length > lab.nodes.length, `${jobs.length} jobs`)
  t.same(harmed(jobs), [], 'every job: COMPLETED, exit 0, no restart')
}

/** No other node was drained before the last time that a canary came back. */
function order(
  t: Pick<Test, 'ok'>,
  samples: readonly Sample[],
  canaries: readonly string[],
  foreign: readonly string[],
): void {
  const when = (of: (name: string) => boolean): number[] =>
    samples.flatMap((sample) => (outIn(sample).some(of) ? [sample.at] : []))
  const canary = when((name) => canaries.includes(name))
  const other = when((name) => !canaries.includes(name) && !foreign.includes(name))
  t.ok(canary.length > 0 && other.length > 0, 'canaries and others were seen out')
  t.ok(
    Math.max(...canary) < Math.min(...other),
    'the canaries were back before any other node was drained',
  )
}

async function nothingLeft(
  t: Pick<Test, 'same' | 'equal'>,
  lab: Lab,
  sampler: Sampler,
): Promise<void> {
  const nodes = [...(sampler.last()?.nodes ?? [])]
  t.equal(nodes.length, lab.nodes.length)
  t.same(
    nodes
      .filter(([, node]) => isDrained(node) || node.reason.startsWith('patchrun '))
      .map(([name, { state, reason }]) => `${name} ${state.join('+')} ${reason}`),
    [],
    'no node is left drained',
  )
  t.equal(
    (await lab.exec(['scontrol', 'show', 'reservation', '-o'])).stdout.trim(),
    'No reservations in the system',
    'no reservation is left',
  )
}

function told(
  t: Pick<Test, 'comment'>,
  what: string,
  {
    jobs,
    sampler,
    violations,
  }: {
    readonly jobs: readonly JobRecord[]
    readonly sampler: Sampler
    readonly violations: number
  },
): void {
  const seconds = (sampler.samples.at(-1)?.at ?? 0) - (sampler.samples[0]?.at ?? 0)
  t.comment(
    `${what}: ${jobs.length} jobs, ${sampler.last()?.nodes.size ?? 0} nodes, ${Math.round(seconds)} s, peak out ${peakOut(sampler.samples)}, ${violations} violations`,
  )
}

async function scontrol(lab: Lab, ...argv: string[]): Promise<void> {
  const { exitCode, stderr, stdout } = await lab.exec(['scontrol', ...argv])
  if (exitCode !== 0) throw new Error(`scontrol ${argv.join(' ')}: ${stderr || stdout}`)
}
