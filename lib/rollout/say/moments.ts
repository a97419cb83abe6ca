// SPDX-License-Identifier: Apache-2.0
// Moments and lengths of time as an operator reads them: "Mon 2026-11-23 08:00 CET", "5 min"; and
// what else depends on who reads.
import { DAY, rememberedStretches, wallAt, type Stretches } from '../../fleet/time/time-zone.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { zoneLetters } from '../../fleet/time/zone-letters.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
/** How far ahead of now a moment may lie, and how far behind it, ms. */
const AHEAD = 735 * DAY
const BEHIND = 3 * DAY

/** Who reads, and where. */
export interface Reader {
  /** A moment (ms since the epoch), on the reader's clock. */
  readonly clock: (at: number) => string
  /** A command that the reader can type as it is: `command('retry node03')`. */
  readonly command: (verb: string) => string
}

/**
 * `command`: the program with the options that lead to this environment, such as `patchrun --env
 * prod`.
 */
export function readerIn(zone: string, now: number, command = 'patchrun'): Reader {
  let stretches: Stretches | undefined
  return {
    clock: (at) =>
      moment(zone, (stretches ??= rememberedStretches(zone, now - BEHIND, now + AHEAD)), at),
    command: (verb) => `\`${command} ${verb}\``,
  }
}

/** Whoever reads what is told of this fleet. */
export const readerOf = (
  {
    zone,
    command,
    policy: { timing },
  }: Pick<Fleet, 'zone' | 'command'> & {
    readonly policy: Pick<Fleet['policy'], 'timing'>
  },
  now: number,
): Reader => readerIn(zone ?? timing.zone, now, command)

function moment(zone: string, list: Stretches, at: number): string {
  const wall = new Date(wallAt(list, at))
  const text = wall.toISOString()
  return `${DAYS[wall.getUTCDay()]} ${text.slice(0, 10)} ${text.slice(11, 16)} ${zoneLetters(zone, at)}`
}

/** A length of time as people say it. */
export const minutes = (ms: number): string =>
  ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`
