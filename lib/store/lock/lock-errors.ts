// SPDX-License-Identifier: Apache-2.0
// In whose hands the lock is, in words.
import { hostname } from 'node:os'
import { PatchrunError } from '../../errors.js'
import { lockFile } from '../disk/lock-files.js'
import type { Holder } from '../disk/lock-files.js'

const who = ({ user, host, pid }: Holder): string => `${user}@${host}, process ${pid}`
const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`

/** `age`: ms since its last sign of life. `timeout`: after how many ms it is taken over. */
export function held(
  holder: Holder | null,
  directory: string,
  token: number,
  age: number | null,
  timeout: number,
): PatchrunError {
  const file = lockFile(directory, token)
  return new PatchrunError({
    code: 'lock/held',
    message: `another run holds the lock: ${holder ? `${who(holder)}, since ${new Date(holder.since).toISOString()}` : 'a process that took it just now'}`,
    hint: whatToDo(holder, file, age, timeout),
    where: { file },
  })
}

function whatToDo(
  holder: Holder | null,
  file: string,
  age: number | null,
  timeout: number,
): string {
  const look =
    holder && holder.host !== hostname()
      ? `Wait until it ends, or look at it on ${holder.host}.`
      : 'Wait until it ends, or look at it with `patchrun status`.'
  if (!holder) return look
  if (holder.beat === undefined)
    return holder.host === hostname()
      ? look
      : `${look} Only if that host is gone for good, remove ${file}.`
  return `${look}${age === null ? '' : ` It gave a sign of life ${seconds(age)} ago;`} without one for ${seconds(timeout)} it is taken over.`
}

export function lost(holder: Holder | null, directory: string, token: number): PatchrunError {
  return new PatchrunError({
    code: 'lock/lost',
    message: `the lock was taken over by ${holder ? `${who(holder)}, at ${new Date(holder.since).toISOString()}` : 'another process'}: this process does nothing more`,
    hint: 'It gave no sign of life for too long (stopped, suspended, or cut off from the state directory) and was taken for dead. `patchrun status` shows who goes on.',
    where: { file: lockFile(directory, token) },
  })
}

export function removed(file: string): PatchrunError {
  return new PatchrunError({
    code: 'lock/lost',
    message: 'the lock was removed while this process held it: it does nothing more',
    hint: 'Somebody, or something that cleans up, removed the file. Run again: the journal knows how far this came.',
    where: { file },
  })
}
