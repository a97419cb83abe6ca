// SPDX-License-Identifier: Apache-2.0
// Real rollouts that tell real HTTP servers: who hears what, what a bad receiver changes (nothing
// of the rollout), what the next run makes good, and that no secret is left anywhere.
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Notification } from '../../lib/notify/notification.js'
import { filesBelow } from '../support/files-below.js'
import { start } from '../support/command.js'
import { makePlayground, site, writeTask } from '../support/playground.js'
import { receiver } from '../support/receiver.js'
import type { Receiver } from '../support/receiver.js'
import {
  edit,
  events,
  needsAnsible as options,
  OFTEN,
  say,
  SELDOM,
  version,
} from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(1_200_000)

const KEY = 'a key of more than twenty-four bytes'
/** What a receiver got, each message once, in the order in which it came first. */
const heard = ({ received }: Receiver): readonly Notification[] => [
  ...new Map(
    received.map((r) => [r.headers['webhook-id'], JSON.parse(r.body) as Notification] as const),
  ).values(),
]
const kinds = (server: Receiver): readonly string[] => heard(server).map((n) => n.kind)

/** Files below a directory in which a text is found. */
const holding = (directory: string, text: string): readonly string[] =>
  filesBelow(directory).filter((path) => readFileSync(path).includes(text))

