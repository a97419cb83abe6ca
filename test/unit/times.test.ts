// SPDX-License-Identifier: Apache-2.0
// Every time that people read is in their zone, which is named; every time that machines read is
// ISO 8601 in UTC.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { linesOf } from '../../lib/cli/screen/lines.js'
import { answer } from '../../lib/engine/orders/orders.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { inZone, timeText } from '../../lib/report/words/words.js'
import { NO_STATE } from '../../lib/rollout/index.js'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { FileJournal } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'
import { answerOf, PATCHRUN } from '../support/command.js'

t.setTimeout(600_000)
const by = { user: 'ola', host: 'adm', pid: 1 }

t.test('one form, exact where clocks are set', async (t) => {
  const at = (iso: string, zone: string): string => timeText(iso, zone)
  t.equal(at('2026-03-01T08:50:05Z', 'Asia/Kolkata'), 'Sun 2026-03-01 14:20:05 IST')
  t.equal(at('2026-03-08T06:59:59Z', 'America/New_York'), 'Sun 2026-03-08 01:59:59 EST')
  t.equal(
    at('2026-03-08T07:00:00Z', 'America/New_York'),
    'Sun 2026-03-08 03:00:00 EDT',
    'the hour that is left out',
  )
  t.same(
    [
      at('2026-11-01T05:30:00Z', 'America/New_York'),
      at('2026-11-01T06:30:00Z', 'America/New_York'),
    ],
    ['Sun 2026-11-01 01:30:00 EDT', 'Sun 2026-11-01 01:30:00 EST'],
    'the hour that comes twice is told apart',
  )
  t.equal(at('2026-01-01T00:00:00Z', 'UTC'), 'Thu 2026-01-01 00:00:00 UTC')
  t.equal(
    at('2025-12-31T23:30:00Z', 'Europe/Oslo'),
    'Thu 2026-01-01 00:30:00 CET',
    'another day there',
  )
  t.equal(
    inZone(
      'since 2026-03-01T08:50:05.000Z, and 2026-03-01T08:50:05.000Z; ref v2026-03-01',
      'Asia/Kolkata',
    ),
    'since Sun 2026-03-01 14:20:05 IST, and Sun 2026-03-01 14:20:05 IST; ref v2026-03-01',
  )
  const said = answer(
    NO_STATE,
    'o1',
    { do: 'pause', at: 0, by, reason: 'x', scope: 'fleet', until: Date.UTC(2026, 2, 1, 12) },
    1,
  )
  t.match(
    'text' in said &&
      linesOf({ type: 'steered', text: said.text }, [], {
        paint: PLAIN,
        zone: 'Asia/Kolkata',
        verbose: false,
      }),
    ['paused by ola@adm: x, until Sun 2026-03-01 17:30:00 IST'],
    'what a run hears',
  )
})

/** Times of the clock on the wall, each with what follows. */
const clocks = (text: string): string[] => text.match(/\d\d:\d\d(:\d\d)?[^,;.\n]{0,8}/g) ?? []

