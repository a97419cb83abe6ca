// SPDX-License-Identifier: Apache-2.0
import { groupBy } from '../../fleet/names/group-by.js'
import type { LintReport } from '../model/answers.js'
import { clean, count, pinText, placeText, table } from '../words/words.js'
import type { TextOptions } from '../words/styles.js'

const TITLE: Readonly<Record<LintReport['findings'][number]['finding'], string>> = {
  untagged: 'Untagged: count as DrainChange until they are tagged',
  'both-tags': 'Carry both HotChange and DrainChange',
  unpredictable: 'Cannot be predicted in check mode',
  opaque: 'Cannot be followed before they run',
  'drain-without-check': 'DrainChange that check mode would really run',
  'hot-notifies-drain': 'HotChange that notifies a DrainChange handler',
  'hidden-by-include': 'HotChange that its include hides',
  'always-drain': 'DrainChange that is tagged always',
  'never-but-hot': 'HotChange that is tagged never',
  'register-skipped': 'HotChange that needs what a skipped task registers',
  'not-idempotent': 'Would change a node at every look: it is never GOOD',
  'run-once': 'Run once in each wave',
  'relative-path': 'Leave a file beside the playbook, where it is not kept',
  'local-play': 'Plays for localhost, which are left out',
}

/** Findings by kind; with verbose every task with its effective tags too. */
export function lintText(
  { fleet, environment, pin, playbook, counts, tasks, findings }: LintReport,
  { paint, verbose }: TextOptions,
): string {
  const { standing } = counts
  const lines = [
    `${paint.strong(`${fleet} (${environment})`)}: ${playbook} at ${pinText(pin)}`,
    `${count(counts.tasks - counts.handlers, 'task')} and ${count(counts.handlers, 'handler')}: ${standing.hot} HotChange, ${standing.drain} DrainChange, ${standing.both} both, ${standing.untagged} untagged, ${standing.exempt} ${standing.exempt === 1 ? 'needs' : 'need'} no tag`,
  ]
  for (const [kind, group] of groupBy(findings, (f) => f.finding)) {
    lines.push('', paint.warn(`${TITLE[kind as keyof typeof TITLE]}: ${group.length}`))
    for (const { task, file, line, message } of group)
      lines.push(`  ${file}:${line} "${clean(task, 200)}"`, `    ${clean(message)}`)
    for (const hint of new Set(group.map((f) => f.hint)))
      lines.push(paint.faint(`  hint: ${clean(hint)}`))
  }
  if (findings.length === 0) lines.push('', paint.good('nothing to complain about'))
  if (verbose)
    lines.push(
      '',
      ...table(
        tasks.map((t) => [
          t.standing,
          `"${clean(t.task, 80)}"`,
          `${placeText(t)}${t.reason === undefined ? '' : ` (${t.reason})`}`,
        ]),
      ),
    )
  return `${lines.join('\n')}\n`
}
