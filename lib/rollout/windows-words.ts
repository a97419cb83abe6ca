// SPDX-License-Identifier: Apache-2.0
// Moments as an operator reads them: "Mon 2026-11-23 08:00 CET".
import { wallAt, type Stretches } from '../fleet/time-zone.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
/** Which letters stand for a zone is a matter of language: each of these knows those of its own part of the world. */
const LANGUAGES = ['en-GB', 'en-US', 'en-AU', 'en-NZ', 'en-ZA', 'en-IN']
const writers = new Map<string, readonly Intl.DateTimeFormat[]>()

/** "CET", or "GMT+1" where no letters are known. */
function zoneLetters(zone: string, at: number): string {
  let known = writers.get(zone)
  if (!known) writers.set(zone, (known = LANGUAGES.map((language) => new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: 'short' }))))
  const names = known.map((writer) => writer.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '')
  return names.find((name) => /^[A-Z]{2,5}$/.test(name)) ?? names[0] ?? zone
}

export function moment(zone: string, list: Stretches, at: number): string {
  const wall = new Date(wallAt(list, at))
  const text = wall.toISOString()
  return `${DAYS[wall.getUTCDay()]} ${text.slice(0, 10)} ${text.slice(11, 16)} ${zoneLetters(zone, at)}`
}
