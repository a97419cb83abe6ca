// SPDX-License-Identifier: Apache-2.0
// What people call a time zone at a moment: "CET", "EST", "IST".

/**
 * Which letters stand for a zone is a matter of language: each of these knows those of its own part
 * of the world.
 */
const LANGUAGES = ['en-GB', 'en-US', 'en-AU', 'en-NZ', 'en-ZA', 'en-IN']
const writers = new Map<string, readonly Intl.DateTimeFormat[]>()

/** "CET", or "GMT+1" where no letters are known. */
export function zoneLetters(zone: string, at: number): string {
  let known = writers.get(zone)
  if (!known)
    writers.set(
      zone,
      (known = LANGUAGES.map(
        (language) => new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: 'short' }),
      )),
    )
  const names = known.map(
    (writer) => writer.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '',
  )
  return names.find((name) => /^[A-Z]{2,5}$/.test(name)) ?? names[0] ?? zone
}
