// SPDX-License-Identifier: Apache-2.0
import { storeOf } from '../../engine/site/store-of.js'
import { pinCommit } from '../../engine/commit/pin.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import type { PinReport } from '../../report/model/answers.js'
import { pinText } from '../../report/text/text-answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { print, pinnedOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'

export const pin: VerbAction = async (context, call) => {
  const session = await openSession(pinnedOptions(context, call))
  const fleet = await session.observe()
  const { remembered } = await storeOf(fleet).read()
  const pinned = await pinCommit(fleet, remembered, context.kill, session.options.sha)
  const report: PinReport = {
    schemaVersion: REPORT_VERSION,
    kind: 'pin',
    fleet: fleet.name,
    environment: fleet.environment,
    // What the operator wrote may hold a credential.
    repository: fleet.playbooks.repository.replace(/(:\/\/)[^/@\s]+@/, '$1***@'),
    playbook: fleet.playbooks.playbook,
    pin: pinned.pin,
    remembered,
    comparison: pinned.comparison,
  }
  await print(context, report, pinText)
  return EXIT.reached
}
