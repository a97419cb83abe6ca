// SPDX-License-Identifier: Apache-2.0
// Gives a run of Ansible the playbook repository in a directory of its own, and says what the run
// left there.
import { join } from 'node:path'
import { ownTree } from '../../git/index.js'

export interface LeftFiles {
  /** Paths within the repository, sorted. */
  readonly files: readonly string[]
  /** Directory that holds them now. */
  readonly kept: string
}

/** Whence it comes. */
export interface TreeOwner {
  /** The checked-out repository. */
  readonly checkout: string
  /** Hears of files that a run left beside the playbook. */
  readonly onLeft?: (left: LeftFiles) => void
}

export interface LentTree {
  readonly path: string
  /** Removes it, once. What was left in it is kept with the other evidence of the run. */
  giveBack(): Promise<void>
}

/** `directory`: of the run. */
export async function lendTree(
  { checkout, onLeft }: TreeOwner,
  directory: string,
): Promise<LentTree> {
  const tree = await ownTree(checkout)
  const kept = join(directory, 'left')
  return {
    path: tree.path,
    giveBack: async () => {
      const files = await tree.giveBack(kept)
      if (files.length > 0) onLeft?.({ files, kept })
    },
  }
}

/** Runs Ansible once. */
export async function inLentTree<C extends TreeOwner, T>(
  context: C,
  directory: string,
  run: (context: C) => Promise<T>,
): Promise<T> {
  const tree = await lendTree(context, directory)
  try {
    return await run({ ...context, checkout: tree.path })
  } finally {
    await tree.giveBack()
  }
}

/** Names that are shown of a list. */
const SHOWN = 5

/** Tells of each file once: what one look leaves, every look leaves. */
export function leftNotice(tell: (text: string) => void): (left: LeftFiles) => void {
  const told = new Set<string>()
  return ({ files, kept }) => {
    const fresh = files.filter((f) => !told.has(f))
    if (fresh.length === 0) return
    for (const file of fresh) told.add(file)
    const names = `${fresh.slice(0, SHOWN).join(', ')}${fresh.length > SHOWN ? ` and ${fresh.length - SHOWN} more` : ''}`
    tell(
      `a task wrote beside the playbook, where the next run does not find it: ${names} (kept in ${kept}). Give such files an absolute path`,
    )
  }
}
