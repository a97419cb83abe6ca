// SPDX-License-Identifier: Apache-2.0
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { copyFile, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import type { PatchrunError } from '../../lib/errors.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { FileJournal, readJournal, readState } from '../../lib/store/journal/journal.js'
import { Chain } from '../../lib/store/journal/journal-chain.js'
import { encodeLine, START } from '../../lib/store/journal/journal-line.js'
import type { Link } from '../../lib/store/journal/journal-line.js'
import { takeLock } from '../../lib/store/lock/lock.js'

const support = (name: string): string =>
  fileURLToPath(new URL(`../support/${name}.js`, import.meta.url))
const FIXTURE = resolve(import.meta.dirname, '../../../test/fixtures/journal-version-1.jsonl')

const by = { user: 'op', host: 'adm', pid: 1 }
const pin = { sha: 'b'.repeat(40), ref: 'main', subject: 'é — a subject with more than ASCII' }
const opened: JournalEvent = {
  type: 'opened',
  at: 1,
  rollout: 'r1',
  kind: 'forward',
  pin,
  previous: null,
  limit: null,
  by,
}
const intended = (n: number | string): JournalEvent => ({
  type: 'intended',
  at: 2,
  step: `s${n}`,
  action: 'detect',
  wave: 0,
  nodes: ['node01'],
})
const stepsIn = async (file: string): Promise<string[]> =>
  (await readJournal(file)).map((e) => (e.event.type === 'intended' ? e.event.step : e.event.type))
const refusal = (work: Promise<unknown>): Promise<PatchrunError | null> =>
  work.then(
    () => null,
    (e: unknown) => e as PatchrunError,
  )

async function written(dir: string, events: readonly JournalEvent[]): Promise<string> {
  const file = join(dir, 'journal.jsonl')
  const lock = await takeLock(join(dir, 'lock'), 0)
  try {
    const journal = await FileJournal.open(file, lock)
    for (const event of events) await journal.append(event)
    await journal.close()
  } finally {
    await lock.release()
  }
  return file
}

t.test('what was appended is read back, in order and under its token', async (t) => {
  const dir = t.testdir()
  const file = await written(dir, [opened, intended(1)])
  await written(dir, [intended(2)])
  t.same(
    (await readJournal(file)).map((e) => [e.seq, e.token, e.event]),
    [
      [1, 1, opened],
      [2, 1, intended(1)],
      [3, 2, intended(2)],
    ],
  )
  t.equal((await readState(file)).current?.stepCount, 2)
  t.same(await readJournal(join(dir, 'none')), [], 'no journal is an empty journal')
  t.match(await refusal(readJournal(dir)), { code: 'state/unwritable' }, 'a directory is none')
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
  await written(dir, [])
  t.same(await readFile(file), whole.subarray(0, first), 'opening it for writing cuts it off')
  await written(dir, [intended(2)])
  t.same(
    (await readJournal(file)).map((e) => e.event),
    [opened, intended(2)],
    'appending after a torn line replaces it',
  )
})

t.test('damage that is no torn tail is refused, with the line named', async (t) => {
  const dir = t.testdir()
  const file = await written(dir, [opened, intended(1), intended(2)])
  const lines = (await readFile(file, 'utf8')).split('\n')
  const cases: Record<string, [string[], number]> = {
    'a changed byte': [
      [lines[0] ?? '', (lines[1] ?? '').replace('node01', 'node02'), lines[2] ?? ''],
      2,
    ],
    'a changed byte in the last line': [
      [lines[0] ?? '', lines[1] ?? '', (lines[2] ?? '').replace('node01', 'node02')],
      3,
    ],
    'a changed sum': [
      [
        lines[0] ?? '',
        (lines[1] ?? '').replace(/.(?="}$)/, (c) => (c === '0' ? '1' : '0')),
        lines[2] ?? '',
      ],
      2,
    ],
    'a raised token': [
      [lines[0] ?? '', lines[1] ?? '', (lines[2] ?? '').replace('"token":1', '"token":9')],
      3,
    ],
    'a lost line': [[lines[0] ?? '', lines[2] ?? ''], 2],
    'lines that changed places': [[lines[0] ?? '', lines[2] ?? '', lines[1] ?? ''], 2],
    'a line twice': [[lines[0] ?? '', lines[0] ?? '', lines[1] ?? ''], 2],
    'a foreign line': [['hello', ...lines.slice(0, 3)], 1],
    'an empty line': [[lines[0] ?? '', '', lines[1] ?? ''], 2],
  }
  for (const [name, [content, line]] of Object.entries(cases)) {
    await writeFile(file, `${content.join('\n')}\n`)
    t.match(
      await refusal(readJournal(file)),
      { code: 'state/journal-damaged', problems: [{ where: { file, line } }] },
      name,
    )
    t.match(
      await refusal(written(dir, [])),
      { code: 'state/journal-damaged' },
      `${name}: nor is it written on`,
    )
    t.equal(await readFile(file, 'utf8'), `${content.join('\n')}\n`, `${name}: it is left as it is`)
  }
})

t.test('a journal of version 1 is read, and goes on in version 2', async (t) => {
  const dir = t.testdir()
  const file = join(dir, 'journal.jsonl')
  await copyFile(FIXTURE, file)
  const before = await readJournal(file)
  t.same(
    before.map((e) => e.event.type),
    [
      'opened',
      'intended',
      'concluded',
      'intended',
      'concluded',
      'intended',
      'concluded',
      'finished',
      'opened',
      'resumed',
      'halted',
      'retried',
      'intended',
      'halted',
      'closed',
      'opened',
    ],
  )
  for (const { event } of before)
    if (event.type === 'opened') t.equal(event.kind, 'forward', 'the one kind there was')
  t.match(await readState(file), {
    remembered: 'a'.repeat(40),
    current: { id: 'r3', status: 'running', kind: 'forward' },
    history: [
      { id: 'r1', status: 'done' },
      { id: 'r2', status: 'closed' },
    ],
  })
  await written(dir, [intended(9)])
  const after = (await readFile(file, 'utf8')).trimEnd().split('\n')
  t.same(
    [...new Set(after.map((line) => line.slice(0, 6)))],
    ['{"v":1', '{"v":2'],
    'both in one file',
  )
  t.same(
    (await readJournal(file)).map((e) => e.seq),
    [...before.map((e) => e.seq), before.length + 1],
  )
  t.equal(
    (await readJournal(file)).at(-1)?.token,
    (before.at(-1)?.token ?? 0) + 1,
    'the token rises above what is in the file, also where the lock is new',
  )
})

t.test('a line of a newer version is refused as such', async (t) => {
  const dir = t.testdir()
  const file = await written(dir, [opened])
  await writeFile(file, `${await readFile(file, 'utf8')}{"v":3,"of another form entirely":1}\n`)
  const expected = {
    code: 'state/journal-newer',
    exitCode: 1,
    message: /line 2 .* newer patchrun \(version 3/,
    problems: [{ where: { file, line: 2 } }],
  }
  t.match(await refusal(readState(file)), expected)
  t.match(await refusal(written(dir, [intended(1)])), expected)
})

t.test('the line of a stalled process that wakes up does not count', async (t) => {
  for (const when of ['behind', 'ahead of'] as const) {
    const dir = t.testdir()
    const file = join(dir, 'journal.jsonl')
    const late = spawn(
      process.execPath,
      [support('late-writer'), dir, '600', when === 'behind' ? '0' : '500'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    t.teardown(() => late.kill('SIGKILL'))
    let said = ''
    late.stdout.setEncoding('utf8').on('data', (text: string) => void (said += text))
    while (!said.includes('stops')) await once(late.stdout, 'data')
    let lock = await takeLock(join(dir, 'lock'), 0, { timeout: 600 }).catch(() => null)
    while (!lock) lock = await takeLock(join(dir, 'lock'), 0, { timeout: 600 }).catch(() => null)
    t.match(lock, { takenBecause: 'silent', takenFrom: { pid: late.pid } })
    const journal = await FileJournal.open(file, lock)
    if (when === 'behind') for (const n of ['a', 'b']) await journal.append(intended(n))
    late.kill('SIGCONT')
    await once(late, 'close')
    t.match(
      said,
      new RegExp(
        `lock/lost: the lock was taken over by .*process ${process.pid}[^]*\nlock/lost\n$`,
      ),
      'it was told, and wrote no second line',
    )
    const texts = (await readFile(file, 'utf8')).trimEnd().split('\n')
    t.equal(
      texts.filter((line) => line.includes('"late')).length,
      1,
      `its line is there, ${when} those of the new holder`,
    )
    for (const n of ['c', 'd']) await journal.append(intended(n))
    await journal.close()
    await lock.release()
    const steps =
      when === 'behind'
        ? ['first', 'second', 'sa', 'sb', 'sc', 'sd']
        : ['first', 'second', 'sc', 'sd']
    t.same(await stepsIn(file), steps)
    await written(dir, [intended('e')])
    t.same(await stepsIn(file), [...steps, 'se'], 'and the next process goes on from there')
  }
})

t.test('which lines count', async (t) => {
  /**
   * Each line as [token, step, what its writer took for the last line]; what counts in the end, or
   * the line that is damaged.
   */
  const run = (
    lines: readonly (readonly [number, string, string])[],
    spoil = -1,
  ): string[] | number => {
    const chain = new Chain()
    const known = new Map<string, Link>([['', START]])
    const steps: string[] = []
    const keep = (entry: ReturnType<Chain['end']>): void =>
      void (entry?.event.type === 'intended' && steps.push(entry.event.step))
    for (const [i, [token, name, after]] of lines.entries()) {
      const before = known.get(after) ?? START
      const { line, link } = encodeLine(
        { seq: before.seq + 1, token, event: intended(name) },
        before,
      )
      known.set(name, link)
      const entry = chain.add(
        Buffer.from((i === spoil ? line.replace('node01', 'node99') : line).trimEnd()),
      )
      if (entry === false) return i
      keep(entry)
    }
    keep(chain.end())
    return steps.map((s) => s.slice(1))
  }
  t.same(
    run([
      [1, 'a', ''],
      [1, 'b', 'a'],
      [2, 'c', 'b'],
    ]),
    ['a', 'b', 'c'],
  )
  t.same(
    run([
      [1, 'a', ''],
      [2, 'b', 'a'],
      [1, 'late', 'a'],
      [2, 'c', 'b'],
    ]),
    ['a', 'b', 'c'],
    'late, behind',
  )
  t.same(
    run([
      [1, 'a', ''],
      [1, 'late', 'a'],
      [2, 'b', 'a'],
      [2, 'c', 'b'],
    ]),
    ['a', 'b', 'c'],
    'late, ahead',
  )
  t.same(
    run([
      [1, 'late', ''],
      [2, 'b', ''],
    ]),
    ['b'],
    'late, ahead of the very first',
  )
  t.same(
    run([
      [2, 'b', ''],
      [1, 'late', ''],
      [2, 'c', 'b'],
    ]),
    ['b', 'c'],
    'late, behind the very first',
  )
  t.same(
    run([
      [1, 'a', ''],
      [2, 'b', 'a'],
      [1, 'late', 'a'],
      [1, 'later', 'late'],
      [2, 'c', 'b'],
    ]),
    ['a', 'b', 'c'],
    'two of one process',
  )
  t.same(
    run([
      [1, 'a', ''],
      [3, 'b', 'a'],
      [2, 'late', 'a'],
      [1, 'later', 'a'],
      [3, 'c', 'b'],
    ]),
    ['a', 'b', 'c'],
    'of two processes, one of which had written nothing yet',
  )
  t.same(
    run([
      [1, 'a', ''],
      [1, 'l1', 'a'],
      [2, 'l2', 'a'],
      [3, 'b', 'a'],
      [3, 'c', 'b'],
    ]),
    ['a', 'b', 'c'],
    'of two processes, ahead',
  )
  t.same(
    run(
      [
        [1, 'a', ''],
        [1, 'b', 'a'],
      ],
      1,
    ),
    1,
  )
  t.same(
    run(
      [
        [1, 'a', ''],
        [2, 'b', 'a'],
        [1, 'late', 'a'],
        [2, 'c', 'b'],
      ],
      2,
    ),
    2,
    'a late line that is damaged is damage',
  )
  t.same(
    run([
      [1, 'a', ''],
      [2, 'b', 'a'],
      [1, 'late', 'b0'],
      [2, 'c', 'b'],
    ]),
    2,
    'one that follows nothing its writer knew, too',
  )
  t.same(
    run([
      [1, 'a', ''],
      [1, 'b', 'a'],
      [1, 'c', 'a'],
    ]),
    2,
    'the same holder does not take back a line',
  )
  t.same(
    run([
      [2, 'a', ''],
      [2, 'b', 'a'],
      [1, 'c', 'a'],
    ]),
    2,
    'nor does one from before',
  )
})

t.test('a journal that is taken away while it is written is no journal any more', async (t) => {
  const dir = t.testdir()
  const file = join(dir, 'journal.jsonl')
  const lock = await takeLock(join(dir, 'lock'), 0)
  const journal = await FileJournal.open(file, lock)
  await journal.append(opened)
  const whole = await readFile(file)
  await writeFile(file, whole.subarray(0, 20))
  t.match(
    await refusal(journal.append(intended(1))),
    { code: 'state/journal-changed' },
    'cut short',
  )
  await writeFile(file, Buffer.concat([whole, Buffer.from('{"v":2,"se')]))
  await journal.append(intended(1))
  t.same(await stepsIn(file), ['opened', 's1'], 'what is half a line of somebody else is cut off')
  await copyFile(file, `${file}.copy`)
  await rename(`${file}.copy`, file)
  t.match(await refusal(journal.append(intended(2))), { code: 'state/journal-changed' }, 'replaced')
  await unlink(file)
  t.match(await refusal(journal.append(intended(2))), { code: 'state/journal-changed' }, 'removed')
  await journal.close()
  await lock.release()
})

t.test('an append that fails is cut off again', async (t) => {
  const dir = t.testdir()
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    'ulimit -f 2; exec "$0" "$@"',
    process.execPath,
    support('fill-disk'),
    dir,
  ])
  const done = Number(/^(?:state\/no-space\n){3}done (\d+)\n$/.exec(stdout)?.[1])
  const file = join(dir, 'journal.jsonl')
  t.ok(done > 5, stdout)
  t.equal(readFileSync(file).at(-1), 10, 'no half line is left')
  t.equal(
    (await readJournal(file)).length,
    done,
    'what was said to be written is there, and nothing else',
  )
  await written(dir, [intended('more')])
  t.equal((await readJournal(file)).length, done + 1)

  const other = t.testdir()
  const lost = await promisify(execFile)('bash', [
    '-c',
    'ulimit -f 2; exec "$0" "$@"',
    process.execPath,
    support('fill-disk'),
    other,
    'lost',
  ])
  t.match(lost.stdout, /^state\/no-space\nlock\/lost\nlock\/lost\ndone/)
  t.not(
    readFileSync(join(other, 'journal.jsonl')).at(-1),
    10,
    "but not when the lock was lost: what is at the end may be somebody else's",
  )
})

t.test('a long journal is read without being held', async (t) => {
  const dir = t.testdir()
  const file = join(dir, 'journal.jsonl')
  let link: Link = START
  const lines: string[] = []
  const message = 'x'.repeat(100_000)
  for (let i = 0; i < 1000; i++) {
    const next = encodeLine(
      {
        seq: i + 1,
        token: 1,
        event:
          i === 0
            ? opened
            : { type: 'halted', at: i, halt: { code: 'deadline', message, hint: '', nodes: [] } },
      },
      link,
    )
    link = next.link
    lines.push(next.line)
  }
  await writeFile(file, lines.join(''))
  const program = `import { readState } from ${JSON.stringify(join(dirname(support('x')), '../../lib/store/journal/journal.js'))}; console.log((await readState(process.argv[1])).current.halt.message.length)`
  const said = execFileSync(
    process.execPath,
    ['--max-old-space-size=64', '--input-type=module', '-e', program, file],
    { encoding: 'utf8' },
  )
  t.equal(said, '100000\n', '100 MB of journal in 64 MB of heap')
})

t.test('the state handed out before stays as it was', async (t) => {
  const dir = t.testdir()
  const lock = await takeLock(join(dir, 'lock'), 0)
  const journal = await FileJournal.open(join(dir, 'journal.jsonl'), lock)
  const before = await journal.append(opened)
  await journal.append(intended(1))
  t.equal(before.current?.steps.size, 0)
  t.equal(journal.state.current?.steps.size, 1)
  const first = journal.state
  await journal.append({ ...opened, rollout: 'r2' })
  t.same([before.history, first.history.length, journal.state.history.length], [[], 0, 1])
  await Promise.all([2, 3, 4].map((n) => journal.append(intended(n))))
  await journal.close()
  await lock.release()
  t.same(
    (await readJournal(join(dir, 'journal.jsonl'))).map((e) => e.seq),
    [1, 2, 3, 4, 5, 6],
    'appends at once do not mix',
  )
})
