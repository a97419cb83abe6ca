// SPDX-License-Identifier: Apache-2.0
// When changes may begin. The instants in the tables are worked out by hand; an oracle that asks
// the calendar of the runtime is in test/property/windows.test.ts.
import t from 'tap'
import { isoDays } from '../../lib/fleet/policy/timing.js'
import type { Freeze, Timing, WindowRule } from '../../lib/fleet/declare/fleet.js'
import { nextFit, timeGate } from '../../lib/rollout/limits/windows.js'
import { spent } from '../support/spent.js'
import { holdFor } from '../../lib/rollout/say/reason.js'
import { textOf } from '../support/words.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const utc = (text: string): number => Date.parse(`${text}Z`)
const iso = (at: number | null): string | null =>
  at === null ? null : new Date(at).toISOString().slice(0, 16)

/** "mon-fri 08:00-15:00, sat 22:00-06:00" */
const rules = (text: string): WindowRule[] =>
  text
    .split(', ')
    .filter(Boolean)
    .map((rule) => {
      const [, days = '', from = '', to = ''] = /^(\S+) (\S+)-(\S+)$/.exec(rule) ?? []
      return { days: isoDays([days]), from, to }
    })
const timing = (zone: string, windows: string, freezes: readonly Freeze[] = []): Timing => ({
  zone,
  windows: rules(windows),
  freezes,
  expected: 10 * MINUTE,
})

/** The first times in which it is open, from `at` on. */
function opens(what: Timing, at: number, count: number): (string | null)[][] {
  const found: (string | null)[][] = []
  for (let now: number | null = at; now !== null && found.length < count;) {
    const gate = timeGate(what, now)
    if (!gate.open) {
      now = gate.opensAt
      continue
    }
    found.push([iso(now), iso(gate.closesAt)])
    now = gate.closesAt
  }
  return found
}

