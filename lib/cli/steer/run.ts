// SPDX-License-Identifier: Apache-2.0
// lib/cli/steer/: the verbs that say what a rollout does.
import { runRollout } from '../../engine/verbs/rollout.js'
import type { Progress } from '../../engine/step/progress.js'
import { openSession } from '../../engine/site/session.js'
import type { DriveOptions, RunResult } from '../../engine/run/drive.js'
import { EXIT, PatchrunError } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { nextSteps } from '../../report/text/text-next.js'
import type { Report } from '../../report/model/rollout-report.js'
import { commandText, pinnedOptions, textOptions } from '../call/context.js'
import type { Context, VerbAction } from '../call/context.js'
import { confirm, mustAskThere } from './confirm.js'
import type { Formats } from '../call/answer.js'
import { requireKeptState } from './gitlab-job.js'
import { printRollout, rolloutFormats } from '../call/print-rollout.js'
import { isLive, openScreen } from '../screen/screen.js'
import { waitOf, waveOf } from '../call/until.js'
import type { Screen } from '../screen/screen-types.js'

export const run: VerbAction = async (context, call) => {
  const { once, again } = call.options
  const asked = await mustAskThere(context, call)
  const formats = rolloutFormats(context, call)
  const untilWave = waveOf(call)
  const wait = waitOf(call)
  const session = await openSession(pinnedOptions(context, call))
  const fleet = await session.observe()
  requireKeptState(fleet, context.io)
  let agreed: string | undefined
  if (asked) {
    const answer = await confirm(context, session, fleet, again === true)
    if (answer.kind === 'no') {
      context.io.stderr.write('Not begun; nothing was touched.\n')
      return EXIT.interrupted
    }
    if (answer.kind === 'yes') agreed = answer.sha
  }
  return driveOnScreen(context, formats, fleet, (manner) =>
    runRollout(session, {
      once: once === true,
      again: again === true,
      ...(wait !== undefined && { wait }),
      ...(untilWave !== undefined && { untilWave }),
      ...manner,
      onEvent: (progress) => {
        requireAgreed(progress, agreed)
        // What takes its place later is the policy's word, not that of the person at the start.
        if (progress.type === 'pinned') agreed = undefined
        manner.onEvent(progress)
      },
    }),
  )
}

type Manner = Required<Pick<DriveOptions, 'signal' | 'kill' | 'onEvent'>>

/** Drives a rollout with the screen and the signals of this process, and prints what came out. */
export async function driveOnScreen(
  context: Context,
  formats: Formats<Report>,
  fleet: Fleet,
  work: (manner: Manner) => Promise<RunResult>,
): Promise<ExitCode> {
  const screen = openScreenFor(context, fleet)
  const command = commandText(context.global, context.io)
  context.onStop(() =>
    screen.notice(
      `stopping: no new step begins, what runs is finished; once more ends it. To go on later: ${command} run`,
    ),
  )
  try {
    const { exitCode, outcome, report } = await work({
      signal: context.stop,
      kill: context.kill,
      onEvent: (progress) => screen.onProgress(progress),
    })
    await screen.close()
    const next = report.rollout ? nextSteps(report, report.rollout, await textOptions(context)) : []
    await printRollout(
      context,
      formats,
      { ...report, run: { outcome, exitCode, next } },
      fleet,
      (node) => screen.directoryOf(node),
    )
    if (exitCode === EXIT.interrupted)
      context.io.stderr.write(`Interrupted. To go on: ${command} run\n`)
    return exitCode
  } finally {
    await screen.close()
  }
}

export function openScreenFor(
  { io, global, zone }: Context,
  fleet: Parameters<typeof openScreen>[0]['fleet'],
): Screen {
  const { color, screen, level } = global
  const live = isLive({
    stdoutIsTTY: io.stdout.isTTY,
    stderrIsTTY: io.stderr.isTTY,
    screen,
    level,
    env: io.env,
  })
  return openScreen({
    fleet,
    live,
    color: color && io.stderr.isTTY,
    level,
    zone,
    command: commandText(global, io),
    folds: io.env['GITLAB_CI'] === 'true',
    stderr: io.stderr,
  })
}

/**
 * The ref may move while a person reads. Thrown before anything is journaled, so nothing has begun.
 */
function requireAgreed(progress: Progress, agreed: string | undefined): void {
  if (progress.type !== 'pinned' || agreed === undefined || progress.pin.sha === agreed) return
  const { ref, sha } = progress.pin
  throw new PatchrunError({
    code: 'pin/moved',
    message: `${ref} moved to ${sha.slice(0, 12)} after ${agreed.slice(0, 12)} was agreed to`,
    hint: 'Nothing was begun. Give the command again to see and agree to the new commit.',
  })
}
