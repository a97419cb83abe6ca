// SPDX-License-Identifier: Apache-2.0
// What is senseless in declared windows and freezes.
import type { Problem } from '../../errors.js'
import type { Windows } from './config.generated.js'
import { nearest } from '../names/nearest.js'
import { isZone } from '../time/time-zone.js'
import { wallEnd, wallTime } from '../time/wall-time.js'
import type { Located } from '../yaml/yaml-source.js'
import { shown } from '../yaml/yaml-text.js'

export function timingProblems(
  windows: Windows | undefined,
  pointer: string,
  places: Located,
): Problem[] {
  const problems: Problem[] = []
  const say = (code: Problem['code'], at: string, message: string, hint: string): void => {
    problems.push({ code, message, hint, where: places.place(`${pointer}/${at}`) })
  }
  const zone = windows?.zone
  if (zone !== undefined && !isZone(zone)) {
    const known = Intl.supportedValuesOf('timeZone')
    const meant =
      nearest(zone, known) ??
      known.find((name) => name.toLowerCase().endsWith(`/${zone.toLowerCase()}`))
    say(
      'config/unknown-zone',
      'zone',
      `there is no time zone "${shown(zone)}"`,
      meant
        ? `Did you mean "${meant}"?`
        : 'Write the IANA name of a region and a city, such as "Europe/Oslo", or "UTC".',
    )
  }
  for (const [i, { from, to }] of (windows?.open ?? []).entries()) {
    if (from === to)
      say(
        'config/window',
        `open/${i}/to`,
        `the window opens and closes at ${from}`,
        'Write from: "00:00", to: "24:00" for the whole day, or two windows that touch.',
      )
  }
  for (const [i, { from, to }] of (windows?.freeze ?? []).entries()) {
    const none = (['from', 'to'] as const).filter((field) =>
      Number.isNaN(wallTime({ from, to }[field])),
    )
    for (const field of none)
      say(
        'config/freeze',
        `freeze/${i}/${field}`,
        `there is no day ${shown({ from, to }[field])}`,
        'Look at the calendar: the month is shorter.',
      )
    if (none.length === 0 && wallEnd(to) <= wallTime(from))
      say(
        'config/freeze',
        `freeze/${i}/to`,
        `the freeze ends at ${to}, and begins only at ${from}`,
        'Write from and to in order; a date as "to" includes that day.',
      )
  }
  return problems
}
