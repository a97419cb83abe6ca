// SPDX-License-Identifier: Apache-2.0
import { writeMetrics } from '../engine/metrics.js'
import { openSession } from '../engine/session.js'
import { sources, status } from '../engine/status.js'
import { EXIT, PatchrunError } from '../errors.js'
import type { ExitCode } from '../errors.js'
import { openMetrics } from '../report/openmetrics.js'
import { sessionOptions } from './context.js'
import type { Call, Context, VerbAction } from './context.js'
import { printRollout } from './print-rollout.js'
import { textOf } from './steer-options.js'

export const statusVerb: VerbAction = async (context, call) => {
  if (mannerOf(context, call) === 'metrics') return metrics(context, call)
  const session = await openSession(sessionOptions(context, call))
  await printRollout(context, await status(session), await session.observe())
  return EXIT.reached
}

/** Without --env all environments: whoever collects wants them in one file. */
async function metrics(context: Context, call: Call): Promise<ExitCode> {
  const text = openMetrics(await sources(sessionOptions(context, call)))
  const out = textOf(call, 'out')
  if (out === undefined) context.io.stdout.write(text)
  else await writeMetrics(out, text)
  return EXIT.reached
}

function mannerOf({ global }: Context, { options }: Call): 'once' | 'metrics' {
  const wanted = [global.json && '--json', options['openmetrics'] === true && '--openmetrics'].filter((name) => name !== false)
  if (wanted.length > 1) throw new PatchrunError({ code: 'usage/two-formats', message: `${wanted.join(' and ')} exclude each other`, hint: 'Leave one of them out.' })
  if (options['out'] !== undefined && options['openmetrics'] !== true) throw new PatchrunError({ code: 'usage/out-of-what', message: '--out belongs to --openmetrics', hint: 'Add --openmetrics, or redirect standard output instead.' })
  return options['openmetrics'] === true ? 'metrics' : 'once'
}
