// SPDX-License-Identifier: Apache-2.0
// Whoever counts the tests must not be wrong: every way a test file can go bad counts as failed,
// and is told.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import t from 'tap'
import { keptOf } from '../../lib/ansible/call/environment.js'

interface Outcome {
  readonly file: string
  readonly pass: number
  readonly fail: number
  readonly skips: readonly string[]
  readonly failures: readonly string[]
  readonly comments: readonly string[]
  readonly left: readonly string[]
  readonly cpu: number
}
interface Runner {
  readonly runTapFile: (
    file: string,
    options: { timeout: number; env?: NodeJS.ProcessEnv },
  ) => Promise<Outcome>
}
interface Planned {
  readonly stage: { readonly name: string }
  readonly file?: string
}
interface Stages {
  readonly plan: (
    chosen: {
      stages?: readonly string[]
      only?: string
      changed?: { tests: ReadonlySet<string>; lint: boolean }
    },
    size: string,
  ) => readonly Planned[]
}
const root = resolve(import.meta.dirname, '../../..')
const { runTapFile } = (await import(join(root, 'scripts/lib/tap-files.mjs'))) as Runner
const { plan } = (await import(join(root, 'scripts/lib/stages.mjs'))) as Stages
const { reachedBy } = (await import(join(root, 'scripts/lib/changed.mjs'))) as {
  readonly reachedBy: (files: readonly string[]) => readonly string[]
}

const runTapFiles = async (
  files: readonly string[],
  { onDone }: { onDone: (outcome: Outcome) => void },
): Promise<void> =>
  void (await Promise.all(
    files.map(async (file) => onDone(await runTapFile(file, { timeout: 120 }))),
  ))

const tap = `import t from 'tap'; `
const CASES: readonly {
  name: string
  text: string
  counts: readonly [pass: number, fail: number, skip: number]
  says?: RegExp
}[] = [
  {
    name: 'good',
    text: `${tap} t.ok(1); t.test('x', async t => { t.ok(1); await t.test('y', async t => { t.ok(1) }) })`,
    counts: [3, 0, 0],
  },
  {
    name: 'one assertion fails',
    text: `${tap} t.test('x', async t => { t.ok(1); t.equal(1, 2, 'deep') })`,
    counts: [1, 1, 0],
    says: /x > deep .*[^]*-2\n *\+1/,
  },
  {
    name: 'a subtest throws',
    text: `${tap} t.test('x', async t => { throw new Error('boom') })`,
    counts: [0, 1, 0],
    says: /x > boom/,
  },
  {
    name: 'an error after all was well',
    text: `${tap} t.ok(1); setTimeout(() => { throw new Error('late') }, 10)`,
    counts: [1, 1, 0],
    says: /late/,
  },
  {
    name: 'fewer assertions than planned',
    text: `${tap} t.plan(2); t.ok(1)`,
    counts: [1, 1, 0],
    says: /test count\(1\) != plan\(2\)/,
  },
  {
    name: 'skipped and put off',
    text: `${tap} t.test('x', { skip: 'why' }, () => {}); t.test('y', { todo: 'later' }, () => {}); t.ok(1)`,
    counts: [1, 0, 2],
  },
  { name: 'skipped as a whole', text: `${tap} t.plan(0, 'no root')`, counts: [0, 0, 1] },
  { name: 'no test at all', text: `${tap} void t`, counts: [0, 1, 0], says: /no test/ },
  { name: 'no TAP at all', text: `console.log('hello')`, counts: [0, 1, 0], says: /no test/ },
  { name: 'bails out', text: `${tap} t.ok(1); t.bailout('lost')`, counts: [1, 1, 0], says: /lost/ },
  {
    name: 'killed',
    text: `${tap} t.ok(1); process.kill(process.pid, 'SIGKILL')`,
    counts: [1, 1, 0],
    says: /SIGKILL/,
  },
  {
    name: 'exits in the middle',
    text: `console.log('TAP version 14\\nok 1 - a'); console.error('dying words'); process.exit(3)`,
    counts: [1, 1, 0],
    says: /exit code 3[^]*dying words/,
  },
  {
    name: 'good, but with an exit code',
    text: `${tap} t.ok(1); t.teardown(() => { process.exitCode = 4 }); process.on('exit', () => { process.exitCode = 4 })`,
    counts: [1, 1, 0],
    says: /exit code 4/,
  },
]

