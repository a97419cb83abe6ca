// SPDX-License-Identifier: Apache-2.0
// The journal: appends a second, each on disk before the next, against a bare append and fdatasync
// of the same lines; and the replay of a long journal, in a process of its own, so that the memory
// is that of this work alone.
import { execFile } from 'node:child_process'
import { constants, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FileJournal, readState } from '../../dist/lib/store/journal/journal.js'
import { encodeLine, START } from '../../dist/lib/store/journal/journal-line.js'
import { takeLock } from '../../dist/lib/store/lock/lock.js'
import { median, spread } from '../lib/measure.mjs'

export const name = 'journal'

const SELF = fileURLToPath(import.meta.url)
const BY = { user: 'op', host: 'control', pid: 1 }
const NODES = Array.from({ length: 20 }, (_, i) => `node${String(i).padStart(3, '0')}`)
/** The canaries, then waves. */
const WAVES = [NODES.slice(0, 2), NODES.slice(2, 4), NODES.slice(4, 12), NODES.slice(12)]
const TASKS = [
  {
    task: 'common : write motd',
    action: 'ansible.builtin.template',
    tags: ['HotChange'],
    file: 'roles/common/tasks/main.yml',
    line: 12,
  },
]
const OUTCOME = {
  detect: () => ({ verdict: 'HOT', changes: [0] }),
  apply: () => ({ applied: 'ok' }),
  verify: () => ({ verdict: 'GOOD' }),
}

/** Rollouts one after the other, each over all nodes: 26 events. */
function* rollouts() {
  let at = 1_700_000_000_000
  for (let number = 1; ; number += 1) {
    const sha = number.toString(16).padStart(40, '0')
    yield {
      type: 'opened',
      at: (at += 1000),
      rollout: `${number}-${sha.slice(-12)}`,
      kind: 'forward',
      pin: { sha, ref: 'main', subject: `Raise the kernel, part ${number}` },
      previous: null,
      limit: null,
      by: BY,
    }
    let count = 0
    for (const [wave, nodes] of WAVES.entries()) {
      for (const action of ['detect', 'apply', 'verify']) {
        const step = `${String((count += 1)).padStart(4, '0')}-${action}`
        yield { type: 'intended', at: (at += 1000), step, action, wave, nodes, forks: 20 }
        yield {
          type: 'concluded',
          at: (at += 30_000),
          step,
          tasks: action === 'detect' ? TASKS : [],
          nodes: Object.fromEntries(nodes.map((node) => [node, OUTCOME[action]()])),
        }
      }
    }
    yield { type: 'finished', at: (at += 1000) }
  }
}

/** Lines as they come out, without the syncs. */
function* lines(total) {
  const events = rollouts()
  let link = START
  for (let seq = 1; seq <= total; seq += 1) {
    const next = encodeLine({ seq, token: Math.ceil(seq / 26), event: events.next().value }, link)
    link = next.link
    yield next.line
  }
}

async function write(file, total) {
  const stream = createWriteStream(file)
  let text = ''
  for (const line of lines(total)) {
    text += line
    if (text.length < 1 << 20) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
  }
  stream.end(text)
  await once(stream, 'close')
}

async function ours(directory, count) {
  const lock = await takeLock(join(directory, 'lock'), Date.now())
  const journal = await FileJournal.open(join(directory, 'journal.jsonl'), lock)
  const events = rollouts()
  const begun = performance.now()
  for (let i = 0; i < count; i += 1) await journal.append(events.next().value)
  const took = performance.now() - begun
  await journal.close()
  await lock.release()
  return took
}

async function bare(directory, count) {
  const handle = await open(
    join(directory, 'bare'),
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
    0o600,
  )
  const texts = [...lines(count)]
  const begun = performance.now()
  for (const text of texts) {
    await handle.write(text)
    await handle.datasync()
  }
  const took = performance.now() - begun
  await handle.close()
  return took
}

async function appends(quick) {
  const count = quick ? 100 : 1_000
  const took = { ours: [], bare: [] }
  for (let round = 0; round < (quick ? 3 : 9); round += 1) {
    for (const [which, work] of round % 2 === 0
      ? [
          ['ours', ours],
          ['bare', bare],
        ]
      : [
          ['bare', bare],
          ['ours', ours],
        ]) {
      const directory = await mkdtemp(join(tmpdir(), 'patchrun-bench-journal-'))
      try {
        took[which].push(await work(directory, count))
      } finally {
        await rm(directory, { recursive: true, force: true })
      }
    }
  }
  const rate = (times) =>
    spread(
      times.map((ms) => count / (ms / 1000)),
      0,
    )
  const ratios = took.ours.map((ms, i) => ms / took.bare[i])
  return [
    {
      metric: 'appends, each synced',
      value: `${rate(took.ours)} /s`,
      detail: `${count} a round, on the file system of ${tmpdir()}`,
    },
    {
      metric: 'bare append and fdatasync',
      value: `${rate(took.bare)} /s`,
      detail: 'the same lines, nothing else',
    },
    {
      metric: 'append over bare',
      value: `${spread(ratios)} x`,
      detail: `${((median(took.ours) - median(took.bare)) / count).toFixed(3)} ms more an append`,
    },
  ]
}

async function replayed(total) {
  const directory = await mkdtemp(join(tmpdir(), 'patchrun-bench-journal-'))
  try {
    const file = join(directory, 'journal.jsonl')
    await write(file, total)
    const { size } = await stat(file)
    const { stdout } = await promisify(execFile)(process.execPath, [SELF, 'replay', file])
    const { seconds, cpu, memory, before } = JSON.parse(stdout)
    const events = total.toLocaleString('en')
    return [
      {
        metric: `replay, ${events} events`,
        value: `${cpu.toFixed(2)} s of CPU`,
        detail: `${seconds.toFixed(2)} s of wall time; ${Math.round(total / cpu).toLocaleString('en')} events a second of CPU, ${(size / 2 ** 20).toFixed(0)} MiB of journal`,
      },
      {
        metric: `peak memory, ${events} events`,
        value: `${memory.toFixed(0)} MiB`,
        detail: `of the whole process; ${before.toFixed(0)} MiB before it began`,
      },
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function child(file) {
  const memory = () => process.resourceUsage().maxRSS / 1024
  const before = memory()
  const [begun, used] = [performance.now(), process.cpuUsage()]
  await readState(file)
  const { user, system } = process.cpuUsage(used)
  console.log(
    JSON.stringify({
      seconds: (performance.now() - begun) / 1000,
      cpu: (user + system) / 1e6,
      memory: memory(),
      before,
    }),
  )
}

export async function bench({ quick }) {
  const totals = quick ? [2_000, 20_000] : [100_000, 1_000_000]
  const rows = await appends(quick)
  for (const total of totals) rows.push(...(await replayed(total)))
  return rows
}

if (process.argv[2] === 'replay') await child(process.argv[3])
