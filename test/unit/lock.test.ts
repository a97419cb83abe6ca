// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { FileJournal, readJournal } from '../../lib/store/journal/journal.js'
import type { Holder } from '../../lib/store/lock/lock.js'
import { currentHolder, takeLock } from '../../lib/store/lock/lock.js'
import { pidSpace, startTimeOf } from '../../lib/store/disk/process-identity.js'

interface Keeper {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly said: () => string
  readonly hears: (words: RegExp) => Promise<void>
}

/** A process that takes the lock and holds it. */
function keeper(directory: string, timeout?: number): Keeper {
  const program = fileURLToPath(new URL('../support/hold-lock.js', import.meta.url))
  const child = spawn(
    process.execPath,
    [program, directory, ...(timeout === undefined ? [] : [String(timeout)])],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => void (text += more))
  return {
    child,
    said: () => text,
    hears: async (words) => {
      while (!words.test(text)) await once(child.stdout, 'data')
    },
  }
}

/** A lock file as somebody else left it, last renewed `age` ms ago. */
function leave(
  directory: string,
  token: number,
  holder: Partial<Holder> | string,
  age = 0,
): string {
  const file = join(directory, `lock.${token}`)
  const full = {
    host: 'elsewhere',
    user: 'op',
    pid: 7,
    started: 'boot/1',
    since: 0,
    released: false,
    beat: 20,
  }
  writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify({ ...full, ...holder }))
  touch(file, age)
  return file
}

const touch = (file: string, age: number): void =>
  utimesSync(file, (Date.now() - age) / 1000, (Date.now() - age) / 1000)

/** Waits for it; throws when it does not come. */
async function until(met: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; !met(); await sleep(10))
    if (Date.now() > end) throw new Error(`it did not come: ${met.toString()}`)
}

t.test('only one of many processes holds the lock', async (t) => {
  const dir = t.testdir()
  const all = Array.from({ length: 6 }, () => keeper(dir))
  await Promise.all(all.map((k) => k.hears(/\n/)))
  const said = all.map((k) => k.said().trim())
  t.equal(said.filter((s) => s.startsWith('held')).length, 1, said.join(' '))
  t.equal(said.filter((s) => s === 'lock/held').length, 5)
  const holder = all[said.findIndex((s) => s.startsWith('held'))]
  t.match(
    await currentHolder(dir),
    { pid: holder?.child.pid, heartbeatAge: Number },
    'the holder is named',
  )
  await t.rejects(takeLock(dir, 0), {
    code: 'lock/held',
    exitCode: 6,
    message: new RegExp(`process ${holder?.child.pid}`),
    hint: /sign of life \d s ago; without one for 60 s/,
  })
  for (const { child } of all) child.stdin.end()
  await holder?.hears(/released/)
  t.equal(await currentHolder(dir), null)
})

