// SPDX-License-Identifier: Apache-2.0
// --for 2h, --until 2026-03-01T18:00 -> ms since the epoch.
import { PatchrunError } from '../errors.js'
import { parseDuration } from '../fleet/duration.js'

/** Undefined: neither was given. Throws usage/two-ends, usage/duration, usage/time. */
export function endOf({ for: length, until }: Readonly<Record<string, unknown>>, now: number): number | undefined {
  if (typeof length === 'string' && typeof until === 'string') throw new PatchrunError({ code: 'usage/two-ends', message: '--for and --until both say when it ends', hint: 'Give one of them.' })
  if (typeof length === 'string') {
    const ms = parseDuration(length)
    if (!(ms > 0)) throw new PatchrunError({ code: 'usage/duration', message: `--for ${length.slice(0, 40)} is no length of time`, hint: 'Write it as 30m, 2h, 1h30m or 2d.' })
    return now + ms
  }
  if (typeof until !== 'string') return undefined
  // A date alone would mean midnight in another zone than a date with a time does.
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.test(until) ? Date.parse(until) : Number.NaN
  if (Number.isNaN(at)) throw new PatchrunError({ code: 'usage/time', message: `--until ${until.slice(0, 40)} is no time`, hint: 'Write it as 2026-03-01T18:00 (your time zone) or 2026-03-01T18:00+01:00.' })
  return at
}
