// SPDX-License-Identifier: Apache-2.0
// One writer at a time. The lock is a numbered file, lock.N; the highest number holds, and N is the fencing token
// that every append of the journal carries and checks.
//
// Taking it means creating lock.N+1, which the file system lets only one process do. That is allowed when lock.N
// says it was released, or when its holder is seen to be dead: same host, and no process with that pid and start
// time. The number only rises, so a process that was taken for dead finds a higher number and may do nothing more.
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { PatchrunError } from '../errors.js'
import { isAlive, startTimeOf } from './process-identity.js'

export interface Holder {
  readonly host: string
  readonly user: string
  readonly pid: number
  /** Start time of the process in the kernel's words: a pid is used again, this pair is not. */
  readonly started: string
  /** ms since the epoch. */
  readonly since: number
  readonly released: boolean
}

export interface Lock {
  /** Rises by one with each holder. */
  readonly token: number
  /** Whom it was taken over from, when that process had died. */
  readonly takenFrom: Holder | null
  /** Throws lock/lost when somebody else holds it by now. */
  check(): Promise<void>
  release(): Promise<void>
}

const NAME = /^lock\.(\d+)$/

/** Takes the lock or throws lock/held, naming the holder. */
export async function takeLock(directory: string, now: number): Promise<Lock> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const current = await highest(directory)
  const holder = current > 0 ? await readHolder(directory, current) : null
  if (holder && !holder.released && !(await isDead(holder))) throw held(holder, directory, current)
  const token = current + 1
  const me: Holder = { host: hostname(), user: userInfo().username, pid: process.pid, started: await startTimeOf(process.pid), since: now, released: false }
  if (!(await create(directory, token, me))) throw held(await readHolder(directory, token), directory, token)
  // Somebody who came and went between our look and our file has left a higher number behind.
  const top = await highest(directory)
  if (top !== token) {
    await unlink(join(directory, `lock.${token}`)).catch(() => undefined)
    throw held(await readHolder(directory, top), directory, top)
  }
  await removeBelow(directory, token)
  return {
    token,
    takenFrom: holder && !holder.released ? holder : null,
    check: async () => {
      const now = await highest(directory)
      if (now !== token) throw lost(await readHolder(directory, now), directory, now)
    },
    release: async () => {
      if ((await highest(directory)) !== token) return
      await replace(directory, token, { ...me, released: true }).catch(() => markReleased(directory, token, me))
    },
  }
}

/** Who holds the lock just now, if anybody does. */
export async function currentHolder(directory: string): Promise<Holder | null> {
  const current = await highest(directory)
  const holder = current > 0 ? await readHolder(directory, current) : null
  return holder && !holder.released && !(await isDead(holder)) ? holder : null
}

async function highest(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => [])
  return names.reduce((top, name) => Math.max(top, Number(NAME.exec(name)?.[1] ?? 0)), 0)
}

async function readHolder(directory: string, token: number): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(join(directory, `lock.${token}`), 'utf8')) as Holder
  } catch {
    return null
  }
}

/** Written aside and linked, so that nobody ever reads half of it; false when the number is taken. */
async function create(directory: string, token: number, holder: Holder): Promise<boolean> {
  const aside = await writeAside(directory, holder)
  try {
    await link(aside, join(directory, `lock.${token}`))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await unlink(aside).catch(() => undefined)
  }
}

async function replace(directory: string, token: number, holder: Holder): Promise<void> {
  await rename(await writeAside(directory, holder), join(directory, `lock.${token}`))
}

/** On a full disk a new file cannot be had: the old one is overwritten where it lies, to its very length. */
async function markReleased(directory: string, token: number, holder: Holder): Promise<void> {
  const length = Buffer.byteLength(JSON.stringify(holder))
  const handle = await open(join(directory, `lock.${token}`), 'r+')
  try {
    await handle.write(JSON.stringify({ ...holder, released: true }).padEnd(length), 0)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

async function writeAside(directory: string, holder: Holder): Promise<string> {
  const aside = join(directory, `.lock-${randomUUID()}`)
  const handle = await open(aside, 'wx', 0o600)
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

async function removeBelow(directory: string, token: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const number = NAME.exec(name)?.[1]
    if (number !== undefined && Number(number) < token) await unlink(join(directory, name)).catch(() => undefined)
  }
}

/** Only what can be seen counts: a holder on another host is never taken for dead. */
async function isDead(holder: Holder): Promise<boolean> {
  return holder.host === hostname() && !(await isAlive(holder.pid, holder.started))
}

function held(holder: Holder | null, directory: string, token: number): PatchrunError {
  const who = holder ? `${holder.user}@${holder.host}, process ${holder.pid}, since ${new Date(holder.since).toISOString()}` : 'a process that took it just now'
  const elsewhere = holder && holder.host !== hostname()
  return new PatchrunError({
    code: 'lock/held',
    message: `another run holds the lock: ${who}`,
    hint: elsewhere
      ? `Wait until it ends, or look at it on ${holder.host}. Only if that host is gone for good, remove ${join(directory, `lock.${token}`)}.`
      : 'Wait until it ends, or look at it with `patchrun status`.',
    where: { file: join(directory, `lock.${token}`) },
  })
}

function lost(holder: Holder | null, directory: string, token: number): PatchrunError {
  return new PatchrunError({
    code: 'lock/lost',
    message: `the lock was taken over by ${holder ? `${holder.user}@${holder.host}, process ${holder.pid}` : 'another process'}: this process does nothing more`,
    hint: 'It was taken for dead. `patchrun status` shows who goes on.',
    where: { file: join(directory, `lock.${token}`) },
  })
}
