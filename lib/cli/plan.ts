// SPDX-License-Identifier: Apache-2.0
import { plan } from '../engine/plan.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import { lookJunit } from '../report/junit.js'
import { planMarkdown } from '../report/markdown.js'
import { planText } from '../report/text-plan.js'
import type { PlanReport } from '../report/types.js'
import { pinnedOptions } from './context.js'
import type { VerbAction } from './context.js'
import { lookOptions } from './detect.js'
import { formatsOf, printAs } from './answer.js'
import { inEach } from './each.js'

export const planVerb: VerbAction = inEach(async (context, call) => {
  const formats = formatsOf<PlanReport>(context, call, {
    text: planText,
    junit: lookJunit,
    markdown: planMarkdown,
  })
  const session = await openSession(pinnedOptions(context, call))
  const { out } = call.options
  const report = await plan(session, {
    ...lookOptions(context),
    ...(typeof out === 'string' && { out }),
  })
  await printAs(context, formats, report)
  return report.nodes.some((n) => n.verdict === 'UNKNOWN') ? EXIT.unknown : EXIT.reached
})