const TABLE: readonly (readonly [
  name: string,
  zone: string,
  windows: string,
  at: string,
  ...expected: readonly string[],
])[] = [
  // Europe/Oslo: 2026-03-29 02:00 CET -> 03:00 CEST at 01:00 UTC; 2026-10-25 03:00 CEST -> 02:00
  // CET at 01:00 UTC.
  [
    'by day',
    'Europe/Oslo',
    'mon-sun 08:00-15:00',
    '2026-03-28T00:00',
    '2026-03-28T07:00/2026-03-28T14:00',
    '2026-03-29T06:00/2026-03-29T13:00',
  ],
  [
    'begins in the gap',
    'Europe/Oslo',
    'sun 02:30-05:00',
    '2026-03-28T12:00',
    '2026-03-29T01:00/2026-03-29T03:00',
    '2026-04-05T00:30/2026-04-05T03:00',
  ],
  [
    'ends in the gap',
    'Europe/Oslo',
    'sun 01:00-02:30',
    '2026-03-28T12:00',
    '2026-03-29T00:00/2026-03-29T01:00',
    '2026-04-04T23:00/2026-04-05T00:30',
  ],
  [
    'wholly in the gap',
    'Europe/Oslo',
    'sun 02:10-02:50',
    '2026-03-28T12:00',
    '2026-04-05T00:10/2026-04-05T00:50',
  ],
  [
    'the gap itself',
    'Europe/Oslo',
    'sun 02:00-03:00',
    '2026-03-28T12:00',
    '2026-04-05T00:00/2026-04-05T01:00',
  ],
  [
    'over the gap',
    'Europe/Oslo',
    'sat 22:00-06:00',
    '2026-03-28T12:00',
    '2026-03-28T21:00/2026-03-29T04:00',
  ],
  [
    'in the doubled hour',
    'Europe/Oslo',
    'sun 02:30-02:45',
    '2026-10-24T12:00',
    '2026-10-25T00:30/2026-10-25T00:45',
    '2026-11-01T01:30/2026-11-01T01:45',
  ],
  [
    'ends in the doubled hour',
    'Europe/Oslo',
    'sun 01:30-02:30',
    '2026-10-24T12:00',
    '2026-10-24T23:30/2026-10-25T00:30',
    '2026-11-01T00:30/2026-11-01T01:30',
  ],
  [
    'begins in the doubled hour',
    'Europe/Oslo',
    'sun 02:30-03:30',
    '2026-10-24T12:00',
    '2026-10-25T00:30/2026-10-25T02:30',
  ],
  [
    'ends with the doubled hour',
    'Europe/Oslo',
    'sun 01:00-03:00',
    '2026-10-24T12:00',
    '2026-10-24T23:00/2026-10-25T02:00',
  ],
  [
    'over the doubled hour',
    'Europe/Oslo',
    'sat 22:00-06:00',
    '2026-10-24T12:00',
    '2026-10-24T20:00/2026-10-25T05:00',
  ],
  [
    'two that touch in the doubled hour',
    'Europe/Oslo',
    'sun 01:00-02:30, sun 02:30-04:00',
    '2026-10-24T12:00',
    '2026-10-24T23:00/2026-10-25T03:00',
  ],
  [
    'asked in the second pass',
    'Europe/Oslo',
    'sun 02:30-02:45',
    '2026-10-25T01:35',
    '2026-11-01T01:30/2026-11-01T01:45',
  ],
  // America/New_York: 2026-03-08 02:00 EST -> 03:00 EDT at 07:00 UTC; 2026-11-01 02:00 EDT -> 01:00
  // EST at 06:00 UTC.
  [
    'by day',
    'America/New_York',
    'mon-fri 09:00-17:00',
    '2026-03-06T12:00',
    '2026-03-06T14:00/2026-03-06T22:00',
    '2026-03-09T13:00/2026-03-09T21:00',
  ],
  [
    'begins in the gap',
    'America/New_York',
    'sun 02:30-04:00',
    '2026-03-07T12:00',
    '2026-03-08T07:00/2026-03-08T08:00',
    '2026-03-15T06:30/2026-03-15T08:00',
  ],
  [
    'the gap itself',
    'America/New_York',
    'sun 02:00-03:00',
    '2026-03-07T12:00',
    '2026-03-15T06:00/2026-03-15T07:00',
  ],
  [
    'over the gap',
    'America/New_York',
    'sat 23:00-05:00',
    '2026-03-07T12:00',
    '2026-03-08T04:00/2026-03-08T09:00',
  ],
  [
    'in the doubled hour',
    'America/New_York',
    'sun 01:15-01:45',
    '2026-10-31T12:00',
    '2026-11-01T05:15/2026-11-01T05:45',
    '2026-11-08T06:15/2026-11-08T06:45',
  ],
  [
    'ends with the doubled hour',
    'America/New_York',
    'sun 00:00-02:00',
    '2026-10-31T12:00',
    '2026-11-01T04:00/2026-11-01T07:00',
  ],
  [
    'over the doubled hour',
    'America/New_York',
    'sat 23:00-05:00',
    '2026-10-31T12:00',
    '2026-11-01T03:00/2026-11-01T10:00',
  ],
  // Australia/Melbourne: 2026-04-05 03:00 AEDT -> 02:00 AEST at 16:00 UTC the day before;
  // 2026-10-04 02:00 AEST -> 03:00 AEDT at 16:00 UTC the day before.
  [
    'by day',
    'Australia/Melbourne',
    'mon-sun 08:00-15:00',
    '2026-04-03T12:00',
    '2026-04-03T21:00/2026-04-04T04:00',
    '2026-04-04T22:00/2026-04-05T05:00',
  ],
  [
    'in the doubled hour',
    'Australia/Melbourne',
    'sun 02:30-02:45',
    '2026-04-04T00:00',
    '2026-04-04T15:30/2026-04-04T15:45',
    '2026-04-11T16:30/2026-04-11T16:45',
  ],
  [
    'over the doubled hour',
    'Australia/Melbourne',
    'sat 22:00-06:00',
    '2026-04-04T00:00',
    '2026-04-04T11:00/2026-04-04T20:00',
  ],
  [
    'begins in the gap',
    'Australia/Melbourne',
    'sun 02:30-05:00',
    '2026-10-03T00:00',
    '2026-10-03T16:00/2026-10-03T18:00',
    '2026-10-10T15:30/2026-10-10T18:00',
  ],
  [
    'wholly in the gap',
    'Australia/Melbourne',
    'sun 02:00-02:59',
    '2026-10-03T00:00',
    '2026-10-10T15:00/2026-10-10T15:59',
  ],
  [
    'over the gap',
    'Australia/Melbourne',
    'sat 22:00-06:00',
    '2026-10-03T00:00',
    '2026-10-03T12:00/2026-10-03T19:00',
  ],
  // Australia/Lord_Howe, half an hour: 2026-04-05 02:00 (+11) -> 01:30 (+10:30) at 15:00 UTC the
  // day before; 2026-10-04 02:00 -> 02:30 at 15:30 UTC the day before.
  [
    'in the doubled half hour',
    'Australia/Lord_Howe',
    'sun 01:40-01:50',
    '2026-04-04T00:00',
    '2026-04-04T14:40/2026-04-04T14:50',
    '2026-04-11T15:10/2026-04-11T15:20',
  ],
  [
    'ends with the doubled half hour',
    'Australia/Lord_Howe',
    'sun 01:00-02:00',
    '2026-04-04T00:00',
    '2026-04-04T14:00/2026-04-04T15:30',
  ],
  [
    'wholly in the gap',
    'Australia/Lord_Howe',
    'sun 02:10-02:20',
    '2026-10-03T00:00',
    '2026-10-10T15:10/2026-10-10T15:20',
  ],
  [
    'begins in the gap',
    'Australia/Lord_Howe',
    'sun 02:15-03:00',
    '2026-10-03T00:00',
    '2026-10-03T15:30/2026-10-03T16:00',
  ],
  // Africa/Cairo changes at midnight: 2026-04-24 00:00 EET -> 01:00 EEST at 22:00 UTC the day
  // before.
  [
    'the day begins at one',
    'Africa/Cairo',
    'fri 00:00-02:00',
    '2026-04-23T12:00',
    '2026-04-23T22:00/2026-04-23T23:00',
  ],
  [
    'the day before ends at midnight',
    'Africa/Cairo',
    'thu 20:00-24:00',
    '2026-04-23T12:00',
    '2026-04-23T18:00/2026-04-23T22:00',
  ],
  // No change near.
  [
    'two that touch at midnight',
    'Europe/Oslo',
    'mon 18:00-24:00, tue 00:00-06:00',
    '2026-11-20T12:00',
    '2026-11-23T17:00/2026-11-24T05:00',
  ],
  [
    'two that overlap',
    'UTC',
    'mon 10:00-12:00, mon 08:00-11:00, mon 09:00-10:00',
    '2026-11-20T12:00',
    '2026-11-23T08:00/2026-11-23T12:00',
    '2026-11-30T08:00/2026-11-30T12:00',
  ],
  [
    'until the same time of the next day',
    'UTC',
    'mon 08:00-08:00',
    '2026-11-20T12:00',
    '2026-11-23T08:00/2026-11-24T08:00',
  ],
  [
    'asked in the middle of the night of a window',
    'UTC',
    'mon 22:00-06:00',
    '2026-11-24T03:00',
    '2026-11-24T03:00/2026-11-24T06:00',
  ],
  [
    'asked when it closes',
    'UTC',
    'mon 08:00-10:00',
    '2026-11-23T10:00',
    '2026-11-30T08:00/2026-11-30T10:00',
  ],
  [
    'over the end of the week',
    'UTC',
    'sun 23:00-01:00',
    '2026-11-23T00:30',
    '2026-11-23T00:30/2026-11-23T01:00',
    '2026-11-29T23:00/2026-11-30T01:00',
  ],
]

