// SPDX-License-Identifier: Apache-2.0
// From a journal to messages: which events make one, who is owed it, what it says, as JSON and for
// Slack.
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import t from 'tap'
import type { Fleet, MessageKind } from '../../lib/fleet/declare/fleet.js'
import { notificationOf } from '../../lib/notify/notification.js'
import { signedHeaders } from '../../lib/notify/sign.js'
import { fit, LIMITS, slackBody } from '../../lib/notify/slack.js'
import { buildReport } from '../../lib/report/model/build.js'
import { PLAIN } from '../../lib/report/words/styles.js'
import { rolloutText } from '../../lib/report/text/text.js'
import { decide, newsOf, NO_STATE, replay } from '../../lib/rollout/index.js'
import type {
  EnvironmentState,
  JournalEvent,
  Message,
  News,
  NodeOutcome,
} from '../../lib/rollout/index.js'
import { FREE, nodeOf, policyOf, worldFor } from '../support/policy.js'
import { stepKind } from '../support/step-kind.js'

const read = (name: string): object =>
  JSON.parse(
    readFileSync(resolve(import.meta.dirname, `../../../schemas/${name}.schema.json`), 'utf8'),
  ) as object
const ajv = new Ajv({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => new Date(text).toISOString() === text },
})
const isNotification = ajv.compile(read('notification'))
const isReport = ajv.compile(read('report'))

const ALL: readonly MessageKind[] = [
  'started',
  'canary-passed',
  'halted',
  'waiting-approval',
  'quarantined',
  'done',
  'rolled-back',
]
const sha = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'
const at = Date.UTC(2026, 2, 1, 12, 0, 0)
const by = { user: 'ola', host: 'login1', pid: 42 }
const failure = {
  cause: 'failed',
  message: 'No <package> & `nothing`',
  task: 'Install labpkg',
  file: 'site.yml',
  line: 4,
} as const

const audience = (
  ...targets: readonly (readonly [string, readonly MessageKind[]])[]
): JournalEvent => ({ type: 'audience', at, targets: targets.map(([name, on]) => ({ name, on })) })
const opened: JournalEvent = {
  type: 'opened',
  at,
  rollout: 'r1-a1b2c3d4',
  kind: 'forward',
  pin: { sha, ref: 'main', subject: 'Raise <labpkg> & co' },
  previous: null,
  limit: null,
  by,
  waves: [
    { wave: 0, nodes: 2 },
    { wave: 1, nodes: 4 },
  ],
}
const step = (
  n: number,
  action: 'detect' | 'apply' | 'verify',
  names: readonly string[],
  outcome: Extract<JournalEvent, { type: 'concluded' }>['nodes'],
  wave = 0,
): JournalEvent[] => [
  {
    type: 'intended',
    at: at + n * 1000,
    step: `000${n}-${action}`,
    ...stepKind(action),
    wave,
    nodes: names,
  },
  {
    type: 'concluded',
    at: at + n * 1000 + 500,
    step: `000${n}-${action}`,
    tasks: [],
    nodes: outcome,
  },
]
const both = (outcome: NodeOutcome): Extract<JournalEvent, { type: 'concluded' }>['nodes'] => ({
  node01: outcome,
  node02: outcome,
})
const canaries = ['node01', 'node02']
const changed = [
  opened,
  ...step(1, 'detect', canaries, both({ verdict: 'HOT' })),
  ...step(2, 'apply', canaries, both({ applied: 'ok' })),
  ...step(3, 'verify', canaries, both({ verdict: 'GOOD' })),
]
const noticed = (news: News): JournalEvent => ({
  type: 'noticed',
  at: at + 5000,
  rollout: 'r1-a1b2c3d4',
  news,
})
const approval: News = {
  kind: 'waiting-approval',
  key: 'wide-3fa29c1b02de',
  text: 'going beyond the canaries needs an approval',
  waves: [{ wave: 1, nodes: 4 }],
}
const failed = [
  opened,
  ...step(1, 'detect', canaries, both({ verdict: 'HOT' })),
  ...step(2, 'apply', canaries, both({ applied: 'failed', failure })),
]
const halt: JournalEvent = {
  type: 'halted',
  at: at + 6000,
  halt: {
    code: 'canary-failed',
    message: '2 canaries failed',
    hint: 'Mend the cause, then `patchrun retry`.',
    nodes: canaries,
  },
}
const told = (
  message: string,
  target: string,
  outcome: 'delivered' | 'given-up' | 'delayed',
  why?: string,
): JournalEvent => ({
  type: 'told',
  at: at + 9000,
  message,
  target,
  outcome,
  ...(why !== undefined && { why }),
})

