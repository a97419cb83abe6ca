// SPDX-License-Identifier: Apache-2.0
// From the tag audit to its report. Pure.
import type { TagAudit } from '../../outcome/tags/tag-types.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { PinnedCommit } from '../../rollout/index.js'
import type { LintReport } from './answers.js'
import { REPORT_VERSION } from './rollout-report.js'

export interface LintSource {
  readonly fleet: Pick<Fleet, 'name' | 'environment' | 'playbooks'>
  readonly pin: PinnedCommit
  readonly audit: TagAudit
}

export function buildLint({
  fleet: { name, environment, playbooks },
  pin,
  audit: { counts, tasks, findings },
}: LintSource): LintReport {
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'lint',
    fleet: name,
    environment,
    pin,
    playbook: playbooks.playbook,
    counts,
    tasks: tasks.map(({ play, task, standing, reason, findings: found }) => {
      const { name: title, action, role, file, line, tags, handler } = task
      return {
        play,
        task: title,
        action,
        role,
        file,
        line,
        tags,
        handler,
        standing,
        ...(reason !== undefined && { reason }),
        findings: found,
      }
    }),
    findings: findings.map(({ kind, task, play, file, line, message, hint }) => ({
      finding: kind,
      play,
      task: task.name,
      file,
      line,
      message,
      hint,
    })),
  }
}
