// SPDX-License-Identifier: Apache-2.0
// The smaller answers in words.
import type {
  DoctorReport,
  GitlabReport,
  InitReport,
  PinReport,
  ValidateReport,
} from '../model/answers.js'
import {
  clean,
  count,
  inCommand,
  inZone,
  nodesText,
  shortSha,
  table,
  timeText,
} from '../words/words.js'
import type { Paint, TextOptions } from '../words/styles.js'

export function validateText(
  { fleet, environment, file, nodes, canaries, denied, waves, warnings }: ValidateReport,
  { paint }: TextOptions,
): string {
  const rows = [
    ['nodes', `${nodes.length}: ${nodesText(nodes)}`],
    ['canary', `${canaries.length}: ${nodesText(canaries)}`],
    ['denied', denied.length === 0 ? 'none' : `${denied.length}: ${nodesText(denied)}`],
    ['waves', waves.map((w) => `${w.name} ${w.nodes}`).join(', ')],
  ]
  return `${paint.good('valid')}: ${file}, ${fleet} (${environment})\n${table(rows).join('\n')}\n${warnings.map((w) => `${paint.warn('warning')}: ${clean(w)}\n`).join('')}`
}

export function doctorText(
  { fleet, environment, checks, healthy }: DoctorReport,
  { paint, zone, command }: TextOptions,
): string {
  const mark = { ok: paint.good('ok  '), warn: paint.warn('look'), fail: paint.bad('bad ') }
  const lines = checks.flatMap(({ name, result, found, hint }) => {
    const [first = '', ...more] = clean(inZone(found, zone)).split('\n')
    return [
      `  ${mark[result]}  ${name.padEnd(16)} ${first}`,
      ...more.map((line) => `${' '.repeat(25)}${line}`),
      ...(hint === undefined
        ? []
        : [`${' '.repeat(25)}${paint.faint(inCommand(clean(hint), command))}`]),
    ]
  })
  const bad = checks.filter((c) => c.result === 'fail').length
  const name = fleet === undefined ? 'patchrun' : `${fleet} (${environment ?? ''})`
  return `${paint.strong(name)}: ${healthy ? paint.good('nothing stands in the way') : paint.bad(`${count(bad, 'thing')} must be mended`)}\n${lines.join('\n')}\n`
}

/** Entries of a list that are shown without -v. */
const MOST = 20

export function pinText(report: PinReport, { paint, verbose, zone }: TextOptions): string {
  const { fleet, environment, repository, playbook, pin, remembered, comparison } = report
  const rows = [
    ['repository', repository],
    ['playbook', playbook],
    ['ref', pin.ref],
    ['pin', `${pin.sha} "${clean(pin.subject, 200)}"`],
    ['completed', remembered ?? 'nothing yet'],
  ]
  const lines = [
    paint.strong(`${fleet} (${environment})`),
    ...table(rows),
    '',
    relation(comparison, paint),
  ]
  const listed = (title: string, list: readonly string[], total: number): void => {
    if (total === 0) return
    const shown = verbose ? list : list.slice(0, MOST)
    lines.push(
      '',
      title,
      ...shown,
      ...(total > shown.length ? [`  and ${total - shown.length} more`] : []),
    )
  }
  const commitLine = (c: PinReport['comparison']['commits']['list'][number]): string =>
    `  ${shortSha(c.sha)} ${timeText(c.date, zone).slice(4, 14)} ${clean(c.author, 40)}: ${clean(c.subject, 100)}`
  listed(
    `${count(comparison.commits.count, 'commit')} to come`,
    comparison.commits.list.map(commitLine),
    comparison.commits.count,
  )
  listed(
    paint.warn(`${count(comparison.dropped.count, 'commit')} that would be taken back`),
    comparison.dropped.list.map(commitLine),
    comparison.dropped.count,
  )
  listed(
    `${count(comparison.files.count, 'file')} differ`,
    comparison.files.list.map((f) => `  ${f.status.padEnd(7)} ${clean(f.path, 300)}`),
    comparison.files.count,
  )
  return `${lines.join('\n')}\n`
}

function relation({ kind, remembered }: PinReport['comparison'], paint: Paint): string {
  const before = shortSha(remembered ?? '')
  switch (kind) {
    case 'first':
      return 'the first rollout: there is nothing to compare with'
    case 'same':
      return paint.good('the pin has not moved since the last completed rollout')
    case 'forward':
      return `the pin descends from ${before}`
    case 'backward':
      return paint.warn(`the pin is older than ${before}`)
    case 'rewritten':
      return paint.bad(`the history was rewritten: the pin does not descend from ${before}`)
    case 'unknown-remembered':
      return paint.warn(`${before} is not in the repository, as far as it can be seen`)
  }
}

export function initText(
  { directory, files }: InitReport,
  { paint, command }: TextOptions,
): string {
  const next = table([
    [`${command} detect`, 'what would it do to each node?'],
    [`${command} run`, 'roll it out'],
    [`${command} status`, 'what is'],
  ])
  return `${paint.good('written')} to ${directory}\n${files.map((f) => `  ${f}`).join('\n')}\n\nThere, try:\n${next.join('\n')}\n`
}

/** What was written, line by line; the pipeline itself where nothing was. */
export function gitlabText({ pipeline, written }: GitlabReport, { paint }: TextOptions): string {
  if (!written) return pipeline
  const { file, change, removed, added, dry } = written
  const lines = [
    ...removed.map((line) => paint.bad(`- ${line}`)),
    ...added.map((line) => paint.good(`+ ${line}`)),
  ]
  const did = change === 'unchanged' ? 'is up to date' : dry ? `would be ${change}` : change
  return `${[`${file}: ${did}`, ...lines].join('\n')}\n`
}
