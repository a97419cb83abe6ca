// SPDX-License-Identifier: Apache-2.0
// A copy of a checkout for one run of Ansible. What tasks leave beside the playbook (fetch, a
// password lookup, a fact cache) stays there, and neither the next run nor one beside it sees it.
import {
  constants,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { discard, ownedName } from '../process/owner.js'

export interface OwnTree {
  /** Absolute path. */
  readonly path: string
  /**
   * Removes it. Files that were added or changed are moved below `kept`; gives their paths within
   * the tree.
   */
  giveBack(kept: string): Promise<readonly string[]>
}

/** Of a file: when it has another, it was written. */
type Mark = string

/**
 * Bytes from which on it pays to ask the file system for a copy: of a small file that takes four
 * times as long.
 */
const LARGE = 1_000_000

/**
 * A copy beside the checkout, which must be as it was checked out. What a killed process leaves of
 * it, `sweep` removes.
 */
export async function ownTree(checkout: string): Promise<OwnTree> {
  const tree = path.join(path.dirname(checkout), ownedName('.step'))
  const marks = new Map<string, Mark>()
  let there = true
  try {
    await copy(checkout, tree, marks)
  } catch (error) {
    await rm(tree, { recursive: true, force: true })
    throw error
  }
  return {
    path: tree,
    giveBack: async (kept) => {
      if (!there) return []
      there = false
      const left: string[] = []
      await walk(tree, (name, file) => void (marks.get(name) !== markOf(file) && left.push(name)))
      for (const name of left) await move(path.join(tree, name), path.join(kept, name))
      await discard(tree)
      return left.sort()
    },
  }
}

/**
 * Copied with their times: `synchronize` compares their seconds. File by file without waiting,
 * which takes a fifth of the time; others have their turn between directories.
 */
async function copy(from: string, to: string, marks: Map<string, Mark>): Promise<void> {
  mkdirSync(to, { mode: 0o700 })
  await walk(
    from,
    (name, file) => {
      const target = path.join(to, name)
      const source = lstatSync(file)
      if (source.isSymbolicLink()) symlinkSync(readlinkSync(file), target)
      else if (source.size < LARGE) writeFileSync(target, readFileSync(file), { mode: source.mode })
      else copyFileSync(file, target, constants.COPYFILE_FICLONE)
      const modified = Math.floor(source.mtimeMs) / 1000
      lutimesSync(target, modified, modified)
      marks.set(name, markOf(target))
    },
    (name) => void mkdirSync(path.join(to, name)),
    true,
  )
}

const markOf = (file: string): Mark => {
  const { size, mtimeMs, mode } = lstatSync(file)
  return `${size} ${mtimeMs} ${mode}`
}

/**
 * Every file below `top`, with its path from there. Of git's own, and of Python's caches, only with
 * `all`.
 */
async function walk(
  top: string,
  onFile: (name: string, file: string) => void,
  onDirectory: (name: string) => void = () => undefined,
  all = false,
  at = '',
): Promise<void> {
  const directories: string[] = []
  for (const entry of readdirSync(path.join(top, at), { withFileTypes: true })) {
    const name = path.join(at, entry.name)
    if (!all && (entry.name === '.git' || entry.name === '__pycache__')) continue
    if (entry.isDirectory()) directories.push(name)
    else if (entry.isFile() || entry.isSymbolicLink()) onFile(name, path.join(top, name))
  }
  await turn()
  for (const name of directories) {
    onDirectory(name)
    await walk(top, onFile, onDirectory, all, name)
  }
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  await rename(from, to).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await cp(from, to, { verbatimSymlinks: true })
  })
}
