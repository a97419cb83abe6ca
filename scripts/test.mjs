#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// npm test: every promise at small size. --full: that, and then all that it leaves out. --changed:
// what a change can reach. --stage NAME (repeatable) runs some stages, --only TEXT some test files.
// Ends in one line that counts: assertions, the compiler and the linter as one each. What it cost
// goes to dist/test-run.json, for scripts/test-times.mjs.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { build } from './lib/build.mjs'
import { ensureNodeModules } from './lib/node-modules.mjs'
import { checkNode } from './setup.mjs'

const OPTIONS = {
  full: { type: 'boolean' },
  changed: { type: 'boolean' },
  stage: { type: 'string', multiple: true },
  only: { type: 'string' },
}
const total = { pass: 0, fail: 0, skip: 0 }

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  checkNode()
  const begun = performance.now()
  await ensureNodeModules()
  // Only now: these need what npm ci brought.
  const { STAGES, plan, prepare } = await import('./lib/stages.mjs')
  const { reached } = await import('./lib/changed.mjs')
  const { endAll } = await import('./lib/tap-files.mjs')
  const { runPass } = await import('./lib/pass.mjs')
  const { Notifications } = await import('./lib/telling.mjs')
  const telling = new Notifications(total)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      endAll()
      setTimeout(() => process.exit(130), 1000)
    })
  }
  const unknown = values.stage?.find((name) => !STAGES.some((stage) => stage.name === name))
  if (unknown)
    throw new Error(`no stage "${unknown}"; there are ${STAGES.map((s) => s.name).join(', ')}`)
  // Tests are compiled, so the build is never left out.
  if (!telling.command('types', 'types and build (tsc)', await timed(build))) return
  const changed = values.changed ? await reached() : undefined
  if (changed) telling.reached(changed)
  const sizes = values.full ? ['quick', 'rest'] : ['quick']
  const chosen = { stages: values.stage, only: values.only, changed }
  const passes = sizes.map((size) => ({ size, items: plan(chosen, size) }))
  const ready = await prepare([
    ...new Set(passes.flatMap(({ items }) => items.map(({ stage }) => stage))),
  ])
  telling.ready(ready, performance.now() - begun)
  for (const { size, items } of passes) {
    telling.pass(size)
    const lanes = { processor: availableParallelism(), lab: availableParallelism() }
    await timed(() => runPass(items, { size, ready, lanes, telling })).then(({ seconds }) =>
      telling.passed(size, seconds),
    )
  }
  telling.end({ full: values.full === true, whole: !values.stage && !values.only && !changed })
}

async function timed(work) {
  const started = performance.now()
  const ok = await work()
  return { ok, seconds: (performance.now() - started) / 1000 }
}

try {
  await main()
} catch (error) {
  total.fail++
  process.stdout.write(`\nThe tests could not be run: ${error.message}\n`)
}
if (total.pass + total.fail + total.skip === 0) process.stdout.write('No test was run.\n')
process.exitCode = total.fail > 0 || total.pass === 0 ? 1 : 0
// Alone on its line, and the last one: programs read it.
process.stdout.write(`\n${total.pass} passed, ${total.fail} failed, ${total.skip} skipped\n`)