const after = (...events: readonly JournalEvent[]): EnvironmentState => replay(events, NO_STATE)
const kinds = ({ outbox }: EnvironmentState, target?: string): MessageKind[] =>
  outbox.messages.filter((m) => target === undefined || m.owed.includes(target)).map((m) => m.kind)
const lastOf = (state: EnvironmentState): Message =>
  state.outbox.messages.at(-1) ?? (t.bailout('no message') as never)

t.test('which events make a message, and for whom', async (t) => {
  const ops = audience(['ops', ALL])
  t.same(kinds(after(opened, halt)), [], 'nobody listens: nothing is kept')
  t.same(
    kinds(
      after(
        ops,
        ...changed,
        noticed({ kind: 'canary-passed' }),
        noticed(approval),
        noticed(approval),
        { type: 'finished', at },
      ),
    ),
    ['started', 'canary-passed', 'waiting-approval', 'done'],
    'the same news twice is one message',
  )
  t.same(
    kinds(after(ops, ...failed, { type: 'quarantined', at, nodes: canaries }, halt)),
    ['started', 'quarantined', 'halted'],
    'nodes that go into quarantine together are one message',
  )
  t.same(
    kinds(
      after(
        ops,
        ...failed,
        halt,
        { type: 'closed', at, reason: 'rolled back', rolledBack: { by } },
        { ...opened, rollout: 'r2-b', kind: 'rollback' },
      ),
    ),
    ['started', 'halted', 'rolled-back', 'started'],
  )
  t.same(
    kinds(after(ops, opened, { type: 'closed', at, reason: 'superseded by b' })),
    ['started'],
    'one that gives way to a newer commit is followed by the start of that',
  )
  t.same(kinds(after(ops, noticed({ kind: 'canary-passed' }))), [], 'news of no rollout')
  t.same(
    kinds(
      after(ops, opened, {
        ...noticed({ kind: 'canary-passed' }),
        rollout: 'r0-x',
      } as JournalEvent),
    ),
    ['started'],
    'news of another rollout',
  )

  const two = [audience(['ops', ['halted']], ['desk', ALL]), ...failed, halt]
  t.same(
    [kinds(after(...two), 'ops'), kinds(after(...two), 'desk')],
    [['halted'], ['started', 'halted']],
    'each what it wants to hear',
  )
  t.same(
    kinds(after(opened, audience(['late', ALL]), halt)),
    ['halted'],
    'who is new hears of nothing that was before',
  )
  t.same(
    after(...two, audience(['desk', ALL])).outbox.messages.map((m) => m.owed),
    [['desk'], ['desk']],
    'who is taken off the list is owed nothing any more',
  )
})

t.test('what was told is not owed any more', async (t) => {
  const before = after(audience(['ops', ALL], ['desk', ALL]), ...failed, halt)
  const [first, second] = before.outbox.messages.map((m) => m.id) as [string, string]
  const more = (...events: readonly JournalEvent[]): EnvironmentState => replay(events, before)
  t.same(kinds(more(told(first, 'ops', 'delivered')), 'ops'), ['halted'])
  t.same(
    kinds(more(told(first, 'ops', 'delivered')), 'desk'),
    ['started', 'halted'],
    'the other one is',
  )
  t.equal(
    more(told(first, 'ops', 'delivered'), told(first, 'desk', 'delivered')).outbox.messages.length,
    1,
    'what everybody was told is not kept',
  )
  const late = more({
    ...told(first, 'ops', 'delayed', 'HTTP 500'),
    until: at + 60_000,
  } as JournalEvent)
  t.same(kinds(late, 'ops'), ['started', 'halted'])
  t.match(late.outbox.audience, [
    { name: 'ops', trouble: { why: 'HTTP 500', until: at + 60_000 } },
    { name: 'desk' },
  ])
  t.notOk(
    replay([told(first, 'ops', 'delivered')], late).outbox.audience[0]?.trouble,
    'the trouble is over',
  )
  const lost = more(told(second, 'ops', 'given-up', 'HTTP 404'))
  t.match(lost.outbox.givenUp, [
    { target: 'ops', message: second, kind: 'halted', rollout: 'r1-a1b2c3d4', why: 'HTTP 404' },
  ])
  t.equal(
    replay([told(second, 'ops', 'given-up', 'HTTP 404')], lost).outbox.givenUp.length,
    1,
    'what was not owed any more is not lost again',
  )
  t.same(kinds(lost, 'ops'), ['started'])
  const many = Array.from({ length: 30 }, (): JournalEvent => ({
    type: 'halted',
    at,
    halt: { code: 'aborted', message: '', hint: '', nodes: [] },
  }))
  const full = many.reduce(
    (state, event) =>
      replay(
        [told(lastOf(replay([event], state)).id, 'ops', 'given-up', 'x')],
        replay([event], state),
      ),
    after(audience(['ops', ALL]), opened),
  )
  t.equal(full.outbox.givenUp.length, 20, 'only so many are remembered')
})

