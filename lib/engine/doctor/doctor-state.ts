// SPDX-License-Identifier: Apache-2.0
// Whether the state can be kept: its directory and the room in it, the journal, the lock, and the
// clock that both are read by.
import { mkdir, stat, statfs, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { durationText, shortSha } from '../../report/words/words.js'
import type { Store } from '../../store/store.js'
import type { Clock } from '../step/progress.js'
import { fail, ok, warn } from './found.js'
import type { Found } from './found.js'

const MB = 1024 * 1024
const LEAST_SPACE = 100 * MB
const LITTLE_SPACE = 1024 * MB
const LEAST_INODES = 1_000
/** Two clocks that differ by less are one. */
const CLOCK_SKEW = 5_000

export async function checkDirectory(directory: string): Promise<Found> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const probe = probeIn(directory)
  await writeFile(probe, '')
  await unlink(probe)
  const { mode } = await stat(directory)
  const open = (mode & 0o022) !== 0
  return open
    ? warn(
        `${directory} can be written by others`,
        `Whoever writes there decides what is rolled out: chmod go-w ${directory}`,
      )
    : ok(`${directory} is writable`)
}

const probeIn = (directory: string): string => join(directory, `.doctor-${process.pid}`)

export async function checkSpace(directory: string): Promise<Found> {
  const { bavail, bsize, files, ffree } = await statfs(directory)
  const free = bavail * bsize
  const text = `${Math.floor(free / MB).toLocaleString('en')} MB free`
  const hint =
    'Journal, logs and checkouts need room; a full disk stops a rollout before its next step. Old logs lie in runs/ and looks/.'
  if (free < LEAST_SPACE) return fail(text, hint)
  if (files > 0 && ffree < LEAST_INODES) return fail(`${ffree} inodes free`, hint)
  return free < LITTLE_SPACE ? warn(text, hint) : ok(text)
}

export async function checkJournal(store: Store, clock: Clock): Promise<Found> {
  const { current, remembered, pause } = await store.read()
  const what = current ? `rollout ${current.id} is ${current.status}` : 'no rollout yet'
  const found = `${what}, completed: ${remembered === null ? 'nothing' : shortSha(remembered)}`
  return pause && (pause.until === undefined || pause.until > clock.now())
    ? warn(
        `${found}; paused by ${pause.by.user}@${pause.by.host}`,
        '`patchrun unpause` ends the pause.',
      )
    : ok(found)
}

export async function checkLock(store: Store, clock: Clock): Promise<Found> {
  const holder = await store.holder()
  if (!holder) return ok('free')
  const { user, host, pid, since } = holder
  return warn(
    `held by ${user}@${host}, process ${pid}, for ${durationText(clock.now() - since)}`,
    'A run is under way: `patchrun status` shows it. A holder that died is taken over by the next run.',
  )
}

/**
 * This machine's clock against the file system's and against the journal: windows and back-off rest
 * on it.
 */
export async function checkClock(directory: string, store: Store, clock: Clock): Promise<Found> {
  const probe = probeIn(directory)
  await writeFile(probe, '')
  const { mtimeMs } = await stat(probe)
  await unlink(probe)
  const hint = 'Windows, soaks and back-off rest on the clock: let NTP keep it (`timedatectl`).'
  const skew = Math.abs(mtimeMs - clock.now())
  if (skew > CLOCK_SKEW)
    return fail(
      `the clock and that of the file system of ${directory} are ${durationText(skew)} apart`,
      hint,
    )
  const last = (await store.writtenAt().catch(() => null)) ?? 0
  if (last > clock.now() + CLOCK_SKEW)
    return fail(`the journal was written ${durationText(last - clock.now())} in the future`, hint)
  return ok(new Date(clock.now()).toISOString())
}
