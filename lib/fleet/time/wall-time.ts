// SPDX-License-Identifier: Apache-2.0
// Dates and times as they are declared.
import { DAY } from './time-zone.js'

/**
 * What a clock on the wall shows, as ms of a clock of UTC that shows the same; NaN: there is no
 * such day.
 */
export function wallTime(text: string): number {
  const [date = '', clock = '00:00'] = text.split('T')
  const wall = Date.parse(`${date}T${clock}Z`)
  // Some days that are none, such as 30 February, are taken for others.
  return Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== date
    ? Number.NaN
    : wall
}

/** A date as the end of a time includes that day. */
export const wallEnd = (text: string): number => wallTime(text) + (text.includes('T') ? 0 : DAY)