t.test('a dead holder is taken over at once, one that lives is not', async (t) => {
  const dir = t.testdir()
  const { child, hears } = keeper(dir)
  await hears(/held/)
  await t.rejects(takeLock(dir, 0), { code: 'lock/held' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = await takeLock(dir, 0)
  t.match(lock, {
    token: 2,
    takenBecause: 'dead',
    takenFrom: { pid: child.pid },
    file: join(dir, 'lock.2'),
  })
  t.same((await readdir(dir)).sort(), ['lock.2'], 'nothing is left behind')
  await lock.release()
})

t.test(
  'one that shows no life is taken over, and does nothing more when it wakes up',
  async (t) => {
    const dir = t.testdir()
    const { child, hears, said } = keeper(dir, 4000)
    t.teardown(() => child.kill('SIGKILL'))
    await hears(/held/)
    child.kill('SIGSTOP')
    await t.rejects(
      takeLock(dir, 0, { timeout: 4000 }),
      { code: 'lock/held' },
      'not before its time',
    )
    await sleep(4100)
    const lock = await takeLock(dir, 86_400_000, { timeout: 4000 })
    t.match(lock, { token: 2, takenBecause: 'silent', takenFrom: { pid: child.pid } })
    t.same((await readdir(dir)).sort(), ['lock.2'], 'what stood for its right to act is gone')
    child.kill('SIGCONT')
    await hears(/heard/)
    t.match(
      said(),
      new RegExp(
        `heard lock/lost: the lock was taken over by .*@${hostname()}, process ${process.pid}, at 1970-01-02T00:00:00.000Z: this process does nothing more`,
      ),
      'told by its own heartbeat: by whom and when',
    )
    child.stdin.end()
    await hears(/\nlock\/lost/)
    await lock.check()
    await lock.release()
  },
)

t.test('one that shows life keeps the lock, however long it takes', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(dir, 0, { timeout: 2400 })
  const first = statSync(lock.file).mtimeMs
  await until(() => statSync(lock.file).mtimeMs > first + 2500)
  await t.rejects(takeLock(dir, 0, { timeout: 2400 }), { code: 'lock/held' })
  t.match(
    JSON.parse(readFileSync(lock.file, 'utf8')),
    { pid: process.pid, released: false, beat: 200 },
    'and its record stays whole',
  )
  await lock.check()
  t.equal(lock.lost.aborted, false)
  await lock.release()
  const released = statSync(lock.file).mtimeMs
  await sleep(500)
  t.equal(statSync(lock.file).mtimeMs, released, 'no beat after the release')
  t.equal((await takeLock(dir, 0)).takenFrom, null)
})

t.test('the age is judged by the clock of the file system', async (t) => {
  const { now } = Date
  t.teardown(() => {
    Date.now = now
  })
  const dir = t.testdir()
  leave(dir, 3, {})
  Date.now = () => now() + 86_400_000
  await t.rejects(
    takeLock(dir, 0, { timeout: 1000 }),
    { code: 'lock/held', hint: /on elsewhere/ },
    'our clock is a day ahead',
  )
  Date.now = () => now() - 86_400_000
  await t.rejects(takeLock(dir, 0, { timeout: 1000 }), { code: 'lock/held' }, 'a day behind')
  Date.now = now
  leave(dir, 3, {}, 5000)
  Date.now = () => now() - 86_400_000
  t.match(await takeLock(dir, 0, { timeout: 1000 }), {
    token: 4,
    takenBecause: 'silent',
    takenFrom: { host: 'elsewhere' },
  })
})

t.test('a clock that is set takes the lock from nobody who lives', async (t) => {
  for (const [name, age] of [
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ] as const) {
    const dir = t.testdir()
    const file = leave(dir, 3, { beat: 200 }, age)
    setTimeout(() => touch(file, 0), 150)
    await t.rejects(
      takeLock(dir, 0, { timeout: 1000 }),
      { code: 'lock/held' },
      `${name}: its next beat is waited for`,
    )
    touch(file, age)
    t.equal(
      Math.round(((await currentHolder(dir))?.heartbeatAge ?? 0) / 60_000),
      age / 60_000,
      'until it is taken over it holds it, and its age is told',
    )
    t.match(
      await takeLock(dir, 0, { timeout: 1000 }),
      { token: 4, takenBecause: 'silent' },
      `${name}: from one that is gone it is taken`,
    )
  }
})

t.test('what can be seen of a holder, and what cannot', async (t) => {
  const here = {
    host: hostname(),
    pid: process.pid,
    pids: await pidSpace(),
    started: await startTimeOf(process.pid),
  }
  const gone = { ...here, started: `${here.started}0` }
  const cases: readonly [string, Partial<Holder> | string, number, 'held' | 'dead' | 'silent'][] = [
    ['this very process', here, 0, 'held'],
    ['a pid that was given to another process', gone, 0, 'dead'],
    ['elsewhere, fresh', {}, 0, 'held'],
    ['elsewhere, old', {}, 5000, 'silent'],
    ['elsewhere, of a version without heartbeat', { beat: undefined }, 1e9, 'held'],
    ['here, of a version without heartbeat', { ...here, beat: undefined }, 1e9, 'held'],
    [
      'here, of that version, before the last boot',
      { ...here, beat: undefined, started: 'another-boot/1' },
      0,
      'dead',
    ],
    ['before the last boot', { ...here, started: 'another-boot/1' }, 500, 'silent'],
    ['on another machine of the same name', { ...here, started: 'another-boot/1' }, 0, 'held'],
    [
      'in a container of the same name, where pids mean something else',
      { ...gone, pids: 'pid:[1]' },
      0,
      'held',
    ],
    ['in such a container, old', { ...gone, pids: 'pid:[1]' }, 5000, 'silent'],
    ['a file that cannot be understood, fresh', '{"host":', 0, 'held'],
    ['a file that cannot be understood, old', '', 5000, 'silent'],
    ['one that beats more slowly than we wait', { beat: 2000 }, 5000, 'held'],
  ]
  for (const [name, holder, age, expected] of cases) {
    const dir = t.testdir()
    leave(dir, 7, holder, age)
    if (expected === 'held')
      await t.rejects(takeLock(dir, 0, { timeout: 1000 }), { code: 'lock/held' }, name)
    else
      t.match(await takeLock(dir, 0, { timeout: 1000 }), { token: 8, takenBecause: expected }, name)
  }
})

t.test('a process that lost the lock writes nothing more', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(join(dir, 'lock'), 0)
  const journal = await FileJournal.open(join(dir, 'journal.jsonl'), lock)
  const event = { type: 'resumed', at: 1, by: { user: 'op', host: 'adm', pid: 1 } } as const
  await journal.append(event)
  leave(join(dir, 'lock'), lock.token + 1, { host: 'b', user: 'other', pid: 5 })
  await t.rejects(journal.append(event), {
    code: 'lock/lost',
    message: /other@b, process 5, at 1970/,
  })
  t.match(lock.lost, { aborted: true, reason: { code: 'lock/lost' } })
  await journal.close()
  await lock.release()
  t.equal((await readJournal(join(dir, 'journal.jsonl'))).length, 1)
  t.same(
    (await readdir(join(dir, 'lock'))).sort(),
    ['lock.1', 'lock.2'],
    'releasing does not touch the lock of the other',
  )
})

