// SPDX-License-Identifier: Apache-2.0
// A file that another program reads at its own times: it is there whole or not at all.
import { rename, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PatchrunError } from '../../errors.js'

/**
 * Everybody may read it: the collector that does is seldom the same user. Throws
 * usage/metrics-file.
 */
export async function writeMetrics(path: string, text: string): Promise<void> {
  // The collector reads *.prom of this very directory, so the name ends in something else.
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.new`)
  try {
    await writeFile(aside, text, { mode: 0o644 })
    await rename(aside, path)
  } catch (error) {
    await unlink(aside).catch(() => undefined)
    const { code, message } = error as NodeJS.ErrnoException
    throw new PatchrunError({
      code: 'usage/metrics-file',
      message: `the metrics cannot be written to ${path}: ${code ?? message}`,
      hint: 'Name a file in a directory that exists and is yours.',
      where: { file: path },
    })
  }
}
