// SPDX-License-Identifier: Apache-2.0
// lib/store/disk/: small files that are there whole or not at all.
//
// The numbered files of the lock's directory, and what may be done to them without a moment in
// which they say nothing.
import { randomUUID } from 'node:crypto'
import { link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { stateError } from './state-error.js'

export interface Holder {
  readonly host: string
  readonly user: string
  readonly pid: number
  /** Start time of the process in the kernel's words: a pid is used again, this pair is not. */
  readonly started: string
  /** ms since the epoch. */
  readonly since: number
  readonly released: boolean
  /** It renews its file this often, ms. Absent: written by a version that gave no sign of life. */
  readonly beat?: number
  /** Pids mean something within this alone: containers may share a host name and not their pids. */
  readonly pids?: string
}

/** Who holds the lock, and how long ago it gave a sign of life. */
export interface CurrentHolder extends Holder {
  /**
   * ms, by the clock of the file system, or of the machines where it lies in a remote; null where
   * that cannot be told.
   */
  readonly heartbeatAge: number | null
}

const NAME = /^lock\.(\d+)$/
const ASIDE = /^\.lock-/
/** A file that was put aside and never came into use is litter after this time, ms. */
const LITTER = 600_000

export const lockFile = (directory: string, token: number): string =>
  join(directory, `lock.${token}`)

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code

/**
 * The highest number; 0 when there is none. Errors: state/unwritable: a directory that cannot be
 * read says nothing.
 */
export async function highest(directory: string): Promise<number> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw stateError('the lock', directory, error)
  })
  return names.reduce((top, name) => Math.max(top, Number(NAME.exec(name)?.[1] ?? 0)), 0)
}

/**
 * Null when it is not there any more. What cannot be understood was written by somebody all the
 * same.
 */
export async function readHolder(directory: string, token: number): Promise<Holder | null> {
  const file = lockFile(directory, token)
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) !== undefined) throw stateError('the lock', file, error)
    return {
      host: 'unknown',
      user: 'unknown',
      pid: 0,
      started: '',
      since: (await modified(file)) ?? 0,
      released: false,
      beat: 0,
    }
  }
}

/**
 * When the file was last renewed, ms, by the clock of its file system; null when it is not there.
 */
export async function modified(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw stateError('the lock', file, error)
  }
}

/**
 * What time it is for the file system that holds the directory; null where nothing can be written
 * to ask it.
 */
export async function fileSystemTime(directory: string): Promise<number | null> {
  const file = join(directory, `.lock-${randomUUID()}`)
  try {
    await (await open(file, 'wx', 0o600)).close()
    return await modified(file)
  } catch {
    return null
  } finally {
    await unlink(file).catch(() => undefined)
  }
}

/**
 * Only one of many that want the number gets it. Linked when it is whole: it is never there
 * half-written.
 */
export async function create(directory: string, token: number, holder: Holder): Promise<boolean> {
  const aside = await writeAside(directory, holder)
  try {
    await link(aside, lockFile(directory, token))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await unlink(aside).catch(() => undefined)
  }
}

/**
 * Writes the file's own bytes over themselves: the file system notes the time, by its own clock,
 * and a full disk does not hinder it. Opened by name each time, which makes a network file system
 * ask whether it is still there.
 */
export async function renew(directory: string, token: number): Promise<void> {
  const handle = await open(lockFile(directory, token), 'r+')
  try {
    const bytes = await handle.readFile()
    await handle.write(bytes, 0, bytes.length, 0)
  } finally {
    await handle.close()
  }
}

export async function replace(directory: string, token: number, holder: Holder): Promise<void> {
  await rename(await writeAside(directory, holder), lockFile(directory, token))
}

/**
 * On a full disk a new file cannot be had: the old one is overwritten where it lies, to its very
 * length.
 */
export async function markReleased(
  directory: string,
  token: number,
  holder: Holder,
): Promise<void> {
  const length = Buffer.byteLength(JSON.stringify(holder))
  const handle = await open(lockFile(directory, token), 'r+')
  try {
    await handle.write(JSON.stringify({ ...holder, released: true }).padEnd(length), 0)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/**
 * Removes the lower numbers, and litter. What is left of a holder that did not release would still
 * stand for its right to act: that it cannot be removed is an error.
 */
export async function removeBelow(directory: string, token: number): Promise<void> {
  const now = await modified(lockFile(directory, token))
  for (const name of await readdir(directory)) {
    const number = NAME.exec(name)?.[1]
    const file = join(directory, name)
    if (number !== undefined && Number(number) < token) {
      const holder = await readHolder(directory, Number(number))
      await unlink(file).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT' && !holder?.released)
          throw stateError('the lock', file, error)
      })
    } else if (ASIDE.test(name) && (now ?? 0) - ((await modified(file)) ?? Infinity) > LITTER) {
      await unlink(file).catch(() => undefined)
    }
  }
}

async function writeAside(directory: string, holder: Holder): Promise<string> {
  const aside = join(directory, `.lock-${randomUUID()}`)
  // Readable to whoever may enter the directory: they have to know who holds it.
  const handle = await open(aside, 'wx', 0o644)
  try {
    await handle.writeFile(JSON.stringify(holder))
    await handle.sync()
  } catch (error) {
    await unlink(aside).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
  return aside
}
