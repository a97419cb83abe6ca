// SPDX-License-Identifier: Apache-2.0
// The rules of the house hold for this tree, and each rule catches a violation that is planted.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
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

const SOURCE_RULES: readonly {
  name: string
  rule: rules.Rule
  bad: readonly Files[]
  good?: readonly Files[]
}[] = [
  {
    name: 'every source is in a room',
    rule: rules.inARoom,
    bad: [{ 'lib/utils/a.ts': '' }, { 'lib/helpers.ts': '' }],
    good: [
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
    ],
    good: [
      {
        'lib/engine/a.ts': `import { b } from '../rollout/b.js'\nimport { c } from './c.js'\nimport { d } from 'd'`,
      },
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
      'lib/change/a.ts': `export const a = ${use}`,
    })),
    good: [
      {
        'lib/change/a.ts': `export const a = new Date(0)\nexport const b = Date.parse(c)\nexport interface P { process: string }\nexport const d = e.process\nexport const f = { console: 1 }`,
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
        'lib/playbook/a.ts': `import { simpleGit } from 'simple-git'`,
      },
    ],
  },
  {
    name: 'processes are started at one door',
    rule: rules.fewProcesses,
    bad: [
      { 'lib/engine/a.ts': `import { execa } from 'execa'` },
      { 'lib/playbook/a.ts': `import { spawn } from 'node:child_process'` },
      { 'lib/cli/a.ts': `const { exec } = await import('node:child_process')` },
    ],
    good: [
      {
        'lib/ansible/run.ts': `import { execa } from 'execa'`,
        'lib/engine/list-source.ts': `import { execa } from 'execa'`,
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

t.test('the whole tree was looked at', async (t) => {
  for (const path of ['lib/errors.ts', 'bin/patchrun.ts'])
    t.ok(
      sources.some((source) => source.path === path),
      path,
    )
  for (const path of ['README.md', '.ci/run', 'package-lock.json']) t.ok(tree.has(path), path)
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
