// SPDX-License-Identifier: Apache-2.0
// The comparison under a stream of jobs runs, at a small size: every node is changed and rebooted once, whoever does it, and no job fails.
// What it costs is told by people who have a quiet machine.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { inFull } from '../support/size.js'
import { labUnsupported } from './support/lab.js'

const root = resolve(import.meta.dirname, '../../..')
const unsupported = await labUnsupported()
t.setTimeout(1_700_000)
if (unsupported !== undefined) t.plan(0, unsupported)
else await inFull(t, 'patchrun beside what operators use today', {}, async (t) => {
  const results = mkdtempSync(join(tmpdir(), 'patchrun-bench-slurm-'))
  t.teardown(() => rmSync(results, { recursive: true, force: true }))
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/bench.mjs', '--quick', '--only', 'slurm', '--side', '3'], { cwd: root, env: { ...process.env, BENCH_OUT: results }, maxBuffer: 2 ** 24 })
  const rows = stdout.split('\n').filter((line) => line.startsWith('  '))
  t.notMatch(stdout, /NaN|undefined|Infinity|None|null/)
  for (const run of ['0-control-s1', 'd2-slurm-reboot-batch4-s1', 'p-patchrun-s1']) {
    const row = rows.find((line) => line.trim().startsWith(run))
    t.match(row, /\d+ (s|jobs) .*0 jobs failed, 0 requeued/, run)
    if (!run.startsWith('0-')) t.match(row, /rebooted once 4/, 'measured from start to end')
  }
  t.match(stdout, /p-patchrun over d2: out of service +\d/)
})
