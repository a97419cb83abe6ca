// SPDX-License-Identifier: Apache-2.0
import { unpause } from '../../engine/verbs/steer.js'
import { EXIT } from '../../errors.js'
import { steerText } from '../../report/text/text-steer.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { reasonOf } from '../call/steer-options.js'

export const unpauseVerb: VerbAction = async (context, call) => {
  await print(
    context,
    await unpause({ options: sessionOptions(context, call) }, reasonOf(call)),
    steerText,
  )
  return EXIT.reached
}
