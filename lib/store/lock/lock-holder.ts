// SPDX-License-Identifier: Apache-2.0
// Is the one who holds the lock still there? Two witnesses: the process, where it can be seen from
// here, and the heartbeat. A wrong answer costs a run, never safety: whoever is taken for dead and
// is not finds the higher number.
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileSystemTime, lockFile, modified } from '../disk/lock-files.js'
import type { Holder } from '../disk/lock-files.js'
import { isAlive, pidSpace, startTimeOf } from '../disk/process-identity.js'

/** dead: its process is gone. silent: it gave no sign of life for too long. */
export type Standing = 'released' | 'held' | 'dead' | 'silent'

/**
 * Beats that may be missed before a process that cannot be seen from here, and must be gone, is
 * taken for gone.
 */
const MISSED = 3

export async function describeHolder(since: number, beat: number): Promise<Holder> {
  return {
    host: hostname(),
    user: userInfo().username,
    pid: process.pid,
    started: await startTimeOf(process.pid),
    since,
    released: false,
    beat,
    pids: await pidSpace(),
  }
}

/**
 * ms since the last sign of life, by the clock of the file system that holds it; null where that
 * cannot be told. Below 0: that clock was set back.
 */
export async function heartbeatAge(directory: string, token: number): Promise<number | null> {
  const [now, then] = [await fileSystemTime(directory), await modified(lockFile(directory, token))]
  return now === null || then === null ? null : now - then
}

/**
 * `timeout`: ms without a sign of life after which a holder is taken over. `watch`: wait for two
 * beats before saying that it is silent; default true.
 */
export async function standingOf(
  holder: Holder,
  directory: string,
  token: number,
  { timeout, watch = true }: { readonly timeout: number; readonly watch?: boolean },
): Promise<Standing> {
  if (holder.released) return 'released'
  const sight = await sightOf(holder)
  if (sight === 'gone') return 'dead'
  const { beat } = holder
  if (beat === undefined) return sight === 'gone-or-elsewhere' ? 'dead' : 'held'
  const limit = Math.max(MISSED * beat, sight === 'gone-or-elsewhere' ? 0 : timeout)
  if (limit === Infinity) return 'held'
  const age = await heartbeatAge(directory, token)
  if (age === null || Math.abs(age) <= limit) return 'held'
  if (!watch) return 'silent'
  // A clock that was set makes the file of a living process look old, or as if from the future:
  // until its next beat.
  const before = await modified(lockFile(directory, token))
  await sleep(2 * beat + 50)
  return (await modified(lockFile(directory, token))) === before ? 'silent' : 'held'
}

/**
 * Before the machine was started anew, or on another one of the same name: only the heartbeat
 * tells.
 */
export async function sightOf({
  host,
  pid,
  started,
  pids,
}: Holder): Promise<'lives' | 'gone' | 'gone-or-elsewhere' | 'unseen'> {
  if (host !== hostname()) return 'unseen'
  if (pids !== undefined && pids !== (await pidSpace())) return 'unseen'
  if (await isAlive(pid, started)) return 'lives'
  const [theirs, ours] = [bootOf(started), bootOf(await startTimeOf(process.pid))]
  return theirs === ours || theirs === '' || ours === '' ? 'gone' : 'gone-or-elsewhere'
}

const bootOf = (started: string): string => started.slice(0, Math.max(started.indexOf('/'), 0))
