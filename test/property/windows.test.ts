// SPDX-License-Identifier: Apache-2.0
// When changes may begin, against an oracle: it walks minute by minute and asks the calendar of the
// runtime, not the library that the windows are computed with.
import fc from 'fast-check'
import t from 'tap'
import type { Timing } from '../../lib/fleet/declare/fleet.js'
import { nextFit, timeGate } from '../../lib/rollout/limits/windows.js'
import { holds } from '../support/property.js'
import { share } from '../support/size.js'

t.setTimeout(600_000)

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const utc = (text: string): number => Date.parse(`${text}Z`)

// Minutes of ten days around a change, as the runtime's calendar shows them.
const CHANGES: readonly (readonly [zone: string, around: string])[] = [
  ['Europe/Oslo', '2026-03-29T01:00'],
  ['Europe/Oslo', '2026-10-25T01:00'],
  ['America/New_York', '2027-03-14T07:00'],
  ['America/New_York', '2026-11-01T06:00'],
  ['Australia/Melbourne', '2026-10-03T16:00'],
  ['Australia/Melbourne', '2027-04-03T16:00'],
  ['Australia/Lord_Howe', '2026-10-03T15:30'],
  ['Australia/Lord_Howe', '2026-04-04T15:00'],
  ['Africa/Cairo', '2026-04-23T22:00'],
  ['Africa/Cairo', '2026-10-29T21:00'],
  ['Antarctica/Troll', '2026-03-29T01:00'],
  ['Antarctica/Troll', '2026-10-25T01:00'],
  ['Asia/Kathmandu', '2026-06-01T00:00'],
  ['UTC', '2026-12-31T12:00'],
]
const LENGTH = 10 * 24 * 60
const walls = CHANGES.map(([zone, around]) => {
  const first = utc(around) - 6 * DAY
  const writer = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return {
    zone,
    first,
    wall: Array.from({ length: LENGTH }, (_, i) => writer.format(first + i * MINUTE)),
  }
})

/**
 * For each minute whether it is open, by the words of the rule: from the first moment that shows
 * the start or later, to the first that shows the end or later.
 */
function walk({ first, wall }: (typeof walls)[number], { windows, freezes }: Timing): boolean[] {
  const open = wall.map(() => windows.length === 0)
  const dates = [...new Set(wall.map((text) => text.slice(0, 10)))].sort().slice(1)
  const seen = (text: string): number => wall.findIndex((w) => w >= text)
  for (const date of dates) {
    const noon = new Date(`${date}T12:00Z`)
    for (const { days, from, to } of windows) {
      if (!days.includes(noon.getUTCDay() || 7)) continue
      const next = new Date(noon.getTime() + DAY).toISOString().slice(0, 10)
      const end = to === '24:00' ? `${next} 00:00` : `${to > from ? date : next} ${to}`
      const [opensAt, closesAt] = [seen(`${date} ${from}`), seen(end)]
      if (opensAt >= 0)
        open.fill(true, opensAt, closesAt < 0 ? LENGTH : Math.max(opensAt, closesAt))
    }
  }
  return open.map(
    (is, i) =>
      is && !freezes.some(({ from, to }) => from <= first + i * MINUTE && first + i * MINUTE < to),
  )
}

const clock = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 4 }) },
      fc.integer({ min: 0, max: 23 }),
    ),
    fc.constantFrom(0, 1, 10, 15, 29, 30, 45, 59),
  )
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`)
const rule = fc.record({
  days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
  from: clock,
  to: fc.oneof({ weight: 5, arbitrary: clock }, fc.constant('24:00')),
})
const minute = fc.integer({ min: 0, max: LENGTH - 1 })

t.test('agrees with the clock on the wall, minute by minute', async (t) => {
  // A window of the first two days may have opened before the walk begins; what is asked lies after
  // them.
  const asked = fc.array(fc.integer({ min: 3 * 24 * 60, max: LENGTH - 26 * 60 }), {
    minLength: 20,
    maxLength: 20,
  })
  const property = fc.property(
    fc.nat({ max: CHANGES.length - 1 }),
    fc.array(rule, { maxLength: 4 }),
    fc.array(fc.tuple(minute, fc.integer({ min: 0, max: 3000 })), { maxLength: 3 }),
    asked,
    fc.integer({ min: 0, max: 600 }),
    (index, windows, frozen, minutes, length) => {
      const where = walls[index]
      if (!where) return false
      const at = (i: number): number => where.first + i * MINUTE
      const what: Timing = {
        zone: where.zone,
        windows,
        freezes: frozen.map(([from, long]) => ({
          from: at(from),
          to: at(from + long),
          reason: 'x',
        })),
        expected: 0,
      }
      const open = walk(where, what)
      const known = LENGTH - 25 * 60 // Later a window may be cut off.
      const after = (i: number, is: boolean): number => {
        const found = open.indexOf(is, i)
        return found < 0 || found > known ? Infinity : at(found)
      }
      // What lies beyond the walk is only known not to lie within it.
      const same = (answer: number | null, expected: number): boolean =>
        expected === Infinity ? answer === null || answer > at(known) : answer === expected
      return minutes.every((i) => {
        const gate = timeGate(what, at(i) + 30_000)
        const inTime = gate.open
          ? open[i] === true && same(gate.closesAt, after(i, false))
          : open[i] === false && same(gate.opensAt, after(i, true))
        let fits = i
        for (let run = 0, j = i; j <= known; j += 1) {
          run = open[j] ? run + 1 : 0
          fits = j - run + 1
          if (run >= Math.max(1, length)) break
          if (j === known) fits = Infinity
        }
        const fit = nextFit(what, at(i), length * MINUTE)
        return (
          inTime &&
          (fits === Infinity ? fit === null || fit + length * MINUTE > at(known) : fit === at(fits))
        )
      })
    },
  )
  holds(t, property, { numRuns: share(400, 80) })
})
