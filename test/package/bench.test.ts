// SPDX-License-Identifier: Apache-2.0
// The benchmarks run, at small sizes: what they measure is told by people who have a quiet machine, that they measure
// anything is told here.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'

const root = resolve(import.meta.dirname, '../../..')
const scripts = readdirSync(join(root, 'scripts/bench')).filter((name) => name.endsWith('.mjs'))
t.setTimeout(900_000)
/** Measured elsewhere, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = { slurm: 'it needs a lab: test/lab/bench.test.ts runs it' }

for (const script of scripts) {
  const name = /^export const name = '(\w+)'/m.exec(readFileSync(join(root, 'scripts/bench', script), 'utf8'))?.[1]
  t.test(`${script} measures`, { skip: ELSEWHERE[name ?? ''] ?? false }, async (t) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/bench.mjs', '--quick', '--only', name ?? script], { cwd: root, maxBuffer: 2 ** 24 })
    const rows = stdout.split('\n').filter((line) => line.startsWith('  '))
    t.ok(rows.length > 0, 'it says what it found')
    t.notMatch(rows.join('\n'), /NaN|undefined|Infinity/, 'in numbers')
  })
}
