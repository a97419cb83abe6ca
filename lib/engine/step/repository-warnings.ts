// SPDX-License-Identifier: Apache-2.0
// What people should know of a playbook repository on this machine before anything is begun.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { uncommitted } from '../../git/index.js'
import type { Checkout } from '../../git/index.js'
import { gateProblems } from './health-playbook.js'
import { lfsWarning } from '../commit/pin.js'
import { noticesOf } from './progress.js'
import type { OnProgress } from './progress.js'

/** Names that are shown of a list. */
const SHOWN = 5

/** Edits that no commit holds; null: there are none. */
export async function uncommittedWarning(
  { playbooks: { repository } }: Pick<Fleet, 'playbooks'>,
  signal?: AbortSignal,
): Promise<string | null> {
  const files = await uncommitted(repository, signal)
  if (files.length === 0) return null
  const more = files.length - SHOWN
  return `not committed in ${repository}, and so not rolled out: ${files.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** What somebody who looks at a commit should know of its files. */
export async function tellOfRepository(
  fleet: Pick<Fleet, 'playbooks'>,
  checkout: Checkout,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  const [pointers, edits] = [lfsWarning(checkout), await uncommittedWarning(fleet, signal)]
  if (pointers !== null) noticesOf(onProgress, 'lfs-pointers')(pointers)
  if (edits !== null) noticesOf(onProgress, 'uncommitted')(edits)
}

/**
 * Roles of gates and of the scheduler that are nowhere, as the work tree of the repository has it:
 * nothing is fetched for it.
 */
export function roleWarnings(
  fleet: Pick<Fleet, 'policy' | 'playbooks' | 'ansible' | 'schedulers'>,
): readonly string[] {
  const { repository } = fleet.playbooks
  return existsSync(join(repository, '.git'))
    ? gateProblems(fleet, repository).map(({ message, hint }) => `${message}. ${hint}`)
    : []
}
