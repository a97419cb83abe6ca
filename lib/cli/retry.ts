// SPDX-License-Identifier: Apache-2.0
import { retry } from '../engine/retry.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import type { RetryReport } from '../report/answers.js'
import { retryText } from '../report/text-answers.js'
import { REPORT_VERSION } from '../report/types.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'

export const retryVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  const nodes = await retry(session, call.args[0] ?? null)
  const { name, environment } = await session.observe()
  const report: RetryReport = { schemaVersion: REPORT_VERSION, kind: 'retry', fleet: name, environment, nodes }
  await print(context, report, retryText)
  return EXIT.reached
}
