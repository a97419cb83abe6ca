// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditTasks } from '../ansible/audit-tasks.js'
import { auditTags } from '../change/tag-audit.js'
import type { TagAudit } from '../change/tag-types.js'
import { layoutOf } from '../engine/layout.js'
import { pinCommit, useCheckout } from '../engine/pin.js'
import { playbookPlace } from '../engine/playbook-place.js'
import { openSession } from '../engine/session.js'
import { EXIT, PatchrunError } from '../errors.js'
import type { Fleet } from '../fleet/types.js'
import type { LintReport } from '../report/answers.js'
import { lintText } from '../report/text-lint.js'
import { REPORT_VERSION } from '../report/types.js'
import type { PinnedCommit } from '../rollout/index.js'
import { readState } from '../store/journal.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'

export const lint: VerbAction = async (context, call) => {
  const signal = context.kill
  const session = await openSession(sessionOptions(context, call))
  const fleet = await session.observe()
  const install = await session.findAnsible()
  const { remembered } = await readState(layoutOf(fleet).journal)
  const { pin } = await pinCommit(fleet, remembered, signal)
  const checkout = await useCheckout(fleet, pin.sha, signal)
  const directory = await mkdtemp(join(tmpdir(), 'patchrun-lint-'))
  try {
    const { tasks, fault } = await auditTasks({ install, checkout: checkout.path, playbook: fleet.playbooks.playbook, policy: fleet.ansible, directory, signal })
    if (fault) {
      const { message, hint, file, line } = fault
      throw new PatchrunError({ code: 'playbook/fault', message, hint, ...(file !== undefined && { where: await playbookPlace(checkout.path, file, line) }) })
    }
    const audit = auditTags(tasks, { untagged: fleet.policy.untagged })
    await print(context, lintReport(fleet, pin, audit), lintText)
    return call.options['strict'] === true && audit.counts.findings.untagged > 0 ? EXIT.halted : EXIT.reached
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

export function lintReport({ name, environment, playbooks }: Pick<Fleet, 'name' | 'environment' | 'playbooks'>, pin: PinnedCommit, { counts, tasks, findings }: TagAudit): LintReport {
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
      return { play, task: title, action, role, file, line, tags, handler, standing, ...(reason !== undefined && { reason }), findings: found }
    }),
    findings: findings.map(({ kind, task, play, file, line, message, hint }) => ({ finding: kind, play, task: task.name, file, line, message, hint })),
  }
}
