// SPDX-License-Identifier: Apache-2.0
// lib/store/git/: the same in refs of a repository.
//
// The state of an environment in refs of a git repository: `journal` (records and lock), `beat`
// (the holder's sign of life), `orders/…` and `refused/…` (the mailbox). Every write is a push that
// goes through only where the ref is still what it was.
import { splitCredential } from '../../git/process/redact.js'
import { held } from '../lock/lock-errors.js'
import { sightOf } from '../lock/lock-holder.js'
import type { Store } from '../store.js'
import { BEAT_REF, JOURNAL_REF } from './git-line.js'
import { ageOf, takeGitLock } from './git-lock.js'
import type { Found, GitLock } from './git-lock.js'
import { GitJournal } from './git-journal.js'
import { GitMailbox } from './git-mailbox.js'
import { readRecords } from './records.js'
import { aWhile, Remote } from './remote.js'

export interface GitStoreOptions {
  readonly repository: string
  /** The fleet's: each environment has its refs below. */
  readonly ref: string
  /** As a part of a ref. */
  readonly environment: string
  /** Directory that gets working copies, of this machine. */
  readonly directory: string
  /** ms without a sign of life after which a holder of the lock is taken over. */
  readonly timeout: number
  /** Bytes of records that are worth a snapshot. */
  readonly much?: number
}

export function gitStore({
  repository,
  ref,
  environment,
  directory,
  timeout,
  much,
}: GitStoreOptions): Store {
  const own = `${ref}/${environment}`
  const place = `${splitCredential(repository).url} ${own}`
  let opening: Promise<Remote> | undefined
  const open = (): Promise<Remote> =>
    (opening ??= Remote.open({ repository, ref: own, directory }).catch((error: unknown) => {
      opening = undefined
      throw error
    }))
  let known: Found | undefined
  /** While it is ours nobody else writes, and the working copy is not to be moved. */
  let lock: GitLock | undefined
  let journal: GitJournal | undefined
  const ours = (): GitLock | undefined => (lock?.isOurs ? lock : undefined)
  let turn: Promise<unknown> = Promise.resolve()
  /** One after the other: there is one working copy. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  /** What the refs hold, fetched only where they moved. */
  const find = async (age = 0): Promise<Found> => {
    const remote = await open()
    for (;;) {
      const refs = await remote.refs(age)
      const [tip, beat] = [refs.get(JOURNAL_REF) ?? null, refs.get(BEAT_REF) ?? null]
      if (known?.tip === tip) return (known = { ...known, beat })
      // It may move between the list and the fetch.
      if (tip !== null && (await remote.fetch([JOURNAL_REF])).get(JOURNAL_REF) !== tip) continue
      await remote.checkout(tip)
      return (known = { ...(await readRecords(remote.directory, place)), tip, beat })
    }
  }

  return {
    mail: new GitMailbox(open, place),
    read: (age) =>
      alone(
        async () =>
          (ours() ? (journal?.state ?? known?.state) : undefined) ?? (await find(age)).state,
      ),
    writtenAt: async () => {
      const remote = await open()
      if (!(await remote.refs()).has(JOURNAL_REF)) return null
      const tip = (await remote.fetch([JOURNAL_REF])).get(JOURNAL_REF) ?? ''
      return Number((await remote.git(['log', '-1', '--format=%ct', tip])).trim()) * 1000
    },
    holder: () =>
      alone(async () => {
        const mine = ours()
        if (mine) return { ...mine.me, heartbeatAge: 0 }
        const { holder, beat } = await find()
        if (!holder || holder.released || (await sightOf(holder)) === 'gone') return null
        return { ...holder, heartbeatAge: await ageOf(await open(), beat) }
      }),
    probe: async () => {
      const remote = await open()
      const [name, to] = ['probe', await remote.note('patchrun doctor')]
      const from = (await remote.refs()).get(name) ?? null
      await remote.swap([{ name, from, to }], aWhile())
      await remote.swap([{ name, from: to, to: null }], aWhile())
      return `${place}: refs can be made, changed and removed`
    },
    take: (now) =>
      alone(async () => {
        const mine = ours()
        if (mine) throw held(mine.me, place, mine.token, 0, timeout)
        known = undefined
        journal = undefined
        return (lock = await takeGitLock({ remote: await open(), timeout, find }, now))
      }),
    open: async (taken) => {
      // Only what `take` gave comes back here, and `known` is what it was taken from.
      journal = new GitJournal((taken as GitLock).line, (known as Found).state, much)
      return journal
    },
  }
}
