// SPDX-License-Identifier: Apache-2.0
import { openSession } from '../../engine/site/session.js'
import { abort } from '../../engine/verbs/steer.js'
import { EXIT } from '../../errors.js'
import { steerText } from '../../report/text/text-steer.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { textOf } from '../call/steer-options.js'

export const abortVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  await print(context, await abort(session, { reason: textOf(call, 'reason') ?? '' }), steerText)
  return EXIT.reached
}
