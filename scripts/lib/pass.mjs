// SPDX-License-Identifier: Apache-2.0
// One pass over what was planned: lanes side by side, in each so many at a time.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLaunches } from './launches.mjs'
import { command } from './stages.mjs'
import { runTapFile } from './tap-files.mjs'

/** Settings of a machine's own Python would make every module be read byte by byte, and compiled each time. */
const PYTHON_SETTINGS = ['PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE']

/** `lanes`: how many at a time, by the name of a lane. What came of each item goes to `telling` when it is there. */
export async function runPass(items, { size, ready, lanes, telling }) {
  const scratch = mkdtempSync(join(tmpdir(), 'patchrun-test-'))
  try {
    const skipped = new Set()
    const laneOf = ({ stage }) => stage.lane ?? 'processor'
    await Promise.all(Object.entries(lanes).map(([lane, width]) => {
      const queue = items.filter((item) => laneOf(item) === lane)
      return Promise.all(Array.from({ length: width }, async () => {
        for (let item = queue.shift(); item; item = queue.shift()) await runItem(item, { size, ready, telling, skipped, scratch })
      }))
    }))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function runItem({ stage, file }, { size, ready, telling, skipped, scratch }) {
  const started = performance.now()
  if (!file) return telling.command(stage.name, stage.title, { ok: await command(stage), seconds: (performance.now() - started) / 1000 })
  const { skip, env, node } = ready.get(stage.name)
  if (skip) {
    if (!skipped.has(stage.name)) telling.skipped(stage.name, skip)
    skipped.add(stage.name)
    return
  }
  const log = join(scratch, `${items++}.launches`)
  writeFileSync(log, '')
  const settings = Object.fromEntries(PYTHON_SETTINGS.map((name) => [name, undefined]))
  const outcome = await runTapFile(file, {
    node, timeout: stage.timeout,
    env: { ...process.env, ...settings, ...env, PATCHRUN_TEST_SIZE: stage.size ? 'all' : size, PATCHRUN_TEST_LAUNCHES: log },
  })
  telling.file(stage, size, { ...outcome, launches: readLaunches(readFileSync(log, 'utf8')) })
}
let items = 0
