// SPDX-License-Identifier: Apache-2.0
// The findings of lint in the form that GitLab marks in a merge request at file and line: its part
// of the Code Climate format. Pure.
import { createHash } from 'node:crypto'
import { isAbsolute } from 'node:path'
import type { LintReport } from '../model/answers.js'
import { severityOf } from '../words/lint-severity.js'
import type { Severity } from '../words/lint-severity.js'
import { clean } from '../words/words.js'

interface Violation {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: Severity
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
}

export function codeQualityJson({ findings, playbook }: LintReport): string {
  const seen = new Map<string, number>()
  const violations = findings.map(
    ({ finding, play, task, file, line, message, hint }): Violation => {
      // Without the line: a task that only moved is no new finding. Alike ones are told apart by
      // their order.
      const key = JSON.stringify([finding, file, play, task])
      const nth = (seen.get(key) ?? 0) + 1
      seen.set(key, nth)
      // A role of another repository is in no merge request here; what brings it in is the
      // playbook.
      const away = isAbsolute(file) || file.startsWith('../')
      return {
        description: clean(
          `task "${task}"${away ? ` (${file}:${line})` : ''}: ${message}. ${hint}`,
        ),
        check_name: `patchrun/${finding}`,
        fingerprint: createHash('sha256').update(`${key}${nth}`).digest('hex'),
        severity: severityOf(finding),
        location: away
          ? { path: playbook, lines: { begin: 1 } }
          : { path: file, lines: { begin: line } },
      }
    },
  )
  return `${JSON.stringify(violations, null, 2)}\n`
}
