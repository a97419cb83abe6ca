// SPDX-License-Identifier: Apache-2.0
import { detect } from '../engine/detect.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import type { ExitCode } from '../errors.js'
import { detectText } from '../report/text-detect.js'
import { count, pinText } from '../report/words.js'
import type { DetectReport } from '../report/types.js'
import { print, sessionOptions } from './context.js'
import type { VerbAction } from './context.js'

export const detectVerb: VerbAction = async (context, call) => {
  const { io, global, kill } = context
  const session = await openSession(sessionOptions(context, call))
  const tell = (text: string): void => void (global.level !== 'quiet' && io.stderr.write(`${text}\n`))
  const { report } = await detect(session, {
    signal: kill,
    onPinned: (pin, nodes) => tell(`looking at ${count(nodes, 'node')} at ${pinText(pin)}, in check mode`),
    onEvent: (event) => {
      if (event.ev === 'task' && global.level === 'verbose') tell(`  task "${event.task.name}"`)
    },
  })
  await print(context, report, detectText)
  return exitOf(report, call.options['strict'] === true)
}

/** A node that would fail is an answer; one that Ansible said nothing about is none. */
export function exitOf({ counts }: Pick<DetectReport, 'counts'>, strict: boolean): ExitCode {
  if (strict && counts.ERROR + counts.UNKNOWN > 0) return EXIT.halted
  return counts.UNKNOWN > 0 ? EXIT.unknown : EXIT.reached
}
