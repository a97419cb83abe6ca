// SPDX-License-Identifier: Apache-2.0
import { openSession } from '../engine/session.js'
import { status } from '../engine/status.js'
import { EXIT, PatchrunError } from '../errors.js'
import { junitXml } from '../report/junit.js'
import { printJson, sessionOptions } from './context.js'
import type { Context, VerbAction } from './context.js'
import { FORMATS } from './formats.js'
import type { Format } from './formats.js'
import { printRollout } from './print-rollout.js'

export const report: VerbAction = async (context, call) => {
  const format = formatOf(context, call.options['format'])
  const session = await openSession(sessionOptions(context, call))
  const found = await status(session)
  switch (format) {
    case 'json':
      printJson(context, found)
      break
    case 'junit':
      context.io.stdout.write(junitXml(found))
      break
    case 'text':
      await printRollout(context, found, await session.observe())
  }
  return EXIT.reached
}

function formatOf({ global }: Context, given: unknown): Format {
  const format = FORMATS.find((f) => f === (given ?? (global.json ? 'json' : 'text')))
  if (!format) {
    throw new PatchrunError({ code: 'usage/unknown-format', message: `unknown format "${String(given)}"`, hint: `Known are ${FORMATS.join(', ')}.` })
  }
  if (global.json && format !== 'json') {
    throw new PatchrunError({ code: 'usage/two-formats', message: `--json and --format ${format} exclude each other`, hint: 'Leave one of them out.' })
  }
  return format
}
