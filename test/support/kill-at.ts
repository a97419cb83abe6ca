// SPDX-License-Identifier: Apache-2.0
// Preloaded into the real command (node --import): ends the process with SIGKILL at a chosen write
// of the journal.
//   PATCHRUN_TEST_KILL=before:3   before the third write
//   PATCHRUN_TEST_KILL=torn:3     when half of it is written
//   PATCHRUN_TEST_KILL=written:3  when it is written, and not yet synced
//   PATCHRUN_TEST_KILL=synced:3   when it is on disk, and nothing has followed from it
// PATCHRUN_TEST_KILL_ON is a regular expression; only writes in which it is found are counted then.
// PATCHRUN_TEST_KILL_AIMS names writes instead: kill-at-kinds.ts.
import fsp from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import type { JournalEvent } from '../../lib/rollout/index.js'
import { aimedAt, MODES, namer, type Mode } from './kill-at-kinds.js'

const [mode, number] = (process.env['PATCHRUN_TEST_KILL'] ?? '').split(':')
const wanted = Number(number)
const counted = new RegExp(process.env['PATCHRUN_TEST_KILL_ON'] ?? '')
const aims = process.env['PATCHRUN_TEST_KILL_AIMS'] !== undefined
const name = namer()
let writes = 0
/** How to die at the last write that was begun, if at all. */
let way: Mode | undefined

const die = (): Promise<never> => {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => undefined)
}

function wayOf(text: string): Mode | undefined {
  if (aims) return aimedAt([name((JSON.parse(text) as { event: JournalEvent }).event)], text)
  if (!counted.test(text) || ++writes !== wanted) return undefined
  return MODES.find((m) => m === mode)
}

function wrap(handle: FileHandle): FileHandle {
  const write = handle.write.bind(handle) as (
    bytes: Uint8Array,
    offset?: number,
    length?: number,
    position?: number | null,
  ) => ReturnType<FileHandle['write']>
  const sync = handle.datasync.bind(handle)
  return Object.assign(handle, {
    write: async (
      bytes: Uint8Array,
      offset = 0,
      length = bytes.length - offset,
      position: number | null = null,
    ) => {
      way = wayOf(Buffer.from(bytes).toString('utf8'))
      if (way === 'before') await die()
      if (way === 'torn') {
        await write(bytes, offset, Math.floor(length / 2), position)
        await die()
      }
      const done = await write(bytes, offset, length, position)
      if (way === 'written') await die()
      return done
    },
    datasync: async () => {
      await sync()
      if (way === 'synced') await die()
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
