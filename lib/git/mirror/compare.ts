// SPDX-License-Identifier: Apache-2.0
// What lies between the commit the fleet is at and the pin.
import { PatchrunError } from '../../errors.js'
import { git, gitOk } from '../process/git.js'
import type { Mirror } from './mirror.js'
import { SHA, type Pin } from './resolve-ref.js'

/**
 * first: nothing is remembered. same: the pin has not moved, so nothing new can be brought.
 * forward: the pin descends from the remembered commit. backward: the pin is an ancestor of it.
 * rewritten: neither descends from the other. unknown-remembered: the remembered commit is not in
 * the repository, or a shallow one hides how the two are related.
 */
export type ComparisonKind =
  'first' | 'same' | 'forward' | 'backward' | 'rewritten' | 'unknown-remembered'

export interface Commit {
  readonly sha: string
  readonly subject: string
  readonly author: string
  /** Commit date, ISO 8601 with offset. */
  readonly date: string
}

/** A bounded list with the exact number of all. */
export interface Some<T> {
  readonly list: readonly T[]
  readonly count: number
}

export interface ChangedFile {
  readonly path: string
  readonly status: 'added' | 'changed' | 'deleted'
}

export interface Comparison {
  readonly kind: ComparisonKind
  readonly remembered: string | null
  readonly pin: string
  /** In the pin and not in the remembered commit, newest first. */
  readonly commits: Some<Commit>
  /** In the remembered commit and not in the pin: what a backward or rewritten pin takes away. */
  readonly dropped: Some<Commit>
  /** Differences between the two trees, by path. Empty for first and unknown-remembered. */
  readonly files: Some<ChangedFile>
}

const NOTHING = { list: [], count: 0 } as const

export interface CompareOptions {
  /** Entries listed at most, in each list; default 100. */
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** Says how the pin relates to the commit that was last completed. Throws pin/git-failed. */
export async function compare(
  mirror: Mirror,
  remembered: string | null,
  pin: Pick<Pin, 'sha'>,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { limit = 100, signal } = options
  const base = { remembered, pin: pin.sha, commits: NOTHING, dropped: NOTHING, files: NOTHING }
  if (remembered === null) return { ...base, kind: 'first' }
  if (remembered === pin.sha) return { ...base, kind: 'same' }
  if (!SHA.test(remembered) || !(await hasCommit(mirror, remembered, signal)))
    return { ...base, kind: 'unknown-remembered' }
  const commits = await commitsBetween(mirror, remembered, pin.sha, limit, signal)
  const dropped = await commitsBetween(mirror, pin.sha, remembered, limit, signal)
  const files = await filesBetween(mirror, remembered, pin.sha, limit, signal)
  return {
    ...base,
    commits,
    dropped,
    files,
    kind: await relation(mirror, commits.count, dropped.count, signal),
  }
}

async function relation(
  mirror: Mirror,
  ahead: number,
  behind: number,
  signal: AbortSignal | undefined,
): Promise<ComparisonKind> {
  if (behind === 0) return 'forward'
  if (ahead === 0) return 'backward'
  const shallow = (
    await gitOk(mirror.path, ['rev-parse', '--is-shallow-repository'], { signal })
  ).trim()
  return shallow === 'true' ? 'unknown-remembered' : 'rewritten'
}

/**
 * For callers that go forward only: throws pin/history-rewritten unless the pin is the remembered
 * commit, descends from it, or nothing is remembered.
 */
export function requireForward(comparison: Comparison, remote: string): void {
  const { kind, pin, remembered, dropped } = comparison
  if (kind === 'first' || kind === 'same' || kind === 'forward') return
  const short = (remembered ?? '').slice(0, 12)
  const message = {
    backward: `the pin ${pin.slice(0, 12)} of ${remote} is older than ${short}, which was completed last: it takes ${dropped.count === 1 ? 'one commit' : `${dropped.count} commits`} back`,
    rewritten: `the history of ${remote} was rewritten: the pin ${pin.slice(0, 12)} does not descend from ${short}, which was completed last`,
    'unknown-remembered': `${short}, which was completed last, is not in the history of ${remote} as far as it can be seen`,
  }[kind]
  throw new PatchrunError({
    code: 'pin/history-rewritten',
    message,
    hint: 'See `patchrun pin` for what lies between. If this is meant, say so explicitly; if not, restore the branch.',
  })
}

async function hasCommit(
  mirror: Mirror,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return (await git(mirror.path, ['cat-file', '-e', `${sha}^{commit}`], { signal })).code === 0
}

async function commitsBetween(
  mirror: Mirror,
  from: string,
  to: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Some<Commit>> {
  const range = [`^${from}`, to, '--']
  const count = Number(
    (await gitOk(mirror.path, ['rev-list', '--count', ...range], { signal })).trim(),
  )
  if (count === 0) return NOTHING
  const text = await gitOk(
    mirror.path,
    [
      'log',
      `--max-count=${limit}`,
      '--no-color',
      '-z',
      '--format=%H%x01%s%x01%an%x01%cI',
      ...range,
    ],
    { signal },
  )
  const list = text
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [sha = '', subject = '', author = '', date = ''] = entry.split('\x01')
      return { sha, subject, author, date: date.trim() }
    })
  return { list, count }
}

async function filesBetween(
  mirror: Mirror,
  from: string,
  to: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Some<ChangedFile>> {
  const text = await gitOk(
    mirror.path,
    ['diff-tree', '-r', '-z', '--no-renames', '--name-status', from, to, '--'],
    { signal },
  )
  const parts = text.split('\0')
  const list: ChangedFile[] = []
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const status = parts[i] === 'A' ? 'added' : parts[i] === 'D' ? 'deleted' : 'changed'
    list.push({ path: parts[i + 1]!, status })
  }
  return { list: list.slice(0, limit), count: list.length }
}
