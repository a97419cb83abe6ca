// SPDX-License-Identifier: Apache-2.0
import { doctor } from '../../engine/doctor/doctor.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import { doctorText } from '../../report/text/text-answers.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { inEach } from '../call/each.js'

export const doctorVerb: VerbAction = inEach(async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  const report = await doctor(session, { signal: context.kill })
  await print(context, report, doctorText)
  return report.healthy ? EXIT.reached : EXIT.config
})
