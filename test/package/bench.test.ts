// SPDX-License-Identifier: Apache-2.0
// The benchmarks run, at small sizes: what they measure is told by people who have a quiet machine,
// that they measure anything is told here.
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { inFull, inQuick } from '../support/size.js'

const root = resolve(import.meta.dirname, '../../..')
const scripts = readdirSync(join(root, 'scripts/bench')).filter((name) => name.endsWith('.mjs'))
t.setTimeout(900_000)
/** Measured elsewhere, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  slurm: 'it needs a lab: test/lab/bench.test.ts runs it',
  observe: 'it needs a lab, too',
  suite: 'it clones, compiles and tests this tree twice: people who have an afternoon run it',
}
/** Those that start no Ansible and take the least. */
const CHEAP: readonly string[] = ['decide', 'journal']
const ansibleBin =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const node = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 2 ** 24 })).stdout

/** What `npm run bench` prints: it compiles the package and sees to an Ansible first. */
const byCommand = async (name: string): Promise<string[]> =>
  (await node('scripts/bench.mjs', '--quick', '--only', name))
    .split('\n')
    .filter((line) => line.startsWith('  '))

/** The measurement itself. */
async function alone(script: string): Promise<string[]> {
  const program = `const { bench } = await import(${JSON.stringify(join(root, 'scripts/bench', script))})
const rows = await bench({ ansibleBin: ${JSON.stringify(ansibleBin ?? null)}, quick: true, signal: new AbortController().signal })
console.log('rows' + JSON.stringify(rows.map(({ metric, value, detail }) => [metric, String(value), detail ?? ''].join('  '))))`
  return JSON.parse(
    /^rows(.*)$/m.exec(await node('--input-type=module', '-e', program))?.[1] ?? '[]',
  ) as string[]
}

for (const script of scripts) {
  const name =
    /^export const name = '(\w+)'/m.exec(
      readFileSync(join(root, 'scripts/bench', script), 'utf8'),
    )?.[1] ?? script
  const cheap = CHEAP.includes(name)
  await (cheap ? inQuick : inFull)(
    t,
    `${script} measures`,
    { skip: ELSEWHERE[name] ?? false },
    async (t) => {
      // Where no Ansible was named, the command finds one.
      const rows = cheap || ansibleBin !== undefined ? await alone(script) : await byCommand(name)
      t.ok(rows.length > 0, 'it says what it found')
      t.notMatch(rows.join('\n'), /NaN|undefined|Infinity/, 'in numbers')
    },
  )
}

await inFull(t, 'npm run bench shows what one of them measures', {}, async (t) => {
  const rows = await byCommand('decide')
  t.ok(rows.length > 0, 'it says what it found')
  t.notMatch(rows.join('\n'), /NaN|undefined|Infinity/, 'in numbers')
})
