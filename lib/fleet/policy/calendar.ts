// SPDX-License-Identifier: Apache-2.0
// An iCalendar file (RFC 5545) -> freezes: every event that takes time is one. What cannot be
// understood is refused, never left out: it may be the freeze that matters.
import ICAL from 'ical.js'
import { PatchrunError, type Place } from '../../errors.js'
import { defineZones, instant } from './calendar-zones.js'
import { DAY } from '../time/time-zone.js'
import type { Freeze } from '../declare/fleet.js'
import { shown } from '../yaml/yaml-text.js'

/** What an iCalendar file holds. */
export interface CalendarText {
  readonly text: string
  /** ms since the epoch: events are wanted from a day before until two years after. */
  readonly now: number
  /** Where the file is named. */
  readonly where: Place
}

/**
 * Steps that looking for the occurrences of one rule may take: a daily event has 36,525 in a
 * hundred years.
 */
const MAX_STEPS = 100_000

/**
 * @throws PatchrunError config/calendar. `zone`: in which whole days, and times without a zone, are
 * meant
 */
export function calendarFreezes({ text, now, where }: CalendarText, zone: string): Freeze[] {
  try {
    const calendars = parse(text)
    if (calendars.length === 0) throw new Error('there is no calendar in it')
    return calendars.flatMap((calendar) => freezesOf(calendar, zone, now - DAY, now + 732 * DAY))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PatchrunError(
      {
        code: 'config/calendar',
        message: `the calendar can not be understood: ${printable(reason)}`,
        hint: 'Nothing is changed without it: it may hold a freeze. Export it again, or take out what it stumbles over.',
        where,
      },
      { cause: error },
    )
  }
}

/** The calendars of a file; one file may hold several. */
function parse(text: string): ICAL.Component[] {
  const parsed = ICAL.parse(text.replace(/^\uFEFF/, '')) as readonly unknown[]
  const roots = (
    typeof parsed[0] === 'string' ? [parsed] : parsed
  ) as readonly (readonly unknown[])[]
  const other = roots.find(([name]) => name !== 'vcalendar')
  if (other) throw new Error(`it holds ${String(other[0])}, which is no calendar`)
  return roots.map((root) => new ICAL.Component(root as unknown as string))
}

function freezesOf(calendar: ICAL.Component, zone: string, from: number, until: number): Freeze[] {
  const components = calendar.getAllSubcomponents('vevent')
  const days = defineZones(calendar, components, zone, until)
  const isException = (c: ICAL.Component): boolean => c.hasProperty('recurrence-id')
  const uid = (c: ICAL.Component): string => String(c.getFirstPropertyValue('uid') ?? '')
  const freezes = new Map<string, Freeze>()
  const add = (event: ICAL.Event, start: ICAL.Time, end: ICAL.Time): void => {
    const freeze = {
      from: instant(start, days, 'start'),
      to: instant(end, days, 'end'),
      reason: reasonOf(event),
    }
    if (!(freeze.from <= freeze.to)) throw new Error(`${nameOf(event)} ends before it begins`)
    if (counts(event) && freeze.from < freeze.to && freeze.to > from && freeze.from < until)
      freezes.set(`${freeze.from} ${freeze.to} ${freeze.reason}`, freeze)
  }
  for (const component of components) {
    const exceptions = isException(component)
      ? []
      : components.filter((c) => isException(c) && uid(c) === uid(component))
    const event = new ICAL.Event(component, { strictExceptions: true, exceptions })
    check(event)
    // An occurrence that was moved stands by itself, and is met again where it was: it may come
    // from far away.
    if (!event.isRecurring()) add(event, event.startDate, event.endDate)
    else expand(event, (time) => instant(time, days, 'start') < until, add)
  }
  return [...freezes.values()].sort((a, b) => a.from - b.from)
}

interface Occurrence {
  /** The event, or the one that stands in its place this time. */
  readonly item: ICAL.Event
  readonly startDate: ICAL.Time
  readonly endDate: ICAL.Time
}

function expand(
  event: ICAL.Event,
  inTime: (time: ICAL.Time) => boolean,
  add: (event: ICAL.Event, start: ICAL.Time, end: ICAL.Time) => void,
): void {
  const periods = event.component.getAllProperties('rdate').some(({ type }) => type === 'period')
  if (periods)
    throw new Error(
      `${nameOf(event)} recurs at periods, which are not read here; write an event for each`,
    )
  for (const rule of event.component.getAllProperties('rrule'))
    limitSteps(rule.getFirstValue(), event)
  const found = (time: ICAL.Time): void => {
    const { item, startDate, endDate } = event.getOccurrenceDetails(time) as Occurrence
    add(item, startDate, endDate)
  }
  // The start counts, unless it is taken out (RFC 5545, 3.8.5); the library leaves it out where no
  // rule gives it.
  const excluded = event.component
    .getAllProperties('exdate')
    .flatMap((property) => property.getValues() as readonly ICAL.Time[])
  if (!excluded.some((time) => sameOccurrence(time, event.startDate))) found(event.startDate)
  const iterator = event.iterator()
  // `next` gives null at the end, which its types do not say.
  for (
    let next = iterator.next() as ICAL.Time | null;
    next && inTime(next);
    next = iterator.next() as ICAL.Time | null
  )
    found(next)
}

/** An exception may name the day alone. */
const sameOccurrence = (exception: ICAL.Time, start: ICAL.Time): boolean =>
  exception.isDate
    ? exception.toString() === start.toString().slice(0, 10)
    : exception.compare(start) === 0

/**
 * A rule that no day fits is searched for ever; the library reads `freq` at every step of that
 * search.
 */
function limitSteps(rule: unknown, event: ICAL.Event): void {
  if (!(rule instanceof ICAL.Recur)) throw new Error(`${nameOf(event)} recurs by no rule`)
  const { freq } = rule
  let steps = 0
  Object.defineProperty(rule, 'freq', {
    get: () => {
      steps += 1
      if (steps > MAX_STEPS)
        throw new Error(`${nameOf(event)} recurs too often, or by a rule that no day fits`)
      return freq
    },
  })
}

/** What the library would take for something else. */
function check(event: ICAL.Event): void {
  const start = event.component.getFirstProperty('dtstart')
  if (!start) throw new Error(`${nameOf(event)} has no start`)
  for (const property of [start, event.component.getFirstProperty('dtend')]) {
    if (!property) continue
    const value = property.getFirstValue()
    const written = String((property.toJSON() as readonly unknown[])[3])
    // A thirteenth month would be taken for the next year.
    if (
      !(value instanceof ICAL.Time) ||
      value.toString().replace(/Z$/, '') !== written.replace(/Z$/, '')
    )
      throw new Error(`${nameOf(event)} has a time that is none: ${written}`)
  }
}

/** Cancelled events, and ones that somebody wrote down as free, take no time. */
function counts(event: ICAL.Event): boolean {
  const is = (name: string, value: string): boolean =>
    String(event.component.getFirstPropertyValue(name) ?? '').toUpperCase() === value
  return !is('transp', 'TRANSPARENT') && !is('status', 'CANCELLED')
}

const printable = (text: string): string => shown(text.replace(/\p{Cc}+/gu, ' ').trim())

function reasonOf({ summary }: ICAL.Event): string {
  const text = printable(summary ?? '')
  return text === '' ? '(no summary)' : text
}

const nameOf = (event: ICAL.Event): string => `the event "${reasonOf(event)}"`
