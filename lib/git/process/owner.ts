// SPDX-License-Identifier: Apache-2.0
// Names that say which process made a file, so that what a killed process left can be told from
// what is in use.
import { randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

/**
 * Older than this, something left by another machine counts as left behind, ms: its processes
 * cannot be asked.
 */
const FOREIGN_AGE = 24 * 3600 * 1000

// Containers may share a host name and a directory, and not their process numbers: the name space
// tells them apart.
const host = (): string => {
  let space = ''
  try {
    space = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    // Not Linux: the host name has to do.
  }
  return `${hostname()
    .replace(/[^A-Za-z0-9]/g, '-')
    .slice(0, 40)}.${space}`
}

/** `<prefix>~<host>~<pid>~<random>`: unique, and tells its maker. */
export function ownedName(prefix: string): string {
  return `${prefix}~${host()}~${process.pid}~${randomBytes(4).toString('hex')}`
}

/** The name of the one mark a process has for `prefix`. */
export function leaseName(prefix: string): string {
  return `${prefix}~${host()}~${process.pid}~lease`
}

/** The prefix of an owned name, or null. */
export function ownedPrefix(name: string): string | null {
  const parts = name.split('~')
  return parts.length === 4 ? parts[0]! : null
}

/** True when the process that made it is gone; undefined names (not ours) are never. */
async function abandoned(directory: string, name: string, now: number): Promise<boolean> {
  const [, where, pid] = name.split('~')
  if (where === host()) return !alive(Number(pid))
  const age = await stat(path.join(directory, name)).then(
    (s) => now - s.mtimeMs,
    () => 0,
  )
  return age > FOREIGN_AGE
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/**
 * Removes what processes that are gone left in `directory`; gives the owned names that are still in
 * use.
 */
export async function sweep(directory: string): Promise<string[]> {
  const inUse: string[] = []
  for (const name of await readdir(directory).catch(() => [])) {
    if (ownedPrefix(name) === null) continue
    if (await abandoned(directory, name, Date.now()))
      await rm(path.join(directory, name), { recursive: true, force: true })
    else inUse.push(name)
  }
  return inUse
}

/**
 * Moves a directory made aside to its place. False when somebody else was first; `made` is then
 * removed.
 */
export async function publish(made: string, place: string): Promise<boolean> {
  try {
    await rename(made, place)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
    await rm(made, { recursive: true, force: true })
    return false
  }
}

/** Takes a directory out of its place in one step, then removes it: nobody sees half of it. */
export async function discard(place: string): Promise<void> {
  const aside = path.join(path.dirname(place), ownedName('.removing'))
  try {
    await rename(place, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await rm(aside, { recursive: true, force: true })
}
