// SPDX-License-Identifier: Apache-2.0
// Events parsed and summarized a second, and peak memory, for one million events. Runs in a process
// of its own, so that the memory is that of this work alone.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const name = 'events'

const SELF = fileURLToPath(import.meta.url)
const HOSTS = 1_000
const CHUNK = 64 * 1024

/**
 * Bytes of a run of `total` events on 1,000 hosts, in chunks as a pipe gives them: made on the way,
 * never held whole.
 */
function* stream(total) {
  const result = { v: 1, ts: 1700000000.123456, changed: false, ignored: false, duration: 0.123 }
  let seq = 0
  let text = ''
  const line = (fields) =>
    `${JSON.stringify({ v: 1, seq: (seq += 1), ts: 1700000000.123456, ...fields })}\n`
  text += line({
    ev: 'start',
    playbook: 'site.yml',
    pid: 1,
    ansible: '2.19.0',
    python: '3.11.2',
    check: true,
    diff: true,
  })
  for (let task = 0; seq < total - 1; task += 1) {
    const id = `02fc0000-0001-25cc-44fd-${String(task).padStart(12, '0')}`
    text += line({
      ev: 'task',
      task: {
        id,
        name: `role : task ${task}`,
        action: 'ansible.builtin.template',
        tags: ['HotChange'],
        role: 'role',
        file: 'roles/role/tasks/main.yml',
        line: task,
        handler: false,
        checkMode: true,
        noLog: false,
        notify: [],
      },
    })
    for (let host = 0; host < HOSTS && seq < total - 1; host += 1) {
      text += line({ ev: 'host_start', host: `node${host}`, task: id })
      if (seq < total - 1)
        text += line({
          ...result,
          ev: 'ok',
          host: `node${host}`,
          task: id,
          changed: task % 20 === 0,
          ...(task % 20 === 0
            ? { diff: `--- before\n+++ after\n@@ -1 +1 @@\n-old ${task}\n+new ${task}\n` }
            : {}),
        })
      if (text.length >= CHUNK) {
        yield Buffer.from(text)
        text = ''
      }
    }
  }
  const counts = {
    ok: 1,
    changed: 0,
    unreachable: 0,
    failures: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
  }
  yield Buffer.from(
    text +
      line({
        ev: 'stats',
        stats: Object.fromEntries(
          Array.from({ length: HOSTS }, (_, host) => [`node${host}`, counts]),
        ),
      }),
  )
}

async function child(total) {
  const { EventParser } = await import('../../dist/lib/ansible/events/event-stream.js')
  const { RunSummarizer } = await import('../../dist/lib/outcome/summary/summarize.js')
  const parser = new EventParser()
  const summarizer = new RunSummarizer()
  let events = 0
  let busy = 0
  for (const chunk of stream(total)) {
    const begun = performance.now()
    for (const event of parser.push(chunk)) {
      events += 1
      summarizer.add(event)
    }
    busy += performance.now() - begun
  }
  const planned = Array.from({ length: HOSTS }, (_, host) => `node${host}`)
  const run = summarizer.finish(
    { exitCode: 0, signal: null, stderr: '', foreignLines: parser.foreignLines },
    planned,
  )
  if (!run.complete || events !== total)
    throw new Error(`${events} of ${total} events, complete: ${run.complete}`)
  process.stdout.write(
    JSON.stringify({ events, busy, peak: process.resourceUsage().maxRSS * 1024 }),
  )
}

/** `quick`: a tenth of the events. Needs the compiled package in dist. */
export async function bench({ quick = false } = {}) {
  const measure = async (total) =>
    JSON.parse((await promisify(execFile)(process.execPath, [SELF, String(total)])).stdout)
  const totals = quick ? [10_000, 100_000] : [100_000, 1_000_000]
  const [small, large] = [await measure(totals[0]), await measure(totals[1])]
  const megabytes = (bytes) => Math.round(bytes / 1024 / 1024)
  return [
    {
      metric: 'events parsed and summarized per second',
      value: Math.round((large.events / large.busy) * 1000),
      detail: `${large.events} events of ${HOSTS} hosts in ${Math.round(large.busy)} ms`,
    },
    {
      metric: 'peak memory, MB',
      value: megabytes(large.peak),
      detail: `whole process; ${megabytes(small.peak)} MB with ${small.events} events`,
    },
  ]
}

if (process.argv[1] === SELF) {
  if (process.argv[2]) await child(Number(process.argv[2]))
  else console.table(await bench())
}
