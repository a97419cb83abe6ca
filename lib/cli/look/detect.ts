// SPDX-License-Identifier: Apache-2.0
import { detect } from '../../engine/verbs/detect.js'
import type { DetectOptions } from '../../engine/verbs/detect.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import { lookJunit } from '../../report/formats/junit.js'
import { detectMarkdown } from '../../report/formats/markdown.js'
import { detectText } from '../../report/text/text-detect.js'
import { clean, count, pinText } from '../../report/words/words.js'
import type { DetectReport } from '../../report/model/rollout-report.js'
import { pinnedOptions } from '../call/context.js'
import type { Context, VerbAction } from '../call/context.js'
import { formatsOf, printAs } from '../call/answer.js'

export const detectVerb: VerbAction = async (context, call) => {
  const formats = formatsOf<DetectReport>(context, call, {
    text: detectText,
    junit: lookJunit,
    markdown: detectMarkdown,
  })
  const session = await openSession(pinnedOptions(context, call))
  const { report } = await detect(session, lookOptions(context))
  await printAs(context, formats, report)
  return exitOf(report, call.options['strict'] === true)
}

/** A look tells on stderr what it is about. */
export function lookOptions({ io, global, kill }: Context): DetectOptions {
  const tell = (text: string): void =>
    void (global.level !== 'quiet' && io.stderr.write(`${text}\n`))
  return {
    signal: kill,
    onEvent: (progress) => {
      if (progress.type === 'looking')
        tell(
          `looking at ${count(progress.nodes.length, 'node')} at ${pinText(progress.pin)}, in check mode`,
        )
      else if (progress.type === 'notice') tell(clean(progress.text, 2000))
      else if (
        progress.type === 'ansible' &&
        progress.event.ev === 'task' &&
        global.level === 'verbose'
      )
        tell(`  task "${clean(progress.event.task.name, 200)}"`)
    },
  }
}

/** A node that would fail is an answer; one that Ansible said nothing about is none. */
export function exitOf({ counts }: Pick<DetectReport, 'counts'>, strict: boolean): ExitCode {
  if (strict && counts.ERROR + counts.UNKNOWN > 0) return EXIT.halted
  return counts.UNKNOWN > 0 ? EXIT.unknown : EXIT.reached
}
