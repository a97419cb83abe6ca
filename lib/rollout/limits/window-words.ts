// SPDX-License-Identifier: Apache-2.0
// Moments as an operator reads them: "Mon 2026-11-23 08:00 CET".
import { wallAt, type Stretches } from '../../fleet/time/time-zone.js'
import { zoneLetters } from '../../fleet/time/zone-letters.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

export function moment(zone: string, list: Stretches, at: number): string {
  const wall = new Date(wallAt(list, at))
  const text = wall.toISOString()
  return `${DAYS[wall.getUTCDay()]} ${text.slice(0, 10)} ${text.slice(11, 16)} ${zoneLetters(zone, at)}`
}
