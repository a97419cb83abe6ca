// SPDX-License-Identifier: Apache-2.0
// A Report in words: what was done, what waits and why, what failed and where, what to do next. Pure.
import { groupBy } from '../fleet/group-by.js'
import type { Failure, Stage, TaskRef } from '../rollout/index.js'
import { clean, count, durationText, indent, nodesText, pinText, placeText, shortSha, table, timeText } from './words.js'
import type { Paint, TextOptions } from './paint.js'
import type { NodeReport, Report, RolloutReport } from './types.js'

/** What the renderer cannot know from the report alone. */
export interface RolloutTextOptions extends TextOptions {
  /** The log of Ansible in which the failure of a node stands. */
  readonly logOf?: (node: string) => string | undefined
  /** Directory that keeps the logs of the rollout. */
  readonly logs?: string
}

/** Groups of failed nodes that are told one by one; the rest is counted. */
const MOST = 20

const STAGE: Readonly<Record<Stage, string>> = { good: 'good', applied: 'changed, not verified', hot: 'to be changed', drain: 'need a drain', failed: 'failed', quarantined: 'quarantined', unseen: 'not looked at' }

export function rolloutText(report: Report, options: RolloutTextOptions): string {
  const { rollout, fleet, environment } = report
  const { paint } = options
  const name = paint.strong(`${fleet} (${environment})`)
  if (!rollout) return [`${name}: nothing has been rolled out yet`, ...holderLines(report, options), '', `To begin: ${options.command} run`, ''].join('\n')
  const sections = [
    [`${name}: ${statusText(rollout, report, paint)}`, ...facts(report, rollout, options)],
    table(rollout.waves.map((w) => [w.name, count(w.nodes, 'node'), stagesText(w.counts, paint)])),
    stepLines(report, rollout, options),
    waitingLines(rollout, options),
    failureLines(rollout, options),
    blindSpotLines(rollout.nodes, options),
    haltLines(rollout, options),
    nextLines(report, rollout, options),
  ]
  return `${sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function statusText({ kind, status, pin, waiting, limited }: RolloutReport, { holder }: Report, paint: Paint): string {
  switch (status) {
    case 'done':
      return paint.good(kind === 'rollback' ? `rolled back, every node that was touched is GOOD at ${shortSha(pin.sha)}` : `done, every ${limited ? 'node it was limited to' : 'node'} is GOOD at ${shortSha(pin.sha)}`)
    case 'halted':
      return paint.bad('halted')
    case 'closed':
      return 'closed'
    case 'rolled-back':
      return paint.warn('rolled back')
    case 'running':
      return holder ? 'under way' : paint.warn(waiting.length > 0 ? 'waiting' : 'not finished')
  }
}

function facts(report: Report, rollout: RolloutReport, { zone, paint }: TextOptions): string[] {
  const { id, pin, previous, openedAt, endedAt, by } = rollout
  const took = Date.parse(endedAt ?? report.at) - Date.parse(openedAt)
  const rows: string[][] = [
    ['pin', pinText(pin)],
    ...(previous === null || previous === pin.sha ? [] : [['before', shortSha(previous)]]),
    ['rollout', `${id}, begun ${timeText(openedAt, zone)} by ${clean(by.user)}@${clean(by.host)}, ${endedAt === undefined ? 'open for' : 'took'} ${durationText(took)}`],
  ]
  return table(rows.map(([key = '', value = '']) => [paint.faint(key), value]))
}

function stagesText(counts: Readonly<Record<Stage, number>>, paint: Paint): string {
  const colour: Partial<Record<Stage, (s: string) => string>> = { good: paint.good, failed: paint.bad, quarantined: paint.bad, drain: paint.warn }
  return (Object.keys(STAGE) as Stage[]).filter((s) => counts[s] > 0).map((s) => (colour[s] ?? ((t) => t))(`${counts[s]} ${STAGE[s]}`)).join(', ')
}

function holderLines({ holder }: Report, { zone }: TextOptions): string[] {
  return holder ? [`A run is under way: ${clean(holder.user)}@${clean(holder.host)}, process ${holder.pid}, since ${timeText(holder.since, zone)}`] : []
}

function stepLines(report: Report, { steps }: RolloutReport, options: TextOptions): string[] {
  const lines = holderLines(report, options)
  for (const { step, nodes, since } of steps) {
    const what = `step ${step} on ${count(nodes, 'node')}, begun ${timeText(since, options.zone)}`
    lines.push(report.holder ? `  ${what}` : `${what}, has no outcome: the next run looks at its nodes again before it touches them`)
  }
  return lines
}

function waitingLines({ waiting, status }: RolloutReport, { paint, zone }: TextOptions): string[] {
  // Failed nodes have their own section; a halt is told once, not for every node.
  const shown = status === 'halted' ? [] : waiting.filter((w) => (w.code !== 'failed' || w.until !== undefined) && w.code !== 'quarantined')
  if (shown.length === 0) return []
  // The core speaks of each wave on its own; a reason that several share is told once.
  const lines = [...groupBy(shown, ({ text, until }) => `${until ?? ''} ${text}`).values()].flatMap(([first, ...more]) => {
    if (!first) return []
    const nodes = [first, ...more].flatMap((w) => w.nodes)
    return [`  ${nodes.length === 0 ? 'the rollout' : nodesText(nodes)}${nodes.length > 1 ? ` (${nodes.length})` : ''}: ${clean(first.text)}${first.until === undefined ? '' : `, until ${timeText(first.until, zone)}`}`]
  })
  return [paint.strong('Waiting'), ...lines]
}

function failureLines({ nodes }: RolloutReport, { paint, verbose, logOf, logs }: RolloutTextOptions): string[] {
  const failed = nodes.filter((n) => n.failure && n.stage !== 'good')
  if (failed.length === 0) return []
  const groups = [...groupBy(failed, ({ failure }) => JSON.stringify(failure)).values()]
  const shown = verbose ? groups : groups.slice(0, MOST)
  const lines = shown.flatMap((group) => {
    const [first] = group
    if (!first?.failure) return []
    const names = group.map((n) => n.node)
    const log = logOf?.(first.node)
    return [`  ${paint.bad(nodesText(names))}${names.length > 1 ? ` (${names.length})` : ''}: ${failureText(first.failure)}`, ...(log ? [paint.faint(`    log: ${log}`)] : [])]
  })
  const rest = groups.slice(shown.length).flat().length
  if (rest > 0) lines.push(`  and ${count(rest, 'node')} more; -v shows all`)
  if (!logOf && logs) lines.push(paint.faint(`  logs: ${logs}`))
  return [paint.strong(`Failed: ${count(failed.length, 'node')}`), ...lines]
}

const CAUSE: Readonly<Record<Failure['cause'], string>> = { failed: '', unreachable: 'unreachable: ', hung: 'hangs: ', 'not-converged': '', unknown: '', guard: '' }

/** Cause, task, place, and the message below. */
export function failureText({ cause, message, task, file, line }: Failure): string {
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`
  const head = `${CAUSE[cause]}${task === undefined ? '' : `task "${clean(task, 200)}"`}${place}`
  const body = clean(message).trimEnd()
  return head === '' ? indent(body, '    ').trimStart() : `${head}\n${indent(body, '    ')}`
}

