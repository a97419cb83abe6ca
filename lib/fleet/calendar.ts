// SPDX-License-Identifier: Apache-2.0
// An iCalendar file -> freezes.
import { PatchrunError, type Place } from '../errors.js'
import type { Freeze } from './types.js'

/** What an iCalendar file holds. */
export interface CalendarText {
  readonly text: string
  /** ms since the epoch: events are wanted from a day before until two years after. */
  readonly now: number
  /** Where the file is named. */
  readonly where: Place
}

/** @throws PatchrunError config/calendar */
export function calendarFreezes({ where }: CalendarText, _zone: string): Freeze[] {
  throw new PatchrunError({ code: 'config/calendar', message: 'calendars are not read yet', hint: 'Write the freezes out.', where })
}
