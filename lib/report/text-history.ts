// SPDX-License-Identifier: Apache-2.0
import { clean, count, durationText, shortSha, timeText } from './words.js'
import type { TextOptions } from './paint.js'
import type { HistoryReport } from './types.js'

/** Past rollouts in words, newest first: two lines each, three where one was halted. */
export function historyText({ fleet, environment, remembered, rollouts }: HistoryReport, { paint, zone }: TextOptions): string {
  const lines = [`${paint.strong(`${fleet} (${environment})`)}: ${remembered === null ? 'no rollout was completed yet' : `last completed at ${shortSha(remembered)}`}`]
  for (const { id, pin, status, openedAt, endedAt, by, counts, limited, message } of rollouts) {
    const mark = status === 'done' ? paint.good : status === 'halted' ? paint.bad : paint.warn
    lines.push(
      '',
      `${timeText(openedAt, zone)}  ${id}  ${mark(status)}${limited ? ' (limited)' : ''}  "${clean(pin.subject, 100)}"`,
      `  ${counts.good} good, ${counts.failed} failed of ${count(Object.values(counts).reduce((a, b) => a + b, 0), 'node')} looked at; ${durationText(endedAt - openedAt)}, by ${clean(by.user)}@${clean(by.host)}`,
      ...(message === undefined ? [] : [`  ${clean(message, 500)}`]),
    )
  }
  if (rollouts.length === 0) lines.push('no rollout yet')
  return `${lines.join('\n')}\n`
}