t.test('status says who was not told, and why', async (t) => {
  const before = after(audience(['ops', ALL], ['desk', ALL], ['all-well', []]), ...failed, halt)
  const [first, second] = before.outbox.messages.map((m) => m.id) as [string, string]
  const state = replay(
    [
      told(first, 'ops', 'delayed', 'HTTP 500'),
      told(first, 'desk', 'delivered'),
      told(second, 'desk', 'given-up', 'HTTP 404'),
    ],
    before,
  )
  const fleet = {
    name: 'lab',
    environment: 'prod',
    nodes: canaries.map((n) => nodeOf(n, { canary: true })),
    groupChildren: {},
    ansible: { forks: 10 },
    policy: FREE,
    schedulers: [],
  } as unknown as Fleet
  const report = buildReport({ fleet, state, now: at })
  t.same(report.notify, [
    { target: 'ops', waiting: 2, since: '2026-03-01T12:00:00.000Z', why: 'HTTP 500', givenUp: [] },
    {
      target: 'desk',
      waiting: 0,
      givenUp: [
        { message: second, kind: 'halted', at: '2026-03-01T12:00:09.000Z', why: 'HTTP 404' },
      ],
    },
  ])
  t.ok(isReport(JSON.parse(JSON.stringify(report))), ajv.errorsText(isReport.errors))
  const text = rolloutText(report, {
    paint: PLAIN,
    zone: 'Europe/Oslo',
    verbose: false,
    command: 'patchrun',
  })
  t.match(
    text,
    'Not told\n  ops: 2 messages to be delivered, the oldest of Sun 2026-03-01 13:00:00 CET: HTTP 500; the next run tries again\n  desk: given up halted of Sun 2026-03-01 13:00:09 CET: HTTP 404\n',
  )
  t.notOk(
    buildReport({ fleet, state: after(opened), now: at }).notify,
    'nothing is said where all is well',
  )
})

const fleet = { name: 'lab', environment: 'prod' }
const messages = after(
  audience(['ops', ALL]),
  ...failed,
  noticed({ kind: 'canary-passed' }),
  noticed(approval),
  { type: 'quarantined', at, nodes: canaries },
  halt,
  { type: 'finished', at: at + 90_000 },
  { type: 'closed', at, reason: 'rolled back to b: jobs fail', rolledBack: { by } },
).outbox.messages

