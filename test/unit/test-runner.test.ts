// SPDX-License-Identifier: Apache-2.0
// Whoever counts the tests must not be wrong: every way a test file can go bad counts as failed, and is told.
import { join, resolve } from 'node:path'
import t from 'tap'

interface Outcome {
  readonly file: string
  readonly pass: number
  readonly fail: number
  readonly skips: readonly string[]
  readonly failures: readonly string[]
  readonly comments: readonly string[]
}
interface Runner {
  readonly runTapFiles: (files: readonly string[], options: { timeout: number; jobs?: number; onDone: (outcome: Outcome) => void }) => Promise<void>
}
const root = resolve(import.meta.dirname, '../../..')
const { runTapFiles } = (await import(join(root, 'scripts/lib/tap-files.mjs'))) as Runner

const tap = `import t from 'tap'; `
const CASES: readonly { name: string; text: string; counts: readonly [pass: number, fail: number, skip: number]; says?: RegExp }[] = [
  { name: 'good', text: `${tap} t.ok(1); t.test('x', async t => { t.ok(1); await t.test('y', async t => { t.ok(1) }) })`, counts: [3, 0, 0] },
  { name: 'one assertion fails', text: `${tap} t.test('x', async t => { t.ok(1); t.equal(1, 2, 'deep') })`, counts: [1, 1, 0], says: /x > deep .*[^]*-2\n *\+1/ },
  { name: 'a subtest throws', text: `${tap} t.test('x', async t => { throw new Error('boom') })`, counts: [0, 1, 0], says: /x > boom/ },
  { name: 'an error after all was well', text: `${tap} t.ok(1); setTimeout(() => { throw new Error('late') }, 10)`, counts: [1, 1, 0], says: /late/ },
  { name: 'fewer assertions than planned', text: `${tap} t.plan(2); t.ok(1)`, counts: [1, 1, 0], says: /test count\(1\) != plan\(2\)/ },
  { name: 'skipped and put off', text: `${tap} t.test('x', { skip: 'why' }, () => {}); t.test('y', { todo: 'later' }, () => {}); t.ok(1)`, counts: [1, 0, 2] },
  { name: 'skipped as a whole', text: `${tap} t.plan(0, 'no root')`, counts: [0, 0, 1] },
  { name: 'no test at all', text: `${tap} void t`, counts: [0, 1, 0], says: /no test/ },
  { name: 'no TAP at all', text: `console.log('hello')`, counts: [0, 1, 0], says: /no test/ },
  { name: 'bails out', text: `${tap} t.ok(1); t.bailout('lost')`, counts: [1, 1, 0], says: /lost/ },
  { name: 'killed', text: `${tap} t.ok(1); process.kill(process.pid, 'SIGKILL')`, counts: [1, 1, 0], says: /SIGKILL/ },
  { name: 'exits in the middle', text: `console.log('TAP version 14\\nok 1 - a'); console.error('dying words'); process.exit(3)`, counts: [1, 1, 0], says: /exit code 3[^]*dying words/ },
  { name: 'good, but with an exit code', text: `${tap} t.ok(1); t.teardown(() => { process.exitCode = 4 }); process.on('exit', () => { process.exitCode = 4 })`, counts: [1, 1, 0], says: /exit code 4/ },
]

t.test('what a test says of what it did is told, and not what tap says by itself', async (t) => {
  const directory = t.testdir({
    'says.mjs': `${tap} t.comment('seed 7'); t.ok(1); t.test('x', async t => { t.ok(1); t.comment('12 jobs\\n  0 violations'); await t.test('y', { skip: 'why' }, () => {}); await t.test('z', { todo: 'later' }, () => {}) })`,
    'short.mjs': `${tap} t.plan(2); t.ok(1); t.comment('short')`,
    'fails.mjs': `${tap} t.test('x', async t => { t.equal(1, 2); t.comment('failed node01: skip the rest\\ntodo') })`,
  })
  const comments = new Map<string, readonly string[]>()
  await runTapFiles(['says.mjs', 'fails.mjs', 'short.mjs'].map((name) => join(directory, name)), { timeout: 20, onDone: (outcome) => comments.set(join(root, outcome.file), outcome.comments) })
  t.same(comments.get(join(directory, 'says.mjs')), ['seed 7', '12 jobs', '  0 violations'])
  t.same(comments.get(join(directory, 'short.mjs')), ['short'])
  t.same(comments.get(join(directory, 'fails.mjs')), ['failed node01: skip the rest', 'todo'], 'also where it begins with a word of tap')
})

t.test('every outcome of a test file is counted for what it is', async (t) => {
  const directory = t.testdir(Object.fromEntries(CASES.map(({ text }, n) => [`${n}.mjs`, text])))
  const outcomes = new Map<string, Outcome>()
  await runTapFiles(CASES.map((_, n) => join(directory, `${n}.mjs`)), { timeout: 20, jobs: 2, onDone: (outcome) => outcomes.set(join(root, outcome.file), outcome) })
  for (const [n, { name, counts, says }] of CASES.entries()) {
    const outcome = outcomes.get(join(directory, `${n}.mjs`))
    t.same([outcome?.pass, outcome?.fail, outcome?.skips.length], counts, name)
    if (says) t.match(outcome?.failures.join('\n'), says, `${name}: is told`)
  }
})
