// SPDX-License-Identifier: Apache-2.0
import { retryReport } from '../engine/retry.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import { retryText } from '../report/text-steer.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'
import { reasonOf } from './steer-options.js'

export const retryVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  await print(context, await retryReport(session, call.args[0] ?? null, reasonOf(call)), retryText)
  return EXIT.reached
}
