// SPDX-License-Identifier: Apache-2.0
// The test suite beside that of an earlier commit: in turns, each in a fresh clone of its own, as
// CI runs it. `--against COMMIT` is the earlier one, `--now COMMIT` the later (or HEAD), `--rounds
// N` how often. What was measured is kept in .patchrun-tools/bench-suite, round by round, so that a
// round that was broken off costs no more than itself; the same commits go on where they were.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadavg } from 'node:os'
import { measure, spread } from '../lib/measure.mjs'
import { root, tools } from '../lib/paths.mjs'
import { must, say } from '../lib/run.mjs'

export const name = 'suite'

/** The last commit whose `npm test` ran everything, one stage after the other. */
const BEFORE = '5752938'

export async function bench({
  quick,
  signal,
  against = BEFORE,
  now: later = 'HEAD',
  rounds = quick ? 1 : 3,
}) {
  const git = async (...args) => (await must(['git', '-C', root, ...args])).stdout.trim()
  const known = await git('rev-parse', '--verify', '--quiet', `${against}^{commit}`).catch(
    () => null,
  )
  if (known === null)
    return [
      {
        metric: 'SKIPPED',
        value: '',
        detail: `this clone does not hold the commit ${against}: git fetch --unshallow`,
      },
    ]
  const now = await git('rev-parse', '--verify', `${later}^{commit}`)
  const home = join(tools, quick ? `bench-suite-quick.${process.pid}` : 'bench-suite')
  const results = join(home, `${known.slice(0, 12)}-${now.slice(0, 12)}`)
  mkdirSync(results, { recursive: true })
  try {
    for (let round = 1; round <= rounds && !signal?.aborted; round++) {
      // Each round in another order: a busy minute falls on all alike.
      for (const which of round % 2 ? ['before', 'now'] : ['now', 'before']) {
        const file = join(results, `${round}-${which}.json`)
        if (!existsSync(file))
          await once(file, { which, commit: which === 'now' ? now : known, home, quick, signal })
      }
    }
    return rows(results)
  } finally {
    if (quick) rmSync(home, { recursive: true, force: true })
  }
}

async function once(file, { which, commit, home, quick, signal }) {
  const clone = join(home, `clone-${which}`)
  rmSync(clone, { recursive: true, force: true })
  await must(['git', 'clone', '--quiet', root, clone])
  await must(['git', '-C', clone, 'checkout', '--quiet', commit])
  const log = file.replace(/json$/, 'log')
  // Packages, environments and roots are shared, and there before the clock starts: set-up is
  // measured for itself elsewhere.
  const env = { ...process.env, CI: 'true', PATCHRUN_TOOLS_DIR: tools }
  await must([process.execPath, 'scripts/setup.mjs'], { cwd: clone, env })
  const small = quick ? ['--only', 'unit/errors'] : []
  const args = which === 'now' && !quick ? ['--full'] : small
  say(`${which}: ${commit.slice(0, 12)}, load ${loadavg()[0].toFixed(1)}`)
  const { wall, cpu } = await measure([process.execPath, 'scripts/test.mjs', ...args], {
    cwd: clone,
    env,
    log,
    signal,
  })
  const record =
    which === 'now'
      ? JSON.parse(readFileSync(join(clone, 'dist/test-run.json'), 'utf8'))
      : undefined
  // For scripts/test-times.mjs.
  if (record) writeFileSync(file.replace(/\.json$/, '.run'), JSON.stringify(record))
  const passed = Number(
    /^(\d+) passed/m.exec(
      readFileSync(log, 'utf8')
        .split('\n')
        .findLast((line) => / passed, /.test(line)) ?? '',
    )?.[1],
  )
  writeFileSync(
    file,
    JSON.stringify({
      node: process.version,
      wall,
      cpu,
      passed,
      passes: record?.passes,
      setup: record?.setup,
    }),
  )
  rmSync(clone, { recursive: true, force: true })
}

function rows(results) {
  const read = (which) =>
    readdirSync(results)
      .filter((f) => f.endsWith(`-${which}.json`))
      .sort()
      .map((f) => JSON.parse(readFileSync(join(results, f), 'utf8')))
  const [before, now] = [read('before'), read('now')]
  const pairs = before.slice(0, now.length).map((b, n) => [b, now[n]])
  const pass = (run, size) => run.passes.find((p) => p.size === size)?.seconds ?? 0
  const compiled = (run) => run.wall - pass(run, 'quick') - pass(run, 'rest')
  const list = [
    ['npm test over before', (b, n) => (pass(n, 'quick') + compiled(n)) / b.wall],
    ['npm test -- --full over before', (b, n) => n.wall / b.wall],
    ['npm test -- --full over before, CPU', (b, n) => n.cpu / b.cpu],
  ].map(([metric, ratio]) => ({
    metric,
    value: spread(pairs.map(([b, n]) => ratio(b, n))),
    detail: `${pairs.length} rounds`,
  }))
  const minutes = (values) =>
    spread(
      values.map((s) => s / 60),
      1,
    )
  return [
    ...list,
    {
      metric: 'before',
      value: minutes(before.map((b) => b.wall)),
      detail: `minutes; ${before.map((b) => b.passed).join(', ')} assertions`,
    },
    {
      metric: 'npm test',
      value: minutes(now.map((n) => pass(n, 'quick') + compiled(n))),
      detail: 'minutes, compiling included',
    },
    {
      metric: 'npm test -- --full',
      value: minutes(now.map((n) => n.wall)),
      detail: `minutes; ${now.map((n) => n.passed).join(', ')} assertions`,
    },
  ]
}
