// SPDX-License-Identifier: Apache-2.0
import { pause } from '../engine/steer.js'
import { EXIT } from '../errors.js'
import { steerText } from '../report/text-steer.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'
import { textOf } from './steer-options.js'
import { endOf } from './until.js'

export const pauseVerb: VerbAction = async (context, call) => {
  const until = endOf(call.options, Date.now())
  const report = await pause(
    { options: sessionOptions(context, call) },
    { reason: textOf(call, 'reason') ?? '', ...(until !== undefined && { until }) },
  )
  await print(context, report, steerText)
  return EXIT.reached
}
