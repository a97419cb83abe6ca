// SPDX-License-Identifier: Apache-2.0
// A rolling change (package 1.0 to 1.1 and one reboot) over the lab's nodes under a seeded stream
// of jobs, at most four nodes out at once: patchrun beside what operators use today.
// scripts/bench/slurm/ holds the approaches; docs/bench.md says how to read the figures.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { buildBase, labUnsupported } from '../../dist/test/lab/support/lab.js'
import { spread } from '../lib/measure.mjs'
import { root, tools } from '../lib/paths.mjs'
import { must, say } from '../lib/run.mjs'

export const name = 'slurm'

const here = join(root, 'scripts/bench/slurm')
/** Small enough for a minute or two: shows that everything works, not what it costs. */
const QUICK = {
  BENCH_NODES: '4',
  BENCH_WARMUP: '5',
  BENCH_TAIL_MIN: '5',
  BENCH_TAIL_MAX: '10',
  BENCH_CONTROL_LEN: '30',
  BENCH_GIVE_UP: '240',
  BENCH_LINGER: '20',
  LAB_BOOT_DELAY: '0.2',
}
const SEEDS = { true: ['1'], false: ['1', '2', '3'] }
const APPROACHES = { true: ['0', 'd2', 'p'], false: ['0', 'd2', 'a', 'a2', 'p'] }

export async function bench({
  ansibleBin,
  quick,
  signal,
  seeds = SEEDS[quick],
  approaches = APPROACHES[quick],
  side = 1,
}) {
  const unsupported = await labUnsupported()
  if (unsupported !== undefined) return [{ metric: 'SKIPPED', value: '', detail: unsupported }]
  if (!(side >= 1)) throw new Error('--side: how many runs go side by side, 1 or more')
  const chosen = approaches.map(fullName)
  const results =
    process.env.BENCH_OUT ??
    (quick ? mkdtempSync(join(tmpdir(), 'patchrun-bench-slurm-')) : join(tools, 'bench-slurm'))
  const env = {
    ...(quick && QUICK),
    ...process.env,
    BENCH_OUT: results,
    NODE: process.execPath,
    PATCHRUN_TOOLS_DIR: tools,
    PATH: `${ansibleBin}${delimiter}${process.env.PATH}`,
  }
  // The first run builds the nodes' file system; the control runs go first, since the others are
  // compared with them.
  await buildBase()
  const all = seeds.flatMap((seed) => chosen.map((approach) => ({ approach, seed })))
  // What computes on this machine while it works gets it for itself; the others leave it idle.
  for (const [queue, width] of [
    [all.filter(isIdle), side],
    [all.filter((run) => !isIdle(run)), 1],
  ]) {
    await Promise.all(
      Array.from({ length: width }, async () => {
        for (let next = queue.shift(); next && !signal?.aborted; next = queue.shift())
          await once(next, { env, signal, results })
      }),
    )
  }
  if (signal?.aborted) throw new Error('interrupted')
  console.log((await must(['python3', join(here, 'bench.py'), 'table', results])).stdout)
  return rows(results, chosen, seeds)
}

const isIdle = ({ approach }) => /^(0|d2)-/.test(approach)

function fullName(short) {
  const all = readdirSync(join(here, 'approaches')).map((file) => file.replace(/\.sh$/, ''))
  const found = all.find((one) => one === short || one.split('-')[0] === short)
  if (!found) throw new Error(`no approach "${short}"; there are ${all.join(', ')}`)
  return found
}

/**
 * In a process group of its own, so that an interruption reaches what runs in the lab, too; run.sh
 * then takes the lab down.
 */
async function once({ approach, seed }, { env, signal, results }) {
  const begun = performance.now()
  const child = spawn(join(here, 'run.sh'), [approach, seed], {
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const end = () => child.pid && process.kill(-child.pid, 'SIGTERM')
  signal?.addEventListener('abort', end, { once: true })
  const code = await new Promise((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  signal?.removeEventListener('abort', end)
  if (code !== 0 && !signal?.aborted)
    throw new Error(
      `${approach} with seed ${seed} could not be measured: see ${join(results, `${approach}-s${seed}`)}`,
    )
  say(`${approach}, seed ${seed}: ${Math.round((performance.now() - begun) / 1000)} s`)
}

function rows(results, approaches, seeds) {
  const report = (approach, seed) =>
    JSON.parse(readFileSync(join(results, `${approach}-s${seed}`, 'report.json'), 'utf8'))
  const all = approaches.flatMap((approach) =>
    seeds.map((seed) => ({ approach, ...report(approach, seed) })),
  )
  const each = all.map((r) => ({ metric: r.run, value: value(r), detail: detail(r) }))
  const ratios = approaches
    .filter((approach) => !isIdle({ approach }))
    .flatMap((approach) => {
      const over = all.filter((r) => r.approach === approach).map((r) => r.over_native)
      const line = (what, key, unit) => {
        const values = over.map((o) => o?.[key]).filter((v) => v !== undefined && v !== null)
        return values.length > 0
          ? [
              {
                metric: `${approach} over d2: ${what}`,
                value: `${spread(values)} ${unit}`,
                detail: `${values.length} seeds`,
              },
            ]
          : []
      }
      return [
        ...line('out of service', 'out', 'x'),
        ...line('idle while draining', 'idle', 'x'),
        ...line('total without canary', 'rest', 'x'),
        ...line('extra wait', 'extra_wait_s', 'job-s more'),
      ]
    })
  return [
    ...each,
    ...ratios,
    { metric: 'raw data', value: '', detail: relative(process.cwd(), results) },
  ]
}

const value = (r) =>
  r.total_s === undefined
    ? `${r.jobs} jobs`
    : r.total_s === null || r.rc !== 0
      ? `NOT FINISHED (exit ${r.rc})`
      : `${r.total_s} s`

function detail(r) {
  const jobs = `${r.failed} jobs failed, ${r.requeued} requeued`
  if (r.total_s === undefined) return jobs
  const canary = r.canaries.length > 0 ? `canary ${r.canary_s ?? '-'} s, ` : ''
  return `${canary}out ${r.out_ns} node-s, idle in drain ${r.idle_ns} node-s, extra wait ${r.extra_wait_s ?? '-'} job-s, peak flagged ${r.peak_flagged}, rebooted once ${r.rebooted_once}, ${jobs}`
}
