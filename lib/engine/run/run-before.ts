// SPDX-License-Identifier: Apache-2.0
// What a run before this one left when it died: its lock, and an ansible-playbook that goes on.
import { readdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { endOrphan } from '../../ansible/run/start-playbook.js'
import { count } from '../../report/words/words.js'
import type { Journal, Lock } from '../../store/store.js'
import type { Layout } from '../site/layout.js'
import type { OnProgress } from '../step/progress.js'

/** Whose lock it was, in words; null: nobody held it. `timeout`: lockTimeout of the fleet, ms. */
export function takenOver(
  { takenFrom, takenBecause }: Pick<Lock, 'takenFrom' | 'takenBecause'>,
  timeout: number,
): string | null {
  if (!takenFrom) return null
  const { pid, user, host } = takenFrom
  const how =
    takenBecause === 'silent'
      ? `gave no sign of life for ${Math.round(timeout / 1000)} s: if it wakes up it does nothing more`
      : 'ended without releasing the lock'
  return `took over from process ${pid} of ${user}${host === hostname() ? '' : `@${host}`}, which ${how}`
}

/**
 * Ends what an earlier process left running: Ansible that nobody listens to must not go on beside a
 * new run. Only the directories of steps without an outcome can hold one.
 */
export async function endOrphans(
  layout: Layout,
  journal: Journal,
  onProgress: OnProgress,
): Promise<void> {
  const { current } = journal.state
  if (!current) return
  const base = join(layout.runs, current.id)
  const names = new Set([...(await readdir(base).catch(() => [] as string[]))])
  for (const { step, action, nodes } of current.steps.values()) {
    if (!names.has(step)) continue
    const found = await endOrphan(join(base, step))
    if (found === 'ended') {
      onProgress({
        type: 'notice',
        code: 'orphan-ended',
        text: `ended an ansible-playbook of the run before (${action} on ${count(nodes.length, 'node')}) that was still going on`,
      })
    }
  }
}
