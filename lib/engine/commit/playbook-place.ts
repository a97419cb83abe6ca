// SPDX-License-Identifier: Apache-2.0
// A place in the playbook repository, told as its authors know it: the path within, and the line as
// it stands there.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Place } from '../../errors.js'

/** `file` as Ansible or a plugin named it: within the checkout, or absolute. */
export async function playbookPlace(
  checkout: string,
  file: string,
  line: number | undefined,
): Promise<Place> {
  if (line === undefined) return { file }
  const text = await readFile(resolve(checkout, file), 'utf8').catch(() => '')
  const found = text.split(/\r?\n/)[line - 1]
  return { file, line, ...(found !== undefined && found !== '' && { text: found.slice(0, 200) }) }
}
