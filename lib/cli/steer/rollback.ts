// SPDX-License-Identifier: Apache-2.0
import { storeOf } from '../../engine/site/store-of.js'
import { planRetreat, rollback } from '../../engine/verbs/rollback.js'
import { openSession } from '../../engine/site/session.js'
import { needReason } from '../../engine/verbs/steer.js'
import { EXIT } from '../../errors.js'
import { retreatText } from '../../report/text/text-steer.js'
import { planWaves } from '../../rollout/index.js'
import { agree, mustAskThere } from './confirm.js'
import { sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { rolloutFormats } from '../call/print-rollout.js'
import { driveOnScreen } from './run.js'
import { textOf } from '../call/steer-options.js'

export const rollbackVerb: VerbAction = async (context, call) => {
  const { once } = call.options
  const asked = await mustAskThere(context, call)
  const reason = needReason('rollback', textOf(call, 'reason'))
  const formats = rolloutFormats(context, call)
  const session = await openSession(sessionOptions(context, call))
  const fleet = await session.observe()
  let agreed: string | undefined
  if (asked) {
    await session.findAnsible()
    const { from, sha, nodes, limit } = planRetreat(await storeOf(fleet).read(), fleet)
    context.io.stderr.write(
      `${retreatText({ fleet: fleet.name, environment: fleet.environment, from: from.pin, sha, nodes, waves: planWaves(fleet.nodes, fleet.policy, limit) })}\n`,
    )
    if (!(await agree(context, 'Take it back?', fleet))) {
      context.io.stderr.write('Not begun; nothing was touched.\n')
      return EXIT.interrupted
    }
    agreed = from.id
  }
  return driveOnScreen(context, formats, fleet, (manner) =>
    rollback(session, {
      reason,
      once: once === true,
      ...(agreed !== undefined && { agreed }),
      ...manner,
    }),
  )
}
