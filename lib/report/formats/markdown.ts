// SPDX-License-Identifier: Apache-2.0
// Reports as Markdown, for merge requests and job summaries. Pure.
//
// What nodes and repositories say stands in code: as text it could name people, close issues or
// bring in HTML.
import { groupBy } from '../../fleet/names/group-by.js'
import type { Stage } from '../../rollout/index.js'
import type { LintReport } from '../model/answers.js'
import type { TextOptions } from '../words/styles.js'
import { severityOf } from '../words/lint-severity.js'
import type { DetectReport, PlanReport, Report, RolloutReport } from '../model/rollout-report.js'
import { clean, count, durationText, nodesText, shortSha, timeText } from '../words/words.js'

/** Lines of each list that are shown: a thousand nodes are not a thousand lines. */
const MOST = 50

/** Foreign text as one piece of code, whatever it holds. */
export function code(text: string, max = 300): string {
  const line = clean(text, max).replace(/\s+/g, ' ').trim()
  const fence = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map((m) => m[0].length)) + 1)
  // A backtick at its end would run into the fence.
  const inner = /^`|`$/.test(line) ? ` ${line} ` : line
  return line === '' ? '' : `${fence}${inner}${fence}`
}

function block(text: string): string[] {
  const body = clean(text).trimEnd()
  const fence = '`'.repeat(Math.max(2, ...[...body.matchAll(/`+/g)].map((m) => m[0].length)) + 1)
  return body === '' ? [] : ['', `${fence}text`, body, fence]
}

/** A bar would end the cell, also within code. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : [
        '',
        ...[head, head.map(() => '---'), ...rows.slice(0, MOST)].map(
          (row) => `| ${row.map(cell).join(' | ')} |`,
        ),
        ...(rows.length > MOST ? ['', `and ${rows.length - MOST} more`] : []),
      ]

const list = (title: string, items: readonly string[]): string[] =>
  items.length === 0
    ? []
    : [
        '',
        `**${title}**`,
        '',
        ...items.slice(0, MOST).map((item) => `- ${item}`),
        ...(items.length > MOST ? [`- and ${items.length - MOST} more`] : []),
      ]

type Of = Pick<Report, 'fleet' | 'environment'>
const title = (what: string, { fleet, environment }: Of, result: string): string =>
  `### patchrun ${what}: ${code(`${fleet} (${environment})`)} ${result}`
const pinned = ({ sha, ref, subject }: RolloutReport['pin']): string =>
  `Commit ${code(shortSha(sha))}${ref === sha ? '' : ` of ${code(ref)}`}: ${code(subject, 200)}`
const place = ({ file, line }: { readonly file?: string; readonly line?: number }): string =>
  file === undefined ? '' : code(line === undefined ? file : `${file}:${line}`)
const document = (lines: readonly string[]): string => `${lines.join('\n')}\n`

const STAGES: readonly (readonly [Stage, string])[] = [
  ['good', 'good'],
  ['applied', 'changed, not verified'],
  ['hot', 'to be changed'],
  ['drain', 'need a drain'],
  ['failed', 'failed'],
  ['quarantined', 'quarantined'],
  ['unseen', 'not looked at'],
]

export function rolloutMarkdown(report: Report, { zone, command }: TextOptions): string {
  const { rollout } = report
  if (!rollout) return document([title('rollout', report, 'has not begun')])
  const { status, waves, waiting, approvals, nodes, halt } = rollout
  const shown = STAGES.filter(([stage]) => waves.some((w) => w.counts[stage] > 0))
  const failed = [
    ...groupBy(
      nodes.filter((n) => n.failure && n.stage !== 'good'),
      (n) => JSON.stringify(n.failure),
    ).values(),
  ]
  const waits =
    status === 'running'
      ? waiting.filter((w) => w.code !== 'failed' && w.code !== 'quarantined')
      : []
  return document([
    title(
      'rollout',
      report,
      status === 'running' ? (waits.length > 0 ? 'waits' : 'is not finished') : `is ${status}`,
    ),
    '',
    pinned(rollout.pin),
    ...(halt ? ['', `**Halted** (${code(halt.code)}): ${code(halt.message, 2000)}`] : []),
    ...table(
      ['wave', 'nodes', ...shown.map(([, word]) => word)],
      waves.map((w) => [
        w.name,
        String(w.nodes),
        ...shown.map(([stage]) => String(w.counts[stage] || '')),
      ]),
    ),
    ...list(
      'Waits',
      waits.map(
        (w) =>
          `${w.nodes.length > 0 ? `${code(nodesText(w.nodes))}: ` : ''}${code(w.text, 500)}${w.until === undefined ? '' : ` until ${timeText(w.until, zone)}`}`,
      ),
    ),
    ...list(
      'Needs an approval',
      approvals.map(
        (a) =>
          `${code(`${command} approve ${a.key}`)}: ${a.waves.map((w) => `${w.name}, ${count(w.nodes.length, 'node')}`).join('; ')}`,
      ),
    ),
    ...failed.slice(0, MOST).flatMap((group) => {
      const failure = group[0]?.failure
      return failure
        ? [
            '',
            `**${group[0]?.stage === 'quarantined' ? 'Quarantined' : 'Failed'}** ${code(nodesText(group.map((n) => n.node)))}${failure.task === undefined ? '' : ` at ${code(failure.task)}`} ${place(failure)}`,
            ...block(failure.message),
          ]
        : []
    }),
  ])
}

export function detectMarkdown(report: DetectReport): string {
  const { counts, nodes, pin } = report
  const totals = (['ERROR', 'UNKNOWN', 'DRAIN', 'HOT', 'GOOD'] as const)
    .filter((v) => counts[v] > 0)
    .map((v) => `${counts[v]} ${v}`)
  return document([
    title('detect', report, totals.join(', ')),
    '',
    pinned(pin),
    ...lookLines(nodes),
  ])
}

function lookLines(nodes: DetectReport['nodes']): string[] {
  const changes = [
    ...groupBy(
      nodes.flatMap((n) => n.changes.map((change) => ({ node: n.node, change }))),
      ({ change }) => JSON.stringify([change.task, change.file, change.line]),
    ).values(),
  ]
  const blind = [
    ...groupBy(
      nodes.flatMap((n) => n.blindSpots.map((spot) => ({ node: n.node, spot }))),
      ({ spot }) => JSON.stringify([spot.task, spot.file, spot.line]),
    ).values(),
  ]
  const failed = [
    ...groupBy(
      nodes.filter((n) => n.verdict === 'ERROR' || n.verdict === 'UNKNOWN'),
      (n) => JSON.stringify(n.failure),
    ).values(),
  ]
  return [
    ...failed.flatMap((group) => [
      '',
      `**${group[0]?.verdict ?? ''}** ${code(nodesText(group.map((n) => n.node)))} ${code(group[0]?.failure?.task ?? '')} ${place(group[0]?.failure ?? {})}`,
      ...block(group[0]?.failure?.message ?? 'Ansible said nothing about it'),
    ]),
    ...table(
      ['would change', 'place', 'tags', 'nodes'],
      changes.flatMap(([first, ...more]) =>
        first
          ? [
              [
                code(first.change.task),
                place(first.change),
                first.change.tags.map((t) => code(t)).join(' ') || 'untagged',
                code(nodesText([first, ...more].map((c) => c.node))),
              ],
            ]
          : [],
      ),
    ),
    ...list(
      'Cannot be predicted, check mode skips it',
      blind.flatMap(([first]) => (first ? [`${code(first.spot.task)} ${place(first.spot)}`] : [])),
    ),
  ]
}

export function planMarkdown(report: PlanReport, { zone }: TextOptions): string {
  const { waves, hold, fits, nodes, pin } = report
  return document([
    title(
      'plan',
      report,
      waves[0] && waves[0].fail.length > 0 ? 'would halt in its first wave' : '',
    ),
    '',
    pinned(pin),
    ...(hold
      ? [
          '',
          `Would wait: ${code(hold.text)}${hold.until === undefined ? '' : ` until ${timeText(hold.until, zone)}`}`,
        ]
      : fits === undefined
        ? []
        : ['', `A change fits next at ${timeText(fits, zone)}`]),
    ...table(
      [
        'wave',
        'nodes',
        'good already',
        'would be changed',
        'would wait for a drain',
        'would fail',
        'about',
        'first',
      ],
      waves.map((w) => [
        w.name,
        String(w.nodes),
        ...[w.good, w.apply, w.waitForDrain, w.fail].map((names) =>
          names.length === 0 ? '' : `${names.length}: ${code(nodesText(names, 60))}`,
        ),
        w.expected > 0 ? durationText(w.expected) : '',
        w.before.map((b) => code(b)).join('; '),
      ]),
    ),
    ...lookLines(nodes),
  ])
}

export function lintMarkdown(report: LintReport): string {
  const {
    counts: { standing },
    findings,
    pin,
    playbook,
  } = report
  return document([
    title(
      'lint',
      report,
      findings.length === 0 ? 'nothing to complain about' : count(findings.length, 'finding'),
    ),
    '',
    pinned(pin),
    '',
    `${code(playbook)}: ${standing.hot} HotChange, ${standing.drain} DrainChange, ${standing.both} both, ${standing.untagged} untagged, ${standing.exempt} ${standing.exempt === 1 ? 'needs' : 'need'} no tag`,
    ...table(
      ['finding', 'severity', 'place', 'task', 'what'],
      findings.map((f) => [
        f.finding,
        severityOf(f.finding),
        place(f),
        code(f.task),
        code(f.message, 500),
      ]),
    ),
  ])
}
