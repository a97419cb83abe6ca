// SPDX-License-Identifier: Apache-2.0
// How long, and how far: --for 2h, --until 2026-03-01T18:00, --wait 30m, --until-wave canary.
import { PatchrunError } from '../../errors.js'
import { parseDuration } from '../../fleet/time/duration.js'
import type { Call } from './context.js'

/** Undefined: neither was given. Throws usage/two-ends, usage/duration, usage/time. */
export function endOf(
  { for: length, until }: Readonly<Record<string, unknown>>,
  now: number,
): number | undefined {
  if (typeof length === 'string' && typeof until === 'string')
    throw new PatchrunError({
      code: 'usage/two-ends',
      message: '--for and --until both say when it ends',
      hint: 'Give one of them.',
    })
  if (typeof length === 'string') {
    return now + durationOf('--for', length)
  }
  if (typeof until !== 'string') return undefined
  // A date alone would mean midnight in another zone than a date with a time does.
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.test(until)
    ? Date.parse(until)
    : Number.NaN
  if (Number.isNaN(at))
    throw new PatchrunError({
      code: 'usage/time',
      message: `--until ${until.slice(0, 40)} is no time`,
      hint: 'Write it as 2026-03-01T18:00 (your time zone) or 2026-03-01T18:00+01:00.',
    })
  return at
}

function durationOf(option: string, length: string): number {
  const ms = parseDuration(length)
  if (ms > 0) return ms
  throw new PatchrunError({
    code: 'usage/duration',
    message: `${option} ${length.slice(0, 40)} is no length of time`,
    hint: 'Write it as 30m, 2h, 1h30m or 2d.',
  })
}

/** Throws usage/duration, usage/once-and-wait. */
export function waitOf({ options: { wait, once } }: Call): number | undefined {
  if (typeof wait !== 'string') return undefined
  if (once === true)
    throw new PatchrunError({
      code: 'usage/once-and-wait',
      message: '--once waits for nothing, and --wait says for how long',
      hint: 'Give one of them.',
    })
  return durationOf('--wait', wait)
}

/** Throws usage/unknown-wave. */
export function waveOf({ options: { untilWave } }: Call): number | undefined {
  if (typeof untilWave !== 'string') return undefined
  if (untilWave === 'canary') return 0
  if (/^[1-9]\d{0,5}$/.test(untilWave)) return Number(untilWave)
  throw new PatchrunError({
    code: 'usage/unknown-wave',
    message: `--until-wave ${untilWave.slice(0, 40)} names no wave`,
    hint: 'Write canary, or the number of a wave: `patchrun validate` shows them.',
  })
}
