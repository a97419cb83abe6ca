// SPDX-License-Identifier: Apache-2.0
// The examples of docs/usage/notify.md: the declaration opens, the document fits the schema, the
// receiver runs and verifies.
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv } from 'ajv'
import t from 'tap'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'
import { post } from '../../lib/notify/post.js'
import type { Attempt } from '../../lib/notify/post.js'
import { signedHeaders } from '../../lib/notify/sign.js'

const root = resolve(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/usage/notify.md'), 'utf8')
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(page)?.[1] ?? ''

t.test('the declaration', async (t) => {
  const fleet = resolveFleet(
    parseDeclaration(
      '/srv/patchrun.yml',
      `schemaVersion: 1\nfleet: m3\nplaybooks: { repository: ./p }\nnodes: { allow: [a, b], canary: [a] }\n${block('yaml')}\n`,
    ),
    { lists: new Map() },
  )
  t.match(fleet.notify, [
    { name: 'ops', on: { length: 3 } },
    { name: 'desk', on: { length: 7 }, to: { secret: { file: '/etc/patchrun/desk.key' } } },
  ])
  for (const kind of fleet.notify[1]?.on ?? [])
    t.ok(page.includes(`| \`${kind}\` |`), `${kind} is explained`)
})

t.test('the document', async (t) => {
  const check = new Ajv({ allErrors: true, strict: true, formats: { 'date-time': true } }).compile(
    JSON.parse(readFileSync(join(root, 'schemas/notification.schema.json'), 'utf8')) as object,
  )
  t.ok(check(JSON.parse(block('json'))), JSON.stringify(check.errors))
})

t.test('the receiver', async (t) => {
  const free = createServer()
  await new Promise<void>((done) => free.listen(0, '127.0.0.1', done))
  const { port } = free.address() as AddressInfo
  await new Promise((done) => free.close(done))
  const file = join(t.testdir(), 'receive.mjs')
  writeFileSync(file, block('js'))
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: String(port), DESK_KEY: 'the key' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill())
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (said += text))
  const send = (body: string, key: string, now = Date.now(), sent = body): Promise<Attempt> =>
    post({
      url: `http://127.0.0.1:${port}/`,
      headers: { ...signedHeaders('msg_1', now, body, key) },
      body: sent,
      timeout: 5_000,
      signal: new AbortController().signal,
    })
  const body = block('json')
  let first = await send(body, 'the key')
  for (let i = 0; i < 2_400 && first.is === 'later'; i++) {
    await sleep(50)
    first = await send(body, 'the key')
  }
  t.same(first, { is: 'delivered' })
  t.same(await send(body, 'the key'), { is: 'delivered' }, 'a repeat is taken, too')
  t.match(await send(body, 'another key'), { is: 'never', why: 'HTTP 401' })
  t.match(
    await send(body, 'the key', Date.now(), body.replace('halted', 'done')),
    { why: 'HTTP 401' },
    'changed on the way',
  )
  t.match(await send(body, 'the key', Date.now() - 3_600_000), { why: 'HTTP 401' }, 'an hour old')
  for (let i = 0; i < 6_000 && said === ''; i++) await sleep(20)
  t.match(
    said,
    /^halted: m3 \(prod\): the rollout to a1b2c3d4e5f6 has halted, 0 of 100 nodes are good\n {2}patchrun --env prod status\n {2}patchrun --env prod retry\n$/,
    'said once',
  )
})
