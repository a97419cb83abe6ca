// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { PatchrunError } from '../../lib/errors.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { Journal, readJournal, readState } from '../../lib/store/journal.js'
import { currentHolder, takeLock } from '../../lib/store/lock.js'

const by = { user: 'op', host: 'adm', pid: 1 }
const pin = { sha: 'b'.repeat(40), ref: 'main', subject: 'é — a subject with more than ASCII' }
const opened: JournalEvent = { type: 'opened', at: 1, rollout: 'r1', pin, previous: null, limit: null, by }
const intended = (n: number): JournalEvent => ({ type: 'intended', at: 2, step: `s${n}`, action: 'detect', wave: 0, nodes: ['node01'] })

async function written(dir: string, events: readonly JournalEvent[]): Promise<string> {
  const file = join(dir, 'journal.jsonl')
  const lock = await takeLock(join(dir, 'lock'), 0)
  const journal = await Journal.open(file, lock)
  for (const event of events) await journal.append(event)
  await journal.close()
  await lock.release()
  return file
}

t.test('what was appended is read back, in order and under its token', async (t) => {
  const dir = t.testdir()
  const file = await written(dir, [opened, intended(1)])
  await written(dir, [intended(2)])
  t.same((await readJournal(file)).map((e) => [e.seq, e.token, e.event]), [[1, 1, opened], [2, 1, intended(1)], [3, 2, intended(2)]])
  t.equal((await readState(file)).current?.stepCount, 2)
  t.same(await readJournal(join(dir, 'none')), [], 'no journal is an empty journal')
})

t.test('a line torn at any byte is cut off, and the rest goes on', async (t) => {
  const dir = t.testdir()
  const file = await written(dir, [opened, intended(1)])
  const whole = await readFile(file)
  const first = whole.indexOf(10) + 1
  for (let cut = first; cut < whole.length; cut++) {
    await writeFile(file, whole.subarray(0, cut))
    t.equal((await readJournal(file)).length, 1, `cut at ${cut}: only the whole line counts`)
  }
  await written(dir, [intended(2)])
  t.same((await readJournal(file)).map((e) => e.event), [opened, intended(2)], 'appending after a torn line replaces it')
})

t.test('damage that is no torn tail is refused, with the line named', async (t) => {
  const dir = t.testdir()
  const file = await written(dir, [opened, intended(1), intended(2)])
  const lines = (await readFile(file, 'utf8')).split('\n')
  const cases: Record<string, [string[], number]> = {
    'a changed byte': [[lines[0] ?? '', (lines[1] ?? '').replace('node01', 'node02'), lines[2] ?? ''], 2],
    'a lost line': [[lines[0] ?? '', lines[2] ?? ''], 2],
    'lines that changed places': [[lines[0] ?? '', lines[2] ?? '', lines[1] ?? ''], 2],
    'a line twice': [[lines[0] ?? '', lines[0] ?? '', lines[1] ?? ''], 2],
    'a foreign line': [['hello', ...lines.slice(0, 3)], 1],
  }
  for (const [name, [content, line]] of Object.entries(cases)) {
    await writeFile(file, `${content.join('\n')}\n`)
    const error = await readJournal(file).then(() => null, (e: unknown) => e as PatchrunError)
    t.match(error, { code: 'state/journal-damaged', problems: [{ where: { file, line } }] }, name)
  }
})

t.test('only one of many processes holds the lock', async (t) => {
  const dir = t.testdir()
  const program = fileURLToPath(new URL('../support/hold-lock.js', import.meta.url))
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] }))
  const said = await Promise.all(children.map(async (c) => String((await once(c.stdout, 'data'))[0]).trim()))
  t.equal(said.filter((s) => s.startsWith('held')).length, 1, said.join(' '))
  t.equal(said.filter((s) => s === 'lock/held').length, 5)
  const holder = children[said.findIndex((s) => s.startsWith('held'))]
  t.match(await currentHolder(dir), { pid: holder?.pid }, 'the holder is named')
  await t.rejects(takeLock(dir, 0), { code: 'lock/held', exitCode: 6, message: new RegExp(`process ${holder?.pid}`) })
  const last = once(holder?.stdout ?? process.stdin, 'data')
  for (const child of children) child.stdin.end()
  t.equal(String((await last)[0]).trim(), 'released')
  t.equal(await currentHolder(dir), null)
})

t.test('a dead holder is taken over, one that lives is not', async (t) => {
  const dir = t.testdir()
  const program = fileURLToPath(new URL('../support/hold-lock.js', import.meta.url))
  const child = spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await t.rejects(takeLock(dir, 0), { code: 'lock/held' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await takeLock(dir, 0)
  t.equal(lock.takenFrom?.pid, child.pid)
  t.equal(lock.token, 2)
  t.same((await readdir(dir)).sort(), ['lock.2'], 'nothing is left behind')
})

t.test('a pid that was given to another process does not pass for the holder', async (t) => {
  const dir = t.testdir()
  const { hostname } = await import('node:os')
  await writeFile(join(dir, 'lock.7'), JSON.stringify({ host: hostname(), user: 'op', pid: process.pid, started: 'another-boot/1', since: 0, released: false }))
  t.equal((await takeLock(dir, 0)).token, 8)
  const elsewhere = t.testdir({ 'lock.3': JSON.stringify({ host: 'elsewhere', user: 'op', pid: 1, started: 'x', since: 0, released: false }) })
  await t.rejects(takeLock(elsewhere, 0), { code: 'lock/held', hint: /elsewhere/ }, 'a holder on another host is never taken for dead')
})

t.test('a process that lost the lock writes nothing more', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(join(dir, 'lock'), 0)
  const journal = await Journal.open(join(dir, 'journal.jsonl'), lock)
  await journal.append(opened)
  await writeFile(join(dir, 'lock', `lock.${lock.token + 1}`), JSON.stringify({ host: 'b', user: 'other', pid: 5, started: '', since: 0, released: false }))
  await t.rejects(journal.append(intended(1)), { code: 'lock/lost', message: /other@b, process 5/ })
  await journal.close()
  await lock.release()
  t.equal((await readJournal(join(dir, 'journal.jsonl'))).length, 1)
  t.same((await readdir(join(dir, 'lock'))).sort(), ['lock.1', 'lock.2'], 'releasing does not touch the lock of the other')
})

t.test('the state handed out before stays as it was', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(join(dir, 'lock'), 0)
  const journal = await Journal.open(join(dir, 'journal.jsonl'), lock)
  const before = await journal.append(opened)
  await journal.append(intended(1))
  t.equal(before.current?.steps.size, 0)
  t.equal(journal.state.current?.steps.size, 1)
  await Promise.all([2, 3, 4].map((n) => journal.append(intended(n))))
  await journal.close()
  t.same((await readJournal(join(dir, 'journal.jsonl'))).map((e) => e.seq), [1, 2, 3, 4, 5], 'appends at once do not mix')
})
