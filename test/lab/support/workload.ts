// SPDX-License-Identifier: Apache-2.0
// What users do to a lab's cluster: jobs are submitted all the time, and in the end each must have
// run as if nothing had happened.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from './lab.js'
import type { Options, Output } from './run.js'

const ALICE = ['setpriv', '--reuid', '2001', '--regid', '2001', '--clear-groups']

export interface Shape {
  readonly seed: number
  /** Of all cores, that the jobs would fill; above 1 the queue grows. 0.7 when not given. */
  readonly load?: number
  /** Nodes of a job, at most; 8, or half of the lab's, when not given. */
  readonly widest?: number
  /** Run times lie between these, s. */
  readonly shortest?: number
  readonly longest?: number
}

/** One job, or one task of an array. */
export interface JobRecord {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly exitCode: string
  readonly restarts: number
  readonly nodeCount: number
}

export interface Workload {
  /** Jobs that Slurm took so far, each task of an array counted. */
  readonly submitted: () => number
  /** What sbatch said when Slurm took a job not. */
  readonly refused: readonly string[]
  /**
   * No further job is submitted; resolves once none of them waits or runs any more. Throws after
   * `patience` ms.
   */
  readonly stop: (patience?: number) => Promise<readonly JobRecord[]>
}

/** Without accounting, releases 23.11 to 25.11 of Slurm keep the reason of a drain that is gone. */
export async function keepsReasons(lab: Lab): Promise<boolean> {
  const [, version = ''] =
    /(\d+\.\d+)/.exec((await lab.exec(['scontrol', '--version'])).stdout) ?? []
  return version >= '23.11' && version < '26.05'
}

/** Runs a command as the user alice. */
export function asAlice(lab: Lab, argv: readonly string[], options?: Options): Promise<Output> {
  return lab.exec([...ALICE, ...argv], options)
}

/** What Slurm knows of alice's jobs whose name begins so, the ended ones included. */
export async function jobsOf(lab: Lab, prefix: string): Promise<readonly JobRecord[]> {
  const { stdout, exitCode, stderr } = await lab.exec(['scontrol', 'show', 'job', '-o'])
  if (exitCode !== 0) throw new Error(`scontrol show job: ${stderr.trim()}`)
  return stdout.split('\n').flatMap((line) => {
    const field = (name: string): string =>
      new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? ''
    if (!field('UserId').startsWith('alice(') || !field('JobName').startsWith(prefix)) return []
    const task = field('ArrayTaskId')
    return [
      {
        id: task === '' ? field('JobId') : `${field('ArrayJobId')}_${task}`,
        name: field('JobName'),
        state: field('JobState'),
        exitCode: field('ExitCode'),
        restarts: Number(field('Restarts')),
        nodeCount: Number.parseInt(field('NumNodes'), 10),
      },
    ]
  })
}

/** The jobs that did not go as their user meant. */
export function harmed(jobs: readonly JobRecord[]): readonly JobRecord[] {
  return jobs.filter(
    (job) => job.state !== 'COMPLETED' || job.exitCode !== '0:0' || job.restarts !== 0,
  )
}

let streams = 0

/**
 * Begins to submit jobs: one to `widest` nodes, one or two cores on each, one in five without a
 * time limit, one in ten an array of three.
 */
export function startWorkload(lab: Lab, shape: Shape): Workload {
  const {
    seed,
    load = 0.7,
    widest = Math.min(8, lab.nodes.length >> 1),
    shortest = 3,
    longest = 15,
  } = shape
  streams += 1
  const prefix = `load${streams}-`
  const random = generator(seed)
  const widths = [1, 1, 1, 1, 2, 2, 3, 4, 6, widest].map((width) => Math.min(width, widest))
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  // An array of three in one of ten makes 1.2 jobs of one submission; 1.5 cores on each node.
  const each = mean(widths) * 1.5 * ((shortest + longest) / 2) * 1.2
  const rate = (load * lab.nodes.length * 2) / each
  const refused: string[] = []
  let submitted = 0
  const stopping = new AbortController()

  async function submit(index: number): Promise<void> {
    const [width, cores, seconds, array, limited] = [
      widths[Math.floor(random() * widths.length)] ?? 1,
      random() < 0.5 ? 1 : 2,
      shortest + random() * (longest - shortest),
      random() < 0.1,
      random() < 0.8,
    ]
    const argv = [
      'sbatch',
      '--parsable',
      '-D',
      '/tmp',
      '-o',
      '/dev/null',
      '-J',
      `${prefix}${index}`,
      '-N',
      String(width),
      `--ntasks-per-node=${cores}`,
    ]
    if (limited) argv.push('-t', String(Math.ceil((seconds * 3) / 60)))
    if (array) argv.push('--array=1-3')
    const { exitCode, stderr } = await asAlice(lab, [
      ...argv,
      '--wrap',
      `exec sleep ${seconds.toFixed(2)}`,
    ])
    if (exitCode === 0) submitted += array ? 3 : 1
    else if (!stopping.signal.aborted) refused.push(stderr.trim())
  }

  const stream = (async () => {
    let due = Date.now()
    for (let index = 0; !stopping.signal.aborted; index++) {
      await submit(index)
      due += (-Math.log(1 - random()) / rate) * 1000
      await sleep(Math.max(0, due - Date.now()), undefined, { signal: stopping.signal }).catch(
        () => {},
      )
    }
  })()
  return {
    submitted: () => submitted,
    refused,
    async stop(patience = 300_000) {
      stopping.abort()
      await stream
      for (const until = Date.now() + patience; ; await sleep(500)) {
        const waiting = await lab.exec(['squeue', '-h', '-u', 'alice', '-o', '%i'])
        if (waiting.exitCode === 0 && waiting.stdout.trim() === '') return jobsOf(lab, prefix)
        if (Date.now() > until)
          throw new Error(`jobs that do not end: ${waiting.stdout.trim().split('\n').join(' ')}`)
      }
    },
  }
}

/** The same numbers for the same seed, from 0 to below 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
