// SPDX-License-Identifier: Apache-2.0
import { openSession } from '../engine/session.js'
import { history } from '../engine/status.js'
import { EXIT } from '../errors.js'
import { historyText } from '../report/text-history.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'

export const historyVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  await print(context, await history(session), historyText)
  return EXIT.reached
}
