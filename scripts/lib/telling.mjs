// SPDX-License-Identifier: Apache-2.0
// What `npm test` says while it runs and when it is through, and the record of what it cost.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { root } from './paths.mjs'

export const RECORD = join(root, 'dist/test-run.json')
const PASSES = { quick: 'every promise at small size', rest: 'what --full adds' }

export class Notifications {
  #total
  #failed = []
  #left = new Map()
  #record = {
    at: new Date().toISOString(),
    node: process.version,
    processors: cpus().length,
    load: loadavg()[0],
    setup: 0,
    passes: [],
    commands: [],
    files: [],
  }

  /** `total` is counted up: {pass, fail, skip}. */
  constructor(total) {
    this.#total = total
  }

  /** The compiler or the linter; true when it went well. */
  command(name, title, { ok, seconds }) {
    this.#count(title, { pass: ok ? 1 : 0, fail: ok ? 0 : 1, skip: 0 })
    this.#record.commands.push({ name, ok, seconds })
    print(`${ok ? 'ok' : 'FAILED'}  ${title}  ${seconds.toFixed(1)} s`)
    return ok
  }

  reached({ base, files, tests }) {
    print(`${files} files differ from ${base}; they reach ${tests.size} test files`)
  }

  /**
   * What is there to test with, and what is missing. `milliseconds`: how long it took to bring it.
   */
  ready(stages, milliseconds) {
    this.#record.setup = milliseconds / 1000
    const of = (what) => [...new Set([...stages.values()].flatMap((stage) => stage[what] ?? []))]
    const notes = of('notes')
    print(
      `set-up: ${(milliseconds / 1000).toFixed(1)} s${notes.length > 0 ? `, with ${notes.join(', ')}` : ''}`,
    )
    for (const reason of of('missing')) this.skipped('', reason)
  }

  pass(size) {
    print(`\n=== ${PASSES[size]} ===`)
  }

  file({ name: stage }, size, outcome) {
    const { file, pass, fail, skips, failures, comments, left, seconds, cpu, launches } = outcome
    this.#count(file, { pass, fail, skip: skips.length })
    if (left.length > 0) this.#left.set(file, left)
    this.#record.files.push({
      stage,
      file,
      size,
      pass,
      fail,
      skip: skips.length,
      seconds,
      cpu,
      launches,
    })
    // A file whose part lies in the other pass has nothing to say.
    if (pass + fail + skips.length === 0) return
    print(`${fail > 0 ? 'FAILED' : 'ok'}  ${file}  ${pass} assertions, ${seconds.toFixed(1)} s`)
    // What was measured, and the seed that draws the same again.
    for (const text of comments) print(`    # ${text}`)
    for (const text of skips) print(`    skipped: ${text}`)
    for (const text of failures) print(`  ${text.replaceAll('\n', '\n  ')}`)
  }

  skipped(what, reason) {
    this.#total.skip++
    print(`SKIPPED: ${what ? `${what}: ` : ''}${reason}`)
  }

  passed(size, seconds) {
    this.#record.passes.push({ size, seconds })
    const files = this.#record.files.filter((f) => f.size === size)
    const sum = (what) => files.reduce((all, f) => all + f[what], 0)
    print(
      `--- ${sum('pass')} assertions in ${files.filter((f) => f.pass > 0).length} files, ${seconds.toFixed(0)} s (${sum('cpu').toFixed(0)} s of processors)`,
    )
  }

  /** `whole`: nothing was chosen, so the record is of a whole run. */
  end({ full, whole }) {
    if (!full) this.#tellLeft()
    for (const text of this.#failed) print(`failed: ${text}`)
    mkdirSync(join(root, 'dist'), { recursive: true })
    writeFileSync(RECORD, `${JSON.stringify({ ...this.#record, full, whole }, null, 1)}\n`)
  }

  #tellLeft() {
    if (this.#left.size === 0) return
    print(
      '\nLeft to npm test -- --full, besides what tests do there more often, and the unit tests on another Node:',
    )
    for (const [file, names] of [...this.#left].sort())
      print(`    ${file.replace(/^dist\/test\/|\.test\.js$/g, '')}: ${names.join('; ')}`)
  }

  #count(what, { pass, fail, skip }) {
    this.#total.pass += pass
    this.#total.fail += fail
    this.#total.skip += skip
    if (fail > 0) this.#failed.push(what)
  }
}

function print(line) {
  process.stdout.write(`${line}\n`)
}