t.test('what a test says of what it did is told, and not what tap says by itself', async (t) => {
  const directory = t.testdir({
    'says.mjs': `${tap} t.comment('seed 7'); t.ok(1); t.test('x', async t => { t.ok(1); t.comment('12 jobs\\n  0 violations'); await t.test('y', { skip: 'why' }, () => {}); await t.test('z', { todo: 'later' }, () => {}) })`,
    'short.mjs': `${tap} t.plan(2); t.ok(1); t.comment('short')`,
    'fails.mjs': `${tap} t.test('x', async t => { t.equal(1, 2); t.comment('failed node01: skip the rest\\ntodo') })`,
  })
  const comments = new Map<string, readonly string[]>()
  await runTapFiles(
    ['says.mjs', 'fails.mjs', 'short.mjs'].map((name) => join(directory, name)),
    { onDone: (outcome) => comments.set(join(root, outcome.file), outcome.comments) },
  )
  t.same(comments.get(join(directory, 'says.mjs')), ['seed 7', '12 jobs', '  0 violations'])
  t.same(comments.get(join(directory, 'short.mjs')), ['short'])
  t.same(
    comments.get(join(directory, 'fails.mjs')),
    ['failed node01: skip the rest', 'todo'],
    'also where it begins with a word of tap',
  )
})

t.test('every outcome of a test file is counted for what it is', async (t) => {
  const directory = t.testdir(Object.fromEntries(CASES.map(({ text }, n) => [`${n}.mjs`, text])))
  const outcomes = new Map<string, Outcome>()
  await runTapFiles(
    CASES.map((_, n) => join(directory, `${n}.mjs`)),
    { onDone: (outcome) => outcomes.set(join(root, outcome.file), outcome) },
  )
  for (const [n, { name, counts, says }] of CASES.entries()) {
    const outcome = outcomes.get(join(directory, `${n}.mjs`))
    t.same([outcome?.pass, outcome?.fail, outcome?.skips.length], counts, name)
    if (says) t.match(outcome?.failures.join('\n'), says, `${name}: is told`)
  }
})

t.test(
  'a file that leaves all it has to the other pass is not taken for an empty one',
  async (t) => {
    const size = resolve(import.meta.dirname, '../support/size.js')
    const directory = t.testdir({
      'both.mjs': `${tap} import { inFull, inQuick } from '${size}'; inQuick(t, 'short', {}, (t) => { t.ok(1); t.end() }); inFull(t, 'long', {}, (t) => { t.ok(1); t.ok(2); t.end() })`,
      'quick.mjs': `${tap} import { inQuick } from '${size}'; inQuick(t, 'short', {}, (t) => { t.ok(1); t.end() })`,
      'none.mjs': `${tap} t.comment('nothing')`,
      'busy.mjs': `${tap} t.ok(1); for (const end = Date.now() + 300; Date.now() < end;);`,
    })
    const of = (name: string, size: string): Promise<Outcome> =>
      runTapFile(join(directory, name), {
        timeout: 120,
        env: { ...process.env, PATCHRUN_TEST_SIZE: size },
      })
    t.match(await of('both.mjs', 'quick'), { pass: 1, fail: 0, left: ['long'], comments: [] })
    t.match(await of('both.mjs', 'rest'), { pass: 2, fail: 0, left: [], comments: [] })
    t.match(await of('both.mjs', 'all'), { pass: 3, fail: 0, left: [] })
    t.match(await of('quick.mjs', 'rest'), { pass: 0, fail: 0 })
    t.match(
      await of('none.mjs', 'rest'),
      { fail: 1 },
      'nothing here, and nothing in the other pass',
    )
    t.match((await of('both.mjs', 'small')).failures.join('\n'), /PATCHRUN_TEST_SIZE is one of/)
    t.ok((await of('busy.mjs', 'quick')).cpu > 0.2, 'what it computes is counted')
  },
)

