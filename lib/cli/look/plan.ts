// SPDX-License-Identifier: Apache-2.0
import { plan } from '../../engine/verbs/plan.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import { lookJunit } from '../../report/formats/junit.js'
import { planMarkdown } from '../../report/formats/markdown.js'
import { planText } from '../../report/text/text-plan.js'
import type { PlanReport } from '../../report/model/rollout-report.js'
import { pinnedOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { lookOptions } from './detect.js'
import { formatsOf, printAs } from '../call/answer.js'
import { inEach } from '../call/each.js'

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
