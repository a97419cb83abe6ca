// SPDX-License-Identifier: Apache-2.0
// lib/git/checkout/: the files of a commit: made, verified, lent to a run.
//
// A commit's files in a directory of their own. It is made aside and moved to its place in one
// step, so a checkout that exists is whole, whoever was killed meanwhile. It borrows its objects
// from the mirror and has a .git of its own: unlike a linked worktree it can be moved and removed,
// submodules and all, without a registry that another process also writes.
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PatchrunError } from '../../errors.js'
import { rememberFresh } from './fresh.js'
import { git, gitFailed, gitOk } from '../process/git.js'
import { allowedPointers, setUpLfs } from './lfs.js'
import { formatOf, remoteCall, type Mirror } from '../mirror/mirror.js'
import { discard, leaseName, ownedName, ownedPrefix, publish, sweep } from '../process/owner.js'
import { SHA } from '../mirror/resolve-ref.js'
import { addSubmodules } from './submodules.js'
import { changesIn, verifyTree } from './verify.js'

export interface Checkout {
  readonly sha: string
  /** Absolute path of the tree. Whoever runs something in it must not write there. */
  readonly path: string
  /**
   * Files that are Git LFS pointers instead of what they stand for, and that the declaration lets
   * pass.
   */
  readonly lfsPointers: readonly string[]
  /**
   * Throws pin/tree-moved or pin/tree-dirty unless the tree is exactly the commit, or makes it anew
   * (`onChanged`). Asks the disk, so call it before each use.
   */
  verify(signal?: AbortSignal): Promise<void>
  /** Removes the tree, used or not. */
  remove(): Promise<void>
}

export interface CheckoutOptions {
  readonly signal?: AbortSignal
  /**
   * With it, a tree that somebody changed is put aside, under the path it is told, and made anew.
   */
  readonly onChanged?: (found: PatchrunError, kept: string) => void
}

/**
 * Checks out a commit that the mirror has. A checkout that is there already is used again when it
 * is clean, made afresh when its git directory is damaged, and refused when somebody changed it, or
 * made anew with `onChanged`. Throws pin/sha-not-found, pin/tree-dirty, pin/tree-moved,
 * pin/submodule-failed, pin/submodule-refused, pin/checkout-failed.
 */
export async function checkout(
  mirror: Mirror,
  sha: string,
  { signal, onChanged }: CheckoutOptions = {},
): Promise<Checkout> {
  await requireCommit(mirror, sha, signal)
  await mkdir(mirror.checkouts, { recursive: true, mode: 0o700 })
  await sweep(mirror.checkouts)
  // The lease comes first: pruning leaves a tree alone whose user lives.
  await writeFile(path.join(mirror.checkouts, leaseName(sha)), '')
  const place = path.join(mirror.checkouts, treeName(mirror, sha))
  const makeAt = async (): Promise<void> => {
    const made = path.join(mirror.checkouts, ownedName('.making'))
    try {
      await make(mirror, sha, made, signal)
      await publish(made, place)
    } catch (error) {
      await rm(made, { recursive: true, force: true })
      throw error
    }
  }
  if (!(await usable(place, signal))) await makeAt()
  const verify = async (given = signal): Promise<void> => {
    try {
      await verifyTree(place, sha, given)
    } catch (error) {
      if (!onChanged || !(error instanceof PatchrunError) || !CHANGED.has(error.code)) throw error
      const kept = await putAside(place)
      await makeAt()
      await verifyTree(place, sha, given)
      onChanged(error, kept)
    }
  }
  await verify()
  return {
    sha,
    path: place,
    lfsPointers: await allowedPointers(mirror, sha, place, signal),
    verify,
    remove: () => removeTree(mirror, sha),
  }
}

const CHANGED: ReadonlySet<string> = new Set(['pin/tree-dirty', 'pin/tree-moved'])

/** Kept until another commit is checked out: somebody may want what he wrote there. */
async function putAside(place: string): Promise<string> {
  for (let n = 1; ; n++) {
    const kept = `${place}.changed-${n}`
    if (
      await access(kept).then(
        () => true,
        () => false,
      )
    )
      continue
    await rename(place, kept)
    return kept
  }
}

/**
 * Removes the checkouts of every commit not in `keep` that no living process uses. Gives the SHAs
 * removed.
 */
export async function pruneCheckouts(mirror: Mirror, keep: readonly string[]): Promise<string[]> {
  const used = new Set((await sweep(mirror.checkouts)).map(ownedPrefix))
  const removed = new Set<string>()
  for (const name of await readdir(mirror.checkouts).catch(() => [])) {
    const sha = /^[0-9a-f]*/.exec(name)?.[0] ?? ''
    if (ownedPrefix(name) !== null || !SHA.test(sha) || keep.includes(sha) || used.has(sha))
      continue
    await discard(path.join(mirror.checkouts, name))
    removed.add(sha)
  }
  return [...removed]
}

async function requireCommit(
  mirror: Mirror,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (
    SHA.test(sha) &&
    (await git(mirror.path, ['cat-file', '-e', `${sha}^{commit}`], { signal })).code === 0
  )
    return
  throw new PatchrunError({
    code: 'pin/sha-not-found',
    message: `there is no commit ${sha} in ${mirror.remote}`,
    hint: 'Fetch first. If it is still missing, it was never pushed or is gone from the repository.',
  })
}

// With and without submodules, or what lies in Git LFS, are different trees of one commit.
const treeName = ({ source }: Mirror, sha: string): string =>
  `${sha}${source.submodules ? '' : '-plain'}${source.lfs === 'fetch' ? '-lfs' : ''}`

async function removeTree(mirror: Mirror, sha: string): Promise<void> {
  await discard(path.join(mirror.checkouts, treeName(mirror, sha)))
  await rm(path.join(mirror.checkouts, leaseName(sha)), { force: true })
}

async function usable(place: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (
    !(await access(place).then(
      () => true,
      () => false,
    ))
  )
    return false
  const head = await git(place, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { signal })
  const index =
    head.code === 0
      ? await git(place, ['ls-files', '--error-unmatch', '-z', '--', ':/'], { signal })
      : head
  if (head.code === 0 && index.code === 0) return true
  await discard(place)
  return false
}

async function make(
  mirror: Mirror,
  sha: string,
  made: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(made, { mode: 0o700 })
  await gitOk(made, ['init', '--quiet', '--template=', `--object-format=${formatOf(sha)}`], {
    signal,
  })
  const alternates = path.join(made, '.git', 'objects', 'info', 'alternates')
  await mkdir(path.dirname(alternates), { recursive: true })
  // Relative, so that the state directory can be moved as a whole.
  const objects = path.join(made, '.git', 'objects')
  await writeFile(alternates, `${path.relative(objects, path.join(mirror.path, 'objects'))}\n`)
  // Submodules with relative addresses, and Git LFS, start from the remote's.
  await gitOk(made, ['config', 'remote.origin.url', mirror.remote], { signal })
  const lfs = mirror.source.lfs === 'fetch'
  if (lfs) await setUpLfs(made, signal)
  const args = ['checkout', '--quiet', '--detach', sha, '--']
  const result = await git(
    made,
    args,
    lfs
      ? await remoteCall({ repository: mirror.source.repository, directory: made }, signal)
      : { signal },
  )
  if (result.code !== 0) {
    throw new PatchrunError({ ...gitFailed(args, result).problems[0], code: 'pin/checkout-failed' })
  }
  if (mirror.source.submodules) await addSubmodules(mirror, made, signal)
  await rememberFresh(made, await changesIn(made, signal), signal)
}