function blindSpotLines(nodes: readonly NodeReport[], options: TextOptions): string[] {
  const seen = nodes.flatMap((n) => n.blindSpots.map((spot) => ({ spot, node: n.node })))
  const lines = unpredictedText(seen, options)
  // A node that looks GOOD is not touched, so a change that consists of such tasks alone has gone nowhere.
  const passedBy = nodes.filter((n) => n.stage === 'good' && !n.touched && n.blindSpots.length > 0)
  if (passedBy.length === 0) return lines
  return [...lines, `  ${count(passedBy.length, 'node')} looked GOOD and ${passedBy.length === 1 ? 'was' : 'were'} not changed: what cannot be predicted did not run there`]
}

/** "12 tasks cannot be predicted": named, with the nodes they concern. */
export function unpredictedText(seen: readonly { readonly spot: TaskRef; readonly node: string }[], { paint, verbose }: TextOptions): string[] {
  const groups = [...groupBy(seen, ({ spot }) => `${spot.file}\0${spot.line}\0${spot.task}`).values()]
  if (groups.length === 0) return []
  const shown = verbose ? groups : groups.slice(0, 5)
  const lines = shown.flatMap(([first, ...more]) => (first ? [`  "${clean(first.spot.task, 200)}" (${placeText(first.spot)}) on ${nodesText([first, ...more].map((s) => s.node), 60)}`] : []))
  const rest = groups.length - shown.length
  const head = `${count(groups.length, 'task')} cannot be predicted, check mode skips ${groups.length === 1 ? 'it' : 'them'}`
  return [paint.warn(head), ...lines, ...(rest > 0 ? [`  and ${rest} more; -v shows all`] : [])]
}

/** The failures stand above, each with its task and place; what is no node's failure stands here in full. */
function haltLines({ halt, nodes }: RolloutReport, { paint }: TextOptions): string[] {
  if (!halt) return []
  const failed = count(halt.nodes.length, 'node')
  const text = halt.code === 'canary-failed' ? `${failed} of the canary wave failed${nodes.some((n) => n.wave > 0 && n.touched) ? '' : '; no other node was touched'}` : halt.code === 'too-many-failed' ? `${failed} failed, more than is endured` : halt.code === 'nodes-failed' ? `all other nodes are done, ${failed} failed` : clean(halt.message)
  return [`${paint.bad('Halted')}: ${text}`]
}

function nextLines({ holder }: Report, { status, halt, waiting, wakeAt, steps }: RolloutReport, { command, paint, zone }: TextOptions): string[] {
  if (status === 'halted') return halt ? [`${paint.strong('Next')}: ${clean(halt.hint)}`] : []
  if (status !== 'running' || holder) return []
  const drains = waiting.filter((w) => w.code === 'drain').flatMap((w) => w.nodes)
  const lines: string[] = []
  if (drains.length > 0) lines.push(`${paint.strong('Next')}: ${count(drains.length, 'node')} must be drained and changed by hand, or the change tagged HotChange; then ${command} run`)
  else if (wakeAt !== undefined) lines.push(`${paint.strong('Next')}: ${command} run goes on, not before ${timeText(wakeAt, zone)}`)
  else if (waiting.length > 0 || steps.length > 0) lines.push(`${paint.strong('Next')}: ${command} run goes on`)
  return lines
}
