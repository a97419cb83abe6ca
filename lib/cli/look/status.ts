// SPDX-License-Identifier: Apache-2.0
// lib/cli/look/: the verbs that look, and change nothing.
import { writeMetrics } from '../../engine/verbs/metrics-file.js'
import { openSession } from '../../engine/site/session.js'
import { sources, status } from '../../engine/verbs/status.js'
import { EXIT, PatchrunError } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import { openMetrics } from '../../report/formats/openmetrics.js'
import { sessionOptions } from '../call/context.js'
import type { Call, Context, VerbAction } from '../call/context.js'
import { printRollout, rolloutFormats } from '../call/print-rollout.js'
import { textOf } from '../call/steer-options.js'
import { inEach } from '../call/each.js'

export const statusVerb: VerbAction = inEach(async (context, call) => {
  switch (mannerOf(context, call)) {
    case 'metrics':
      return metrics(context, call)
    case 'watch':
      return (await import('./watch-status.js')).watch(context, call)
    case 'once': {
      const session = await openSession(sessionOptions(context, call))
      await printRollout(
        context,
        rolloutFormats(context, call),
        await status(session),
        await session.observe(),
      )
      return EXIT.reached
    }
  }
})

/** Without --env all environments: whoever collects wants them in one file. */
async function metrics(context: Context, call: Call): Promise<ExitCode> {
  const text = openMetrics(await sources(sessionOptions(context, call)))
  const out = textOf(call, 'out')
  if (out === undefined) context.io.stdout.write(text)
  else await writeMetrics(out, text)
  return EXIT.reached
}

function mannerOf({ global }: Context, { options }: Call): 'once' | 'metrics' | 'watch' {
  const { openmetrics, watch } = options
  const wanted = [
    ...(global.json ? ['--json'] : []),
    ...(openmetrics === true ? ['--openmetrics'] : []),
    ...(watch === true ? ['--watch'] : []),
  ]
  if (wanted.length > 1)
    throw new PatchrunError({
      code: 'usage/two-formats',
      message: `${wanted.join(' and ')} exclude each other`,
      hint: 'Leave one of them out.',
    })
  for (const [option, of, given] of [
    ['out', 'openmetrics', openmetrics],
    ['every', 'watch', watch],
  ] as const) {
    if (options[option] !== undefined && given !== true)
      throw new PatchrunError({
        code: 'usage/option-of',
        message: `--${option} belongs to --${of}`,
        hint: `Add --${of}, or leave --${option} out.`,
      })
  }
  return openmetrics === true ? 'metrics' : watch === true ? 'watch' : 'once'
}
