// SPDX-License-Identifier: Apache-2.0
import { openSession } from '../engine/session.js'
import { abort } from '../engine/steer.js'
import { EXIT } from '../errors.js'
import { steerText } from '../report/text-steer.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'
import { textOf } from './steer-options.js'

export const abortVerb: VerbAction = async (context, call) => {
  const session = await openSession(sessionOptions(context, call))
  await print(context, await abort(session, { reason: textOf(call, 'reason') ?? '' }), steerText)
  return EXIT.reached
}
