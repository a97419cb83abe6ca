// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { layoutOf } from '../engine/layout.js'
import type { Fleet } from '../fleet/types.js'
import type { TextOptions } from '../report/paint.js'
import { rolloutText } from '../report/text.js'
import type { Report } from '../report/types.js'
import { print } from './context.js'
import type { Context } from './context.js'

type Place = Pick<Fleet, 'stateDirectory' | 'environment'>
type DirectoryOf = (node: string) => string | undefined

/** Prints the report of a rollout, with the places of its logs. */
export async function printRollout(context: Context, report: Report, fleet: Place, directoryOf?: DirectoryOf): Promise<void> {
  await print(context, report, (document, options) => rolloutWords(document, fleet, options, directoryOf))
}

export function rolloutWords(report: Report, fleet: Place, options: TextOptions, directoryOf?: DirectoryOf): string {
  const logs = report.rollout ? join(layoutOf(fleet).runs, report.rollout.id) : undefined
  const logOf = (node: string): string | undefined => {
    const directory = directoryOf?.(node)
    return directory === undefined ? undefined : join(directory, 'ansible.log')
  }
  return rolloutText(report, { ...options, ...(logs !== undefined && { logs }), ...(directoryOf && { logOf }) })
}