t.test('each message fits the schema, and says what to do', async (t) => {
  t.same(
    messages.map((m) => m.kind),
    [
      'started',
      'canary-passed',
      'waiting-approval',
      'quarantined',
      'halted',
      'done',
      'rolled-back',
    ],
  )
  for (const message of messages) {
    const document: unknown = JSON.parse(JSON.stringify(notificationOf(message, fleet)))
    t.ok(isNotification(document), `${message.kind}: ${ajv.errorsText(isNotification.errors)}`)
    t.notOk(isNotification({ ...(document as object), url: 'x' }), 'and the schema is closed')
  }
  const of = (kind: MessageKind): ReturnType<typeof notificationOf> =>
    notificationOf(messages.find((m) => m.kind === kind) as Message, fleet)
  t.match(of('started'), {
    at: '2026-03-01T12:00:00.000Z',
    text: 'lab (prod): the rollout to a1b2c3d4e5f6 has started on 6 nodes',
    rollout: {
      sha,
      by: 'ola@login1',
      waves: [
        { wave: 0, nodes: 2 },
        { wave: 1, nodes: 4 },
      ],
    },
    numbers: { nodes: 6, changed: 0, good: 0 },
  })
  t.match(of('canary-passed'), {
    text: 'lab (prod): the canaries have passed at a1b2c3d4e5f6, 4 nodes follow',
  })
  t.match(of('waiting-approval'), {
    why: approval.text,
    approval: { key: approval.key, waves: [{ wave: 1, nodes: 4 }] },
    next: {
      commands: ['patchrun --env prod status', 'patchrun --env prod approve wide-3fa29c1b02de'],
    },
  })
  t.match(of('quarantined'), {
    text: 'lab (prod): node[01-02] in quarantine at a1b2c3d4e5f6',
    nodes: { count: 2, names: canaries },
    numbers: { quarantined: 2, changed: 2 },
    why: /node01: task "Install labpkg": No <package>/,
    next: { commands: ['patchrun --env prod report', "patchrun --env prod retry 'node[01-02]'"] },
  })
  t.match(of('halted'), {
    why: '2 canaries failed',
    next: { text: 'Mend the cause, then `patchrun --env prod retry`.' },
  })
  t.match(of('done'), { text: /is done after 1 min 30 s, 0 nodes good, 2 of them changed/ })
  t.match(
    notificationOf(messages[0] as Message, { name: 'lab', environment: 'default' }).next.commands,
    ['patchrun status'],
  )

  const names = Array.from({ length: 900 }, (_, i) => `x${(i * 7919) % 9973}-${i}`)
  const many = notificationOf(
    lastOf(after(audience(['ops', ALL]), opened, { type: 'quarantined', at, nodes: names })),
    fleet,
  )
  t.equal(many.nodes?.count, 900)
  t.equal(many.nodes?.names.length, 100, 'names are bounded')
  t.same(many.next.commands.at(-1), 'patchrun --env prod retry', 'a command line, too')
})

