// SPDX-License-Identifier: Apache-2.0
import { groupBy } from '../../fleet/names/group-by.js'
import type { TextOptions } from '../words/styles.js'
import { nodeGroupsText } from './text-detect.js'
import type { DrainPlan, PlanReport } from '../model/rollout-report.js'
import {
  clean,
  count,
  durationText,
  indent,
  nodesText,
  pinText,
  SAYS_WHEN,
  timeText,
} from '../words/words.js'

/** What a run would do, wave by wave, and below it what led to that. */
export function planText(
  {
    fleet,
    environment,
    pin,
    policy,
    tags,
    waves,
    nodes,
    expected,
    hold,
    fits,
    noAnswer,
    file,
  }: PlanReport,
  options: TextOptions,
): string {
  const { paint, zone } = options
  const lines = [`${paint.strong(`${fleet} (${environment})`)} at ${pinText(pin)}`]
  if (hold)
    lines.push(
      paint.warn(
        `would wait: ${hold.text}${hold.until === undefined || SAYS_WHEN.has(hold.code) ? '' : `, until ${timeText(hold.until, zone)}`}`,
      ),
    )
  else if (fits !== undefined)
    lines.push(paint.warn(`a change fits next at ${timeText(fits, zone)}`))
  lines.push(
    paint.faint(
      `a node is expected to take ${durationText(expected.visit)} (${expected.measured ? 'measured' : 'as declared'})`,
    ),
  )
  if (noAnswer !== undefined)
    lines.push(
      paint.bad('the scheduler gave no answer, so nobody knows which node would be drained first:'),
      indent(clean(noAnswer), '  '),
    )
  waves.forEach(
    (
      { name, nodes: total, before, good, apply, waitForDrain, drains, fail, expected: time },
      i,
    ) => {
      const part = (
        list: readonly string[],
        mark: (s: string) => string,
        words: string,
      ): string[] =>
        list.length > 0 ? [`  ${mark(`${list.length} ${words}`)}: ${nodesText(list)}`] : []
      lines.push(
        '',
        `${paint.strong(name)}, ${count(total, 'node')}${apply.length > 0 && time > 0 ? `, about ${durationText(time)}` : ''}`,
        ...(before.length > 0 ? [paint.faint(`  first: ${before.join('; ')}`)] : []),
        ...part(fail, paint.bad, 'would fail'),
        ...part(waitForDrain, paint.warn, 'would wait for a drain'),
        ...(drains ? drainLines(drains, options) : []),
        ...part(apply, paint.strong, `would be changed (${tags.join(', ')})`),
        ...part(good, paint.good, 'GOOD already'),
      )
      if (i === 0 && waves.length > 1)
        lines.push(paint.faint(`  then a soak of ${durationText(policy.soak)}`))
    },
  )
  const first = waves[0]
  if (first && first.fail.length > 0)
    lines.push('', paint.bad('The rollout would halt in its first wave.'))
  lines.push(...nodeGroupsText(nodes, options))
  if (file !== undefined) lines.push('', `Kept in ${file}: ${options.command} run --plan ${file}`)
  return `${lines.join('\n')}\n`
}

/** Lines of each part of the order that are shown. */
const MOST_LINES = 20

/** Which of them goes when, and why; nodes for which the same holds are one line. */
function drainLines(
  { order, first, waiting }: DrainPlan,
  { paint, verbose }: TextOptions,
): string[] {
  const holds = new Map(waiting.flatMap(({ nodes, text }) => nodes.map((n) => [n, text] as const)))
  const [begin, ready] = [new Set(first), new Set(order.map((t) => t.node))]
  const later = order
    .filter((t) => !begin.has(t.node))
    .map(({ node, why }) => ({ node, why, hold: holds.get(node) ?? '' }))
  // Mostly it is one limit for all of them.
  const [shared, ...others] = new Set(later.map((t) => t.hold))
  const part = (
    title: string,
    list: readonly { readonly node: string; readonly text: string }[],
  ): string[] => {
    if (list.length === 0) return []
    const groups = [...groupBy(list, (t) => t.text).values()]
    const shown = verbose ? groups : groups.slice(0, MOST_LINES)
    const rest = groups.slice(shown.length).flat().length
    return [
      paint.faint(`    ${title}:`),
      ...shown.map(
        (group) =>
          `      ${nodesText(group.map((t) => t.node))}: ${clean(group[0]?.text ?? '', 400)}`,
      ),
      ...(rest > 0
        ? [`      and ${count(rest, 'more node', 'more nodes')}; -v shows them all`]
        : []),
    ]
  }
  return [
    ...part(
      'drained at once',
      order.filter((t) => begin.has(t.node)).map(({ node, why }) => ({ node, text: why })),
    ),
    ...part(
      `drained then, in this order${shared && others.length === 0 ? ` (${clean(shared)})` : ''}`,
      later.map(({ node, why, hold }) => ({
        node,
        text: others.length > 0 ? `${why}; ${hold}` : why,
      })),
    ),
    ...part(
      'not drained',
      waiting.flatMap(({ nodes, text }) =>
        nodes.filter((n) => !ready.has(n)).map((node) => ({ node, text })),
      ),
    ),
  ]
}
