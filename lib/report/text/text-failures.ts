// SPDX-License-Identifier: Apache-2.0
// What failed, who is in quarantine, why it was halted, and what nobody can predict. Pure.
import { groupBy } from '../../fleet/names/group-by.js'
import type { Failure, TaskRef } from '../../rollout/index.js'
import { clean, count, indent, nodesText, placeText } from '../words/words.js'
import type { RolloutTextOptions, TextOptions } from '../words/styles.js'
import type { NodeReport, RolloutReport } from '../model/rollout-report.js'

/** Groups of failed nodes that are told one by one; the rest is counted. */
const MOST = 20

/**
 * Who failed, alike together; who is in quarantine in a section of its own, because nothing but a
 * person ends that.
 */
export function failureLines({ nodes }: RolloutReport, options: RolloutTextOptions): string[] {
  const failed = nodes.filter((n) => n.failure && n.stage !== 'good')
  if (failed.length === 0) return []
  const out = failed.filter((n) => n.stage === 'quarantined')
  const lines = [
    ...groupLines(
      'Failed',
      failed.filter((n) => n.stage !== 'quarantined'),
      options,
    ),
    ...groupLines('Quarantined', out, options),
  ]
  if (!options.logOf && options.logs) lines.push(options.paint.faint(`  logs: ${options.logs}`))
  return lines
}

function groupLines(
  title: string,
  nodes: readonly NodeReport[],
  { paint, verbose, logOf }: RolloutTextOptions,
): string[] {
  if (nodes.length === 0) return []
  const groups = [...groupBy(nodes, ({ failure }) => JSON.stringify(failure)).values()]
  const shown = verbose ? groups : groups.slice(0, MOST)
  const lines = shown.flatMap((group) => {
    const [first] = group
    if (!first?.failure) return []
    const names = group.map((n) => n.node)
    const log = logOf?.(first.node)
    return [
      `  ${paint.bad(nodesText(names))}${names.length > 1 ? ` (${names.length})` : ''}: ${failureText(first.failure)}`,
      ...(log ? [paint.faint(`    log: ${log}`)] : []),
    ]
  })
  const rest = groups.slice(shown.length).flat().length
  if (rest > 0) lines.push(`  and ${count(rest, 'node')} more; -v shows all`)
  return [paint.strong(`${title}: ${count(nodes.length, 'node')}`), ...lines]
}

const CAUSE: Readonly<Record<Failure['cause'], string>> = {
  failed: '',
  unreachable: 'unreachable: ',
  hung: 'hangs: ',
  'not-converged': '',
  unknown: '',
  guard: '',
}

/** Cause, task, place, and the message below. */
export function failureText({ cause, message, task, file, line }: Failure): string {
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`
  const head = `${CAUSE[cause]}${task === undefined ? '' : `task "${clean(task, 200)}"`}${place}`
  const body = clean(message).trimEnd()
  return head === '' ? indent(body, '    ').trimStart() : `${head}\n${indent(body, '    ')}`
}

export function blindSpotLines(nodes: readonly NodeReport[], options: TextOptions): string[] {
  const seen = nodes.flatMap((n) => n.blindSpots.map((spot) => ({ spot, node: n.node })))
  const lines = unpredictedText(seen, options)
  // A node that looks GOOD is not touched, so a change that consists of such tasks alone has gone
  // nowhere.
  const passedBy = nodes.filter((n) => n.stage === 'good' && !n.touched && n.blindSpots.length > 0)
  if (passedBy.length === 0) return lines
  return [
    ...lines,
    `  ${count(passedBy.length, 'node')} looked GOOD and ${passedBy.length === 1 ? 'was' : 'were'} not changed: what cannot be predicted did not run there`,
  ]
}

/** "12 tasks cannot be predicted": named, with the nodes they concern. */
export function unpredictedText(
  seen: readonly { readonly spot: TaskRef; readonly node: string }[],
  { paint, verbose }: TextOptions,
): string[] {
  const groups = [
    ...groupBy(seen, ({ spot }) => `${spot.file}\0${spot.line}\0${spot.task}`).values(),
  ]
  if (groups.length === 0) return []
  const shown = verbose ? groups : groups.slice(0, 5)
  const lines = shown.flatMap(([first, ...more]) =>
    first
      ? [
          `  "${clean(first.spot.task, 200)}" (${placeText(first.spot)}) on ${nodesText(
            [first, ...more].map((s) => s.node),
            60,
          )}`,
        ]
      : [],
  )
  const rest = groups.length - shown.length
  const head = `${count(groups.length, 'task')} cannot be predicted, check mode skips ${groups.length === 1 ? 'it' : 'them'}`
  return [paint.warn(head), ...lines, ...(rest > 0 ? [`  and ${rest} more; -v shows all`] : [])]
}

/**
 * The failures stand above, each with its task and place; what is no node's failure stands here in
 * full.
 */
export function haltLines({ halt, nodes }: RolloutReport, { paint }: TextOptions): string[] {
  if (!halt) return []
  const failed = count(halt.nodes.length, 'node')
  const text =
    halt.code === 'canary-failed'
      ? `${failed} of the canary wave failed${nodes.some((n) => n.wave > 0 && n.touched) ? '' : '; no other node was touched'}`
      : halt.code === 'too-many-failed'
        ? `${failed} failed, more than is endured`
        : halt.code === 'nodes-failed'
          ? `all other nodes are done, ${failed} failed`
          : clean(halt.message)
  return [`${paint.bad('Halted')}: ${text}`]
}