t.test('whatever the command prints: the zone of TZ, and no other', async (t) => {
  const directory = t.testdir()
  const file = join(directory, 'patchrun.yml')
  const open = new Date().getUTCDay() === 3 ? 'fri' : 'wed'
  const declare = (windows: object): void =>
    writeFileSync(
      file,
      JSON.stringify({
        schemaVersion: 1,
        fleet: 'f',
        playbooks: { repository: './p' },
        nodes: { allow: ['n[1-4]'], canary: ['n1'] },
        windows: { zone: 'Australia/Melbourne', ...windows },
      }),
    )
  declare({ open: [{ days: [open], from: '08:00', to: '10:00' }] })
  const own = join(directory, '.patchrun/environments/default')
  const at = Date.now() - 3_600_000
  const events: JournalEvent[] = [
    {
      type: 'opened',
      at,
      rollout: 'r1',
      kind: 'forward',
      pin: { sha: 'a'.repeat(40), ref: 'main', subject: 's' },
      previous: null,
      limit: null,
      by,
    },
    { type: 'intended', at, step: '0001-detect', action: 'detect', wave: 0, nodes: ['n1'] },
    { type: 'concluded', at, step: '0001-detect', tasks: [], nodes: { n1: { verdict: 'HOT' } } },
  ]
  const lock = await takeLock(join(own, 'lock'), at)
  const journal = await FileJournal.open(join(own, 'journal.jsonl'), lock)
  for (const event of events) await journal.append(event)
  const start = (TZ: string, ...argv: string[]): { readonly text: string } => {
    const { stdout, stderr } = spawnSync(process.execPath, [PATCHRUN, ...argv], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', TZ },
    })
    return { text: stdout + stderr }
  }
  const say = async (TZ: string, ...argv: string[]): Promise<{ readonly text: string }> => {
    const { stdout, stderr } = await answerOf(argv, { cwd: directory, env: { TZ } })
    return { text: stdout + stderr }
  }
  const everyTime = async (
    TZ: string,
    zone: RegExp,
    least: number,
    ...argv: string[]
  ): Promise<void> => {
    const { text } = await say(TZ, ...argv)
    const found = clocks(text)
    t.ok(found.length >= least, `${argv.join(' ')}: ${text}`)
    t.same(
      found.filter((clock) => !zone.test(clock)),
      [],
      `${argv.join(' ')} with TZ=${TZ}: ${text}`,
    )
    t.notMatch(text, /\d{4}-\d\d-\d\dT/, 'and no moment as machines write it')
  }
  // A run holds the lock.
  await everyTime('Asia/Kolkata', / IST\b/, 1, 'status')
  await everyTime('Asia/Kolkata', / IST\b/, 1, 'doctor')
  await journal.close()
  await lock.release()
  for (const [TZ, zone] of [
    ['Asia/Kolkata', / IST\b/],
    ['America/New_York', / E[SD]T\b/],
  ] as const) {
    await everyTime(TZ, zone, 2, 'status')
    await everyTime(TZ, zone, 2, 'report')
    await everyTime(TZ, zone, 1, 'history')
    await everyTime(TZ, zone, 1, 'pause', '--reason', 'x', '--for', '9h')
    await everyTime(TZ, zone, 3, 'status')
    await say(TZ, 'unpause')
  }
  // What TZ makes of the clock of the system itself shows in a process alone.
  t.match(
    start('Asia/Kolkata', 'status').text,
    /window opens \w{3} [\d-]+ 0[23]:30 IST/,
    'a window of Melbourne, 10 or 11 hours ahead of UTC, as it is in Kolkata',
  )
  t.match(
    (await say('UTC', 'status')).text,
    /window opens \w{3} [\d-]+ 2[12]:00 UTC/,
    'who says UTC gets it',
  )
  t.match(
    start('', 'status').text,
    /window opens \w{3} [\d-]+ 08:00 AE[SD]T/,
    'a machine on UTC says nothing of who reads',
  )
  t.match(
    start('No/Where', 'status').text,
    /begun \w{3} [\d-]+ \d\d:\d\d:\d\d UTC/,
    'a zone that is none',
  )
  const { rollout } = JSON.parse((await say('Asia/Kolkata', 'status', '--json')).text) as {
    rollout: { openedAt: string; wakeAt: string }
  }
  t.same(
    [rollout.openedAt, new Date(rollout.wakeAt).toISOString()],
    [new Date(at).toISOString(), rollout.wakeAt],
    'ISO 8601 in UTC for machines',
  )
  // What a person types without a zone is meant in theirs.
  t.match(
    start('Asia/Kolkata', 'pause', '--reason', 'x', '--until', '2036-06-12T18:00').text,
    'until Thu 2036-06-12 18:00:00 IST',
  )
  t.match(
    readFileSync(join(own, 'journal.jsonl'), 'utf8'),
    `"until":${Date.UTC(2036, 5, 12, 12, 30)}`,
  )
})

t.test('an error names its moments in the zone of who reads', async (t) => {
  const directory = t.testdir()
  writeFileSync(
    join(directory, 'patchrun.yml'),
    JSON.stringify({
      schemaVersion: 1,
      fleet: 'f',
      playbooks: { repository: './p' },
      nodes: { allow: ['n1'], canary: ['n1'] },
    }),
  )
  const { explain } = await import('../../lib/cli/call/explain.js')
  const { held } = await import('../../lib/store/lock/lock-errors.js')
  const error = held(
    {
      host: 'adm',
      user: 'ola',
      pid: 1,
      started: '',
      since: Date.UTC(2026, 2, 1, 8, 50, 5),
      released: false,
      beat: 1,
    },
    directory,
    1,
    0,
    1,
  )
  const told = async (json: boolean): Promise<string> => {
    let text = ''
    const stream = { write: (more: string) => ((text += more), true) }
    await explain(error, {
      io: { stdout: stream, stderr: stream, stdin: process.stdin, env: {} } as never,
      json,
      color: false,
      verbose: false,
      command: 'patchrun',
      zone: 'Asia/Kolkata',
      interrupted: false,
    })
    return text
  }
  t.match(await told(false), 'ola@adm, process 1, since Sun 2026-03-01 14:20:05 IST')
  t.match(await told(true), 'since 2026-03-01T08:50:05.000Z')
})
