// SPDX-License-Identifier: Apache-2.0
import { vaultFileProblems } from '../../ansible/programs/vault-sources.js'
import { roleWarnings, uncommittedWarning } from '../../engine/step/repository-warnings.js'
import { noTagsInRef } from '../../engine/commit/tag-warnings.js'
import { openSession } from '../../engine/site/session.js'
import { schedulerWarnings } from '../../fleet/policy/scheduler-warnings.js'
import { EXIT, refuse } from '../../errors.js'
import type { ValidateReport } from '../../report/model/answers.js'
import { validateText } from '../../report/text/text-answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { impossibleLimits, planWaves, waveName } from '../../rollout/index.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { inEach } from '../call/each.js'

export const validate: VerbAction = inEach(async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  const fleet = await session.observe()
  refuse(await vaultFileProblems(fleet.ansible.vault))
  const untagged = await noTagsInRef(fleet)
  const edits = await uncommittedWarning(fleet)
  const report: ValidateReport = {
    schemaVersion: REPORT_VERSION,
    kind: 'validate',
    fleet: fleet.name,
    environment: fleet.environment,
    file: fleet.file,
    nodes: fleet.nodes.map((n) => n.name),
    canaries: fleet.nodes.filter((n) => n.canary).map((n) => n.name),
    denied: fleet.denied,
    waves: planWaves(fleet.nodes, fleet.policy, null).map(({ index, nodes }) => ({
      wave: index,
      name: waveName(index),
      nodes: nodes.length,
    })),
    warnings: [
      ...schedulerWarnings(fleet),
      ...impossibleLimits(fleet),
      ...[untagged, edits].filter((text) => text !== null),
      ...roleWarnings(fleet),
    ],
  }
  await print(context, report, validateText)
  return EXIT.reached
})
