// SPDX-License-Identifier: Apache-2.0
import { release } from '../engine/release.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import { steerText } from '../report/text-steer.js'
import { agree, mustAskThere } from './confirm.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'
import { reasonOf } from './steer-options.js'
import { endOf } from './until.js'

export const releaseVerb: VerbAction = async (context, call) => {
  const asked = await mustAskThere(context, call)
  const session = await openSession(sessionOptions(context, call))
  const until = endOf(call.options, Date.now())
  if (
    asked &&
    !(await agree(context, `Give ${call.args[0] ?? ''} back?`, await session.observe()))
  ) {
    context.io.stderr.write('Not given back.\n')
    return EXIT.interrupted
  }
  await print(
    context,
    await release(session, call.args[0] ?? '', {
      ...reasonOf(call),
      ...(until !== undefined && { until }),
    }),
    steerText,
  )
  return EXIT.reached
}