for (const [name, zone, windows, at, ...expected] of TABLE) {
  t.test(`${zone}: ${name}`, async (t) => {
    t.same(
      opens(timing(zone, windows), utc(at), expected.length),
      expected.map((span) => span.split('/')),
    )
  })
}

t.test('around the clock never closes, with and without windows', async (t) => {
  for (const windows of [
    '',
    'mon-sun 00:00-24:00',
    'mon-sun 00:00-12:00, mon-sun 11:00-00:00',
    'mon-sun 06:00-06:00',
    'fri-mon 00:00-24:00, tue-thu 00:00-24:00',
  ]) {
    t.same(
      timeGate(timing('Europe/Oslo', windows), utc('2026-10-25T00:30')),
      { open: true, closesAt: null },
      windows,
    )
  }
  t.match(timeGate(timing('Europe/Oslo', 'mon-sun 00:00-23:59'), utc('2026-10-25T00:30')), {
    open: true,
    closesAt: utc('2026-10-25T22:59'),
  })
})

const freeze = (from: string, to: string, reason: string): Freeze => ({
  from: utc(from),
  to: utc(to),
  reason,
})
const CHRISTMAS = freeze('2026-12-17T23:00', '2027-01-04T23:00', 'Christmas')

t.test('freezes and windows together, in words', async (t) => {
  const office = 'mon-thu 08:00-15:00'
  const both = timing('Europe/Oslo', office, [CHRISTMAS])
  const at = (what: Timing, now: string) => {
    const gate = timeGate(what, utc(now))
    if (gate.open) return gate
    const { open, opensAt, reason: why } = gate
    const { code } = holdFor(why)
    return { open, code, opensAt, text: textOf({ reason: why }, what.zone, utc(now)) }
  }
  t.same(at(both, '2026-11-20T12:00'), {
    open: false,
    code: 'window',
    opensAt: utc('2026-11-23T07:00'),
    text: 'window opens Mon 2026-11-23 08:00 CET',
  })
  t.same(at(both, '2026-12-17T13:00'), { open: true, closesAt: utc('2026-12-17T14:00') })
  t.same(at(both, '2026-12-17T15:00'), {
    open: false,
    code: 'window',
    opensAt: utc('2027-01-05T07:00'),
    text: 'window opens Tue 2027-01-05 08:00 CET, frozen before: Christmas',
  })
  t.same(at(both, '2026-12-24T12:00'), {
    open: false,
    code: 'freeze',
    opensAt: utc('2027-01-05T07:00'),
    text: 'frozen until Tue 2027-01-05 00:00 CET: Christmas; window opens Tue 2027-01-05 08:00 CET',
  })
  t.same(at(timing('Europe/Oslo', '', [CHRISTMAS]), '2026-12-24T12:00'), {
    open: false,
    code: 'freeze',
    opensAt: CHRISTMAS.to,
    text: 'frozen until Tue 2027-01-05 00:00 CET: Christmas',
  })
  t.same(at(timing('Europe/Oslo', '', [CHRISTMAS]), '2026-12-01T12:00'), {
    open: true,
    closesAt: CHRISTMAS.from,
  })
  t.same(at(timing('Europe/Oslo', '', [CHRISTMAS]), '2027-01-04T23:00'), {
    open: true,
    closesAt: null,
  })
  t.same(
    at(
      timing('Europe/Oslo', office, [freeze('2026-11-23T09:00', '2026-11-23T10:00', 'visit')]),
      '2026-11-23T08:00',
    ),
    { open: true, closesAt: utc('2026-11-23T09:00') },
  )
  const chain = timing('UTC', '', [
    freeze('2026-05-02T00:00', '2026-05-03T00:00', 'b'),
    freeze('2026-05-01T00:00', '2026-05-02T00:00', 'a'),
    freeze('2026-05-01T10:00', '2026-05-01T11:00', 'a'),
    freeze('2026-05-02T12:00', '2026-05-02T13:00', 'c'),
    freeze('2026-05-02T14:00', '2026-05-02T15:00', 'd'),
    freeze('2026-04-01T00:00', '2026-04-02T00:00', 'over'),
    freeze('2026-05-01T02:00', '2026-05-01T01:00', 'none'),
  ])
  t.same(at(chain, '2026-05-01T01:30'), {
    open: false,
    code: 'freeze',
    opensAt: utc('2026-05-03T00:00'),
    text: 'frozen until Sun 2026-05-03 00:00 UTC: a, b, c and 1 more',
  })
  t.match(
    at(
      timing('Europe/Oslo', office, [freeze('2026-01-01T00:00', '2036-01-01T00:00', 'for good')]),
      '2026-05-02T00:00',
    ),
    {
      open: false,
      code: 'freeze',
      opensAt: null,
      text: 'frozen until Tue 2036-01-01 01:00 CET: for good',
    },
  )
  t.match(
    at(
      timing('Europe/Oslo', office, [freeze('2026-05-04T00:00', '2036-01-01T00:00', 'for good')]),
      '2026-05-02T00:00',
    ),
    {
      open: false,
      code: 'window',
      opensAt: null,
      text: 'no window opens within two years, frozen before: for good',
    },
  )
})

