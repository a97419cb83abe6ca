// SPDX-License-Identifier: Apache-2.0
// Directories that are made once for a key, and kept as long as they are used. One that is there is
// whole: it is made aside and moved to its place in one step.
import { access, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import { discard, ownedName, publish, sweep } from './owner.js'

/** What nobody has used for so long is removed when another is made, ms. */
const KEPT = 90 * 24 * 3600 * 1000

/** Absolute path of the directory `key` below `all`; `make` fills it where it is not there. */
export async function cached(
  all: string,
  key: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const place = path.join(all, key)
  const now = new Date()
  if (
    !(await access(place).then(
      () => true,
      () => false,
    ))
  ) {
    await mkdir(all, { recursive: true, mode: 0o700 })
    await sweep(all)
    await removeUnused(all, now.getTime() - KEPT)
    const made = path.join(all, ownedName('.making'))
    try {
      await mkdir(made, { mode: 0o700 })
      await make(made)
      await publish(made, place)
    } catch (error) {
      await rm(made, { recursive: true, force: true })
      throw error
    }
  }
  await utimes(place, now, now)
  return place
}

async function removeUnused(all: string, since: number): Promise<void> {
  for (const name of await readdir(all)) {
    const used = await stat(path.join(all, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    )
    if (used < since) await discard(path.join(all, name))
  }
}
