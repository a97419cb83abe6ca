// SPDX-License-Identifier: Apache-2.0
// When changes may begin: inside a window, outside every freeze.
//
// A window opens at the first moment at which the clock on the wall shows its start or a later time
// on that day, and closes at the first moment at which it shows its end or a later one. So a start
// in the hour that daylight saving leaves out opens when that hour is over, a window wholly inside
// it does not exist that day, and in the hour that comes twice a window opens at the first pass and
// never again. Windows that touch or overlap are one.
import {
  DAY,
  firstAt,
  rememberedStretches,
  wallAt,
  type Stretches,
} from '../../fleet/time/time-zone.js'
import type { Freeze, Timing, WindowRule } from '../../fleet/declare/fleet.js'
import type { Reason } from '../say/reason.js'

export type TimeGate =
  /** `closesAt`: when the window ends or a freeze begins, ms; null: never. */
  | { readonly open: true; readonly closesAt: number | null }
  /**
   * `opensAt`: the next moment at which a change may begin, ms; null: none within two years.
   * `reason`: both causes.
   */
  | {
      readonly open: false
      readonly opensAt: number | null
      readonly reason: Reason
    }

/** How far one looks ahead, ms. */
const HORIZON = 2 * 366 * DAY

/** ms since the epoch, the end not included. */
interface Span {
  readonly from: number
  readonly to: number
}

/** A rule in ms after midnight; `to` beyond 24 h belongs to the next day. */
interface Rule extends Span {
  readonly days: ReadonlySet<number>
}

interface Prepared {
  /** By start. Empty: always open. */
  readonly rules: readonly Rule[]
  /** Freezes that touch or overlap put together, by start. */
  readonly frozen: readonly Span[]
}

const prepared = new WeakMap<Timing, Prepared>()

function prepare(timing: Timing): Prepared {
  const known = prepared.get(timing)
  if (known) return known
  const rules = timing.windows.map(ruleOf).sort((a, b) => a.from - b.from)
  const made: Prepared = {
    rules: coverTheWeek(rules) ? [] : rules,
    frozen: together(timing.freezes.filter(({ from, to }) => from < to)),
  }
  prepared.set(timing, made)
  return made
}

function ruleOf({ days, from, to }: WindowRule): Rule {
  const [opens, closes] = [afterMidnight(from), afterMidnight(to)]
  return { days: new Set(days), from: opens, to: closes <= opens ? closes + DAY : closes }
}

function afterMidnight(clock: string): number {
  const [hours = Number.NaN, minutes = Number.NaN] = clock.split(':').map(Number)
  return (hours * 60 + minutes) * 60_000
}

function together(spans: readonly Span[]): Span[] {
  const list: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = list.at(-1)
    if (last && span.from <= last.to)
      list[list.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    else list.push(span)
  }
  return list
}

/**
 * Windows around the clock never close, whatever daylight saving does: where one ends on the wall,
 * another has begun.
 */
function coverTheWeek(rules: readonly Rule[]): boolean {
  const week = rules.flatMap(({ days, from, to }) =>
    [...days].flatMap((day) =>
      [day - 8, day - 1].map((d) => ({ from: d * DAY + from, to: d * DAY + to })),
    ),
  )
  return together(week).some(({ from, to }) => from <= 0 && to >= 7 * DAY)
}

/** 1 is Monday, 7 is Sunday; day 0 is 1970-01-01, a Thursday. */
const weekday = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

/**
 * The window that is open at this moment, else the next one; null: none within the horizon. `from`
 * may be any moment before `at`.
 */
function windowFrom(rules: readonly Rule[], list: Stretches, at: number): Span | null {
  if (rules.length === 0) return { from: at, to: Infinity }
  const today = Math.floor(wallAt(list, at) / DAY)
  let found: Span | null = null
  // A window of yesterday may reach into today; windows of one day open in order, and before those
  // of the next.
  for (let day = today - 1; day <= today + HORIZON / DAY; day += 1) {
    if (found && firstAt(list, day * DAY) > found.to) return found
    for (const rule of rules) {
      if (!rule.days.has(weekday(day))) continue
      const [from, to] = [firstAt(list, day * DAY + rule.from), firstAt(list, day * DAY + rule.to)]
      if (to <= from) continue
      if (found && from > found.to) return found
      if (found) found = { from: found.from, to: Math.max(found.to, to) }
      else if (to > at) found = { from, to }
    }
  }
  return found
}

/** The next stretch of time, from `at` on, in which a change may begin. */
function openFrom(
  { rules, frozen }: Prepared,
  list: Stretches,
  at: number,
  until: number,
): Span | null {
  let passed = 0
  for (let now = at; ;) {
    const window = windowFrom(rules, list, now)
    const from = Math.max(now, window?.from ?? Infinity)
    if (!window || from > until) return null
    while ((frozen[passed]?.to ?? Infinity) <= from) passed += 1
    const freeze = frozen[passed]
    if (!freeze || freeze.from > from)
      return { from, to: Math.min(window.to, freeze?.from ?? Infinity) }
    now = freeze.to
  }
}

/**
 * Whether a change may begin at `now` (ms since the epoch), until when, or from when on and why.
 */
export function timeGate(timing: Timing, now: number): TimeGate {
  const plan = prepare(timing)
  const list = rememberedStretches(timing.zone, now - 3 * DAY, now + HORIZON + 3 * DAY)
  const next = openFrom(plan, list, now, now + HORIZON)
  if (next && next.from <= now)
    return { open: true, closesAt: next.to === Infinity ? null : next.to }
  const opensAt = next?.from ?? null
  return { open: false, opensAt, reason: closedBecause(timing, now, opensAt) }
}

function closedBecause(timing: Timing, now: number, opensAt: number | null): Reason {
  const plan = prepare(timing)
  const freeze = plan.frozen.find(({ from, to }) => from <= now && now < to)
  if (freeze) {
    const why = reasons(timing.freezes, { from: now, to: freeze.to })
    return freeze.to !== opensAt && freeze.to <= now + HORIZON
      ? { is: 'frozen-then-closed', until: freeze.to, why, opensAt }
      : { is: 'frozen', until: freeze.to, why }
  }
  const list = rememberedStretches(timing.zone, now - 3 * DAY, now + HORIZON + 3 * DAY)
  const window = windowFrom(plan.rules, list, now)
  // A window that a freeze swallows is one that somebody waits for in vain: say why.
  const frozen =
    window && window.from !== opensAt
      ? reasons(timing.freezes, { from: window.from, to: opensAt ?? now + HORIZON })
      : ''
  return opensAt === null ? { is: 'no-window', frozen } : { is: 'window-opens', opensAt, frozen }
}

/** Why it is frozen in that time, each reason once, in order, a few of them. */
function reasons(freezes: readonly Freeze[], { from, to }: Span): string {
  const within = freezes
    .filter((f) => f.from < f.to && f.from < to && f.to > from)
    .sort((a, b) => a.from - b.from)
  const all = [...new Set(within.map(({ reason }) => reason))]
  return all.length <= 3
    ? all.join(', ')
    : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`
}

/**
 * The next moment from `from` on at which something that takes `length` ms fits into one open time;
 * null: none within two years.
 */
export function nextFit(timing: Timing, from: number, length: number): number | null {
  const plan = prepare(timing)
  const list = rememberedStretches(timing.zone, from - 3 * DAY, from + HORIZON + 3 * DAY)
  for (let at = from; ;) {
    const span = openFrom(plan, list, at, from + HORIZON)
    if (!span || span.to - span.from >= length) return span?.from ?? null
    at = span.to
  }
}
