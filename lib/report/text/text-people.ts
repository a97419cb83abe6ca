// SPDX-License-Identifier: Apache-2.0
// What people said: who paused, aborted, approved or took back, when and why; and what is still to
// be said. Pure.
import { clean, count, nodesText, pinText, shortSha, timeText } from '../words/words.js'
import type { TextOptions } from '../words/styles.js'
import type { PauseReport, Report, RolloutReport, WordReport } from '../model/rollout-report.js'

/** "op@adm, 2026-03-01 13:00:00 CET: storage maintenance" */
export const wordText = ({ by, at, reason }: WordReport, zone: string): string =>
  `${clean(by.user)}@${clean(by.host)}, ${timeText(at, zone)}${reason === undefined ? '' : `: ${clean(reason)}`}`

export function pauseText(pause: PauseReport, zone: string): string {
  const { scope, until } = pause
  return `${scope === 'fleet' ? 'the fleet is paused' : 'paused'} by ${wordText(pause, zone)}${until === undefined ? '' : ` (until ${timeText(until, zone)})`}`
}

export function peopleLines(
  { pause, rejected, rollout, orders = 0, holder }: Report,
  { paint, zone, command }: TextOptions,
): string[] {
  const lines: string[] = []
  if (pause) lines.push(paint.warn(capital(pauseText(pause, zone))))
  if (rollout?.abort) lines.push(paint.bad(`Aborted by ${wordText(rollout.abort, zone)}`))
  for (const approved of rollout?.approved ?? [])
    lines.push(`Approved ${clean(approved.key)} by ${wordText(approved, zone)}`)
  if (rejected)
    lines.push(
      `${paint.warn(`Rejected ${shortSha(rejected.sha)}`)}: rolled back by ${wordText(rejected, zone)}`,
      `  it is not rolled out again until a newer commit is there, or with ${command} run --again`,
    )
  if (orders > 0)
    lines.push(
      `${count(orders, 'order')} given and not read yet: the ${holder ? 'run that is under way' : 'next run'} reads ${orders === 1 ? 'it' : 'them'} before it begins anything`,
    )
  return lines
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** What waits for a person, with what it would let go and the very command. */
export function approvalLines(
  { approvals }: RolloutReport,
  { paint, command }: TextOptions,
): string[] {
  if (approvals.length === 0) return []
  const lines = approvals.flatMap(({ key, text, pin, waves }) => [
    `  ${clean(text)}`,
    `    ${pinText(pin)}`,
    ...waves.map((w) => `    ${w.name}, ${count(w.nodes.length, 'node')}: ${nodesText(w.nodes)}`),
    `    ${command} approve ${key}`,
  ])
  return [paint.strong('Needs an approval'), ...lines]
}

/** Drained by patchrun, which may not touch them any more. */
export function leftLines({ left = [] }: RolloutReport, { paint }: TextOptions): string[] {
  return left.length > 0
    ? [paint.bad('Left drained'), ...left.map(({ text }) => `  ${clean(text, 20_000)}`)]
    : []
}

/** Who has not been told what, and why. */
export function notifyLines(
  { notify = [], holder }: Report,
  { paint, zone }: TextOptions,
): string[] {
  if (notify.length === 0) return []
  const lines = notify.flatMap(({ target, waiting, since, why, until, givenUp }) => [
    ...(waiting > 0
      ? [
          `  ${clean(target)}: ${count(waiting, 'message')} to be delivered${since === undefined ? '' : `, the oldest of ${timeText(since, zone)}`}${why === undefined ? '' : `: ${clean(why)}`}${until === undefined ? '' : `, asked for no attempt before ${timeText(until, zone)}`}${holder ? '' : '; the next run tries again'}`,
        ]
      : []),
    ...givenUp.map(
      (lost) =>
        `  ${clean(target)}: ${paint.bad('given up')} ${lost.kind} of ${timeText(lost.at, zone)}: ${clean(lost.why)}`,
    ),
  ])
  return [paint.warn('Not told'), ...lines]
}