t.test('for Slack: within its limits, escaped, with its time zone and its id', async (t) => {
  for (const message of messages) {
    const body = slackBody(notificationOf(message, fleet), 'Europe/Oslo')
    const [head, ...rest] = body.blocks
    t.match(
      head,
      { type: 'header', text: { type: 'plain_text', text: /^lab \(prod\): / } },
      message.kind,
    )
    t.match(rest.at(-1), {
      type: 'context',
      elements: [{ text: new RegExp(`^Sun 2026-03-01 13:0\\d:\\d\\d CET · ${message.id}$`) }],
    })
    t.match(JSON.stringify(body), /\*Next\*: .*`patchrun --env prod /)
    t.notMatch(
      JSON.stringify(body),
      /<package>|<labpkg>/,
      'nothing of a node or a commit is markup',
    )
  }
  t.match(
    JSON.stringify(slackBody(notificationOf(messages[3] as Message, fleet), 'UTC')),
    'Raise &lt;labpkg&gt; &amp; co',
  )
  const long = '<&>`'.repeat(5_000)
  const huge: Message = {
    ...(messages[4] as Message),
    why: long,
    hint: long,
    rollout: {
      ...(messages[4] as Message).rollout,
      id: long,
      pin: { sha, ref: long, subject: long },
      by: { user: long, host: long, pid: 1 },
    },
    nodes: { count: 9_000, names: Array.from({ length: 100 }, (_, i) => `n${i * i}x${long}`) },
  }
  const body = slackBody(
    notificationOf(huge, { name: 'f'.repeat(63), environment: 'e'.repeat(63) }),
    'America/Argentina/Buenos_Aires',
  )
  t.ok(body.text.length <= LIMITS.text && body.blocks.length <= LIMITS.blocks)
  for (const { type, text, fields = [], elements = [] } of body.blocks) {
    t.ok(
      (text?.text.length ?? 0) <= (type === 'header' ? LIMITS.header : LIMITS.text),
      `${type}: ${text?.text.length ?? 0}`,
    )
    t.ok(
      fields.length <= LIMITS.fields && fields.every((f) => f.text.length <= LIMITS.field),
      'fields',
    )
    t.ok(elements.length <= 10 && elements.every((e) => e.text.length <= LIMITS.text), 'elements')
    for (const { text: inner } of [...(text ? [text] : []), ...fields, ...elements])
      t.notMatch(inner.replace(/&(amp|lt|gt);/g, ''), /[<>&]/, 'no entity is cut in two')
  }
  t.same(
    [fit('a<b', 10), fit('<<<', 9), fit('<<<', 12), fit('👍👍👍', 5)],
    ['a&lt;b', '&lt;&lt;…', '&lt;&lt;&lt;', '👍👍…'],
  )
})

t.test('signatures are those of Standard Webhooks', async (t) => {
  // Made with its reference library.
  const known = signedHeaders(
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330_000,
    '{"test": 2432232314}',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  )
  t.same(known, {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
  const plain = signedHeaders('msg_1', 1_000, 'body', 'just words')
  t.equal(
    plain['webhook-signature'],
    `v1,${createHmac('sha256', 'just words').update('msg_1.1.body').digest('base64')}`,
  )
})

t.test('what a decision shows: canaries that passed, approvals that are asked for', async (t) => {
  const nodes = ['node01', 'node02', 'node03'].map((n, i) => nodeOf(n, { canary: i < 2 }))
  const newsAt = (
    events: readonly JournalEvent[],
    policy = FREE,
    now = at + 10_000,
    which = nodes,
  ): readonly News[] => {
    const { current } = after(audience(['ops', ALL]), ...events)
    if (!current) return []
    const world = worldFor(current, which, { now, policy })
    return newsOf(world, decide(world))
  }
  const passed: News = { kind: 'canary-passed' }
  t.same(newsAt([opened]), [])
  t.same(newsAt(changed), [passed])
  t.same(newsAt(changed.slice(0, 5)), [], 'changed, not verified')
  t.same(newsAt(failed), [], 'about to halt')
  const { current } = after(audience(['ops', ALL]), ...changed)
  const heldStill = {
    ...current,
    nodes: new Map(
      [...(current?.nodes ?? [])].map(([n, state]) => [
        n,
        { ...state, held: { phase: 'rebooted' } },
      ]),
    ),
  }
  t.same(
    newsOf(worldFor(heldStill as never, nodes, { now: at + 10_000 }), {
      actions: [],
      waiting: [],
      wakeAt: null,
    }),
    [],
    'GOOD, and not given back yet',
  )
  t.same(newsAt([...changed, noticed(passed)]), [], 'told once')
  t.same(newsAt(changed, FREE, at, nodes.slice(0, 2)), [], 'nobody follows: done says it all')
  const soak = policyOf({ soak: 60_000 })
  t.same(
    [newsAt(changed, soak, at + 63_000), newsAt(changed, soak, at + 64_000)],
    [[], [passed]],
    'when the soak is over',
  )
  const gate = policyOf({ health: [{ name: 'storage', role: 'x', at: ['canaries'], vars: {} }] })
  t.same(newsAt(changed, gate), [], 'the health gate comes first')
  const check: JournalEvent[] = [
    {
      type: 'intended',
      at,
      step: '0009-check',
      action: 'check',
      wave: 0,
      nodes: canaries,
      check: { gate: 'storage', point: 'canaries', after: 0 },
    },
    { type: 'concluded', at, step: '0009-check', tasks: [], nodes: both({ checked: 'pass' }) },
  ]
  t.same(newsAt([...changed, ...check], gate), [passed])

  const wide = policyOf({ approval: ['wide'], soak: 60_000 })
  t.same(newsAt(changed, wide), [], 'nobody is asked while the canaries soak')
  const [first, asked] = newsAt(changed, wide, at + 64_000)
  t.same(first, passed)
  t.match(asked, {
    kind: 'waiting-approval',
    key: /^wide-[0-9a-f]{12}$/,
    waves: [{ wave: 1, nodes: 1 }],
  })
  t.same(
    newsAt([...changed, noticed(passed), noticed(asked as News)], wide, at + 64_000),
    [],
    'asked once',
  )
  const start = policyOf({ approval: ['start'] })
  t.match(newsAt([opened], start), [
    {
      kind: 'waiting-approval',
      key: /^start-/,
      waves: [
        { wave: 0, nodes: 2 },
        { wave: 1, nodes: 1 },
      ],
    },
  ])
  const night = policyOf({
    approval: ['start'],
    timing: { ...FREE.timing, windows: [{ days: [7], from: '22:00', to: '23:00' }] },
  })
  t.match(
    newsAt([opened], night),
    [{ kind: 'waiting-approval', key: /^start-/ }],
    'by day for the night',
  )
  const other = newsAt([...changed, noticed(passed), noticed(asked as News)], wide, at + 64_000, [
    ...nodes,
    nodeOf('node04'),
  ])
  t.match(
    other,
    [{ kind: 'waiting-approval', waves: [{ nodes: 2 }] }],
    'other nodes are another approval',
  )
  t.match(newsAt([{ ...opened, history: 'rewritten' }]), [
    { kind: 'waiting-approval', key: /^history-/ },
  ])
})
