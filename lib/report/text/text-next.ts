// SPDX-License-Identifier: Apache-2.0
// What to do next, for each thing a rollout can wait for. Pure.
import type { WaitCode } from '../../rollout/index.js'
import { clean, count, inCommand, timeText } from '../words/words.js'
import type { TextOptions } from '../words/styles.js'
import type { Report, RolloutReport, WaitingReport } from '../model/rollout-report.js'

export function nextSteps(report: Report, rollout: RolloutReport, options: TextOptions): string[] {
  const { status, halt } = rollout
  return status === 'halted'
    ? halt
      ? [inCommand(clean(halt.hint), options.command)]
      : []
    : status === 'running'
      ? ofRunning(report, rollout, options)
      : []
}

export function nextLines(report: Report, rollout: RolloutReport, options: TextOptions): string[] {
  const next = nextSteps(report, rollout, options)
  const mark = `${options.paint.strong('Next')}: `
  return next.map((line, i) => (i === 0 ? mark : '      ') + line)
}

function ofRunning({ holder }: Report, rollout: RolloutReport, options: TextOptions): string[] {
  const { waiting, wakeAt, steps, approvals } = rollout
  const { command, zone } = options
  const lines = new Set(
    (holder ? STEERED_BY_PEOPLE : CODES).flatMap((code) => {
      const those = waiting.filter((w) => w.code === code)
      return those.length > 0 ? stepFor(code, those, options) : []
    }),
  )
  // Where nothing is left to be finished, no node waits, and the next run only says the halt.
  if (rollout.abort && !holder) for (const line of stepFor('ending', [], options)) lines.add(line)
  // By day a person can approve what begins by night.
  if (!waiting.some((w) => w.code === 'approval'))
    for (const { key } of approvals) lines.add(`${command} approve ${key}`)
  // A run that is under way goes on by itself.
  if (holder) return [...lines]
  const none = lines.size === 0
  if (wakeAt !== undefined)
    lines.add(`${command} run goes on, not before ${timeText(wakeAt, zone)}`)
  else if (none && (waiting.length > 0 || steps.length > 0)) lines.add(`${command} run goes on`)
  return [...lines]
}

/**
 * What a person can do about it, the first to be done first; all else ends by itself, or by the
 * run.
 */
const CODES = [
  'ending',
  'pause',
  'promotion',
  'approval',
  'limit',
  'drain',
  'quarantined',
] as const satisfies readonly WaitCode[]

/** What a run that is under way cannot bring about by itself. */
const STEERED_BY_PEOPLE = ['pause', 'promotion', 'approval'] as const satisfies readonly WaitCode[]

function stepFor(
  code: (typeof CODES)[number],
  those: readonly WaitingReport[],
  { command, zone }: TextOptions,
): string[] {
  const [first] = those
  const nodes = those.flatMap((w) => w.nodes)
  switch (code) {
    case 'ending':
      return [`${command} run finishes what was begun, then it halts`]
    case 'pause':
      return [
        first?.until === undefined
          ? `${command} unpause`
          : `${command} unpause, or wait until ${timeText(first.until, zone)}`,
      ]
    case 'promotion':
      return first?.until === undefined
        ? [`complete it in the environment that comes first (${clean(first?.text ?? '')})`]
        : []
    case 'approval':
      return those.flatMap((w) =>
        w.approval === undefined ? [] : [`${command} approve ${w.approval}`],
      )
    case 'limit':
      return [`${command} run once more changes the next ones`]
    case 'drain':
      return [
        `${count(nodes.length, 'node')} must be drained and changed by hand, or the change tagged HotChange; then ${command} run`,
      ]
    case 'quarantined':
      return [
        `mend ${nodes.length === 1 ? 'the node' : 'the nodes'} in quarantine, then ${command} retry`,
      ]
  }
}
