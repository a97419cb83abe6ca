// SPDX-License-Identifier: Apache-2.0
// Windows and freezes as they are declared -> moments and days.
import type { Place } from '../../errors.js'
import type { Declaration, FreezeTime, Weekdays, Windows } from '../declare/config.generated.js'
import { parseDuration } from '../time/duration.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import { DAY, firstAt, isZone, lastAt, stretches } from '../time/time-zone.js'
import type { Freeze, Timing, WindowRule } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'
import { wallEnd, wallTime } from '../time/wall-time.js'
import { escapePointer } from '../yaml/yaml-source.js'

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

function freezeOf({ from, to, reason }: FreezeTime, zone: string): Freeze {
  const [begins, ends] = [wallTime(from), wallEnd(to)]
  // In the hour that comes twice a freeze lasts for both.
  return {
    from: firstAt(around(zone, begins), begins),
    to: lastAt(around(zone, ends), ends),
    reason,
  }
}

const around = (zone: string, wall: number): ReturnType<typeof stretches> =>
  stretches(zone, wall - 2 * DAY, wall + 2 * DAY)

/** What is declared for one environment, and where each field of it stands. */
export function windowsOf(
  config: Declaration,
  environment: string,
): { readonly set: Windows; readonly pointer: (field: keyof Windows) => string } {
  const own = config.environments?.[environment]?.windows
  const pointer = (field: keyof Windows): string =>
    (own?.[field] === undefined ? '' : `/environments/${escapePointer(environment)}`) +
    `/windows/${field}`
  return { set: { ...config.windows, ...own }, pointer }
}

/**
 * Where the freezes of a calendar come from: its path as declared, the zone of its whole days, the
 * place that names it.
 */
export interface CalendarSource {
  readonly path: string
  readonly zone: string
  readonly where: Place
}

export function calendarOf(
  { config, places }: Declared,
  environment: string,
): CalendarSource | undefined {
  const { set, pointer } = windowsOf(config, environment)
  return set.calendar === undefined
    ? undefined
    : { path: set.calendar, zone: zoneOf(set), where: places.place(pointer('calendar')) }
}

function zoneOf(set: Windows): string {
  const zone = set.zone ?? d.windows.properties.zone.default
  // One that nobody knows was told of before; what stands beside it is looked at all the same.
  return isZone(zone) ? zone : 'UTC'
}

/** `calendar`: the freezes of the declared calendar. */
export function timingOf(
  { config }: Declared,
  environment: string,
  calendar: readonly Freeze[],
): Timing {
  const { set } = windowsOf(config, environment)
  const zone = zoneOf(set)
  const declared = (set.freeze ?? [])
    .filter(({ from, to }) => wallTime(from) < wallEnd(to))
    .map((freeze) => freezeOf(freeze, zone))
  const windows = (set.open ?? []).map(({ days, from, to }): WindowRule => ({
    days: isoDays(days ?? d.window.properties.days.default),
    from,
    to,
  }))
  const rollout = { ...config.rollout, ...config.environments?.[environment]?.rollout }
  return {
    zone,
    windows,
    freezes: [...declared, ...calendar],
    expected: parseDuration(rollout.expected ?? d.rollout.properties.expected.default),
  }
}