t.test('a lock that is removed is lost, one that cannot be seen is not', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(join(dir, 'a'), 0, { timeout: 240 })
  rmSync(lock.file)
  // The heartbeat holds no process open: somebody else has to.
  await until(() => lock.lost.aborted)
  t.equal(lock.lost.aborted, true, 'found by the heartbeat')
  await t.rejects(lock.check(), {
    code: 'lock/lost',
    message: /removed while this process held it/,
  })
  await lock.release()
  t.same(await readdir(join(dir, 'a')), [], 'there is nothing to release')
  const other = await takeLock(join(dir, 'b'), 0)
  rmSync(join(dir, 'b'), { recursive: true })
  writeFileSync(join(dir, 'b'), '')
  await t.rejects(other.check(), { code: 'state/unwritable' })
  t.equal(other.lost.aborted, false)
  rmSync(join(dir, 'b'))
  mkdirSync(join(dir, 'b'))
  writeFileSync(join(dir, 'b', 'lock.1'), JSON.stringify({ released: false }))
  await other.check()
})

t.test('the token rises above what is asked for', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(dir, 0, { timeout: 120 })
  await lock.raise(0)
  t.equal(lock.token, 1)
  for (let above = 1; above < 30; above++) await lock.raise(above)
  t.equal(lock.lost.aborted, false, 'no beat in between takes it for lost')
  await lock.raise(41)
  t.match(lock, { token: 42, file: join(dir, 'lock.42') })
  t.same(await readdir(dir), ['lock.42'])
  const raised = statSync(lock.file).mtimeMs
  await until(() => statSync(lock.file).mtimeMs > raised)
  t.pass('the heart beats on')
  await lock.check()
  await lock.release()
  t.equal((await takeLock(dir, 0)).token, 43)
})
