// SPDX-License-Identifier: Apache-2.0
import { audit } from '../engine/audit.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import { lintText } from '../report/text-lint.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'

export const lint: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  const report = await audit(session, { signal: context.kill })
  await print(context, report, lintText)
  return call.options['strict'] === true && report.counts.findings.untagged > 0 ? EXIT.halted : EXIT.reached
}