await inQuick(t, 'a rollout tells, whatever the receivers do', options, async (t) => {
  const names = ['ops', 'desk', 'deaf', 'gone', 'brief'] as const
  const [ops, desk, deaf, gone, brief] = (await Promise.all(names.map(receiver))) as [
    Receiver,
    Receiver,
    Receiver,
    Receiver,
    Receiver,
  ]
  t.teardown(() => Promise.all([ops, desk, deaf, gone, brief].map((s) => s.close())))
  const [before, anew] = [await receiver(), await receiver()]
  t.teardown(() => Promise.all([before.close(), anew.close()]))
  const dir = t.testdir({ slack: `${ops.url}-of-slack\n`, moved: before.url, ground: {} })
  // Somebody mends the secret while the run goes on.
  before.behave((response) => {
    writeFileSync(join(dir, 'moved'), anew.url)
    response.writeHead(500).end()
  })
  const ground = makePlayground(join(dir, 'ground'), OFTEN, { nodes: 2, canary: 'node01' })
  const hook = (name: string, more = {}): object => ({
    webhook: { url: { env: `PATCHRUN_URL_${name}` }, secret: { env: 'PATCHRUN_KEY' } },
    ...more,
  })
  const targets = {
    ops: { slack: { file: join(dir, 'slack') } },
    desk: hook('desk'),
    deaf: hook('deaf'),
    gone: hook('gone'),
    brief: hook('brief', { on: ['done', 'halted'] }),
  }
  edit(
    ground,
    (d) =>
      void (d['notify'] = {
        ...targets,
        lost: { slack: { env: 'PATCHRUN_NOWHERE' } },
        moved: { webhook: { url: { file: join(dir, 'moved') }, secret: { env: 'PATCHRUN_KEY' } } },
      }),
  )
  const env = {
    PATCHRUN_KEY: KEY,
    PATCHRUN_URL_desk: desk.url,
    PATCHRUN_URL_deaf: deaf.url,
    PATCHRUN_URL_gone: gone.url,
    PATCHRUN_URL_brief: brief.url,
  }
  const said: string[] = []
  const patchrun = async (...args: string[]): ReturnType<typeof say> => {
    const ended = await say(ground, args, { env })
    said.push(ended.stdout, ended.stderr)
    return ended
  }
  desk.behave(
    500,
    { status: 429, headers: { 'retry-after': '1' } },
    (_, socket) => socket.end('\u0000\u0001 garbage\r\n\r\n'),
    200,
  )
  deaf.behave(() => undefined)
  gone.behave(404)

  const sha = ground.commit('version 1', version('1.0'))
  const first = await patchrun('run', '--yes')
  const end = Date.now()
  t.equal(first.code, 0, `the rollout is done: ${first.stderr.slice(-500)}`)
  const journal = await events(ground)
  const finished = journal.find((e) => e.type === 'finished')
  t.ok(
    end - (finished?.at ?? 0) < 25_000,
    `one that never answers held up the end for ${end - (finished?.at ?? 0)} ms`,
  )
  // What one step leaves and the next one begins with, people aside: it takes no Ansible, and
  // nobody's answer is waited for, which takes ten seconds.
  const steps = journal.filter((e) => e.type !== 'told' && e.type !== 'noticed')
  const gaps = steps
    .slice(1)
    .flatMap((e, i) => (e.type === 'intended' ? [e.at - (steps[i]?.at ?? 0)] : []))
  t.ok(gaps.length === 6 && Math.max(...gaps) < 9_500, `and no step: ${gaps.join(', ')} ms`)

  t.same(kinds(desk), ['started', 'canary-passed', 'done'])
  const [begun, passed, done] = heard(desk)
  const counts = { failed: 0, quarantined: 0, needDrain: 0 }
  t.match(begun, {
    fleet: 'playground',
    environment: 'default',
    rollout: {
      sha,
      subject: 'version 1',
      waves: [
        { wave: 0, nodes: 1 },
        { wave: 1, nodes: 1 },
      ],
    },
    numbers: { nodes: 2, changed: 0, good: 0, ...counts },
  })
  t.match(passed, { numbers: { nodes: 2, changed: 1, good: 1, ...counts } })
  t.match(done, {
    at: new Date(finished?.at ?? 0).toISOString(),
    numbers: { nodes: 2, changed: 2, good: 2, ...counts },
  })
  t.same(
    desk.received.slice(0, 4).map((r) => r.headers['webhook-id']),
    Array(4).fill(begun?.id),
    'a failure, a request for time and garbage: the same message again',
  )
  t.ok(
    (desk.received[2]?.at ?? 0) - (desk.received[1]?.at ?? 0) >= 1_000,
    'after the time that was asked for',
  )
  for (const { headers, body } of desk.received) {
    t.equal(
      headers['webhook-signature'],
      `v1,${createHmac('sha256', KEY)
        .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`)
        .digest('base64')}`,
      'the signature fits',
    )
    t.ok(
      Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 120,
      'and its time is that of the attempt',
    )
  }
  t.same(
    kinds(anew),
    ['started', 'canary-passed', 'done'],
    'a secret is read again after a failure',
  )
  t.same(kinds(brief), ['done'], 'who wants to hear of the end only')
  const slack = ops.received.map(
    (r) => JSON.parse(r.body) as { text: string; blocks: readonly { type: string }[] },
  )
  t.match(
    slack.map((s) => s.text),
    [
      /has started on 2 nodes$/,
      /have passed.*1 node follows$/,
      /is done after .*, 2 nodes good, 2 of them changed$/,
    ],
  )
  for (const { blocks } of slack)
    t.same(
      blocks.map((b) => b.type),
      ['header', 'section', 'section', 'section', 'context'],
    )
  t.same(gone.received.length, 3, 'what is refused is not tried again')

  t.match(
    first.stderr,
    /deaf has not been told yet \(started\): no answer within 10 s; it is tried again/,
  )
  t.match(first.stderr, /gone is not told \(started\): HTTP 404/)
  t.match(
    first.stderr,
    /lost has not been told yet \(started\): the URL of the target lost is to come from the variable PATCHRUN_NOWHERE, which is not set/,
  )
  t.equal(first.stderr.match(/lost has not been told yet/g)?.length, 1, 'said once')
  const status = (await patchrun('status')).stdout
  t.match(
    status,
    /Not told\n {2}deaf: 3 messages to be delivered, the oldest of .*: no answer .*; the next run tries again\n {2}gone: given up started of .*: HTTP 404\n(.*\n)* {2}lost: 3 messages to be delivered.*which is not set; the next run tries again\n/,
  )
  t.match(JSON.parse((await patchrun('report', '--json')).stdout), {
    notify: [
      { target: 'deaf', waiting: 3 },
      { target: 'gone', waiting: 0, givenUp: [{ kind: 'started', why: 'HTTP 404' }, {}, {}] },
      { target: 'lost', waiting: 3 },
    ],
  })
  t.match(
    (await patchrun('doctor')).stdout,
    /PATCHRUN_NOWHERE, which is not set/,
    'doctor finds it before a rollout does',
  )

  const owed = new Map(heard(desk).map((n) => [n.kind, n.id]))
  const silent = deaf.received.length
  deaf.behave(200)
  edit(ground, (d) => {
    d['notify'] = targets
    d['rollout'] = { ...d['rollout'], approval: ['wide'], maxFailed: 1 }
  })
  ground.commit('version 2', {
    'site.yml': site(
      `${writeTask('etc/version', '2.0\n')}- name: refuses\n  ansible.builtin.assert: { that: "inventory_hostname != 'node02'", quiet: true }\n  tags: [HotChange]\n`,
    ),
  })
  t.equal((await patchrun('run', '--yes', '--once')).code, 5)
  t.same(
    deaf.received.slice(silent, silent + 3).map((r) => (JSON.parse(r.body) as Notification).id),
    ['started', 'canary-passed', 'done'].map((k) => owed.get(k as Notification['kind'])),
    'the next run makes good what was owed, under the same ids',
  )
  t.same(kinds(desk).slice(3), ['started', 'canary-passed', 'waiting-approval'])
  const [, approve = ''] = heard(desk).at(-1)?.next.commands ?? []
  t.match(approve, /^patchrun approve wide-[0-9a-f]{12}$/)
  t.equal(
    (await patchrun(...approve.split(' ').slice(1))).code,
    0,
    'the very command that was told',
  )
  t.equal((await patchrun('run', '--yes')).code, 4)
  t.same(kinds(desk).slice(6), ['quarantined', 'halted'])
  t.match(heard(desk).at(-2), {
    nodes: { names: ['node02'] },
    why: /node02: task "refuses"/,
    next: { commands: ['patchrun report', "patchrun retry 'node02'"] },
    numbers: { good: 1, quarantined: 1 },
  })
  t.match(heard(desk).at(-1), { why: /node02/, next: { text: /`patchrun retry`/ } })
  t.same(kinds(deaf), kinds(desk))
  t.same(kinds(brief), ['done', 'halted'])

  // The second one is in the declaration by its path only.
  for (const secret of ['very-secret-path', KEY, '-of-slack']) {
    t.same(
      holding(ground.directory, secret),
      [],
      `nothing below the fleet's directory holds ${secret}`,
    )
    t.notOk(
      said.some((text) => text.includes(secret)),
      'nor anything that was said',
    )
  }
})