t.test('a zone is named by its letters where it has some', async (t) => {
  const text = (zone: string, at: string) => {
    const gate = timeGate(
      timing(zone, '', [
        freeze(at, '2026-07-01T12:00', 'x'),
        freeze('2026-07-01T12:00', '2026-07-01T12:00', 'none'),
      ]),
      utc(at),
    )
    return gate.open ? '' : textOf(gate, zone, utc(at)).split(': ')[0]
  }
  t.same(
    [
      'Europe/Oslo',
      'America/New_York',
      'Australia/Melbourne',
      'Asia/Kolkata',
      'UTC',
      'America/Sao_Paulo',
    ].map((zone) => text(zone, '2026-06-01T00:00')),
    [
      'frozen until Wed 2026-07-01 14:00 CEST',
      'frozen until Wed 2026-07-01 08:00 EDT',
      'frozen until Wed 2026-07-01 22:00 AEST',
      'frozen until Wed 2026-07-01 17:30 IST',
      'frozen until Wed 2026-07-01 12:00 UTC',
      'frozen until Wed 2026-07-01 09:00 GMT-3',
    ],
  )
})

t.test('the next time that is long enough', async (t) => {
  const office = timing('Europe/Oslo', 'mon-thu 08:00-15:00, fri 08:00-09:00', [
    freeze('2026-11-23T10:00', '2026-11-23T11:00', 'visit'),
  ])
  const fit = (from: string, hours: number, what = office) =>
    iso(nextFit(what, utc(from), hours * HOUR))
  t.equal(fit('2026-11-19T13:00', 1), '2026-11-19T13:00', 'now, and to the end')
  t.equal(fit('2026-11-19T13:01', 1), '2026-11-20T07:00')
  t.equal(fit('2026-11-19T13:01', 2), '2026-11-23T07:00', 'before the visit')
  t.equal(fit('2026-11-19T13:01', 3), '2026-11-23T07:00')
  t.equal(fit('2026-11-19T13:01', 4), '2026-11-24T07:00', 'not around it')
  t.equal(fit('2026-11-23T10:30', 0), '2026-11-23T11:00')
  t.equal(fit('2026-11-19T13:00', 8), null, 'longer than every window')
  t.equal(
    fit('2026-11-19T13:00', 3, timing('Europe/Oslo', 'sun 01:00-03:00')),
    '2027-10-30T23:00',
    'in the doubled hour only',
  )
  t.equal(fit('2026-11-19T13:00', 1000, timing('Europe/Oslo', '')), '2026-11-19T13:00')
  t.equal(fit('2026-12-01T00:00', 1000, timing('Europe/Oslo', '', [CHRISTMAS])), '2027-01-04T23:00')
})

t.test('asking costs next to nothing', async (t) => {
  const office = timing('Europe/Oslo', 'mon-thu 08:00-15:00, fri 08:00-12:00', [
    CHRISTMAS,
    ...Array.from({ length: 2000 }, (_, i) =>
      freeze('2026-11-23T10:00', '2026-11-23T11:00', `${i}`),
    ),
  ])
  const gates = spent(() => {
    for (let i = 0; i < 1000; i += 1) timeGate(office, utc('2026-11-20T12:00') + i * HOUR)
  })
  t.ok(gates < 1_000, 'less than a millisecond each')
  const fits = spent(() => {
    for (let i = 0; i < 10; i += 1) nextFit(office, utc('2026-11-20T12:00') + i * HOUR, 8 * HOUR)
  })
  t.ok(fits < 1_000, 'and less than 100 for two years of windows that are all too short')
})
