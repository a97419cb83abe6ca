#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// node scripts/matrix.mjs --on SUITE: the tests on another release of Debian (bookworm, trixie,
// forky), with its Slurm, OpenSSH, Python and ansible-core, in a root of its own below
// .patchrun-tools/roots. --ansible VERSION: with that ansible-core instead, in an environment of
// the root's Python. --stage, --only and --full as of npm test; without --stage the laboratory.
// What was found goes into docs/development.md; --print only shows it. It needs root, and does not
// run in CI.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './lib/build.mjs'
import { ensureNodeModules } from './lib/node-modules.mjs'
import { ensureRoot, NODE_INSIDE, SUITES } from './lib/other-release.mjs'
import { root, tools } from './lib/paths.mjs'
import { isRoot, run, say } from './lib/run.mjs'

const PAGE = join(root, 'docs/development.md')
const [FROM, TO] = ['<!-- matrix: made by scripts/matrix.mjs -->', '<!-- end of matrix -->']
const FOUND = join(tools, 'matrix.json')
const OPTIONS = {
  on: { type: 'string' },
  ansible: { type: 'string' },
  stage: { type: 'string', multiple: true },
  only: { type: 'string' },
  full: { type: 'boolean' },
  print: { type: 'boolean' },
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  const { on: suite, ansible, stage = ['lab'], only, full, print } = values
  if (!SUITES.includes(suite)) throw new Error(`--on is one of ${SUITES.join(', ')}`)
  if (!isRoot)
    throw new Error(
      'a root of another release is entered by mounts and namespaces: that needs root',
    )
  await ensureNodeModules()
  if (!(await build())) throw new Error('patchrun does not compile: see above.')
  const { inside, env, versions } = await ensureRoot(suite, { ansible })
  say(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  )
  const argv = [
    ...stage.flatMap((name) => ['--stage', name]),
    ...(only === undefined ? [] : ['--only', only]),
    ...(full ? ['--full'] : []),
  ]
  const { code, stdout } = await run([...inside, NODE_INSIDE, 'scripts/test.mjs', ...argv], {
    env: { ...process.env, ...env },
    capture: true,
    echo: true,
  })
  const outcome = stdout.trim().split('\n').at(-1) ?? 'no outcome'
  const row = {
    date: new Date().toISOString().slice(0, 10),
    suite,
    ...versions,
    what: `${stage.join(', ')}${full ? ' (all)' : ''}${only === undefined ? '' : `: ${only}`}`,
    outcome,
  }
  const rows = remember(row)
  if (print) console.log(table(rows))
  else writePage(rows)
  process.exitCode = code
}

/** One row for the same versions and the same tests: the last one counts. */
function remember(row) {
  const keyOf = ({ date: _date, outcome: _outcome, ...what }) => JSON.stringify(what)
  const known = existsSync(FOUND) ? JSON.parse(readFileSync(FOUND, 'utf8')) : []
  const rows = [...known.filter((one) => keyOf(one) !== keyOf(row)), row]
  mkdirSync(tools, { recursive: true })
  writeFileSync(FOUND, `${JSON.stringify(rows, null, 2)}\n`)
  return rows
}

const HEAD = [
  'date',
  'suite',
  'Slurm',
  'OpenSSH',
  'ansible-core',
  'Python',
  'Node',
  'what',
  'outcome',
]
const table = (rows) =>
  [HEAD, HEAD.map(() => '---'), ...rows.map((row) => HEAD.map((name) => row[name]))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')

function writePage(rows) {
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(FROM), page.indexOf(TO)]
  if (from < 0 || to < from)
    throw new Error(`docs/development.md has no "${FROM}" and "${TO}" to write between`)
  writeFileSync(PAGE, `${page.slice(0, from + FROM.length)}\n\n${table(rows)}\n\n${page.slice(to)}`)
}

try {
  await main()
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
