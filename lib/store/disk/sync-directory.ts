// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises'

/**
 * A file that was created or renamed survives a power loss only once its directory is on disk, too.
 */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
