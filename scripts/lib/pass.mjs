// SPDX-License-Identifier: Apache-2.0
// One pass over what was planned: lanes side by side, in each so many at a time.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLaunches, VARIABLE } from './launches.mjs'
import { command } from './stages.mjs'
import { runTapFile } from './tap-files.mjs'

/**
 * Settings of a machine's own Python would make every module be read byte by byte, and compiled
 * each time.
 */
const PYTHON_SETTINGS = ['PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE']

/**
 * `lanes`: how many at a time, by the name of a lane. What came of each item goes to `telling` when
 * it is there.
 */
export async function runPass(items, { size, ready, lanes, telling }) {
  const scratch = mkdtempSync(join(tmpdir(), 'patchrun-test-'))
  try {
    const skipped = new Set()
    const laneOf = ({ stage }) => stage.lane ?? 'processor'
    const queues = new Map(
      Object.keys(lanes).map((lane) => [lane, items.filter((item) => laneOf(item) === lane)]),
    )
    // A lane that is through helps the longest one: neither half of the machine idles while the
    // other has work.
    const next = (lane) =>
      (queues.get(lane).length > 0
        ? queues.get(lane)
        : [...queues.values()].sort((a, b) => b.length - a.length)[0]
      ).shift()
    const worker = async (lane) => {
      for (let item = next(lane); item; item = next(lane))
        await runItem(item, { size, ready, telling, skipped, scratch })
    }
    await Promise.all(
      Object.entries(lanes).flatMap(([lane, width]) =>
        Array.from({ length: width }, () => worker(lane)),
      ),
    )
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function runItem({ stage, file }, { size, ready, telling, skipped, scratch }) {
  const started = performance.now()
  if (!file)
    return telling.command(stage.name, stage.title, {
      ok: await command(stage),
      seconds: (performance.now() - started) / 1000,
    })
  const { skip, env, node, inside } = ready.get(stage.name)
  if (skip) {
    if (!skipped.has(stage.name)) telling.skipped(stage.name, skip)
    skipped.add(stage.name)
    return
  }
  const log = join(scratch, `${items++}.launches`)
  writeFileSync(log, '')
  const settings = Object.fromEntries(PYTHON_SETTINGS.map((name) => [name, undefined]))
  const outcome = await runTapFile(file, {
    node,
    inside,
    timeout: stage.timeout,
    env: {
      ...process.env,
      ...settings,
      ...env,
      PATCHRUN_TEST_SIZE: stage.size ? 'all' : size,
      [VARIABLE]: log,
    },
  })
  // What Ansible has started on a node goes on without it, and a node may be this machine: it would
  // load the files that come next.
  const left = endAllWith(`${VARIABLE}=${log}`)
  if (left > 0) outcome.comments.push(`${left} processes went on after it, and were ended`)
  telling.file(stage, size, { ...outcome, launches: readLaunches(readFileSync(log, 'utf8')) })
}

/** Ends every process that has this in its environment. Where there is no /proc there is none. */
function endAllWith(variable) {
  const pids = existsSync('/proc/self/environ')
    ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    : []
  return pids.filter((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(variable))
        return false
      process.kill(Number(pid), 'SIGKILL')
      return true
    } catch {
      // It has just ended, or is somebody else's.
      return false
    }
  }).length
}
let items = 0
