// SPDX-License-Identifier: Apache-2.0
// Preloaded into the real command (node --import): ends the process with SIGKILL at a chosen write of the journal.
//   PATCHRUN_TEST_KILL=before:3   before the third write
//   PATCHRUN_TEST_KILL=torn:3     when half of it is written
//   PATCHRUN_TEST_KILL=written:3  when it is written, and not yet synced
//   PATCHRUN_TEST_KILL=synced:3   when it is on disk, and nothing has followed from it
// PATCHRUN_TEST_KILL_ON is a regular expression; only writes in which it is found are counted then.
import fsp from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const [mode, number] = (process.env['PATCHRUN_TEST_KILL'] ?? '').split(':')
const wanted = Number(number)
const counted = new RegExp(process.env['PATCHRUN_TEST_KILL_ON'] ?? '')
let writes = 0
/** The last write is one of those that are counted. */
let counts = false

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

function wrap(handle: FileHandle): FileHandle {
  const write = handle.write.bind(handle) as (bytes: Uint8Array, offset?: number, length?: number, position?: number | null) => ReturnType<FileHandle['write']>
  const sync = handle.datasync.bind(handle)
  return Object.assign(handle, {
    write: async (bytes: Uint8Array, offset = 0, length = bytes.length - offset, position: number | null = null) => {
      counts = counted.test(Buffer.from(bytes).toString('utf8'))
      if (counts) writes += 1
      if (counts && writes === wanted && mode === 'before') await die()
      if (counts && writes === wanted && mode === 'torn') {
        await write(bytes, offset, Math.floor(length / 2), position)
        await die()
      }
      const done = await write(bytes, offset, length, position)
      if (counts && writes === wanted && mode === 'written') await die()
      return done
    },
    datasync: async () => {
      await sync()
      if (counts && writes === wanted && mode === 'synced') await die()
    },
  })
}

const open = fsp.open
fsp.open = async (...args: Parameters<typeof open>) => {
  const handle = await open(...args)
  const reads = args[1] === undefined || args[1] === 'r'
  return String(args[0]).endsWith('journal.jsonl') && !reads ? wrap(handle) : handle
}
syncBuiltinESMExports()
