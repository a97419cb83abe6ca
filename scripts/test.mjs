#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// npm test: every stage in order, ending in one line that counts. What is counted are assertions; the compiler and the
// linter count as one each. --stage NAME (repeatable) runs some stages, --only TEXT some test files.
import { parseArgs } from 'node:util'
import { availableParallelism } from 'node:os'
import { build } from './lib/build.mjs'
import { ensureNodeModules } from './lib/node-modules.mjs'
import { run } from './lib/run.mjs'
import { checkNode } from './setup.mjs'

const total = { pass: 0, fail: 0, skip: 0 }

async function main() {
  const { values } = parseArgs({ options: { stage: { type: 'string', multiple: true }, only: { type: 'string' } } })
  checkNode()
  await ensureNodeModules()
  // Only now: these need what npm ci brought.
  const { STAGES, filesOf } = await import('./lib/stages.mjs')
  const tap = await import('./lib/tap-files.mjs')
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      tap.endAll()
      setTimeout(() => process.exit(130), 1000)
    })
  }
  const unknown = values.stage?.find((name) => !STAGES.some((stage) => stage.name === name))
  if (unknown) throw new Error(`no stage "${unknown}"; there are ${STAGES.map((s) => s.name).join(', ')}`)
  for (const stage of STAGES) {
    const chosen = values.stage?.includes(stage.name) ?? (stage.rooms || !values.only)
    // Tests are compiled, so the build is never left out.
    if (chosen || stage.build) await runStage(stage, { filesOf, tap, only: values.only })
    if (stage.build && total.fail > 0) return
  }
}

async function runStage(stage, { filesOf, tap, only }) {
  const started = performance.now()
  if (stage.build || stage.argv) {
    heading(stage.title)
    const ok = stage.build ? await build() : (await run([process.execPath, ...stage.argv])).code === 0
    total[ok ? 'pass' : 'fail']++
    print(`${ok ? 'ok' : 'FAILED'} (${seconds(started)})`)
    return
  }
  const files = filesOf(stage).filter((file) => !only || file.includes(only))
  if (files.length === 0 && only) return
  heading(stage.title)
  if (files.length === 0) return skipped('there are no such tests')
  const { skip, env = {}, node, notes = [], missing = [] } = (await stage.prepare?.()) ?? {}
  if (skip) return skipped(skip)
  if (notes.length > 0) print(`with ${notes.join(', ')}`)
  missing.forEach(skipped)
  const testing = performance.now()
  const jobs = stage.jobs ?? availableParallelism()
  await tap.runTapFiles(files, { node, jobs, timeout: stage.timeout, env: { ...process.env, ...env }, onDone: showFile })
  print(`${files.length} files (${seconds(testing)})`)
}

function showFile({ file, pass, fail, skips, failures, comments, seconds: took }) {
  total.pass += pass
  total.fail += fail
  total.skip += skips.length
  print(`${fail > 0 ? 'FAILED' : 'ok'}  ${file}  ${pass} assertions, ${took.toFixed(1)} s`)
  // What was measured, and the seed that draws the same again.
  for (const text of comments) print(`    # ${text}`)
  for (const text of skips) print(`    skipped: ${text}`)
  for (const text of failures) print(`  ${text.replaceAll('\n', '\n  ')}`)
}

function skipped(reason) {
  total.skip++
  print(`SKIPPED: ${reason}`)
}

function heading(title) {
  print(`\n=== ${title} ===`)
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function print(line) {
  process.stdout.write(`${line}\n`)
}

try {
  await main()
} catch (error) {
  total.fail++
  print(`\nThe tests could not be run: ${error.message}`)
}
if (total.pass + total.fail + total.skip === 0) print('No test was run.')
process.exitCode = total.fail > 0 || total.pass === 0 ? 1 : 0
// Alone on its line, and the last one: programs read it.
print(`\n${total.pass} passed, ${total.fail} failed, ${total.skip} skipped`)
