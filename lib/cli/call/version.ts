// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'

/** Of this package. */
export function version(): string {
  const { version: found } = JSON.parse(
    readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  return found
}
