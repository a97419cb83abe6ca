// SPDX-License-Identifier: Apache-2.0
import { audit } from '../engine/audit.js'
import { openSession } from '../engine/session.js'
import { EXIT } from '../errors.js'
import type { LintReport } from '../report/answers.js'
import { codeQualityJson } from '../report/code-quality.js'
import { lintJunit } from '../report/junit.js'
import { lintMarkdown } from '../report/markdown.js'
import { lintText } from '../report/text-lint.js'
import { pinnedOptions } from './context.js'
import { lookOptions } from './detect.js'
import type { VerbAction } from './context.js'
import { formatsOf, printAs } from './answer.js'
import { inEach } from './each.js'

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
