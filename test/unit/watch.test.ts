// SPDX-License-Identifier: Apache-2.0
// `status --watch`: the frame, the reading of no more than is new, and the real command on a real
// terminal.
import { appendFileSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { broken, frameOf } from '../../lib/cli/screen/frame.js'
import { layoutOf } from '../../lib/engine/site/layout.js'
import { systemClock } from '../../lib/engine/step/progress.js'
import { openSession } from '../../lib/engine/site/session.js'
import { status } from '../../lib/engine/verbs/status.js'
import { StatusWatch } from '../../lib/engine/verbs/status-watch.js'
import { FileJournal, readState } from '../../lib/store/journal/journal.js'
import { JournalFollower } from '../../lib/store/journal/journal-follow.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { answerOf, PATCHRUN } from '../support/command.js'
import type { Ended } from '../support/command.js'
import { openTerminal } from '../support/terminal.js'

t.setTimeout(600_000)

const at = Date.UTC(2026, 2, 1, 12)
const by = { user: 'ola', host: 'adm', pid: 1 }
const opened = (rollout: string): JournalEvent => ({
  type: 'opened',
  at,
  rollout,
  kind: 'forward',
  pin: { sha: 'a'.repeat(40), ref: 'main', subject: 'Raise labpkg' },
  previous: null,
  limit: null,
  by,
})
const failure = {
  cause: 'failed',
  message: 'no space left on device',
  task: 'Install',
  file: 'site.yml',
  line: 4,
} as const
const names = Array.from({ length: 60 }, (_, i) => `node${String(i + 1).padStart(2, '0')}`)
const detected = (step: string, nodes: readonly string[], bad = false): JournalEvent[] => [
  { type: 'intended', at, step, action: 'detect', wave: 0, nodes },
  {
    type: 'concluded',
    at,
    step,
    tasks: [],
    nodes: Object.fromEntries(
      nodes.map((n, i) => [
        n,
        bad
          ? { verdict: 'ERROR' as const, failure: { ...failure, line: i } }
          : { verdict: 'GOOD' as const },
      ]),
    ),
  },
]

async function write(journal: string, events: readonly JournalEvent[]): Promise<void> {
  const lock = await takeLock(join(dirname(journal), 'lock'), at)
  const open = await FileJournal.open(journal, lock)
  for (const event of events) await open.append(event)
  await open.close()
  await lock.release()
}

t.test('a frame: lines are broken where they may be, and the rest is scrolled to', async (t) => {
  t.same(broken('  node01: waits for the others of its wave', 20), [
    '  node01: waits for',
    '    the others of',
    '    its wave',
  ])
  t.same(
    broken('x'.repeat(25), 10),
    ['x'.repeat(10), `  ${'x'.repeat(8)}`, `  ${'x'.repeat(7)}`],
    'a name without spaces, too',
  )
  t.same(broken('', 10), [''])
  t.same(
    broken('\u001b[31mabc def\u001b[39m ghi', 7),
    ['\u001b[31mabc def\u001b[39m', '  ghi'],
    'colours take no room',
  )
  t.same(broken('日本語日本語', 6), ['日本語', '  日本', '  語'], 'these take two columns each')
  for (const width of [10, 37, 80])
    for (const line of [`  ${'word '.repeat(40)}`, 'ab'.repeat(90)])
      t.ok(
        broken(line, width).every((row) => row.length <= width),
        `${width}`,
      )
  const text = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join('\n')
  const foot = (where: string): string => `now; ${where}`
  t.same(frameOf(text, { columns: 80, rows: 4 }, 0, foot), {
    top: 0,
    rows: ['line 1', 'line 2', 'line 3', 'now; lines 1-3 of 30'],
  })
  t.same(
    frameOf(text, { columns: 80, rows: 4 }, 999, foot),
    { top: 27, rows: ['line 28', 'line 29', 'line 30', 'now; lines 28-30 of 30'] },
    'no further than there is something',
  )
  t.same(
    frameOf('a\n', { columns: 12, rows: 3 }, 5, () => 'a foot that is too long'),
    { top: 0, rows: ['a', '', 'a foot that '] },
  )
})

t.test(
  'a journal is followed: what it amounts to is what the whole of it does, and no more than the new part is read',
  async (t) => {
    const file = join(t.testdir(), 'journal.jsonl')
    const follower = new JournalFollower(file)
    const same = async (name: string): Promise<void> =>
      void t.same(await follower.state(), await readState(file), name)
    await same('before there is one')
    await write(file, [opened('r1'), ...detected('1', ['node01'])])
    await same('written')
    await write(file, detected('2', ['node02']))
    await same('grown')
    appendFileSync(file, '{"half')
    await same('a torn line does not count')
    await write(file, [{ type: 'finished', at }])
    await same('and is cut off by who writes on')
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, whole.split('\n').slice(0, 2).join('\n') + '\n')
    await same('cut short by hand')
    writeFileSync(file, whole)
    await same('restored in place')
    rmSync(file)
    await write(file, [opened('r9')])
    await same('another file')
    // Damage in what was read already: who reads all of it finds it, who reads on does not.
    await write(file, detected('1', ['node05']))
    await same('before the damage')
    await write(file, [{ type: 'finished', at }])
    writeFileSync(file, readFileSync(file, 'utf8').replace('"r9"', '"r8"'))
    t.match(await follower.state(), { current: { id: 'r9', status: 'done' } })
    await t.rejects(readState(file), { code: 'state/journal-damaged' })
    await t.rejects(new JournalFollower(file).state(), { code: 'state/journal-damaged' })
  },
)

