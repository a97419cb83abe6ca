// SPDX-License-Identifier: Apache-2.0
import { suggest } from '../../engine/tags/suggest.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT, PatchrunError } from '../../errors.js'
import type { SuggestReport } from '../../report/model/answers.js'
import { clean, count } from '../../report/words/words.js'
import { pinnedOptions, printJson } from '../call/context.js'
import type { VerbAction } from '../call/context.js'
import { lookOptions } from './detect.js'

/**
 * The patch goes to standard output, so that `git apply` can read it; what is proposed, and why, to
 * standard error.
 */
export const suggestVerb: VerbAction = async (context, call) => {
  const { format, save, strict } = call.options
  const odd =
    strict === true
      ? '--strict'
      : save !== undefined
        ? '--save'
        : typeof format === 'string' && format !== 'text' && format !== 'json'
          ? `--format ${format}`
          : undefined
  if (odd !== undefined)
    throw new PatchrunError({
      code: 'usage/two-formats',
      message: `--suggest and ${odd} exclude each other`,
      hint: 'Leave one of them out.',
    })
  const session = await openSession(pinnedOptions(context, call))
  const report = await suggest(session, lookOptions(context))
  if (context.global.json || format === 'json') {
    printJson(context, report)
    return EXIT.reached
  }
  if (context.global.level !== 'quiet') context.io.stderr.write(suggestText(report))
  context.io.stdout.write(report.patch)
  return EXIT.reached
}

function suggestText({ suggestions }: SuggestReport): string {
  if (suggestions.length === 0) return 'every task that needs a tag has one\n'
  const of = (tag: string): number => suggestions.filter((s) => s.tag === tag).length
  const byHand = suggestions.filter((s) => s.inPatch === false)
  return [
    ...suggestions.map(
      ({ file, line, task, tag, reason }) =>
        `${file}:${line} "${clean(task, 200)}": ${tag}, ${clean(reason)}`,
    ),
    `${count(suggestions.length, 'task')}: ${of('HotChange')} HotChange, ${of('DrainChange')} DrainChange. Read them: they are proposed by what stands in the playbook, and nobody has looked at a node`,
    ...(byHand.length > 0
      ? [
          `to be done by hand, not in the patch: ${byHand.map(({ file, line }) => `${file}:${line}`).join(', ')}`,
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
