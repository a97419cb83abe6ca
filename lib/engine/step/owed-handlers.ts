// SPDX-License-Identifier: Apache-2.0
// Tells Ansible which handlers an earlier apply at this commit still owes: the callback plugin
// notifies them again (owed.py).
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeState } from '../../rollout/index.js'
import type { RolloutState } from '../../rollout/index.js'

/**
 * Into the directory of an Ansible, before its apply begins: node to a list of [name, file, line],
 * or to null where nobody knows.
 */
export async function writeOwed(
  directory: string,
  nodes: readonly string[],
  rollout: RolloutState,
): Promise<void> {
  const file = join(directory, 'owed.json')
  const owed = nodes.flatMap((node) => {
    const { unfinished } = nodeState(rollout, node)
    return unfinished ? [[node, unfinished.owed?.map((h) => [h.task, h.file, h.line]) ?? null]] : []
  })
  if (owed.length === 0) return rm(file, { force: true })
  await writeFile(file, `${JSON.stringify(Object.fromEntries(owed))}\n`)
}
