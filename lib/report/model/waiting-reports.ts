// SPDX-License-Identifier: Apache-2.0
// What is waited for, and what halted a rollout, in the words of whoever reads.
import type { Fleet } from '../../fleet/declare/fleet.js'
import { reasonText, turnText } from '../../rollout/index.js'
import type { DrainPreview, Halt, Reader, Waiting } from '../../rollout/index.js'
import { inCommand } from '../words/words.js'
import type { DrainPlan, WaitingReport } from './rollout-report.js'

/** The commands in its hint as whoever reads can type them. */
export const haltReport = (halt: Halt, { command = 'patchrun' }: Pick<Fleet, 'command'>): Halt => ({
  ...halt,
  hint: inCommand(halt.hint, command),
})

/** What is waited for, in the words of whoever reads. */
export const waitingReports = (
  waiting: readonly Waiting[],
  reader: Reader,
): readonly WaitingReport[] =>
  waiting.map(({ nodes, code, reason, until, approval }) => ({
    nodes,
    code,
    reason: reason.is,
    text: reasonText(reason, reader),
    ...(until !== undefined && { until }),
    ...(approval !== undefined && { approval }),
  }))

export const drainPlan = ({ order, first, waiting }: DrainPreview, reader: Reader): DrainPlan => ({
  order: order.map(({ node, idle, why }) => ({ node, idle, why: turnText(why, reader) })),
  first,
  waiting: waitingReports(waiting, reader),
})