function declare(directory: string, nodes = 'node[01-60]', zone = 'Europe/Oslo'): string {
  const file = join(directory, 'patchrun.yml')
  writeFileSync(
    file,
    JSON.stringify({
      schemaVersion: 1,
      fleet: 'lab',
      playbooks: { repository: './p' },
      nodes: { allow: [nodes], canary: ['node[01-02]'] },
      rollout: { maxFailed: '100%' },
      windows: { zone },
    }),
  )
  return file
}

t.test('a watch says what status says, and reads nothing that has not changed', async (t) => {
  const directory = t.testdir()
  const file = declare(directory)
  const session = await openSession({ file })
  const { journal } = layoutOf(await session.observe())
  let [now, observed] = [at, 0]
  const clock = { ...systemClock, now: () => now }
  const watch = new StatusWatch(
    { options: session.options, observe: () => ((observed += 1), session.observe()) },
    clock,
  )
  const same = async (name: string): Promise<void> =>
    void t.same((await watch.look()).report, await status(session, { clock }), name)
  await same('nothing yet')
  await write(journal, [opened('r1'), ...detected('1', ['node01', 'node02'])])
  now += 2000
  await same('a rollout')
  now += 2000
  await same('time alone')
  t.equal(observed, 1, 'the declaration was read once')
  mkdirSync(layoutOf(await session.observe()).orders, { recursive: true })
  writeFileSync(
    join(layoutOf(await session.observe()).orders, '000000000000001-0123456789abcdef.json'),
    '{}',
  )
  await same('an order')
  const lock = await takeLock(join(dirname(journal), 'lock'), at)
  await same('a run that is under way')
  await lock.release()
  await same('and is over')
  declare(directory, 'node[01-03]')
  await same('the declaration changed')
  t.equal(observed, 2)
  now += 61_000
  await same('lists may have changed')
  t.equal(observed, 3)
  writeFileSync(file, 'nonsense')
  utimesSync(file, 1, 1)
  await t.rejects(watch.look(), { code: /^config\// })
  await t.rejects(watch.look(), { code: /^config\// }, 'until it is mended')
  declare(directory)
  await same('mended')
})

t.test(
  'the command on a terminal: drawn in place, scrolled, resized, up to date, and gone when it ends',
  async (t) => {
    const directory = t.testdir()
    const { journal } = layoutOf(await (await openSession({ file: declare(directory) })).observe())
    await write(journal, [
      opened('r1'),
      ...detected('1', names.slice(0, 2)),
      { type: 'intended', at, step: '2', action: 'detect', wave: 1, nodes: names.slice(2) },
      ...detected('2', names.slice(2), true).slice(1),
    ])
    const terminal = openTerminal(
      [process.execPath, PATCHRUN, 'status', '--watch', '--every', '1s'],
      { cwd: directory, env: { NO_COLOR: '1', TZ: 'Asia/Kolkata', CI: undefined } },
    )
    t.teardown(() => terminal.end())
    const first = await terminal.until(/q ends/)
    t.match(first, /^\u001b\[\?1049h\u001b\[\?25l/, 'the other screen')
    t.match(first, /\u001b\[Hlab \(default\): not finished\u001b/)
    t.match(first, /lines 1-23 of \d+ \(arrows\); q ends/, 'what does not fit is said')
    t.match(first.replace(/^[^]*1049h/, ''), /^(?!.*\u001b\[3\dm)/s, 'NO_COLOR')
    let from = terminal.length
    terminal.keys('\u001b[B\u001b[B')
    await terminal.until(/lines 3-25 of/, { from })
    from = terminal.length
    terminal.size(60, 10)
    const small = await terminal.until(/lines 3-11 of/, { from })
    t.ok(
      small.slice(small.lastIndexOf('\u001b[H')).split('\r\n').length === 10,
      'as many rows as there are',
    )
    terminal.size(80, 24)
    from = terminal.length
    terminal.keys('g')
    await write(journal, [{ type: 'paused', at, by, reason: 'exams', scope: 'environment' }])
    await terminal.until(/Paused by ola@adm, .*: exams/, { from })
    from = terminal.length
    writeFileSync(join(directory, 'patchrun.yml'), 'nods: {}')
    await terminal.until(/config\/[^]*q ends/, { from })
    from = terminal.length
    declare(directory)
    await terminal.until(/lab \(default\): waiting/, { from })
    from = terminal.length
    terminal.keys('\u0003')
    t.equal(await terminal.ended, 0, 'who has seen enough has made no mistake')
    t.match(
      terminal.said(from),
      /\u001b\[\?25h\u001b\[\?1049l[^]*Next: /,
      'the terminal is as it was, and what was seen last stays',
    )
  },
)

t.test('a signal ends it, too; what is no terminal is refused', async (t) => {
  const directory = t.testdir()
  declare(directory)
  const terminal = openTerminal(
    [
      'sh',
      '-c',
      'echo "process $$"; exec "$0" "$@"',
      process.execPath,
      PATCHRUN,
      'status',
      '--watch',
    ],
    { cwd: directory },
  )
  t.teardown(() => terminal.end())
  // Drawn: whoever draws listens for signals.
  const [, pid] = /process (\d+)/.exec(await terminal.until(/q ends/)) ?? []
  process.kill(Number(pid), 'SIGTERM')
  t.equal(await terminal.ended, 0)
  t.match(terminal.said(), /\u001b\[\?1049l/)
  const say = (...argv: string[]): Promise<Ended> =>
    answerOf(['status', ...argv], { cwd: directory })
  t.match(await say('--watch'), { code: 2, stderr: /usage\/no-terminal/ })
  t.match(await say('--watch', '--openmetrics'), { code: 2, stderr: /usage\/two-formats/ })
  t.match(await say('--every', '2s'), { code: 2, stderr: /usage\/option-of/ })
  for (const bad of ['0s', '10ms', 'often'])
    t.match(await say('--watch', '--every', bad), { code: 2, stderr: /usage\/duration/ }, bad)
})
