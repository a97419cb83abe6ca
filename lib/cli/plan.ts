// SPDX-License-Identifier: Apache-2.0
import { plan } from '../engine/plan.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import { planText } from '../report/text-plan.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'
import { lookOptions } from './detect.js'

export const planVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  const { out } = call.options
  const report = await plan(session, { ...lookOptions(context), ...(typeof out === 'string' && { out }) })
  await print(context, report, planText)
  return report.nodes.some((n) => n.verdict === 'UNKNOWN') ? EXIT.unknown : EXIT.reached
}
