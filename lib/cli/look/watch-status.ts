// SPDX-License-Identifier: Apache-2.0
// `status --watch`: what is, until the person who looks has seen enough.
import { systemClock } from '../../engine/step/progress.js'
import { openSession } from '../../engine/site/session.js'
import { StatusWatch } from '../../engine/verbs/status-watch.js'
import { EXIT, PatchrunError } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import { parseDuration } from '../../fleet/time/duration.js'
import type { TextOptions } from '../../report/words/styles.js'
import { problemsText } from '../../report/text/text-problems.js'
import { durationText, timeText } from '../../report/words/words.js'
import { sessionOptions, textOptions } from '../call/context.js'
import type { Call, Context } from '../call/context.js'
import { rolloutWords } from '../call/print-rollout.js'
import { textOf } from '../call/steer-options.js'

export async function watch(context: Context, call: Call): Promise<ExitCode> {
  const { io, zone, kill } = context
  const asked = textOf(call, 'every')
  const given = asked === undefined ? undefined : everyOf(asked)
  if (!io.stdout.isTTY || io.env['TERM'] === 'dumb')
    throw new PatchrunError({
      code: 'usage/no-terminal',
      message: '--watch draws on a terminal, and standard output is none',
      hint: 'Give `patchrun status` again and again instead, or `patchrun status --json`; for monitoring there is --openmetrics.',
    })
  const found = new StatusWatch(await openSession(sessionOptions(context, call)))
  const options = await textOptions(context)
  // What is wrong at the beginning is told as by `status`; only then is the screen taken.
  const first = await found.look()
  let text = rolloutWords(first.report, first.fleet, options)
  const every = given ?? (first.fleet.stateRemote ? EVERY_REMOTE : EVERY)
  const screen = (await import('../screen/refresh.js')).openWatch(io)
  const enough = AbortSignal.any([kill, screen.ended])
  try {
    while (!enough.aborted) {
      screen.show(text, `${timeText(Date.now(), zone)}, every ${durationText(every)}`)
      await systemClock.sleep(every, enough)
      if (!enough.aborted)
        text = await wordsOf(found, options).catch((error: unknown) => troubleText(error, options))
    }
  } finally {
    screen.close()
  }
  // The other screen is gone; what was seen last stays.
  io.stdout.write(text)
  return EXIT.reached
}

async function wordsOf(found: StatusWatch, options: TextOptions): Promise<string> {
  const { report, fleet } = await found.look()
  return rolloutWords(report, fleet, options)
}

/**
 * Somebody may be in the middle of changing patchrun.yml: no reason to stop looking. Faults of
 * patchrun itself are.
 */
function troubleText(error: unknown, { paint, zone }: TextOptions): string {
  if (!(error instanceof PatchrunError)) throw error
  return problemsText(error.problems, paint, undefined, zone)
}

const EVERY = 2_000
/** The repository that holds the state is somebody else's server. */
const EVERY_REMOTE = 10_000
const SHORTEST = 1_000

function everyOf(text: string): number {
  const every = parseDuration(text)
  if (!(every >= SHORTEST))
    throw new PatchrunError({
      code: 'usage/duration',
      message: `--every ${text.slice(0, 40)} is no length of time of a second or more`,
      hint: 'Write it as 2s, 30s or 5m.',
    })
  return every
}
