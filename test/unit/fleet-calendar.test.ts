// SPDX-License-Identifier: Apache-2.0
// iCalendar files as freezes. Every instant is worked out by hand.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openFleet } from '../../lib/engine/site/open-fleet.js'
import { PatchrunError } from '../../lib/errors.js'
import { calendarFreezes } from '../../lib/fleet/policy/calendar.js'
import { spent } from '../support/spent.js'

const NOW = Date.parse('2026-11-20T12:00Z')
const WHERE = { file: '/etc/patchrun.yml', line: 7, column: 3 }
const calendar = (...parts: readonly string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', ...parts, 'END:VCALENDAR', ''].join('\r\n')
const event = (...lines: readonly string[]): string =>
  [
    'BEGIN:VEVENT',
    ...(lines.some((l) => l.startsWith('UID')) ? [] : ['UID:1']),
    'DTSTAMP:20260101T000000Z',
    ...lines,
    'END:VEVENT',
  ].join('\r\n')
const of = (text: string, zone = 'Europe/Oslo'): string[] =>
  calendarFreezes({ text, now: NOW, where: WHERE }, zone).map(
    ({ from, to, reason }) =>
      `${new Date(from).toISOString().slice(0, 16)}/${new Date(to).toISOString().slice(0, 16)} ${reason}`,
  )
const one = (...lines: readonly string[]): string[] => of(calendar(event(...lines)))

function fault(text: string): PatchrunError | undefined {
  try {
    of(text)
    return undefined
  } catch (error) {
    if (error instanceof PatchrunError) return error
    throw error
  }
}

t.test('single events', async (t) => {
  t.same(
    one('DTSTART;VALUE=DATE:20261218', 'DTEND;VALUE=DATE:20270105', 'SUMMARY:Christmas'),
    ['2026-12-17T23:00/2027-01-04T23:00 Christmas'],
    'whole days, in the zone of the declaration; the end is not included',
  )
  t.same(
    one('DTSTART;VALUE=DATE:20270328', 'SUMMARY:one day'),
    ['2027-03-27T23:00/2027-03-28T22:00 one day'],
    'a day of 23 hours',
  )
  t.same(one('DTSTART;VALUE=DATE:20261218', 'DURATION:P2D', 'SUMMARY:x'), [
    '2026-12-17T23:00/2026-12-19T23:00 x',
  ])
  t.same(one('DTSTART:20261201T110000Z', 'DTEND:20261201T170000Z', 'SUMMARY:board\\, visit'), [
    '2026-12-01T11:00/2026-12-01T17:00 board, visit',
  ])
  t.same(
    one('DTSTART:20261201T110000', 'DURATION:PT90M', 'SUMMARY:x'),
    ['2026-12-01T10:00/2026-12-01T11:30 x'],
    'no zone: that of the declaration',
  )
  t.same(
    one(
      'DTSTART;TZID=America/New_York:20261201T110000',
      'DTEND;TZID=America/New_York:20261201T120000',
      'SUMMARY:x',
    ),
    ['2026-12-01T16:00/2026-12-01T17:00 x'],
    'a known zone needs no definition',
  )
  t.same(
    one('DTSTART:20271031T021500', 'DTEND:20271031T023000', 'SUMMARY:x'),
    ['2027-10-31T00:15/2027-10-31T01:30 x'],
    'the doubled hour, both passes',
  )
  t.same(
    one('DTSTART:20270328T023000', 'DTEND:20270328T050000', 'SUMMARY:x'),
    ['2027-03-28T01:00/2027-03-28T03:00 x'],
    'from the gap on',
  )
  t.same(one('DTSTART:20261201T110000Z', 'DTEND:20261201T170000Z'), [
    '2026-12-01T11:00/2026-12-01T17:00 (no summary)',
  ])
  t.same(one('DTSTART:20261201T110000Z', 'DTEND:20261201T170000Z', 'SUMMARY:a\\nb'), [
    '2026-12-01T11:00/2026-12-01T17:00 a b',
  ])
  t.same(of(calendar(event('DTSTART;VALUE=DATE:20261218')), 'UTC'), [
    '2026-12-18T00:00/2026-12-19T00:00 (no summary)',
  ])
})

t.test(
  'what is no freeze: free, cancelled, without length, long ago, far away, no event',
  async (t) => {
    const day = ['DTSTART;VALUE=DATE:20261218', 'SUMMARY:x']
    t.same(one(...day, 'TRANSP:OPAQUE', 'STATUS:CONFIRMED').length, 1)
    t.same(one(...day, 'TRANSP:TRANSPARENT'), [])
    t.same(one(...day, 'STATUS:CANCELLED'), [])
    t.same(one('DTSTART:20261201T110000Z', 'SUMMARY:x'), [])
    t.same(one('DTSTART;VALUE=DATE:20261118', 'SUMMARY:x'), [])
    t.same(one('DTSTART;VALUE=DATE:20261119', 'SUMMARY:x').length, 1, 'a day before now')
    t.same(one('DTSTART;VALUE=DATE:20291119', 'SUMMARY:x'), [])
    t.same(
      one('DTSTART;VALUE=DATE:20200101', 'DTEND;VALUE=DATE:20300101', 'SUMMARY:x').length,
      1,
      'one that lasts',
    )
    t.same(of(calendar()), [])
    t.same(of(calendar('BEGIN:VTODO\r\nUID:1\r\nDUE:20261218T000000Z\r\nEND:VTODO')), [])
    t.same(
      of(calendar(event(...day)) + calendar(event(...day))).length,
      2,
      'two calendars in one file',
    )
  },
)

t.test('events that recur', async (t) => {
  t.same(
    one(
      'DTSTART;TZID=Europe/Oslo:20260904T150000',
      'DTEND;TZID=Europe/Oslo:20260904T160000',
      'RRULE:FREQ=MONTHLY;BYDAY=1FR;UNTIL=20270402T130000Z',
      'SUMMARY:x',
    ),
    [
      '2026-12-04T14:00/2026-12-04T15:00 x',
      '2027-01-01T14:00/2027-01-01T15:00 x',
      '2027-02-05T14:00/2027-02-05T15:00 x',
      '2027-03-05T14:00/2027-03-05T15:00 x',
      '2027-04-02T13:00/2027-04-02T14:00 x',
    ],
    'at the same time of the clock on the wall; an end in UTC includes the last one',
  )
  t.same(
    one(
      'DTSTART:20261121T230000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;UNTIL=20261123T220000Z',
      'SUMMARY:x',
    ).length,
    3,
    'the same for times without a zone',
  )
  const yearly = one(
    'DTSTART;VALUE=DATE:19991224',
    'DTEND;VALUE=DATE:19991227',
    'RRULE:FREQ=YEARLY',
    'SUMMARY:Christmas',
  )
  t.same(
    yearly,
    ['2026-12-23T23:00/2026-12-26T23:00 Christmas', '2027-12-23T23:00/2027-12-26T23:00 Christmas'],
    'for two years',
  )
  t.same(
    one(
      'DTSTART:20261201T100000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=4',
      'EXDATE:20261202T100000Z',
      'SUMMARY:x',
    ).map((f) => f.slice(8, 10)),
    ['01', '03', '04'],
  )
  t.same(
    one(
      'DTSTART;TZID=Europe/Oslo:20261201T100000',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=3',
      'EXDATE:20261202T090000Z',
      'SUMMARY:x',
    ).map((f) => f.slice(8, 10)),
    ['01', '03'],
    'an exception in another zone',
  )
  t.same(
    one(
      'DTSTART:20261201T100000Z',
      'DURATION:PT1H',
      'RDATE:20261205T100000Z,20261207T100000Z',
      'SUMMARY:x',
    ).map((f) => f.slice(8, 10)),
    ['01', '05', '07'],
  )
  t.same(
    one(
      'DTSTART:20261201T100000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2',
      'SUMMARY:x',
    ).map((f) => f.slice(8, 10)),
    ['01', '04', '11'].slice(0, 3),
    'a start that its rule does not give',
  )
  t.same(
    one(
      'DTSTART:20261201T100000Z',
      'DURATION:PT1H',
      'RDATE:20261205T100000Z',
      'EXDATE:20261201T100000Z',
      'SUMMARY:x',
    ).map((f) => f.slice(8, 10)),
    ['05'],
  )
  t.same(
    one(
      'DTSTART:20261201T100000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=3',
      'EXDATE;VALUE=DATE:20261201',
      'SUMMARY:x',
    ).map((f) => f.slice(8, 10)),
    ['02', '03'],
  )
  t.equal(
    one('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=WEEKLY;BYDAY=SA,SU', 'SUMMARY:x').length,
    210,
  )
})

t.test('an occurrence that is moved or cancelled, among others of the same time', async (t) => {
  const master = (uid: string) =>
    event(
      `UID:${uid}`,
      'DTSTART:20261201T100000Z',
      'DURATION:PT1H',
      'RRULE:FREQ=DAILY;COUNT=3',
      `SUMMARY:${uid}`,
    )
  t.same(
    of(
      calendar(
        master('a'),
        master('b'),
        event(
          'UID:a',
          'RECURRENCE-ID:20261202T100000Z',
          'DTSTART:20261220T150000Z',
          'DURATION:PT2H',
          'SUMMARY:moved',
        ),
        event(
          'UID:b',
          'RECURRENCE-ID:20261203T100000Z',
          'DTSTART:20261203T100000Z',
          'DURATION:PT1H',
          'STATUS:CANCELLED',
        ),
      ),
    ),
    [
      '2026-12-01T10:00/2026-12-01T11:00 a',
      '2026-12-01T10:00/2026-12-01T11:00 b',
      '2026-12-02T10:00/2026-12-02T11:00 b',
      '2026-12-03T10:00/2026-12-03T11:00 a',
      '2026-12-20T15:00/2026-12-20T17:00 moved',
    ],
  )
  t.same(
    of(
      calendar(
        event(
          'DTSTART:20200101T100000Z',
          'DURATION:PT1H',
          'RRULE:FREQ=DAILY;COUNT=2',
          'SUMMARY:old',
        ),
        event(
          'RECURRENCE-ID:20200102T100000Z',
          'DTSTART:20261220T150000Z',
          'DURATION:PT2H',
          'SUMMARY:moved',
        ),
      ),
    ),
    ['2026-12-20T15:00/2026-12-20T17:00 moved'],
    'from long ago into the future',
  )
})

const VTIMEZONE = (name: string) =>
  [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    'BEGIN:DAYLIGHT',
    'DTSTART:19700329T020000',
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
    'TZOFFSETFROM:+0400',
    'TZOFFSETTO:+0500',
    'END:DAYLIGHT',
    'BEGIN:STANDARD',
    'DTSTART:19701025T030000',
    'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
    'TZOFFSETFROM:+0500',
    'TZOFFSETTO:+0400',
    'END:STANDARD',
    'END:VTIMEZONE',
  ].join('\r\n')

t.test('zones that the file defines', async (t) => {
  const at = (name: string, date: string) =>
    event(`DTSTART;TZID=${name}:${date}`, 'DURATION:PT1H', 'SUMMARY:x')
  t.same(
    of(
      calendar(
        VTIMEZONE('Our Time'),
        at('Our Time', '20261201T100000'),
        at('Our Time', '20270701T100000'),
      ),
    ),
    ['2026-12-01T06:00/2026-12-01T07:00 x', '2027-07-01T05:00/2027-07-01T06:00 x'],
  )
  t.same(
    of(calendar(VTIMEZONE('Europe/Oslo'), at('Europe/Oslo', '20261201T100000'))),
    ['2026-12-01T09:00/2026-12-01T10:00 x'],
    'a known name means what everybody means by it',
  )
  t.match(fault(calendar(at('W. Nowhere Standard Time', '20261201T100000'))), {
    code: 'config/calendar',
    message: /there is no time zone "W. Nowhere Standard Time"/,
  })
})

t.test('a calendar that cannot be understood is never one without freezes', async (t) => {
  const good = calendar(event('DTSTART:20261201T100000Z', 'DURATION:PT1H', 'SUMMARY:x'))
  const bad: Readonly<Record<string, string>> = {
    empty: '',
    'a page': '<html>\n<body>502 Bad Gateway</body>\n</html>\n',
    text: 'nothing\n',
    'cut off': good.slice(0, -30),
    'another component': 'BEGIN:VTODO\r\nEND:VTODO\r\n',
    'no start': calendar(event('SUMMARY:x')),
    'a start that is none': calendar(event('DTSTART:tomorrow', 'SUMMARY:x')),
    'a thirteenth month': calendar(event('DTSTART;VALUE=DATE:20261399', 'SUMMARY:x')),
    'an end before the start': calendar(
      event('DTSTART:20261201T100000Z', 'DTEND:20261201T090000Z', 'SUMMARY:x'),
    ),
    'a rule that is none': calendar(
      event('DTSTART:20261201T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=SOMETIMES', 'SUMMARY:x'),
    ),
    periods: calendar(
      event(
        'DTSTART:20261201T100000Z',
        'DURATION:PT1H',
        'RDATE;VALUE=PERIOD:20261205T100000Z/PT2H',
        'SUMMARY:x',
      ),
    ),
  }
  t.match(fault(bad['periods'] ?? '')?.message, /recurs at periods/)
  for (const [name, text] of Object.entries(bad)) {
    const error = fault(text)
    t.match(
      error?.problems,
      [{ code: 'config/calendar', hint: /may hold a freeze/, where: WHERE }],
      name,
    )
    t.ok((error?.message.length ?? 0) < 250, `${name}: ${error?.message}`)
  }
})

t.test('a rule that no day fits, and one that fits every second, end the search', async (t) => {
  for (const rule of [
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=7;BYDAY=SU',
    'FREQ=SECONDLY',
    'FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30',
  ]) {
    const took = spent(() =>
      t.match(
        fault(
          calendar(
            event('DTSTART:20261123T100000Z', 'DURATION:PT1H', `RRULE:${rule}`, 'SUMMARY:x'),
          ),
        ),
        { code: 'config/calendar', message: /recurs too often, or by a rule that no day fits/ },
        rule,
      ),
    )
    t.ok(took < 10_000, `${rule}: in time (${took} ms)`)
  }
})

t.test('the file beside patchrun.yml is read afresh, and must be there', async (t) => {
  const dir = t.testdir({
    'freezes.ics': calendar(event('DTSTART;VALUE=DATE:20261218', 'SUMMARY:Christmas')),
  })
  const file = join(dir, 'patchrun.yml')
  await writeFile(
    file,
    'schemaVersion: 1\nfleet: demo\nplaybooks: { repository: . }\nnodes: { allow: [node01], canary: [node01] }\nwindows:\n  zone: Europe/Oslo\n  calendar: freezes.ics\n',
  )
  const open = () =>
    openFleet({
      file,
      ansibleInventory: () => Promise.reject(new Error('not asked')),
      now: () => NOW,
    })
  t.match((await open()).policy.timing, {
    zone: 'Europe/Oslo',
    freezes: [
      {
        from: Date.parse('2026-12-17T23:00Z'),
        to: Date.parse('2026-12-18T23:00Z'),
        reason: 'Christmas',
      },
    ],
  })
  await writeFile(join(dir, 'freezes.ics'), calendar())
  t.same((await open()).policy.timing.freezes, [])
  await writeFile(join(dir, 'freezes.ics'), '')
  await t.rejects(open(), {
    code: 'config/calendar',
    problems: [{ where: { file, line: 7, column: 13, text: 'freezes.ics' } }],
  })
  await rm(join(dir, 'freezes.ics'))
  await t.rejects(open(), {
    code: 'config/calendar',
    message: /no such file/,
    problems: [{ where: { line: 7 } }],
  })
})
