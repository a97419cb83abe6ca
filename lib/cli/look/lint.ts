// SPDX-License-Identifier: Apache-2.0
import { audit } from '../../engine/tags/audit.js'
import { openSession } from '../../engine/site/session.js'
import { EXIT } from '../../errors.js'
import type { LintReport } from '../../report/model/answers.js'
import { codeQualityJson } from '../../report/formats/code-quality.js'
import { lintJunit } from '../../report/formats/junit.js'
import { lintMarkdown } from '../../report/formats/markdown.js'
import { lintText } from '../../report/text/text-lint.js'
import { pinnedOptions } from '../call/context.js'
import { lookOptions } from './detect.js'
import type { VerbAction } from '../call/context.js'
import { formatsOf, printAs } from '../call/answer.js'
import { inEach } from '../call/each.js'

export const lint: VerbAction = inEach(async (context, call) => {
  if (call.options['suggest'] === true)
    return (await import('./suggest.js')).suggestVerb(context, call)
  const formats = formatsOf<LintReport>(context, call, {
    text: lintText,
    junit: lintJunit,
    markdown: lintMarkdown,
    codequality: codeQualityJson,
  })
  const session = await openSession(pinnedOptions(context, call))
  const report = await audit(session, lookOptions(context))
  await printAs(context, formats, report)
  return call.options['strict'] === true && report.counts.findings.untagged > 0
    ? EXIT.halted
    : EXIT.reached
})
