// SPDX-License-Identifier: Apache-2.0
// How a declared rollout, its windows and its environments come out.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { resolveFleet } from '../../lib/fleet/policy/resolve-fleet.js'
import { isoDays } from '../../lib/fleet/policy/timing.js'
import type { Fleet } from '../../lib/fleet/declare/fleet.js'
import { parseDeclaration } from '../../lib/fleet/declare/declaration.js'

const EXAMPLE = `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks }
nodes: { allow: ["node[01-06]"], canary: [node01] }
`
const open = (text: string, environment?: string): Fleet =>
  resolveFleet(
    parseDeclaration('/srv/patchrun.yml', EXAMPLE + text),
    { lists: new Map(), calendar: 'unread' },
    environment === undefined ? {} : { environment },
  )
const iso = (at: number | undefined): string =>
  new Date(at ?? Number.NaN).toISOString().slice(0, 16)

t.test('every field of a rollout', async (t) => {
  const { policy, nodes, lockTimeout } = open(`
rollout:
  soak: 1m
  waves: [1, "100%"]
  maxFailed: 2
  budget: { failed: 3, unreachable: "10%", notConverged: 0 }
  retries: { attempts: 2, backoff: 2m, longest: 1h }
  maxChanged: 100
  capacity: { fleet: "10%", groups: { all: "50%", compute: 5 }, partitions: { batch: "20%" }, domains: 1 }
  pause: { nodes: 30s, waves: 10m }
  deadline: 3d
  approval: [start, wide, start]
  onNewCommit: supersede
  expected: 5m
inventory: { groups: { compute: ["node[01-04]"] } }
failureDomains: { r1: ["node[01-06]"] }
partitions: { batch: ["node[01-03]", db1], gpu: [node03] }
health: [{ name: storage, role: ready_checklist, at: [end], vars: { a: 1 } }, { name: net, role: example.net.check }]
changes: { untagged: error }
state: { lockTimeout: 2m }
`)
  t.same(policy, {
    soak: 60_000,
    waves: [1, '100%'],
    maxFailed: 2,
    budget: { failed: 3, unreachable: '10%', notConverged: 0 },
    retries: { attempts: 2, backoff: 120_000, longest: 3_600_000 },
    maxChanged: 100,
    capacity: {
      fleet: '10%',
      groups: { all: '50%', compute: 5 },
      partitions: { batch: '20%' },
      domains: 1,
    },
    pause: { nodes: 30_000, waves: 600_000 },
    deadline: 259_200_000,
    timing: { zone: 'UTC', windows: [], freezes: [], expected: 300_000 },
    approval: ['start', 'wide'],
    onNewCommit: 'supersede',
    health: [
      { name: 'storage', role: 'ready_checklist', at: ['end'], vars: { a: 1 } },
      {
        name: 'net',
        role: 'example.net.check',
        at: ['start', 'canaries', 'waves', 'end'],
        vars: {},
      },
    ],
    promotion: { after: [], soak: 0 },
    protected: false,
    changes: {
      untagged: 'error',
      beyond: 'apply',
      unforeseen: { hot: 'apply', drain: 'name', untagged: 'name' },
    },
    drain: {
      atOnce: '10%',
      timeout: 86_400_000,
      onTimeout: 'wait',
      foreign: 'leave',
      reservations: 'join',
      hotFirst: false,
      reboot: 'auto',
      rebootTimeout: 900_000,
      test: true,
    },
  })
  t.same(
    nodes.map((n) => n.partitions),
    [['batch'], ['batch'], ['batch', 'gpu'], [], [], []],
  )
  t.equal(lockTimeout, 120_000)
})

t.test('what an environment sets goes over what the fleet sets, field by field', async (t) => {
  const text = `
rollout: { soak: 1m, maxFailed: 3, budget: { failed: 3, unreachable: 4 }, retries: { attempts: 3, backoff: 5s }, pause: { nodes: 1s, waves: 2s }, capacity: { fleet: 1, groups: { a: 1, b: 1 } } }
windows: { zone: Europe/Oslo, open: [{ days: [mon], from: 08:00, to: 15:00 }], freeze: [{ from: 2026-12-24, to: 2026-12-24, reason: Christmas }] }
health: [{ name: a, role: a }]
inventory: { groups: { a: [node01], b: [node02] } }
environments:
  test:
    nodes: { allow: [node01], canary: [node01] }
  prod:
    nodes: { allow: ["node[02-06]"], canary: [node02] }
    rollout: { maxFailed: 0, budget: { failed: 0 }, retries: { attempts: 9 }, pause: { waves: 0s }, capacity: { groups: { b: 2 } }, expected: 1h }
    windows: { zone: America/New_York, open: [] }
    health: []
`
  const [test, prod] = [open(text, 'test').policy, open(text, 'prod').policy]
  t.match(test, {
    soak: 60_000,
    maxFailed: 3,
    budget: { failed: 3, unreachable: 4, notConverged: null },
    retries: { attempts: 3, backoff: 5000, longest: 1_800_000 },
    health: [{ name: 'a' }],
  })
  t.match(prod, {
    soak: 60_000,
    maxFailed: 0,
    budget: { failed: 0, unreachable: 4 },
    retries: { attempts: 9, backoff: 5000 },
    pause: { nodes: 1000, waves: 0 },
  })
  t.same(prod.capacity, { fleet: 1, groups: { b: 2 }, partitions: {}, domains: null })
  t.same(prod.health, [])
  t.same(test.timing.windows, [{ days: [1], from: '08:00', to: '15:00' }])
  t.same(
    test.timing.freezes.map(({ from, to }) => [iso(from), iso(to)]),
    [['2026-12-23T23:00', '2026-12-24T23:00']],
  )
  t.match(prod.timing, { zone: 'America/New_York', windows: [], expected: 3_600_000 })
  t.same(
    prod.timing.freezes.map(({ from, to, reason }) => [iso(from), iso(to), reason]),
    [['2026-12-24T05:00', '2026-12-25T05:00', 'Christmas']],
    'a freeze of the fleet holds, in the zone of the environment',
  )
})

