// SPDX-License-Identifier: Apache-2.0
// lib/fleet/time/: moments, days and durations as people write them.
//
// The clock on the wall and moments in time. A zone is a list of stretches in which its distance
// from UTC stays the same; with it every question is arithmetic, cheap enough to ask of every day
// of two years.
import { Temporal } from 'temporal-polyfill'

export const DAY = 86_400_000

/**
 * From `start` to `end` (not included), in ms since the epoch, the clock on the wall is `offset` ms
 * ahead of UTC.
 */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly offset: number
}

/** In order and without holes; the first begins and the last ends never. At least one. */
export type Stretches = readonly Stretch[]

const zoned = (zone: string, at: number): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone)

/** Whether this machine knows the zone by that IANA name. */
export function isZone(zone: string): boolean {
  // Distances from UTC count as zones for Temporal, and know no daylight saving.
  if (!/^[A-Za-z]/.test(zone)) return false
  try {
    return zoned(zone, 0).timeZoneId !== ''
  } catch {
    return false
  }
}

/** Stretches that are right from `from` to `to`, ms. @throws RangeError for a zone that is none */
export function stretches(zone: string, from: number, to: number): Stretches {
  const list: Stretch[] = []
  let start = -Infinity
  for (let at = zoned(zone, from); ;) {
    const next = at.getTimeZoneTransition('next')
    const offset = Math.round(at.offsetNanoseconds / 1e6)
    const end = next === null || next.epochMilliseconds > to ? Infinity : next.epochMilliseconds
    list.push({ start, end, offset })
    if (next === null || end === Infinity) return list
    start = end
    at = next
  }
}

const remembered = new Map<
  string,
  { readonly from: number; readonly to: number; readonly list: Stretches }
>()

/**
 * The same for questions that are asked again and again: finding the changes of a zone takes
 * milliseconds.
 */
export function rememberedStretches(zone: string, from: number, to: number): Stretches {
  const known = remembered.get(zone)
  if (known && known.from <= from && to <= known.to) return known.list
  const wide = { from: from - 30 * DAY, to: to + 180 * DAY }
  const list = stretches(zone, wide.from, wide.to)
  remembered.set(zone, { ...wide, list })
  return list
}

/**
 * What the clock on the wall shows, as the ms since the epoch at which a clock of UTC shows the
 * same.
 */
export function wallAt(list: Stretches, at: number): number {
  return at + (list.find(({ end }) => at < end)?.offset ?? 0)
}

/**
 * First moment at which the clock shows this time or a later one: the end of the gap for a time in
 * it, the first pass of a doubled hour.
 */
export function firstAt(list: Stretches, wall: number): number {
  const found = list.find(({ end, offset }) => wall < end + offset)
  return found ? Math.max(found.start, wall - found.offset) : wall
}

/**
 * Moment from which on the clock never shows an earlier time: the second pass of a doubled hour.
 */
export function lastAt(list: Stretches, wall: number): number {
  const found = list.findLast(({ start, offset }) => start + offset < wall)
  return found ? Math.min(found.end, wall - found.offset) : wall
}