await inFull(t, 'killed in the middle, and taken up again', options, async (t) => {
  const [server, twin] = await Promise.all([receiver(), receiver()])
  t.teardown(() => Promise.all([server.close(), twin.close()]))
  const ground = makePlayground(t.testdir({}), SELDOM, { nodes: 2, canary: 'node01' })
  writeFileSync(join(ground.directory, 'key'), KEY, { mode: 0o600 })
  edit(
    ground,
    (d) =>
      void (d['notify'] = {
        one: { webhook: { url: server.url, secret: { file: 'key' } } },
        two: { webhook: { url: twin.url, secret: { file: 'key' } } },
      }),
  )
  // Slow, so that some die between a delivery and its record.
  for (const s of [server, twin])
    s.behave(
      (response) => void setTimeout(() => response.writeHead(200).end(), Math.random() * 300),
    )
  ground.commit('version 1', version('1.0'))
  let kills = 0
  for (const wait of [700, 1_100, 2_600, 3_800, 2_900, 4_400]) {
    const running = start(['run', '--yes'], { cwd: ground.directory })
    await Promise.race([running.ended, sleep(wait + Math.random() * 700)])
    running.child.kill('SIGKILL')
    if ((await running.ended).signal === 'SIGKILL') kills += 1
  }
  t.equal((await say(ground, ['run', '--yes'])).code, 0)
  t.ok(kills >= 4, `${kills} kills`)
  const records = (await events(ground)).flatMap((e) =>
    e.type === 'told' && e.outcome === 'delivered' ? [e] : [],
  )
  for (const [name, s] of [
    ['one', server],
    ['two', twin],
  ] as const) {
    t.same(kinds(s), ['started', 'canary-passed', 'done'], `${name}: each, in order`)
    const told = records.filter((r) => r.target === name)
    t.same(
      told.map((r) => r.message),
      heard(s).map((n) => n.id),
      `${name}: each is recorded once`,
    )
    for (const { message, at } of told)
      t.ok(
        s.received.filter((r) => r.headers['webhook-id'] === message).every((r) => r.at <= at),
        `${name}: none came again after its record`,
      )
    t.comment(`${name}: ${s.received.length - 3} repeats`)
  }
})
