// SPDX-License-Identifier: Apache-2.0
// Time zones of an iCalendar file. One that goes by an IANA name is taken from this machine's
// database, which knows later years and changes of the law that the file may not; any other one
// must be defined in the file.
import ICAL from 'ical.js'
import { DAY, firstAt, isZone, lastAt, stretches, type Stretches } from '../time/time-zone.js'

/** Properties of an event that hold moments. */
const MOMENTS = ['dtstart', 'dtend', 'recurrence-id', 'rdate', 'exdate']

class IanaZone extends ICAL.Timezone {
  constructor(
    tzid: string,
    readonly list: Stretches,
  ) {
    super({ tzid })
  }

  override utcOffset(time: ICAL.Time): number {
    const wall = wallOf(time)
    return (wall - firstAt(this.list, wall)) / 1000
  }
}

const wallOf = ({ year, month, day, hour, minute, second }: ICAL.Time): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)

/**
 * Makes the library find every zone that the events name, and gives back the one in which whole
 * days are meant.
 * @throws Error for one that is nowhere defined
 */
export function defineZones(
  calendar: ICAL.Component,
  events: readonly ICAL.Component[],
  zone: string,
  until: number,
): Stretches {
  const used = new Set<string>([zone])
  let first = until
  for (const property of events.flatMap((event) =>
    MOMENTS.flatMap((name) => event.getAllProperties(name)),
  )) {
    const year = Number(String((property.toJSON() as readonly unknown[])[3]).slice(0, 4))
    if (year >= 1970) first = Math.min(first, Date.UTC(year, 0, 1))
    if (property.type === 'date') continue
    // A time of no zone is meant in the zone of the declaration. UTC is written in the value and
    // stays.
    const named: unknown = property.getParameter('tzid')
    if (typeof named === 'string') used.add(named)
    else property.setParameter('tzid', zone)
  }
  const defined = new Map(
    calendar
      .getAllSubcomponents('vtimezone')
      .map((component) => [String(component.getFirstPropertyValue('tzid')), component]),
  )
  const listOf = (name: string): Stretches => stretches(name, first - 3 * DAY, until + 3 * DAY)
  for (const name of used) {
    const own = defined.get(name)
    if (own && isZone(name)) calendar.removeSubcomponent(own)
    if (!own && !isZone(name)) throw new Error(`there is no time zone "${name}"`)
    // The library knows UTC, and knows it from all others.
    if (isZone(name) && name !== 'UTC')
      ICAL.TimezoneService.register(new IanaZone(name, listOf(name)), name)
  }
  return listOf(zone)
}

/**
 * A moment of an event, ms since the epoch. `days`: the zone of whole days. In an hour that comes
 * twice an event lasts for both.
 */
export function instant(time: ICAL.Time, days: Stretches, edge: 'start' | 'end'): number {
  const list = time.isDate ? days : time.zone instanceof IanaZone ? time.zone.list : undefined
  if (!list) return time.toUnixTime() * 1000
  return edge === 'start' ? firstAt(list, wallOf(time)) : lastAt(list, wallOf(time))
}
