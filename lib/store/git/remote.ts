// SPDX-License-Identifier: Apache-2.0
// A working copy of the refs of one environment, of this process alone, and the three things done
// with the remote: list its refs, fetch one, and swap some for others, all or none, if they are
// still what they were.
import { mkdirSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PatchrunError } from '../../errors.js'
import { git, gitOk } from '../../git/process/git.js'
import type { GitCall } from '../../git/process/git.js'
import { checkAddress, remoteCall, type ObjectFormat } from '../../git/mirror/mirror.js'
import { ownedName, sweep } from '../../git/process/owner.js'
import { splitCredential } from '../../git/process/redact.js'
import { isRefused, remoteError } from './remote-error.js'

/** Commit of each ref, by its name below the environment's. */
export type Refs = ReadonlyMap<string, string>

/** `from` and `to`: commits; null: no such ref. */
export interface Swap {
  readonly name: string
  readonly from: string | null
  readonly to: string | null
}

export interface RemoteOptions {
  readonly repository: string
  /** The refs of the environment lie below this one. */
  readonly ref: string
  /** Directory that gets the working copies. */
  readonly directory: string
}

/** ms without a word from the remote after which a call is ended. */
const SILENCE = 15_000
/** ms */
const WHILE = 20_000
const PAUSES = [200, 500, 1_000, 2_000, 4_000] as const

// No call is made quiet: simple-git waits 50 ms longer for a git that says nothing.

// Whatever the operator's own git is set to: these commits are records.
const SETTINGS = [
  'user.name=patchrun',
  'user.email=patchrun@localhost',
  'commit.gpgSign=false',
  'core.logAllRefUpdates=false',
  'push.gpgSign=false',
  'push.followTags=false',
]

/** Of this process: they go when it goes. One that is killed leaves them to the next (`sweep`). */
const copies = new Set<string>()
process.once('exit', () => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true })
})

/**
 * For `swap`, where nothing was promised yet: a remote that does not answer is asked again for a
 * while, one that refuses is not.
 */
export function aWhile(): (error: PatchrunError) => boolean {
  const end = performance.now() + WHILE
  return (error) => !isRefused(error) && performance.now() < end
}

/** A line of git's trace. */
const PACKET = /^\d\d:\d\d:\d\d\.\d+ .*packet: /

/** Gives the empty tree. */
async function makeCopy(directory: string, url: string, format: ObjectFormat): Promise<string> {
  await gitOk(directory, [
    'init',
    '--template=',
    '--initial-branch=journal',
    `--object-format=${format}`,
    '.',
  ])
  await gitOk(directory, ['config', 'remote.origin.url', url])
  return (await gitOk(directory, ['hash-object', '-t', 'tree', '-w', '/dev/null'])).trim()
}

export class Remote {
  #refs: { readonly at: number; readonly refs: Refs } | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #formatKnown = false
  /**
   * Set by who holds the lock: until it gives up, a remote that was there is waited for, whatever
   * it says.
   */
  persist: (() => boolean) | undefined

  private constructor(
    /** The working copy: what lies in it besides .git is what the next commit holds. */
    readonly directory: string,
    private readonly ref: string,
    /** Repository and ref, without credentials: fit to show. */
    readonly place: string,
    private readonly call: GitCall,
    private emptyTree: string,
  ) {}

  /**
   * Makes an empty working copy; touches no network. Throws pin/repository-invalid,
   * pin/git-missing, state/….
   */
  static async open({ repository, ref, directory: parent }: RemoteOptions): Promise<Remote> {
    const { url } = splitCredential(repository)
    checkAddress(url)
    await mkdir(parent, { recursive: true, mode: 0o700 })
    await sweep(parent)
    const directory = join(parent, ownedName('copy'))
    mkdirSync(directory, { mode: 0o700 })
    copies.add(directory)
    const emptyTree = await makeCopy(directory, url, 'sha1')
    const { config = [], ...call } = await remoteCall({ repository, directory }, undefined)
    return new Remote(
      directory,
      ref,
      `${url} ${ref}`,
      { ...call, config: [...config, ...SETTINGS], silence: SILENCE },
      emptyTree,
    )
  }

  /** What git keeps for itself: files there are in no commit. */
  aside(name: string): string {
    return join(this.directory, '.git', name)
  }

