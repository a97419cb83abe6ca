// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { layoutOf } from '../../engine/site/layout.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { junitXml } from '../../report/formats/junit.js'
import { rolloutMarkdown } from '../../report/formats/markdown.js'
import type { RolloutTextOptions, TextOptions } from '../../report/words/styles.js'
import { rolloutText } from '../../report/text/text.js'
import type { Report } from '../../report/model/rollout-report.js'
import type { Call, Context } from './context.js'
import { formatsOf, printAs } from './answer.js'
import type { Formats } from './answer.js'

export const rolloutFormats = (context: Context, call: Call): Formats<Report> =>
  formatsOf<Report>(context, call, {
    text: rolloutText,
    junit: junitXml,
    markdown: rolloutMarkdown,
  })

type Place = Pick<Fleet, 'stateDirectory' | 'environment'>
type DirectoryOf = (node: string) => string | undefined

/** Prints the report of a rollout, with the places of its logs. */
export async function printRollout(
  context: Context,
  formats: Formats<Report>,
  report: Report,
  fleet: Place,
  directoryOf?: DirectoryOf,
): Promise<void> {
  await printAs(context, formats, report, placesOf(report, fleet, directoryOf))
}

export const rolloutWords = (report: Report, fleet: Place, options: TextOptions): string =>
  rolloutText(report, { ...options, ...placesOf(report, fleet) })

function placesOf(
  report: Report,
  fleet: Place,
  directoryOf?: DirectoryOf,
): Partial<RolloutTextOptions> {
  const logs = report.rollout ? join(layoutOf(fleet).runs, report.rollout.id) : undefined
  const logOf = (node: string): string | undefined => {
    const directory = directoryOf?.(node)
    return directory === undefined ? undefined : join(directory, 'ansible.log')
  }
  return { ...(logs !== undefined && { logs }), ...(directoryOf && { logOf }) }
}
