// SPDX-License-Identifier: Apache-2.0
import { pause } from '../../engine/verbs/steer.js'
import { EXIT } from '../../errors.js'
import { steerText } from '../../report/text/text-steer.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { textOf } from '../call/steer-options.js'
import { endOf } from '../call/until.js'

export const pauseVerb: VerbAction = async (context, call) => {
  const until = endOf(call.options, Date.now())
  const report = await pause(
    { options: sessionOptions(context, call) },
    { reason: textOf(call, 'reason') ?? '', ...(until !== undefined && { until }) },
  )
  await print(context, report, steerText)
  return EXIT.reached
}