t.test('days of the week', async (t) => {
  t.same(isoDays(['mon-sun']), [1, 2, 3, 4, 5, 6, 7])
  t.same(isoDays(['fri-mon']), [1, 5, 6, 7])
  t.same(isoDays(['wed', 'tue-wed']), [2, 3])
  t.same(open('windows: { open: [{ from: "08:00", to: "24:00" }] }').policy.timing.windows, [
    { days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '24:00' },
  ])
})

t.test(
  'freezes: whole days and times, in their zone, over both changes of the clock',
  async (t) => {
    const of = (zone: string, from: string, to: string) =>
      open(
        `windows: { zone: ${zone}, freeze: [{ from: ${from}, to: ${to}, reason: x }] }`,
      ).policy.timing.freezes.map((f) => `${iso(f.from)}/${iso(f.to)}`)[0]
    t.equal(of('Europe/Oslo', '2026-12-18', '2027-01-04'), '2026-12-17T23:00/2027-01-04T23:00')
    t.equal(of('Europe/Oslo', '2026-03-29', '2026-03-29'), '2026-03-28T23:00/2026-03-29T22:00')
    t.equal(
      of('Europe/Oslo', '2026-03-29T02:30', '2026-03-29'),
      '2026-03-29T01:00/2026-03-29T22:00',
    )
    t.equal(
      of('Europe/Oslo', '2026-03-28', '2026-03-29T02:30'),
      '2026-03-27T23:00/2026-03-29T01:00',
    )
    t.equal(
      of('Europe/Oslo', '2026-10-25T02:15', '2026-10-25T02:30'),
      '2026-10-25T00:15/2026-10-25T01:30',
      'from the first pass of the doubled hour to the second',
    )
    t.equal(
      of('Europe/Oslo', '2026-10-25T01:00', '2026-10-25T02:00'),
      '2026-10-24T23:00/2026-10-25T00:00',
      'to the first pass, when it ends where the doubled hour begins',
    )
    t.equal(
      of('Australia/Melbourne', '2026-10-04T02:30', '2026-10-04T12:00'),
      '2026-10-03T16:00/2026-10-04T01:00',
    )
    t.equal(
      of('America/New_York', '2026-11-01T01:30', '2026-11-01T02:00'),
      '2026-11-01T05:30/2026-11-01T07:00',
    )
  },
)

t.test('environments in order', async (t) => {
  const after = (environments: string, name: string) =>
    open(
      `environments:\n${environments
        .split(';')
        .map(
          (e, i) =>
            `  ${e.replace('}', `, nodes: { allow: [node0${i + 1}], canary: [node0${i + 1}] } }`).replace('{ ,', '{')}\n`,
        )
        .join('')}`,
      name,
    ).policy.promotion
  t.same(after('a: { };b: { };c: { }', 'a'), { after: [], soak: 0 })
  t.same(after('a: { };b: { };c: { }', 'c'), { after: ['b'], soak: 0 })
  t.same(after('a: { };b: { };c: { after: [a, b], soakBefore: 1d }', 'c'), {
    after: ['a', 'b'],
    soak: 86_400_000,
  })
  t.same(after('a: { };b: { };c: { after: [] }', 'c'), { after: [], soak: 0 })
  t.same(after('a: { after: [c] };b: { after: [a] };c: { after: [] }', 'a'), {
    after: ['c'],
    soak: 0,
  })
})

t.test('the examples of the pages are valid', async (t) => {
  const page = async (name: string) =>
    [
      ...(await readFile(join(process.cwd(), 'docs/usage', name), 'utf8')).matchAll(
        /```yaml\n([^`]*)```/g,
      ),
    ].map((m) => m[1] ?? '')
  const windows = await page('windows.md')
  t.equal(windows.length, 4)
  for (const block of windows)
    t.ok(open(block, block.includes('environments:') ? 'prod' : undefined), block)
  const [defaults = '', all = '', promotion = '', ...rest] = await page('rollout.md')
  t.same(rest, [])
  t.same(open(defaults).policy, open('').policy, 'the defaults')
  t.match(open(all).policy, { maxChanged: 100, deadline: 259_200_000 })
  const order = resolveFleet(
    parseDeclaration(
      '/srv/patchrun.yml',
      `schemaVersion: 1\nfleet: x\nplaybooks: { repository: ./p }\n${promotion}`,
    ),
    { lists: new Map() },
    { environment: 'bgo' },
  )
  t.same(order.policy.promotion, { after: ['test02'], soak: 3_600_000 })
  const declare = await page('declare.md')
  for (const start of ['health:', 'partitions:'])
    t.ok(open(declare.find((block) => block.startsWith(start)) ?? 'missing: 1'), start)
})

t.test('a calendar that nobody has read is a fault, not the absence of freezes', async (t) => {
  const declared = parseDeclaration(
    '/srv/patchrun.yml',
    `${EXAMPLE}windows: { calendar: freezes.ics }\n`,
  )
  t.throws(() => resolveFleet(declared, { lists: new Map() }), { message: /was not read/ })
  const freeze = { from: 1, to: 2, reason: 'x' }
  t.same(resolveFleet(declared, { lists: new Map(), calendar: [freeze] }).policy.timing.freezes, [
    freeze,
  ])
})