t.test(
  'both passes together run every test file, and nothing but what divides itself twice',
  (t) => {
    const names = (size: string): string[] =>
      plan({}, size).flatMap(({ stage, file }) =>
        file && !['other-node', 'newer-slurm'].includes(stage.name)
          ? [relative(join(root, 'dist'), file).replace(/\.js$/, '.ts')]
          : [],
      )
    const all = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => `test/${path}`)
    const [first, then] = [names('quick'), names('rest')]
    t.same([...first].sort(), all.sort(), 'the quick pass begins each once')
    t.same(
      then.filter((path) => !/(size|harness)\.js'/.test(readFileSync(join(root, path), 'utf8'))),
      [],
      'the other one only those that ask for the size',
    )
    t.same(
      ['contract/events', 'integration/kill', 'property/rollout', 'lab/soak'].filter(
        (name) => !then.includes(`test/${name}.test.ts`),
      ),
      [],
      'themselves, or by what they import',
    )
    t.same(
      ['unit/errors', 'integration/pin'].filter((name) => then.includes(`test/${name}.test.ts`)),
      [],
    )
    const other = plan({ stages: ['other-node'] }, 'rest').flatMap(({ file }) => file ?? [])
    t.ok(
      other.length > 15 && other.some((file) => file.endsWith('end-to-end.test.js')),
      'the other Node runs what it can do otherwise',
    )
    t.same(
      plan({ stages: ['newer-slurm'] }, 'rest')
        .map(({ file }) => relative(root, file ?? ''))
        .sort(),
      [
        'dist/test/lab/reasons.test.js',
        'dist/test/lab/slurm-roles.test.js',
        'dist/test/lab/states.test.js',
      ],
    )
    t.same(plan({ stages: ['newer-slurm'] }, 'quick'), [])
    t.same(
      plan({ stages: ['unit'], only: 'errors' }, 'quick').map(({ file }) =>
        relative(root, file ?? ''),
      ),
      ['dist/test/unit/errors.test.js'],
    )
    t.end()
  },
)

t.test('a change reaches the tests that lead to it', (t) => {
  const reaches = (file: string, ...tests: string[]): void =>
    void t.same(
      tests.filter((name) => !reachedBy([file]).includes(`test/${name}.test.ts`)),
      [],
      file,
    )
  const spares = (file: string, ...tests: string[]): void =>
    void t.same(
      tests.filter((name) => reachedBy([file]).includes(`test/${name}.test.ts`)),
      [],
      `${file} and not`,
    )
  reaches(
    'lib/rollout/world/waves.ts',
    'unit/rollout',
    'property/rollout',
    'integration/rollout',
    'integration/kill',
  )
  spares('lib/rollout/world/waves.ts', 'unit/host-expression', 'unit/errors')
  // By the program that a test starts, a file that it reads, a directory that the library reads, a
  // schema, a script.
  reaches('lib/cli/main.ts', 'integration/steer', 'lab/visit')
  reaches('docs/usage/errors.md', 'unit/errors')
  reaches('lib/ansible/plugins/patchrun_plugin/redact.py', 'contract/events', 'integration/secrecy')
  reaches('roles/slurm_drain/files/drain.py', 'lab/slurm-roles')
  reaches('test/lab/slurm/lib/node-boot.sh', 'lab/lab')
  spares('test/lab/slurm/lib/node-boot.sh', 'integration/kill')
  reaches('docs/lab.md', 'unit/house')
  spares('docs/lab.md', 'integration/kill', 'unit/rollout')
  t.equal(
    reachedBy(['package-lock.json']).length,
    reachedBy(['tsconfig.json']).length,
    'what everything rests on reaches everything',
  )
  t.end()
})

t.test(
  'what counts launches of Ansible, and finds what a test has left running, reaches an Ansible that patchrun starts',
  async (t) => {
    const { VARIABLE } = (await import(join(root, 'scripts/lib/launches.mjs'))) as {
      readonly VARIABLE: string
    }
    t.same(keptOf({ [VARIABLE]: '/log' }, { vault: [] }), { [VARIABLE]: '/log' })
  },
)
