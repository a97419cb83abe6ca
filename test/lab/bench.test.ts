// SPDX-License-Identifier: Apache-2.0
// The benchmarks that need a lab run, at small sizes. In the comparison under a stream of jobs
// every node is changed and rebooted once, whoever does it, and no job fails. What it costs is told
// by people who have a quiet machine.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { inFull } from '../support/size.js'
import { labUnsupported } from './support/lab.js'

const root = resolve(import.meta.dirname, '../../..')
const unsupported = await labUnsupported()
t.setTimeout(1_700_000)
if (unsupported !== undefined) t.plan(0, unsupported)
else {
  await inFull(t, 'patchrun beside what operators use today', {}, (t) => slurm(t))
  await inFull(t, 'a look at 5,006 nodes beside scontrol alone', {}, async (t) => {
    const { stdout } = await measured('observe')
    t.notMatch(stdout, /NaN|undefined|Infinity|SKIPPED/)
    t.match(
      stdout,
      /observe over `scontrol -a -o show node`, wall +\d+\.\d+ \(.*5,006 nodes, 3 rounds/,
    )
  })
}

async function measured(
  name: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(
    process.execPath,
    ['scripts/bench.mjs', '--quick', '--only', name, ...args],
    { cwd: root, env: { ...process.env, ...env }, maxBuffer: 2 ** 24 },
  )
}

async function slurm(t: Test): Promise<void> {
  const results = mkdtempSync(join(tmpdir(), 'patchrun-bench-slurm-'))
  t.teardown(() => rmSync(results, { recursive: true, force: true }))
  const { stdout } = await measured('slurm', ['--side', '3'], { BENCH_OUT: results })
  const rows = stdout.split('\n').filter((line) => line.startsWith('  '))
  t.notMatch(stdout, /NaN|undefined|Infinity|None|null/)
  for (const run of ['0-control-s1', 'd2-slurm-reboot-batch4-s1', 'p-patchrun-s1']) {
    const row = rows.find((line) => line.trim().startsWith(run))
    t.match(row, /\d+ (s|jobs) .*0 jobs failed, 0 requeued/, run)
    if (!run.startsWith('0-')) t.match(row, /rebooted once 4/, 'measured from start to end')
  }
  t.match(stdout, /p-patchrun over d2: out of service +\d/)
}
