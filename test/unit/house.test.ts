// SPDX-License-Identifier: Apache-2.0
// The rules of the house hold for this tree, and each rule catches a violation that is planted.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import * as rules from '../support/house/rules.js'
import { readSource } from '../support/house/source.js'
import * as texts from '../support/house/texts.js'

const root = resolve(import.meta.dirname, '../../..')
const tree = readTree()
const sources = [...tree]
  .filter(([path]) => /^(lib|bin)\/.*\.ts$/.test(path))
  .map(([path, text]) => readSource(path, text))

type Files = Readonly<Record<string, string>>

const filesIn = (folder: string, count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/a${i}.ts`, '']))

const SOURCE_RULES: readonly {
  name: string
  rule: rules.Rule
  bad: readonly Files[]
  good?: readonly Files[]
}[] = [
  {
    name: 'every source is in a room',
    rule: rules.inARoom,
    bad: [
      { 'lib/utils/a.ts': '' },
      { 'lib/helpers.ts': '' },
      { 'lib/rollout/utils/a.ts': '' },
      { 'lib/rollout/limits/more/a.ts': '' },
      { 'lib/notify/slack/a.ts': '' },
    ],
    good: [
      { 'lib/rollout/index.ts': '', 'lib/store/git/a.ts': '', 'lib/notify/a.ts': '' },
      { 'lib/cli/screen/a.ts': '', 'lib/index.ts': '', 'lib/errors.ts': '', 'bin/patchrun.ts': '' },
    ],
  },
  {
    name: 'an import never points up',
    rule: rules.neverUp,
    bad: [
      { 'lib/fleet/a.ts': `import { b } from '../rollout/b.js'` },
      { 'lib/rollout/a.ts': `import type { B } from '../ansible/b.js'` },
      { 'lib/errors.ts': `export * from './fleet/types.js'` },
      { 'lib/engine/a.ts': `export type A = import('../cli/b.js').B` },
      { 'lib/store/a.ts': `const b = await import('../engine/b.js')` },
      { 'lib/cli/a.ts': `import x from '../../scripts/b.js'` },
      { 'lib/rollout/state/a.ts': `import { b } from '../decide/b.js'` },
      { 'lib/rollout/state/a.ts': `import { b } from '../index.js'` },
      { 'lib/store/disk/a.ts': `import { b } from '../store.js'` },
    ],
    good: [
      { 'lib/rollout/decide/a.ts': `import { b } from '../state/b.js'` },
      { 'lib/rollout/index.ts': `import { b } from './state/b.js'` },
      { 'lib/store/lock/a.ts': `import { b } from '../store.js'` },
      {
        'lib/engine/a.ts': `import { b } from '../rollout/b.js'\nimport { c } from './c.js'\nimport { d } from 'd'`,
      },
    ],
  },
  {
    name: 'a room has three to fourteen files',
    rule: rules.roomSize,
    bad: [
      filesIn('lib/rollout/visit', 2),
      filesIn('lib/rollout/visit', 15),
      filesIn('lib/notify', 15),
    ],
    good: [
      filesIn('lib/rollout/visit', 3),
      filesIn('lib/rollout/visit', 14),
      { ...filesIn('lib/fleet/declare', 14), 'lib/fleet/declare/b.generated.ts': '' },
      filesIn('lib/rollout', 1),
    ],
  },
  {
    name: 'pure rooms import no effect',
    rule: rules.purePackages,
    bad: [
      'node:fs',
      'node:fs/promises',
      'node:child_process',
      'node:net',
      'node:crypto',
      'node:timers/promises',
    ]
      .map((name) => ({
        'lib/rollout/a.ts': `import * as x from '${name}'`,
      }))
      .concat([{ 'lib/rollout/a.ts': `import { createHash, randomUUID } from 'node:crypto'` }]),
    good: [
      {
        'lib/fleet/a.ts': `import { posix } from 'node:path'`,
        'lib/rollout/a.ts': `import { createHash } from 'node:crypto'`,
        'lib/engine/a.ts': `import 'node:fs'`,
      },
    ],
  },
  {
    name: 'pure rooms read no clock and draw no lots',
    rule: rules.pureUses,
    bad: [
      'Date.now()',
      'new Date()',
      'new Date',
      'Date()',
      'Math.random()',
      'process.env.HOME',
      'setTimeout(f, 1)',
      'performance.now()',
      'crypto.randomUUID()',
      'fetch(u)',
      'console.log(1)',
      'import(name)',
      'globalThis.x',
      '({ now: process.hrtime })',
    ].map((use) => ({
      'lib/outcome/a.ts': `export const a = ${use}`,
    })),
    good: [
      {
        'lib/outcome/a.ts': `export const a = new Date(0)\nexport const b = Date.parse(c)\nexport interface P { process: string }\nexport const d = e.process\nexport const f = { console: 1 }`,
      },
      { 'lib/engine/a.ts': 'export const a = Date.now()' },
    ],
  },
  {
    name: 'each package has its place',
    rule: rules.knownPackages,
    bad: [
      { 'lib/cli/a.ts': `import chalk from 'chalk'` },
      { 'lib/engine/a.ts': `import { Listr } from 'listr2'` },
      { 'lib/engine/a.ts': `import { simpleGit } from 'simple-git'` },
      { 'lib/rollout/a.ts': `import lodash from 'lodash/get.js'` },
      { 'lib/report/a.ts': `import x from '@scope/x'` },
    ],
    good: [
      {
        'lib/cli/screen/a.ts': `import chalk from 'chalk'\nimport 'node:tty'`,
        'lib/git/a.ts': `import { simpleGit } from 'simple-git'`,
      },
    ],
  },
  {
    name: 'processes are started at one door',
    rule: rules.fewProcesses,
    bad: [
      { 'lib/engine/a.ts': `import { execa } from 'execa'` },
      { 'lib/git/a.ts': `import { spawn } from 'node:child_process'` },
      { 'lib/cli/a.ts': `const { exec } = await import('node:child_process')` },
    ],
    good: [
      {
        'lib/ansible/run/start-playbook.ts': `import { execa } from 'execa'`,
        'lib/engine/site/list-source.ts': `import { execa } from 'execa'`,
      },
    ],
  },
  {
    name: 'imports make no circle',
    rule: rules.noCircles,
    bad: [
      {
        'lib/fleet/a.ts': `import './b.js'`,
        'lib/fleet/b.ts': `import './c.js'`,
        'lib/fleet/c.ts': `import './a.js'`,
      },
      { 'lib/fleet/a.ts': `import type { A } from './a.js'` },
    ],
    good: [
      {
        'lib/fleet/a.ts': `import './b.js'\nimport './c.js'`,
        'lib/fleet/b.ts': `import './c.js'`,
        'lib/fleet/c.ts': '',
      },
    ],
  },
]

const TAG = 'SPDX-License-Identifier:'
const TEXT_RULES: readonly {
  name: string
  rule: texts.TextRule
  bad: readonly Files[]
  good?: readonly Files[]
}[] = [
  {
    name: 'every source says its licence',
    rule: texts.spdx,
    bad: [
      { 'lib/a.ts': '// hello\n' },
      { 'lib/a.ts': `// ${TAG} MIT\n` },
      { 'scripts/a.mjs': `\n\n\n\n// ${TAG} Apache-2.0\n` },
      { '.ci/run': '#!/bin/sh\n' },
      { 'lib/ansible/plugins/callback/a.py': `# ${TAG} Apache-2.0\n` },
    ],
    good: [
      {
        'a.sh': `#!/bin/sh\n# ${TAG} Apache-2.0\n`,
        'lib/ansible/plugins/patchrun_plugin/a.py': `# ${TAG} GPL-3.0-or-later\n`,
        'README.md': '',
      },
    ],
  },
  {
    name: 'no file is long that the linter does not count',
    rule: texts.short,
    bad: [{ 'lib/a.py': '\n'.repeat(301) }, { 'scripts/a.sh': '\n'.repeat(301) }],
    good: [{ 'lib/a.py': '\n'.repeat(300), 'docs/a.md': '\n'.repeat(900) }],
  },
  {
    name: 'links lead somewhere',
    rule: texts.links,
    bad: [
      { 'docs/a.md': '[b](b.md)' },
      { 'docs/a.md': '[b](#nowhere)\n# Here' },
      { 'docs/a.md': '[b](b.md#nowhere)', 'docs/b.md': '# Here' },
      { 'README.md': '![x](docs/x.png)' },
    ],
    good: [
      {
        'docs/a.md':
          '[b](../b.md#two-words-1) [c](https://c) [d](sub/) `[e](f)`\n```\n[g](h)\n```\n',
        'b.md': '## Two words: (1)\n',
        'docs/sub/x.md': '',
      },
    ],
  },
  {
    name: 'nothing tells of a private place',
    rule: texts.nothingPrivate,
    bad: [
      { 'package-lock.json': '{ "resolved": "https://registry.example/x" }' },
      { 'docs/a.md': `see /${'home'}/alice/notes` },
      { 'lib/a.ts': `const x = '/${'work'}/main'` },
      { 'lib/a.ts': `fetch('https://git.site.${'internal'}/x')` },
      { 'a.yml': `url: http://${'10'}.1.2.3/` },
    ],
    good: [
      {
        'docs/a.md': 'https://docs.ansible.com/ and ~/jobs/x, lib/home/x',
        'test/lab/slurm/a.sh': `http://${'10'}.77.0.1:8080/ /${'home'}/ops/.ssh`,
      },
    ],
  },
]

