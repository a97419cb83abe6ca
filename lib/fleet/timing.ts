// SPDX-License-Identifier: Apache-2.0
// Windows and freezes as they are declared -> moments and days.
import { PatchrunError, type Place, type Problem } from '../errors.js'
import { calendarFreezes, type CalendarText } from './calendar.js'
import type { Declaration, FreezeTime, Weekdays, Windows } from './config.generated.js'
import { parseDuration } from './duration.js'
import { patchrunSchema } from './schema.generated.js'
import { DAY, firstAt, isZone, lastAt, stretches } from './time-zone.js'
import type { Freeze, Timing, WindowRule } from './types.js'
import type { Declared } from './validate.js'
import { escapePointer } from './yaml-source.js'

const d = patchrunSchema.definitions
const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** "fri-mon" is Friday to Monday. ISO numbers, rising. */
export function isoDays(ranges: readonly Weekdays[]): readonly number[] {
  const days = new Set<number>()
  for (const range of ranges) {
    const [first = '', last = first] = range.split('-')
    const length = (NAMES.indexOf(last) - NAMES.indexOf(first) + 7) % 7
    for (let i = 0; i <= length; i += 1) days.add(((NAMES.indexOf(first) + i) % 7) + 1)
  }
  return [...days].sort((a, b) => a - b)
}

/** What a clock on the wall shows, as ms of a clock of UTC that shows the same; NaN: there is no such day. */
export function wallTime(text: string): number {
  const [date = '', clock = '00:00'] = text.split('T')
  const wall = Date.parse(`${date}T${clock}Z`)
  // Some days that are none, such as 30 February, are taken for others.
  return Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== date ? Number.NaN : wall
}

/** A date as the end of a time includes that day. */
export const wallEnd = (text: string): number => wallTime(text) + (text.includes('T') ? 0 : DAY)

function freezeOf({ from, to, reason }: FreezeTime, zone: string): Freeze {
  const [begins, ends] = [wallTime(from), wallEnd(to)]
  // In the hour that comes twice a freeze lasts for both.
  return { from: firstAt(around(zone, begins), begins), to: lastAt(around(zone, ends), ends), reason }
}

const around = (zone: string, wall: number): ReturnType<typeof stretches> => stretches(zone, wall - 2 * DAY, wall + 2 * DAY)

/** What is declared for one environment, and where each field of it stands. */
export function windowsOf(config: Declaration, environment: string): { readonly set: Windows; readonly pointer: (field: keyof Windows) => string } {
  const own = config.environments?.[environment]?.windows
  const pointer = (field: keyof Windows): string => (own?.[field] === undefined ? '' : `/environments/${escapePointer(environment)}`) + `/windows/${field}`
  return { set: { ...config.windows, ...own }, pointer }
}

/** Path of the iCalendar file of an environment, as it is declared, and where. */
export function calendarOf({ config, places }: Declared, environment: string): { readonly path: string; readonly where: Place } | undefined {
  const { set, pointer } = windowsOf(config, environment)
  return set.calendar === undefined ? undefined : { path: set.calendar, where: places.place(pointer('calendar')) }
}

/** `calendar`: what the declared file holds; absent where the fleet is only looked at and thrown away. */
export function timingOf(declared: Declared, environment: string, calendar: CalendarText | undefined): { readonly timing: Timing; readonly problems: readonly Problem[] } {
  const { set } = windowsOf(declared.config, environment)
  const wanted = set.zone ?? d.windows.properties.zone.default
  const zone = isZone(wanted) ? wanted : 'UTC'
  const problems: Problem[] = []
  const freezes = (set.freeze ?? []).filter(({ from, to }) => wallTime(from) < wallEnd(to)).map((freeze) => freezeOf(freeze, zone))
  if (calendar) {
    try {
      freezes.push(...calendarFreezes(calendar, zone))
    } catch (error) {
      if (!(error instanceof PatchrunError)) throw error
      problems.push(...error.problems)
    }
  }
  const windows = (set.open ?? []).map(({ days, from, to }): WindowRule => ({ days: isoDays(days ?? d.window.properties.days.default), from, to }))
  const rollout = { ...declared.config.rollout, ...declared.config.environments?.[environment]?.rollout }
  return { timing: { zone, windows, freezes, expected: parseDuration(rollout.expected ?? d.rollout.properties.expected.default) }, problems }
}
