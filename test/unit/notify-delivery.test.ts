// SPDX-License-Identifier: Apache-2.0
// Delivery against a real HTTP server that is slow, fails, asks for time, answers garbage, closes
// early or leads elsewhere.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { Courier, PACE } from '../../lib/notify/courier.js'
import type { Charge, Pace } from '../../lib/notify/courier.js'
import { post, waitOf } from '../../lib/notify/post.js'
import type { Attempt } from '../../lib/notify/post.js'
import type { Message } from '../../lib/rollout/index.js'
import { receiver } from '../support/receiver.js'
import type { Manner } from '../support/receiver.js'

t.setTimeout(600_000)
const never = new AbortController().signal
const send = (url: string, signal = never, timeout = 2_000): Promise<Attempt> =>
  post({ url, headers: { 'webhook-id': 'msg_1' }, body: '{"ä":1}', timeout, signal })

const MANNERS: readonly (readonly [name: string, manner: Manner, attempt: object])[] = [
  ['takes it', 200, { is: 'delivered' }],
  ['takes it without a word', 204, { is: 'delivered' }],
  [
    'takes it, and never ends its answer',
    (response) => void response.writeHead(200).write('o'),
    { is: 'delivered' },
  ],
  [
    'takes it, and breaks off',
    (response, socket) => {
      response.writeHead(200, { 'content-length': '100' }).write('o')
      setTimeout(() => socket.resetAndDestroy(), 20)
    },
    { is: 'delivered' },
  ],
  [
    'takes it, and talks without end',
    (response) => {
      response.writeHead(200)
      const talk = (): void => {
        while (!response.destroyed && response.write('x'.repeat(100_000)));
        if (!response.destroyed) response.once('drain', talk)
      }
      talk()
    },
    { is: 'delivered' },
  ],
  ['fails', 500, { is: 'later', why: 'HTTP 500' }],
  [
    'asks for seconds',
    { status: 429, headers: { 'retry-after': '7' } },
    { is: 'later', why: 'HTTP 429', after: 7_000 },
  ],
  [
    'is away for a while',
    { status: 503, headers: { 'retry-after': '120' } },
    { is: 'later', why: 'HTTP 503', after: 120_000 },
  ],
  [
    'asks for it in no form',
    { status: 429, headers: { 'retry-after': 'soon' } },
    { is: 'later', why: 'HTTP 429' },
  ],
  ['was too slow itself', 408, { is: 'later', why: 'HTTP 408' }],
  ['does not want it', 404, { is: 'never', why: 'HTTP 404' }],
  ['is gone', 410, { is: 'never', why: 'HTTP 410' }],
  [
    'leads elsewhere',
    { status: 302, headers: { location: '/elsewhere' } },
    { is: 'never', why: 'HTTP 302: it leads elsewhere, where nothing is sent' },
  ],
  [
    'closes',
    (_, socket) => socket.destroy(),
    { is: 'later', why: 'the connection was closed without an answer' },
  ],
  [
    'answers garbage',
    (_, socket) => socket.end(Buffer.from([0, 255, 1, 2, 13, 10, 13, 10])),
    { is: 'later', why: /^what was answered is no HTTP \(HPE_\w+\)$/ },
  ],
  [
    'answers half a head',
    (_, socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'),
    { is: 'later' },
  ],
  ['never answers', () => undefined, { is: 'later', why: 'no answer within 0.4 s' }],
]

t.test('what comes of one attempt, in words that hold no URL', async (t) => {
  const server = await receiver()
  t.teardown(() => server.close())
  for (const [name, manner, attempt] of MANNERS) {
    server.behave(manner)
    const seen = server.received.length
    const came = await send(server.url, never, name === 'never answers' ? 400 : 2_000)
    t.match(came, attempt, name)
    t.notMatch(
      JSON.stringify(came),
      /very-secret|127\.0\.0\.1|business/,
      `${name}: nothing of the URL or the answer`,
    )
    t.equal(server.received.length, seen + 1, `${name}: asked once`)
  }
  t.match(server.received[0], {
    body: '{"ä":1}',
    path: '/hooks/very-secret-path',
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
  })
  t.notOk(
    server.received.some((r) => r.path === '/elsewhere'),
    'no redirect was followed',
  )

  const free = createServer()
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
  const { port } = free.address() as AddressInfo
  await new Promise((resolve) => free.close(resolve))
  t.match(await send(`http://127.0.0.1:${port}/very-secret`), {
    is: 'later',
    why: 'the connection was refused',
  })
  t.match(await send('https://very-secret.invalid/very-secret'), {
    is: 'later',
    why: /^(nobody knows the name of its host|the name of its host could not be looked up)$/,
  })
  t.match(await send(server.url.replace('http:', 'https:')), {
    is: 'later',
    why: /not to be trusted|could not be sent/,
  })
  t.match(await send('http://very-secret.example/'), {
    is: 'later',
    why: 'its URL is http, which anybody on the way can read',
  })
  t.match(await send('very-secret'), { is: 'later', why: 'its URL is none' })
  server.behave(() => undefined)
  t.match(await send(server.url, AbortSignal.timeout(50)), {
    is: 'later',
    why: 'no answer before patchrun ended',
  })
})

t.test('who talks without end is cut off', async (t) => {
  const server = await receiver()
  t.teardown(() => server.close())
  let written = 0
  const cut = new Promise<void>((resolve) =>
    server.behave((response, socket) => {
      socket.once('close', resolve)
      response.writeHead(200)
      const talk = setInterval(() => {
        for (let i = 0; i < 10 && response.write('x'.repeat(100_000)); i++) written += 100_000
      }, 1)
      socket.once('close', () => clearInterval(talk))
    }),
  )
  const began = Date.now()
  t.same(await send(server.url), { is: 'delivered' })
  await cut
  t.ok(written < 20_000_000, `after ${written} bytes and ${Date.now() - began} ms`)

  const slow = new Promise<void>((resolve) =>
    server.behave((response, socket) => {
      socket.once('close', resolve)
      response.writeHead(200).write('x')
    }),
  )
  t.same(await send(server.url), { is: 'delivered' })
  await slow
  t.ok(Date.now() - began < 30_000, 'so is who never ends')
})

t.test('Retry-After in seconds and as a date', async (t) => {
  const now = Date.UTC(2026, 2, 1, 12, 0, 0)
  t.same(
    [
      '0',
      '30',
      '-1',
      '1.5',
      '',
      'x',
      'Sun, 01 Mar 2026 12:00:30 GMT',
      'Sunday, 01-Mar-26 12:01:00 GMT',
      'Sun Mar  1 12:02:00 2026',
      'Sun, 01 Mar 2026 11:00:00 GMT',
      'Sun, 99 Foo',
    ].map((text) => waitOf(text, now)),
    [0, 30_000, undefined, undefined, undefined, undefined, 30_000, 60_000, 120_000, 0, undefined],
  )
})

const message = (id: string, at = Date.now()): Message => ({ id, at, kind: 'started' }) as Message
const QUICK: Pace = { ...PACE, timeout: 300, backoff: 20, longest: 80 }

/** A courier that writes down what it records, and takes that out of the box. */
function courier(
  url: string,
  box: Message[],
  pace: Pace = QUICK,
  changes: Partial<Charge> = {},
): { readonly it: Courier; readonly records: string[] } {
  const records: string[] = []
  const it = new Courier(
    {
      oldest: () => box[0],
      notBefore: () => 0,
      attempt: ({ id }, timeout, signal) =>
        post({ url, headers: { 'webhook-id': id }, body: '{}', timeout, signal }),
      record: async ({ id }, { outcome, why = '', until }) => {
        records.push(`${id} ${outcome} ${why}${until === undefined ? '' : ' until'}`.trim())
        if (outcome !== 'delayed') box.splice(0, 1)
      },
      now: Date.now,
      random: () => 1,
      ...changes,
    },
    pace,
  )
  return { it, records }
}

t.test('one after the other, again after a failure, and what is refused is given up', async (t) => {
  const server = await receiver()
  t.teardown(() => server.close())
  const box = ['a', 'b', 'c'].map((id) => message(id))
  server.behave(500, (_, socket) => socket.destroy(), 200, 400, 200)
  const { it, records } = courier(server.url, box)
  await it.finish(5_000)
  t.same(records, ['a delayed HTTP 500', 'a delivered', 'b given-up HTTP 400', 'c delivered'])
  t.same(
    server.received.map((r) => r.headers['webhook-id']),
    ['a', 'a', 'a', 'b', 'c'],
  )
  const gaps = server.received.map((r, i) => r.at - (server.received[i - 1]?.at ?? r.at))
  t.ok((gaps[1] ?? 0) >= 19 && (gaps[2] ?? 0) >= 39, `waits double: ${gaps.join(', ')}`)
})

t.test(
  'a receiver that asks for time gets it, and whoever takes the journal up knows',
  async (t) => {
    const server = await receiver()
    t.teardown(() => server.close())
    server.behave({ status: 429, headers: { 'retry-after': '1' } }, 200)
    const first = courier(server.url, [message('a')])
    await first.it.finish(5_000)
    t.same(first.records, ['a delayed HTTP 429 until', 'a delivered'])
    t.ok((server.received[1]?.at ?? 0) - (server.received[0]?.at ?? 0) >= 1_000, 'a second went by')

    server.behave({ status: 503, headers: { 'retry-after': '3600' } })
    const began = Date.now()
    const second = courier(server.url, [message('a')])
    await second.it.finish(40_000)
    t.same(second.records, ['a delayed HTTP 503 until'])
    t.ok(Date.now() - began < 20_000, 'the end is not held up for what would come after it')
    const third = courier(server.url, [message('a')], QUICK, {
      notBefore: () => Date.now() + 3_600_000,
    })
    await third.it.finish(5_000)
    t.same(
      [third.records, server.received.length],
      [[], 3],
      'nor is it asked by the next process before its time',
    )
  },
)

t.test('one that never answers holds up the end no longer than is said', async (t) => {
  const server = await receiver()
  t.teardown(() => server.close())
  server.behave(() => undefined)
  const { it, records } = courier(server.url, [message('a'), message('b')], {
    ...QUICK,
    timeout: 60_000,
  })
  const began = Date.now()
  await it.finish(700)
  t.ok(Date.now() - began < 30_000, `${Date.now() - began} ms`)
  t.same(records, ['a delayed no answer before patchrun ended'], 'and why is told')

  const stuck = courier(server.url, [message('a')], QUICK, {
    attempt: () => new Promise(() => undefined),
  })
  const start = Date.now()
  await stuck.it.finish(300)
  t.ok(Date.now() - start < 20_000, 'nor does a secret that does not come')
  t.same(stuck.records, ['a delayed no answer before patchrun ended'])

  const killed = courier(server.url, [message('a')], { ...QUICK, timeout: 60_000 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const then = Date.now()
  killed.it.stop()
  await killed.it.finish(10_000)
  t.ok(Date.now() - then < 8_000, 'one that is stopped ends at once')
})

t.test(
  'what is new is told at once, what is too old is given up, and without a record nothing follows',
  async (t) => {
    const server = await receiver()
    t.teardown(() => server.close())
    const box: Message[] = []
    const waiting = courier(server.url, box)
    await new Promise((resolve) => setTimeout(resolve, 30))
    box.push(message('new'))
    waiting.it.poke()
    for (let i = 0; i < 3_000 && waiting.records.length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    t.same(waiting.records, ['new delivered'], 'before the end')
    await waiting.it.finish(0)

    server.behave(500, 200)
    const old = courier(server.url, [message('old', Date.now() - 4 * 86_400_000), message('next')])
    await old.it.finish(5_000)
    t.same(old.records, ['old given-up not delivered for 3 days: HTTP 500', 'next delivered'])

    const seen = server.received.length
    const broken = courier(server.url, [message('a'), message('b')], QUICK, {
      record: async () => {
        throw new Error('the disk is full')
      },
    })
    await broken.it.finish(5_000)
    t.equal(server.received.length, seen + 1)
  },
)
