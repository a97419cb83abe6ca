// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import type { AnsibleEvent } from '../../lib/ansible/events/run-events.js'
import { EventParser, LINE_LIMIT } from '../../lib/ansible/events/event-stream.js'

const start =
  '{"v":1,"seq":1,"ts":1.5,"ev":"start","playbook":"site.yml","pid":7,"ansible":"2.14.18","python":"3.11.2","check":true,"diff":true}'
const task =
  '{"v":1,"seq":2,"ts":1.6,"ev":"task","task":{"id":"t1","name":"Gr\\u00fc\\u00dfe","action":"ansible.builtin.copy","tags":["HotChange"],"role":null,"file":"site.yml","line":3,"handler":false,"checkMode":true,"noLog":false,"notify":[]}}'
const ok =
  '{"v":1,"seq":3,"ts":1.7,"ev":"ok","host":"n1","task":"t1","changed":true,"ignored":false,"duration":0.1}'
const stats =
  '{"v":1,"seq":4,"ts":1.8,"ev":"stats","stats":{"n1":{"ok":1,"changed":1,"unreachable":0,"failures":0,"skipped":0,"rescued":0,"ignored":0}}}'
const whole = Buffer.from(`${[start, task, ok, stats].join('\n')}\n`)

function parse(...chunks: readonly (Buffer | string)[]): {
  events: AnsibleEvent[]
  foreign: number
} {
  const parser = new EventParser()
  const events = chunks.flatMap((chunk) => parser.push(Buffer.from(chunk)))
  events.push(...parser.end())
  return { events, foreign: parser.foreignLines }
}
const kinds = (...chunks: readonly (Buffer | string)[]): string[] =>
  parse(...chunks).events.map((event) => event.ev)

t.test('torn at every byte, and fed byte by byte', async (t) => {
  const expected = parse(whole)
  t.equal(expected.events.length, 4)
  for (let at = 0; at <= whole.length; at += 1) {
    const found = parse(whole.subarray(0, at), whole.subarray(at))
    if (JSON.stringify(found) !== JSON.stringify(expected)) t.fail(`torn at ${at}`)
  }
  t.same(parse(...[...whole].map((byte) => Buffer.from([byte]))), expected)
  t.same(parse(whole.subarray(0, -1)), expected, 'no line end at the end')
})

t.test('cut off at every byte: whole events before it, at most one foreign line', async (t) => {
  for (let at = 0; at <= whole.length; at += 1) {
    const { events, foreign } = parse(whole.subarray(0, at))
    const lines = whole.subarray(0, at).toString().split('\n').length - 1
    if (events.length < lines || events.length + foreign > lines + 1) t.fail(`cut at ${at}`)
  }
  t.pass()
})

t.test('foreign lines are counted and passed over', async (t) => {
  const foreign = [
    '[WARNING]: text',
    '{"changed": true}',
    'null',
    '[]',
    '{',
    '"x"',
    start.replace('"v":1', '"v":2'),
    start.replace('"ev":"start"', '"ev":"other"'),
    ok.replace('"host":"n1"', '"host":1'),
    ok.replace('"changed":true,', ''),
    task.replace('"tags":["HotChange"]', '"tags":"x"'),
    '{"v":1,"seq":9,"ts":0,"ev":"stats","stats":[]}',
    '{"v":1,"seq":9,"ts":0,"ev":"guard"}',
    start + ok,
  ]
  for (const line of foreign)
    t.same(parse(`${line}\n${ok}\n`), { events: [JSON.parse(ok)], foreign: 1 }, line.slice(0, 60))
  t.same(
    parse(`\n\r\n  \n${ok}\r\n`),
    { events: [JSON.parse(ok)], foreign: 0 },
    'empty lines are none',
  )
})

t.test('invalid UTF-8', async (t) => {
  // Within the host's name, where the line stays good JSON.
  const at = ok.indexOf('n1"') + 1
  const damaged = Buffer.concat([
    Buffer.from(ok.slice(0, at)),
    Buffer.from([0xff, 0xc3]),
    Buffer.from(`${ok.slice(at)}\n${ok}\n`),
  ])
  t.same(parse(damaged), { events: [JSON.parse(ok)], foreign: 1 })
})

t.test('overlong lines are dropped without being kept', async (t) => {
  const long = ok.replace('"duration"', `"msg":"${'x'.repeat(LINE_LIMIT)}","duration"`)
  t.same(parse(`${long}\n${ok}\n`), { events: [JSON.parse(ok)], foreign: 1 })
  const parser = new EventParser()
  const chunk = Buffer.alloc(65_536, 120)
  const before = process.memoryUsage().arrayBuffers
  for (let at = 0; at < 1_000; at += 1) parser.push(chunk)
  t.ok(process.memoryUsage().arrayBuffers - before < 8 * LINE_LIMIT, 'a line of 64 MB')
  t.equal(parser.push(Buffer.from(`\n${ok}\n`)).length, 1)
  t.equal(parser.foreignLines, 1)
  const fits = ok.replace(
    '"duration"',
    `"msg":"${'x'.repeat(LINE_LIMIT - ok.length - 10)}","duration"`,
  )
  t.ok(fits.length < LINE_LIMIT)
  t.same(kinds(fits.slice(0, 1000), `${fits.slice(1000)}\n`), ['ok'])
})

t.test('the stock jsonl callback', async (t) => {
  const line = (event: string, more: object): string =>
    JSON.stringify({ _event: event, _timestamp: '2025-01-02T03:04:05.500000Z', ...more })
  const taskOf = { id: 'u1', name: 'ok task', path: '/lab/play/events.yml:7', duration: {} }
  const { events, foreign } = parse(
    [
      line('v2_playbook_on_play_start', { play: { id: 'p', name: 'zoo' }, tasks: [] }),
      line('v2_playbook_on_task_start', { hosts: {}, task: taskOf }),
      line('v2_runner_on_ok', {
        hosts: { node02: { changed: true, msg: '', rc: 0 } },
        task: taskOf,
      }),
      line('v2_runner_on_unreachable', {
        hosts: { node06: { changed: false, msg: 'refused', unreachable: true } },
        task: taskOf,
      }),
      line('v2_playbook_on_handler_task_start', { hosts: {}, task: { ...taskOf, id: 'u2' } }),
      line('v2_playbook_on_include', {}),
      line('v2_playbook_on_stats', {
        stats: { node02: { ok: 1, changed: 1 }, node06: { unreachable: 1 } },
      }),
      'ok: [node02]',
    ].join('\n'),
  )
  t.equal(foreign, 1)
  t.match(events, [
    { ev: 'play', name: 'zoo', seq: 1, ts: 1735787045.5 },
    {
      ev: 'task',
      task: { id: 'u1', file: '/lab/play/events.yml', line: 7, handler: false, tags: [] },
    },
    { ev: 'ok', host: 'node02', task: 'u1', changed: true, rc: 0 },
    { ev: 'unreachable', host: 'node06', msg: 'refused' },
    { ev: 'task', task: { id: 'u2', handler: true } },
    { ev: 'stats', seq: 6, stats: { node02: { ok: 1, failures: 0 }, node06: { unreachable: 1 } } },
  ])
})
