// SPDX-License-Identifier: Apache-2.0
import { approvable, approve } from '../../engine/verbs/approve.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import { approvalText, steerText } from '../../report/text/text-steer.js'
import { agree, mustAskThere } from './confirm.js'
import { print, sessionOptions, textOptions } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { reasonOf, textOf } from '../call/steer-options.js'

export const approveVerb: VerbAction = async (context, call) => {
  const asked = await mustAskThere(context, call)
  const session = await openSession(sessionOptions(context, call))
  const sha = textOf(call, 'sha')
  let [key] = call.args
  if (asked) {
    // The key of what was shown is what is approved: what changes while a person reads is refused.
    const { approvals, fleet } = await approvable(session)
    const approval = key === undefined ? approvals[0] : approvals.find((one) => one.key === key)
    if (approval) {
      context.io.stderr.write(`${approvalText(approval, await textOptions(context))}\n`)
      if (!(await agree(context, 'Approve it?', fleet))) {
        context.io.stderr.write('Not approved.\n')
        return EXIT.interrupted
      }
      key = approval.key
    }
  }
  await print(
    context,
    await approve(session, {
      ...(key !== undefined && { key }),
      ...(sha !== undefined && { sha }),
      ...reasonOf(call),
    }),
    steerText,
  )
  return EXIT.reached
}
