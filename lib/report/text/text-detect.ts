// SPDX-License-Identifier: Apache-2.0
// Verdicts in words. A thousand nodes share a few causes: nodes with the same verdict for the same
// reasons are one entry.
import { groupBy } from '../../fleet/names/group-by.js'
import type { Verdict, WouldChange } from '../../rollout/record/verdict.js'
import { failureText, unpredictedText } from './text-failures.js'
import { clean, count, indent, nodesText, pinText, placeText } from '../words/words.js'
import type { Paint, TextOptions } from '../words/styles.js'
import type { DetectReport } from '../model/rollout-report.js'

/** What needs a person comes first. */
const ORDER: readonly Verdict[] = ['ERROR', 'UNKNOWN', 'DRAIN', 'HOT', 'GOOD']
type Seen = DetectReport['nodes'][number]

export function detectText(report: DetectReport, options: TextOptions): string {
  const { fleet, environment, pin, counts, nodes, directory } = report
  const { paint } = options
  const totals = ORDER.filter((v) => counts[v] > 0)
    .map((v) => colour(v, paint)(`${counts[v]} ${v}`))
    .join(', ')
  const lines = [
    `${paint.strong(`${fleet} (${environment})`)} at ${pinText(pin)}`,
    `${count(nodes.length, 'node')}: ${totals || 'none'}`,
  ]
  lines.push(...nodeGroupsText(nodes, options))
  if (counts.ERROR + counts.UNKNOWN > 0 || options.verbose)
    lines.push('', paint.faint(`log: ${directory}/ansible.log`))
  return `${lines.join('\n')}\n`
}

/** Nodes by verdict and cause, and the blind spots; a blank line before each entry. */
export function nodeGroupsText(nodes: readonly Seen[], options: TextOptions): string[] {
  const lines: string[] = []
  for (const verdict of ORDER) {
    const groups = groupBy(
      nodes.filter((n) => n.verdict === verdict),
      causesOf,
    )
    for (const group of groups.values()) lines.push('', ...entry(verdict, group, options))
  }
  const blind = unpredictedText(
    nodes.flatMap((n) => n.blindSpots.map((spot) => ({ spot, node: n.node }))),
    options,
  )
  return blind.length > 0 ? [...lines, '', ...blind] : lines
}

const causesOf = ({ failure, changes, unforeseen, beyond }: Seen): string =>
  JSON.stringify([
    failure ?? null,
    beyond ?? null,
    [...changes, ...(unforeseen?.tasks ?? [])].map(({ task, file, line }) => [task, file, line]),
  ])

const colour = (verdict: Verdict, paint: Paint): ((s: string) => string) =>
  verdict === 'GOOD'
    ? paint.good
    : verdict === 'HOT'
      ? paint.strong
      : verdict === 'DRAIN'
        ? paint.warn
        : paint.bad

function entry(verdict: Verdict, group: readonly Seen[], options: TextOptions): string[] {
  const { paint, verbose } = options
  const [first] = group
  if (!first) return []
  const lines = [
    `${colour(verdict, paint)(verdict.padEnd(7))} ${count(group.length, 'node')}: ${nodesText(
      group.map((n) => n.node),
      verbose ? Infinity : 120,
    )}`,
  ]
  if (first.failure) lines.push(indent(failureText(first.failure), '  '))
  first.changes.forEach((change, i) => lines.push(...changeLines(change, i, group, options)))
  for (const task of first.unforeseen?.tasks ?? [])
    lines.push(
      `  has to run once: "${clean(task.task, 200)}" (${placeText(task)}), which cannot be predicted`,
    )
  if (first.beyond)
    lines.push(
      `  check mode cannot go beyond ${indent(failureText(first.beyond), '  ').trimStart()}`,
    )
  if (
    first.verdict !== 'GOOD' &&
    !first.failure &&
    first.changes.length === 0 &&
    !first.unforeseen &&
    !first.beyond
  )
    lines.push('  an apply at this commit did not go through whole: it is done once more')
  if (verdict === 'UNKNOWN' && !first.failure)
    lines.push(
      '  Ansible said nothing about it: look at the log, and whether the plays name these nodes',
    )
  return lines
}

function changeLines(
  change: WouldChange,
  index: number,
  group: readonly Seen[],
  { paint, verbose }: TextOptions,
): string[] {
  const lines = [`  would change: "${clean(change.task, 200)}" (${placeText(change)})`]
  if (!verbose) return lines
  const diffs = [
    ...groupBy(
      group.filter((n) => n.changes[index]?.diff),
      (n) => contentOf(n.changes[index]?.diff ?? ''),
    ).values(),
  ]
  for (const nodes of diffs.slice(0, MOST_DIFFS)) {
    if (diffs.length > 1) lines.push(paint.faint(`    on ${nodesText(nodes.map((n) => n.node))}`))
    for (const line of contentOf(nodes[0]?.changes[index]?.diff ?? '').split('\n'))
      lines.push(`    ${paintDiff(line, paint)}`)
  }
  const rest = diffs.slice(MOST_DIFFS).flat().length
  if (rest > 0) lines.push(`    and ${count(rest, 'node')} with other diffs; --json has them all`)
  return lines
}

/** Distinct diffs of one task that are shown. */
const MOST_DIFFS = 20

/** A diff without its headers: they name temporary files and directories of single nodes. */
const contentOf = (diff: string): string =>
  clean(diff, 16_384)
    .trimEnd()
    .replace(/^--- .*\n\+\+\+ .*\n/gm, '')

const paintDiff = (line: string, paint: Paint): string =>
  line.startsWith('+')
    ? paint.good(line)
    : line.startsWith('-')
      ? paint.bad(line)
      : paint.faint(line)
