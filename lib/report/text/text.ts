// SPDX-License-Identifier: Apache-2.0
// lib/report/text/: reports in words, for a terminal.
//
// A Report in words: what was done, what waits and why, what failed and where, what to do next.
// Pure.
import { groupBy } from '../../fleet/names/group-by.js'
import type { Stage } from '../../rollout/index.js'
import { blindSpotLines, failureLines, haltLines } from './text-failures.js'
import { nextLines } from './text-next.js'
import { approvalLines, leftLines, notifyLines, peopleLines } from './text-people.js'
import {
  clean,
  count,
  durationText,
  nodesText,
  pinText,
  SAYS_WHEN,
  shortSha,
  table,
  timeText,
} from '../words/words.js'
import type { Paint, RolloutTextOptions, TextOptions } from '../words/styles.js'
import type { Report, RolloutReport } from '../model/rollout-report.js'

const STAGE: Readonly<Record<Stage, string>> = {
  good: 'good',
  applied: 'changed, not verified',
  hot: 'to be changed',
  drain: 'need a drain',
  failed: 'failed',
  quarantined: 'quarantined',
  unseen: 'not looked at',
}

export function rolloutText(report: Report, options: RolloutTextOptions): string {
  const { rollout, fleet, environment } = report
  const { paint } = options
  const name = paint.strong(`${fleet} (${environment})`)
  if (!rollout)
    return [
      `${name}: nothing has been rolled out yet`,
      ...holderLines(report, options),
      ...peopleLines(report, options),
      '',
      `To begin: ${options.command} run`,
      '',
    ].join('\n')
  const sections = [
    [`${name}: ${statusText(rollout, report, paint)}`, ...facts(report, rollout, options)],
    table(rollout.waves.map((w) => [w.name, count(w.nodes, 'node'), stagesText(w.counts, paint)])),
    peopleLines(report, options),
    stepLines(report, rollout, options),
    waitingLines(rollout, options),
    approvalLines(rollout, options),
    failureLines(rollout, options),
    blindSpotLines(rollout.nodes, options),
    leftLines(rollout, options),
    notifyLines(report, options),
    haltLines(rollout, options),
    nextLines(report, rollout, options),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function statusText(
  { kind, status, pin, waiting, limited, abort }: RolloutReport,
  { holder }: Report,
  paint: Paint,
): string {
  switch (status) {
    case 'done':
      return paint.good(
        kind === 'rollback'
          ? `rolled back, every node that was touched is GOOD at ${shortSha(pin.sha)}`
          : `done, every ${limited ? 'node it was limited to' : 'node'} is GOOD at ${shortSha(pin.sha)}`,
      )
    case 'halted':
      return paint.bad('halted')
    case 'closed':
      return 'closed'
    case 'rolled-back':
      return paint.warn('rolled back')
    case 'running':
      if (abort) return paint.bad('aborted, not at its end yet')
      return holder ? 'under way' : paint.warn(waiting.length > 0 ? 'waiting' : 'not finished')
  }
}

function facts(report: Report, rollout: RolloutReport, { zone, paint }: TextOptions): string[] {
  const { id, pin, previous, openedAt, endedAt, by } = rollout
  const took = Date.parse(endedAt ?? report.at) - Date.parse(openedAt)
  const rows: string[][] = [
    ['pin', pinText(pin)],
    ...(previous === null || previous === pin.sha ? [] : [['before', shortSha(previous)]]),
    [
      'rollout',
      `${id}, begun ${timeText(openedAt, zone)} by ${clean(by.user)}@${clean(by.host)}, ${endedAt === undefined ? 'open for' : 'took'} ${durationText(took)}`,
    ],
  ]
  return table(rows.map(([key = '', value = '']) => [paint.faint(key), value]))
}

function stagesText(counts: Readonly<Record<Stage, number>>, paint: Paint): string {
  const colour: Partial<Record<Stage, (s: string) => string>> = {
    good: paint.good,
    failed: paint.bad,
    quarantined: paint.bad,
    drain: paint.warn,
  }
  return (Object.keys(STAGE) as Stage[])
    .filter((s) => counts[s] > 0)
    .map((s) => (colour[s] ?? ((t) => t))(`${counts[s]} ${STAGE[s]}`))
    .join(', ')
}

function holderLines({ holder }: Report, { zone }: TextOptions): string[] {
  return holder
    ? [
        `A run is under way: ${clean(holder.user)}@${clean(holder.host)}, process ${holder.pid}, since ${timeText(holder.since, zone)}`,
      ]
    : []
}

function stepLines(report: Report, { steps }: RolloutReport, options: TextOptions): string[] {
  const lines = holderLines(report, options)
  for (const { step, nodes, since } of steps) {
    const what = `step ${step} on ${count(nodes, 'node')}, begun ${timeText(since, options.zone)}`
    lines.push(
      report.holder
        ? `  ${what}`
        : `${what}, has no outcome: the next run looks at its nodes again before it touches them`,
    )
  }
  return lines
}

function waitingLines({ waiting, status }: RolloutReport, { paint, zone }: TextOptions): string[] {
  // Failed nodes have their own section; a halt is told once, not for every node.
  const shown =
    status === 'halted'
      ? []
      : waiting.filter(
          (w) => (w.code !== 'failed' || w.until !== undefined) && w.code !== 'quarantined',
        )
  if (shown.length === 0) return []
  // The core speaks of each wave on its own; a reason that several share is told once.
  const lines = [...groupBy(shown, ({ text, until }) => `${until ?? ''} ${text}`).values()].flatMap(
    ([first, ...more]) => {
      if (!first) return []
      const nodes = [first, ...more].flatMap((w) => w.nodes)
      return [
        `  ${nodes.length === 0 ? 'the rollout' : nodesText(nodes)}${nodes.length > 1 ? ` (${nodes.length})` : ''}: ${clean(first.text)}${first.until === undefined || SAYS_WHEN.has(first.code) ? '' : `, until ${timeText(first.until, zone)}`}`,
      ]
    },
  )
  return [paint.strong('Waiting'), ...lines]
}
