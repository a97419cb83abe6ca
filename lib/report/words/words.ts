// SPDX-License-Identifier: Apache-2.0
// lib/report/words/: the small things that every renderer says.
//
// Small things that every renderer says in the same way.
import { foldHosts } from '../../fleet/names/host-fold.js'
import { zoneLetters } from '../../fleet/time/zone-letters.js'
import type { PinnedCommit, WaitCode } from '../../rollout/index.js'

export { count } from '../../fleet/names/count.js'

/** Verbs that are about no fleet that is there already. */
const OF_NO_FLEET = /^(?:help|init|demo|schema|completion)\b/

/**
 * Commands within words, with the options that lead to the same fleet: `patchrun retry` becomes
 * `patchrun --env prod retry`.
 */
export function inCommand(text: string, command: string): string {
  return text.replace(/([`"])patchrun ([a-z][^`"]*)/g, (all, quote: string, rest: string) =>
    OF_NO_FLEET.test(rest) || /(?:^| )(?:--env|-c) /.test(rest)
      ? all
      : `${quote}${command} ${rest}`,
  )
}

export const shortSha = (sha: string): string => sha.slice(0, 12)

export const pinText = ({ sha, ref, subject }: PinnedCommit): string =>
  `${shortSha(sha)} (${ref}) "${clean(subject, 200)}"`

/**
 * Text from nodes and repositories, made safe for a terminal and a log: no escape sequences, no
 * carriage returns; cut at `max` characters.
 */
export function clean(text: string, max = 2000): string {
  const safe = text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '')
  return safe.length > max ? `${safe.slice(0, max)} …` : safe
}

/** Names folded as Slurm writes them; where that is too long, the first ones and how many more. */
export function nodesText(names: readonly string[], max = 120): string {
  const whole = foldHosts(names)
  if (whole.length <= max || names.length < 2) return whole
  let shown = names.length
  let text = whole
  while (shown > 1 && text.length > max) {
    shown = Math.max(1, Math.floor(shown * Math.min(0.8, max / text.length)))
    text = foldHosts(names.slice(0, shown))
  }
  return `${text} and ${names.length - shown} more`
}

const TIME: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
}

/**
 * "Sun 2026-03-01 14:20:05 CET": a moment (ISO 8601, or ms since the epoch) in a time zone, which
 * is named.
 */
export function timeText(at: string | number, zone: string): string {
  const ms = typeof at === 'string' ? Date.parse(at) : at
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', { ...TIME, timeZone: zone })
      .formatToParts(ms)
      .map((p) => [p.type, p.value]),
  )
  const get = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return `${get('weekday')} ${get('year')}-${get('month')}-${get('day')} ${get('hour')}:${get('minute')}:${get('second')} ${zoneLetters(zone, ms)}`
}

/**
 * Moments as machines write them, which stand in messages of those that do not know who reads: told
 * in the reader's zone.
 */
export const inZone = (text: string, zone: string): string =>
  text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (at) => timeText(at, zone))

/** Their own words name the time. */
export const SAYS_WHEN: ReadonlySet<WaitCode> = new Set(['window', 'freeze'])

/** "0.4 s", "42 s", "3 min 12 s", "2 h 5 min", "3 d 4 h". */
export function durationText(ms: number): string {
  const s = Math.max(0, ms) / 1000
  if (s < 10) return `${Math.round(s * 10) / 10} s`
  if (s < 59.5) return `${Math.round(s)} s`
  const minutes = Math.floor(Math.round(s) / 60)
  if (minutes < 60) return join(minutes, 'min', Math.round(s) % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 48
    ? join(hours, 'h', minutes % 60, 'min')
    : join(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const join = (a: number, one: string, b: number, two: string): string =>
  b === 0 ? `${a} ${one}` : `${a} ${one} ${b} ${two}`

/** Where a task stands, and how it is tagged. */
export function placeText({
  file,
  line,
  tags,
}: {
  readonly file: string
  readonly line: number
  readonly tags: readonly string[]
}): string {
  return `${file}:${line}, ${tags.length > 0 ? tags.join(', ') : 'untagged'}`
}

/** Indents every line of a text. */
export const indent = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : by + line))
    .join('\n')

/** Rows as columns, the last one ragged. `width` measures text that may hold colours. */
export function table(rows: readonly (readonly string[])[], by = '  '): string[] {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, width(cell))))
  return rows.map(
    (row) =>
      by +
      row
        .map((cell, i) =>
          i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - width(cell)),
        )
        .join('  '),
  )
}

const width = (cell: string): number => cell.replace(/\u001b\[[0-9;]*m/g, '').length
