// SPDX-License-Identifier: Apache-2.0
import { clean, count, durationText, shortSha, timeText } from '../words/words.js'
import { pauseText, wordText } from './text-people.js'
import type { TextOptions } from '../words/styles.js'
import type { HistoryReport } from '../model/rollout-report.js'

/** Past rollouts in words, newest first: two lines each, three where one was halted. */
export function historyText(
  { fleet, environment, remembered, pause, rollouts }: HistoryReport,
  { paint, zone }: TextOptions,
): string {
  const lines = [
    `${paint.strong(`${fleet} (${environment})`)}: ${remembered === null ? 'no rollout was completed yet' : `last completed at ${shortSha(remembered)}`}`,
  ]
  if (pause) lines.push(paint.warn(pauseText(pause, zone)))
  for (const {
    id,
    kind,
    end,
    pin,
    status,
    openedAt,
    endedAt,
    by,
    counts,
    limited,
    message,
  } of rollouts) {
    const mark = status === 'done' ? paint.good : status === 'halted' ? paint.bad : paint.warn
    lines.push(
      '',
      `${timeText(openedAt, zone)}  ${id}  ${mark(status === 'rolled-back' ? 'rolled back' : status)}${kind === 'rollback' ? ', a rollback' : limited ? ' (limited)' : ''}  "${clean(pin.subject, 100)}"`,
      `  ${counts.good} good, ${counts.failed + counts.quarantined} failed of ${count(
        Object.values(counts).reduce((a, b) => a + b, 0),
        'node',
      )} looked at; ${durationText(endedAt - openedAt)}, by ${clean(by.user)}@${clean(by.host)}`,
      ...(end
        ? [`  ${end.word === 'aborted' ? 'aborted' : 'rolled back'} by ${wordText(end, zone)}`]
        : []),
      ...(message === undefined || end?.word === 'aborted' ? [] : [`  ${clean(message, 500)}`]),
    )
  }
  if (rollouts.length === 0) lines.push('no rollout yet')
  return `${lines.join('\n')}\n`
}
