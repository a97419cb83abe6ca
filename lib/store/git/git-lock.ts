// SPDX-License-Identifier: Apache-2.0
// The lock in a remote. Who holds it stands in the journal's ref, so that taking it moves that ref
// and leaves the holder before without any: no push of its goes through. A ref of its own carries
// the sign of life.
//
// Clocks of two machines are compared only to say early that a holder lives. Before one that cannot
// be seen from here is called silent, its refs are watched for the whole time-out, by the clock of
// whoever watches. The holder acts for less than that on its last push: then its file has run out,
// and Ansible starts no further task.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { uptime } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHeartbeat } from '../lock/heartbeat.js'
import type { Heartbeat } from '../lock/heartbeat.js'
import { held } from '../lock/lock-errors.js'
import { describeHolder, sightOf } from '../lock/lock-holder.js'
import type { Holder } from '../disk/lock-files.js'
import type { Lock } from '../store.js'
import { stateError } from '../disk/state-error.js'
import { BEAT_REF, JOURNAL_REF, Line } from './git-line.js'
import { writeHolder } from './records.js'
import type { HolderRecord, Records } from './records.js'
import { aWhile } from './remote.js'
import type { Remote } from './remote.js'
import { lockSubject } from './git-words.js'

const BEATS_IN_TIMEOUT = 6
const LONGEST_BEAT = 10_000

export interface Found extends Records {
  /** Commits of the two refs; null: not there. */
  readonly tip: string | null
  readonly beat: string | null
}

export interface Taking {
  readonly remote: Remote
  readonly timeout: number
  readonly find: () => Promise<Found>
}

export async function takeGitLock(
  { remote, timeout, find }: Taking,
  now: number,
): Promise<GitLock> {
  const beat = Math.min(LONGEST_BEAT, Math.round(timeout / BEATS_IN_TIMEOUT))
  for (let attempt = 0; ; attempt++) {
    const found = await find()
    const before = found.holder && !found.holder.released ? found.holder : null
    const standing = before ? await standingOf(before, found, remote, timeout) : 'released'
    if (standing === 'held')
      throw held(
        before,
        remote.place,
        found.holder?.token ?? 0,
        await ageOf(remote, found.beat),
        timeout,
      )
    const token = Math.max(found.head.token, found.holder?.token ?? 0) + 1
    const me: HolderRecord = { ...(await describeHolder(now, beat)), token }
    await writeHolder(remote.directory, me)
    const [tip, sign] = [
      await remote.record(lockSubject('taken', me, token)),
      await remote.note(signOf(token)),
    ]
    const begun = uptime()
    const outcome = await remote.swap(
      [
        { name: JOURNAL_REF, from: found.tip, to: tip },
        { name: BEAT_REF, from: found.beat, to: sign },
      ],
      aWhile(),
    )
    if (outcome === 'moved') {
      // Somebody was quicker; who that is is known when it is looked at anew.
      if (attempt >= 4) throw held(null, remote.place, token, null, timeout)
      await remote.checkout(found.tip)
      continue
    }
    return new GitLock(
      new Line(remote, token, timeout, tip, begun, found.head),
      me,
      sign,
      beat,
      before,
      standing === 'released' ? null : standing,
    )
  }
}

const signOf = (token: number): string => `lock ${token} lives`

/** ms since the sign of life was given, by the clocks of two machines; null where there is none. */
export async function ageOf(remote: Remote, beat: string | null): Promise<number | null> {
  if (beat === null) return null
  // An object of another name by now: whoever gave it lives.
  if ((await remote.fetch([BEAT_REF])).get(BEAT_REF) !== beat) return 0
  const seconds = Number(
    (await remote.git(['log', '-1', '--format=%ct', `refs/seen/${BEAT_REF}`])).trim(),
  )
  return Date.now() - seconds * 1000
}

async function standingOf(
  holder: Holder,
  { tip, beat }: Found,
  remote: Remote,
  timeout: number,
): Promise<'held' | 'dead' | 'silent'> {
  if ((await sightOf(holder)) === 'gone') return 'dead'
  const age = await ageOf(remote, beat)
  if (age !== null && Math.abs(age) <= timeout) return 'held'
  const every = Math.min(holder.beat ?? LONGEST_BEAT, LONGEST_BEAT) / 2
  for (const end = performance.now() + timeout; performance.now() < end; await sleep(every)) {
    const refs = await remote.refs()
    if (refs.get(BEAT_REF) !== beat || refs.get(JOURNAL_REF) !== tip) return 'held'
  }
  return 'silent'
}

export class GitLock implements Lock {
  #beats: Heartbeat
  #sign: string
  #released = false
  readonly file: string

  constructor(
    readonly line: Line,
    readonly me: HolderRecord,
    sign: string,
    beat: number,
    readonly takenFrom: Holder | null,
    readonly takenBecause: 'dead' | 'silent' | null,
  ) {
    this.#sign = sign
    this.file = line.remote.aside('fence')
    this.#fence(line.until, 'w')
    line.onRenewed = (until) => this.#fence(until, 'r+')
    line.lost.addEventListener('abort', () => rmSync(this.file, { force: true }), { once: true })
    this.#beats = startHeartbeat(beat, async () => {
      await this.#beat().catch(() => undefined)
      return !this.lost.aborted
    })
  }

  get token(): number {
    return this.line.token
  }

  get lost(): AbortSignal {
    return this.line.lost
  }

  async #beat(): Promise<void> {
    const sign = await this.line.remote.note(signOf(this.token))
    await this.line.push([{ name: BEAT_REF, from: this.#sign, to: sign }])
    this.#sign = sign
  }

  /** In place and always as long: the guard looks at this very file, and reads it at any moment. */
  #fence(until: number, flags: 'w' | 'r+'): void {
    const text = JSON.stringify({ token: this.token, until: until.toFixed(3).padStart(16) })
    try {
      const file = openSync(this.file, flags, 0o600)
      writeSync(file, text, 0)
      closeSync(file)
    } catch (error) {
      throw stateError('the lock', this.file, error)
    }
  }

  /** It is ours, as far as we know. */
  get isOurs(): boolean {
    return !this.#released && !this.lost.aborted
  }

  async release(): Promise<void> {
    this.#released = true
    await this.#beats.stop()
    this.line.onRenewed = undefined
    this.line.remote.persist = undefined
    rmSync(this.file, { force: true })
    if (this.lost.aborted) return
    await writeHolder(this.line.remote.directory, { ...this.me, released: true })
    await this.line.append(lockSubject('released', this.me, this.token))
  }
}
