// SPDX-License-Identifier: Apache-2.0
import { openSession } from '../../engine/site/session.js'
import { status } from '../../engine/verbs/status.js'
import { EXIT } from '../../errors.js'
import { sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { printRollout, rolloutFormats } from '../call/print-rollout.js'

export const report: VerbAction = async (context, call) => {
  const formats = rolloutFormats(context, call)
  const session = await openSession(sessionOptions(context, call))
  await printRollout(context, formats, await status(session), await session.observe())
  return EXIT.reached
}