  /** The refs as they are, or were no longer than `age` ms ago. Throws state/remote-…. */
  async refs(age = 0): Promise<Refs> {
    if (this.#refs && performance.now() - this.#refs.at < age) return this.#refs.refs
    const at = performance.now()
    const refs = await this.#patiently(() => this.#list())
    this.#refs = { at, refs }
    return refs
  }

  async #list(): Promise<Refs> {
    // An empty repository names its object format nowhere else than in what git says to git.
    const call = this.#formatKnown
      ? this.call
      : { ...this.call, env: { ...this.call.env, GIT_TRACE_PACKET: '1' } }
    const result = await git(
      this.directory,
      ['ls-remote', '--quiet', 'origin', `${this.ref}/*`],
      call,
    )
    if (result.code !== 0)
      throw remoteError(this.place, {
        stderr: result.stderr
          .split('\n')
          .filter((line) => !PACKET.test(line))
          .join('\n'),
      })
    if (!this.#formatKnown && /object-format=sha256/.test(result.stderr))
      this.emptyTree = await this.#remake()
    this.#formatKnown = true
    return new Map(
      result.stdout.split('\n').flatMap((line): [string, string][] => {
        const [sha = '', name = ''] = line.split('\t')
        return name.startsWith(`${this.ref}/`) ? [[name.slice(this.ref.length + 1), sha]] : []
      }),
    )
  }

  /**
   * The working copy anew, for SHA-256. Nothing is in it yet: the remote is asked first, whatever
   * is done with it.
   */
  #remake(): Promise<string> {
    return this.alone(async () => {
      const url = (await this.git(['config', 'remote.origin.url'])).trim()
      rmSync(join(this.directory, '.git'), { recursive: true, force: true })
      return makeCopy(this.directory, url, 'sha256')
    })
  }

  /**
   * Fetches these refs, without what lies before them, and gives their commits. Throws
   * state/remote-….
   */
  async fetch(names: readonly string[]): Promise<Refs> {
    return this.alone(async () => {
      const specs = names.map((name) => `+${this.ref}/${name}:refs/seen/${name}`)
      await this.#patiently(async () => {
        const result = await git(
          this.directory,
          ['fetch', '--depth=1', '--no-tags', '--no-write-fetch-head', 'origin', ...specs],
          this.call,
        )
        if (result.code !== 0) throw remoteError(this.place, result)
      })
      const shas = await this.git(['rev-parse', ...names.map((name) => `refs/seen/${name}`)])
      return new Map(
        shas
          .trim()
          .split('\n')
          .map((sha, i) => [names[i] ?? '', sha]),
      )
    })
  }

  /**
   * What does not reach the remote at once is tried again a few times, and as long as `persist`
   * says so.
   */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!this.persist?.() && (isRefused(error) || attempt >= PAUSES.length)) throw error
        await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)])
      }
    }
  }

  /** A commit that holds nothing but its message. */
  async note(message: string): Promise<string> {
    return (await this.git(['commit-tree', this.emptyTree, '-m', message])).trim()
  }

  /** Makes what lies in the working copy a commit on top of the one it was put at. */
  async record(message: string): Promise<string> {
    return this.alone(async () => {
      await this.git(['add', '--all', '--verbose'])
      await this.git(['commit', '--allow-empty', '-m', message])
      return (await this.git(['rev-parse', 'HEAD'])).trim()
    })
  }

  /** Puts the working copy where a commit is; null: nothing was recorded yet. */
  async checkout(commit: string | null): Promise<void> {
    await this.alone(async () => {
      if (commit !== null) await this.git(['reset', '--hard', commit])
      await this.git(['clean', '--quiet', '--force', '-d'])
    })
  }

  async git(args: readonly string[]): Promise<string> {
    return gitOk(this.directory, args, { config: SETTINGS })
  }

  /**
   * Swaps refs, all or none. moved: one of them is not what it was. What does not go through is
   * tried again while `again` says so, then thrown: state/remote-…. One that landed without our
   * hearing of it counts.
   */
  async swap(
    swaps: readonly Swap[],
    again: (error: PatchrunError) => boolean,
  ): Promise<'landed' | 'moved'> {
    const leases = swaps.map(
      ({ name, from }) => `--force-with-lease=${this.ref}/${name}:${from ?? ''}`,
    )
    const specs = swaps.map(({ name, to }) => `${to ?? ''}:${this.ref}/${name}`)
    for (let attempt = 0; ; attempt++) {
      const result = await git(
        this.directory,
        ['push', '--porcelain', '--atomic', '--no-verify', ...leases, 'origin', ...specs],
        this.call,
      )
      this.#refs = undefined
      if (result.code === 0) return 'landed'
      const there = await this.#list().catch(() => null)
      if (there && swaps.every(({ name, to }) => (there.get(name) ?? null) === to)) return 'landed'
      if (there && swaps.some(({ name, from }) => (there.get(name) ?? null) !== from))
        return 'moved'
      // What became of each ref is told on standard output.
      const error = remoteError(this.place, { stderr: `${result.stdout}\n${result.stderr}` })
      if (!again(error)) throw error
      await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)])
    }
  }

  /** One after the other: git has one index, and one list of where history was cut off. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }
}
