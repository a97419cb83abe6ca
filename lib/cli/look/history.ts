// SPDX-License-Identifier: Apache-2.0
import { openSession } from '../../engine/site/session.js'
import { history } from '../../engine/verbs/status.js'
import { EXIT } from '../../errors.js'
import { historyText } from '../../report/text/text-history.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'

export const historyVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  await print(context, await history(session), historyText)
  return EXIT.reached
}
