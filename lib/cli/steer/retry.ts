// SPDX-License-Identifier: Apache-2.0
import { retried, retryReport } from '../../engine/verbs/retry.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import { nodesText } from '../../report/words/words.js'
import { retryText } from '../../report/text/text-steer.js'
import { agree, mustAskThere } from './confirm.js'
import { print, sessionOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { reasonOf } from '../call/steer-options.js'

export const retryVerb: VerbAction = async (context, call) => {
  const asked = await mustAskThere(context, call)
  const session = await openSession(sessionOptions(context, call))
  if (asked) {
    const { nodes, fleet } = await retried(session, call.args[0] ?? null)
    const what =
      nodes.length === 0
        ? 'Let the halted rollout go on?'
        : `Let ${nodesText(nodes)} be tried again, and a halted rollout go on?`
    if (!(await agree(context, what, fleet))) {
      context.io.stderr.write('Nothing is tried again.\n')
      return EXIT.interrupted
    }
  }
  await print(context, await retryReport(session, call.args[0] ?? null, reasonOf(call)), retryText)
  return EXIT.reached
}
