// SPDX-License-Identifier: Apache-2.0
// Verbs that only look: where several environments are declared and none is named, each of them in
// turn.
import { placesOf } from '../../engine/site/places.js'
import { EXIT, PatchrunError } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import type { EnvironmentsReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { commandText, printJson, sessionOptions } from './context.js'
import type { Call, Context, VerbAction } from './context.js'
import { explain } from './explain.js'

export function inEach(verb: VerbAction): VerbAction {
  return async (context, call) => {
    if (context.global.env !== undefined || isOfOne(call)) return verb(context, call)
    const places = await placesOf(sessionOptions(context, call)).catch((error: unknown) => {
      // What is wrong with the declaration is told by the verb itself: doctor goes on and looks at
      // the rest.
      if (error instanceof PatchrunError) return null
      throw error
    })
    if (places === null || places.length === 1) return verb(context, call)
    const [first, ...more] = places
    const documents: unknown[] = []
    let worst: ExitCode = EXIT.reached
    for (const { environment } of [first, ...more]) {
      const inner: Context = {
        ...context,
        global: { ...context.global, env: environment },
        collect: (document) => void documents.push(document),
      }
      if (!context.global.json && environment !== first.environment) context.io.stdout.write('\n')
      worst = Math.max(worst, await told(verb, inner, call)) as ExitCode
      if (context.kill.aborted) break
    }
    const report: EnvironmentsReport = {
      schemaVersion: REPORT_VERSION,
      kind: 'environments',
      fleet: first.fleet,
      environments: documents as EnvironmentsReport['environments'],
    }
    if (context.global.json) printJson(context, report)
    return worst
  }
}

/** One that cannot be looked at must not hide the others. */
async function told(verb: VerbAction, context: Context, call: Call): Promise<ExitCode> {
  try {
    return await verb(context, call)
  } catch (error) {
    if (!(error instanceof PatchrunError) || context.kill.aborted) throw error
    const {
      io,
      global: { json, color, level, env = '' },
      zone,
      collect,
    } = context
    if (!json) io.stderr.write(`In the environment ${env}:\n`)
    return explain(error, {
      io,
      json,
      color,
      verbose: level === 'verbose',
      command: commandText(context.global, io),
      zone,
      interrupted: false,
      ...(collect && { collect }),
    })
  }
}

/**
 * A file to write, a screen that is drawn anew, a form that another tool reads: of one environment
 * only, or of all already.
 */
function isOfOne({ options }: Call): boolean {
  const { out, save, watch, suggest, openmetrics, format } = options
  return (
    [out, save].some((value) => value !== undefined) ||
    [watch, suggest, openmetrics].includes(true) ||
    (typeof format === 'string' && format !== 'text' && format !== 'json')
  )
}
