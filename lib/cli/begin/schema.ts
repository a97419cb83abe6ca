// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises'
import { EXIT } from '../../errors.js'
import type { VerbAction } from '../call/context.js'

/** Prints a JSON Schema, as it lies in the package. */
export const schema: VerbAction = async ({ io }, { options }) => {
  const name =
    options['report'] === true
      ? 'report'
      : options['notification'] === true
        ? 'notification'
        : 'patchrun'
  io.stdout.write(
    await readFile(new URL(`../../../../schemas/${name}.schema.json`, import.meta.url), 'utf8'),
  )
  return EXIT.reached
}