for (const { name, rule, bad, good = [] } of SOURCE_RULES) {
  const complaints = (files: Files): string[] =>
    rule(Object.entries(files).map(([path, text]) => readSource(path, text)))
  t.test(name, async (t) => {
    t.same(rule(sources), [], 'in this tree')
    for (const files of bad)
      t.equal(complaints(files).length, 1, `catches ${JSON.stringify(files)}`)
    for (const files of good) t.same(complaints(files), [], 'allows what is right')
  })
}

for (const { name, rule, bad, good = [] } of TEXT_RULES) {
  t.test(name, async (t) => {
    t.same(rule(tree), [], 'in this tree')
    for (const files of bad)
      t.equal(
        rule(new Map(Object.entries(files))).length,
        1,
        `catches ${JSON.stringify(files).slice(0, 100)}`,
      )
    for (const files of good)
      t.same(rule(new Map(Object.entries(files))), [], 'allows what is right')
  })
}

t.test(
  'what may exceed the limits of the linter is nothing of the core and the engine',
  async (t) => {
    const allowed = Object.keys(JSON.parse(tree.get('scripts/lint-allowed.json') ?? '{}') as object)
    t.ok(allowed.length > 0, 'the list was read')
    t.same(
      allowed.filter((path) => /^lib\/(rollout|engine)\//.test(path)),
      [],
    )
  },
)

t.test('the whole tree was looked at', async (t) => {
  for (const path of ['lib/errors.ts', 'bin/patchrun.ts'])
    t.ok(
      sources.some((source) => source.path === path),
      path,
    )
  for (const path of ['README.md', '.ci/run', 'package-lock.json']) t.ok(tree.has(path), path)
})

t.test('the drawing in docs/architecture.md is that of the imports', async (t) => {
  execFileSync(process.execPath, [join(root, 'scripts/house.mjs'), '--check'], { stdio: 'pipe' })
  const { drawing } = (await import(pathToFileURL(join(root, 'scripts/lib/house.mjs')).href)) as {
    drawing: (folders: ReadonlyMap<string, object>) => string
  }
  const folder = (imports: readonly string[]): object => ({
    purpose: 'x.',
    files: 3,
    imports: new Set(imports),
  })
  const three = (last: readonly string[]): ReadonlyMap<string, object> =>
    new Map([
      ['a/x', folder(['a/y', 'a/z'])],
      ['a/y', folder(['a/z'])],
      ['a/z', folder(last)],
    ])
  const drawn = drawing(three([]))
  t.match(drawn, 'a_x --> a_y')
  t.match(drawn, 'a_y --> a_z')
  t.notMatch(drawn, 'a_x --> a_z', 'what follows from others is left out')
  t.throws(() => drawing(three(['a/x'])), /in a circle: a\/x, a\/y, a\/z/)
})

/** What git tracks, and what it would track; binary files left out. */
function readTree(): texts.Tree {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8' },
  )
  const entries = listed
    .split('\0')
    .filter(Boolean)
    .flatMap((path): [string, string][] => {
      try {
        const text = readFileSync(join(root, path), 'utf8')
        return text.includes('\0') ? [] : [[path, text]]
      } catch {
        return [] // Deleted in the work tree, but not yet in the index; or a submodule.
      }
    })
  return new Map(entries)
}
