// SPDX-License-Identifier: Apache-2.0
import { doctor } from '../engine/doctor.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import { doctorText } from '../report/text-answers.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'
import { inEach } from './each.js'

export const doctorVerb: VerbAction = inEach(async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  const report = await doctor(session, { signal: context.kill })
  await print(context, report, doctorText)
  return report.healthy ? EXIT.reached : EXIT.config
})
