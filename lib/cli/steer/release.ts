// SPDX-License-Identifier: Apache-2.0
import { release } from '../../engine/verbs/release.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import { steerText } from '../../report/text/text-steer.js'
import { agree, mustAskThere } from './confirm.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { reasonOf } from '../call/steer-options.js'
import { endOf } from '../call/until.js'

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
      ...(call.options['by-hand'] === true && { byHand: true }),
    }),
    steerText,
  )
  return EXIT.reached
}
