// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { layoutOf } from '../engine/layout.js'
import type { Fleet } from '../fleet/types.js'
import { rolloutText } from '../report/text.js'
import type { Report } from '../report/types.js'
import { print } from './context.js'
import type { Context } from './context.js'

/** Prints the report of a rollout, with the places of its logs. */
export async function printRollout(context: Context, report: Report, fleet: Pick<Fleet, 'stateDirectory' | 'environment'>, directoryOf?: (node: string) => string | undefined): Promise<void> {
  const logs = report.rollout ? join(layoutOf(fleet).runs, report.rollout.id) : undefined
  const logOf = (node: string): string | undefined => {
    const directory = directoryOf?.(node)
    return directory === undefined ? undefined : join(directory, 'ansible.log')
  }
  await print(context, report, (document, options) => rolloutText(document, { ...options, ...(logs !== undefined && { logs }), ...(directoryOf && { logOf }) }))
}
