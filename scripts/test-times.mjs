#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// node scripts/test-times.mjs [RECORD]: where the time of a test run went, by stage, by cause and
// by file. RECORD is what `npm test` left in dist/test-run.json. The tables go into
// docs/development.md; --print shows them instead.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { RECORD } from './lib/telling.mjs'
import { root } from './lib/paths.mjs'

const PAGE = join(root, 'docs/development.md')
const [FROM, TO] = ['<!-- times: made by scripts/test-times.mjs -->', '<!-- end of times -->']
/** Files that are about being killed. */
const KILLS = /(kill|interrupted)[\w-]*\.test\.js$/
/** Files below this are told in one line, seconds. */
const SMALL = 5

/** Markdown of a record, as scripts/lib/telling.mjs writes it. */
export function tables(record) {
  return [headline(record), byStage(record), byCause(record), byFile(record)].join('\n\n')
}

function headline({ at, node, processors, load, setup, passes, full, whole }) {
  const took = passes.map(({ size, seconds }) => `${size} ${round(seconds)} s`).join(', then ')
  return `${at.slice(0, 10)}, ${processors} processors, load ${load.toFixed(1)} at the start, Node ${node}: ${took}; set-up ${round(setup)} s.${full && whole ? '' : ' **Not a whole run of `--full`.**'}`
}

function byStage({ files, commands }) {
  const stages = [...new Set(files.map((f) => f.stage))]
  const of = (list) => [
    round(sum(list, 'pass')),
    round(sum(list, 'seconds')),
    round(sum(list, 'cpu')),
  ]
  const rows = stages.map((stage) => [
    stage,
    ...['quick', 'rest'].flatMap((size) =>
      of(files.filter((f) => f.stage === stage && f.size === size)),
    ),
  ])
  for (const { name, seconds } of commands) rows.push([name, 1, round(seconds), '', 0, 0, ''])
  rows.push([
    '**together**',
    ...['quick', 'rest'].flatMap((size) => of(files.filter((f) => f.size === size))),
  ])
  return table(
    [
      'stage',
      'quick: assertions',
      'seconds',
      'of processors',
      'rest: assertions',
      'seconds',
      'of processors',
    ],
    rows,
  )
}

function byCause({ files, setup }) {
  const launches = files.flatMap((f) => f.launches ?? [])
  const releases = [...new Set(launches.map((l) => l.release))].sort(byNumbers).reverse()
  const rows = releases.map((release, n) => {
    const mine = launches.filter((l) => l.release === release)
    return [
      `Ansible ${release}${n === 0 ? '' : n === releases.length - 1 ? ' (the oldest)' : ' (between them)'}, its modules on this machine included`,
      `${sum(mine, 'began')} launches, ${sum(mine, 'began') - sum(mine, 'ended')} of them ended from outside`,
      round(sum(mine, 'wall')),
      round(sum(mine, 'cpu')),
    ]
  })
  const cpu = sum(files, 'cpu')
  rows.push([
    'the tests themselves, patchrun, git, ssh, Slurm',
    '',
    '',
    round(cpu - sum(launches, 'cpu')),
  ])
  const group = (name, list) =>
    rows.push([name, `${list.length} files`, round(sum(list, 'seconds')), round(sum(list, 'cpu'))])
  group(
    'being killed',
    files.filter((f) => KILLS.test(f.file)),
  )
  group(
    'the laboratory',
    files.filter((f) => f.stage === 'lab'),
  )
  group(
    'the second Node',
    files.filter((f) => f.stage === 'other-node'),
  )
  const computing = files.filter((f) => f.stage !== 'lab')
  rows.push([
    'waiting, outside the laboratory: for the clock, or for a processor',
    '',
    round(computing.reduce((all, f) => all + Math.max(0, f.seconds - f.cpu), 0)),
    '',
  ])
  rows.push(['installing, compiling, building the file system of lab nodes', '', round(setup), ''])
  return table(['cause', '', 'seconds', 'of processors'], rows)
}

function byFile({ files }) {
  const names = [...new Set(files.map((f) => f.file))]
  const rows = names
    .map((file) => {
      const cells = ['quick', 'rest'].map((size) =>
        files.filter((f) => f.file === file && f.size === size),
      )
      return {
        file,
        seconds: sum(cells.flat(), 'seconds'),
        cells: cells.flatMap((list) =>
          list.length === 0
            ? ['', '', '']
            : [sum(list, 'pass'), round(sum(list, 'seconds')), round(sum(list, 'cpu'))],
        ),
        launches: sum(
          cells.flat().flatMap((f) => f.launches ?? []),
          'began',
        ),
      }
    })
    .sort((a, b) => b.seconds - a.seconds)
  const large = rows.filter((r) => r.seconds >= SMALL)
  const small = rows.filter((r) => r.seconds < SMALL)
  return table(
    [
      'file',
      'quick: assertions',
      'seconds',
      'of processors',
      'rest: assertions',
      'seconds',
      'of processors',
      'launches of Ansible',
    ],
    [
      ...large.map((r) => [
        r.file.replace(/^dist\/test\/|\.test\.js$/g, ''),
        ...r.cells,
        r.launches,
      ]),
      [
        `${small.length} others`,
        '',
        round(small.reduce((all, r) => all + r.seconds, 0)),
        '',
        '',
        '',
        '',
        '',
      ],
    ],
  )
}

const sum = (list, what) => list.reduce((all, one) => all + (one[what] ?? 0), 0)
const round = (number) => Math.round(number)
const byNumbers = (a, b) => a.localeCompare(b, 'en', { numeric: true })
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function main() {
  const {
    values,
    positionals: [file = RECORD],
  } = parseArgs({ options: { print: { type: 'boolean' } }, allowPositionals: true })
  const text = tables(JSON.parse(readFileSync(file, 'utf8')))
  if (values.print) return console.log(text)
  const page = readFileSync(PAGE, 'utf8')
  const [from, to] = [page.indexOf(FROM), page.indexOf(TO)]
  if (from < 0 || to < from)
    throw new Error(`${relative(root, PAGE)} has no "${FROM}" and "${TO}" to write between`)
  writeFileSync(PAGE, `${page.slice(0, from + FROM.length)}\n\n${text}\n\n${page.slice(to)}`)
}

if (process.argv[1] === import.meta.filename) main()
