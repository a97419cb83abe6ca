// SPDX-License-Identifier: Apache-2.0
// A playbook without any tag: every change of it would wait for a drain, or be an error. Said
// before anything is begun.
import { existsSync } from 'node:fs'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { mentions } from '../../git/index.js'
import { DRAIN, HOT } from '../../rollout/record/verdict.js'

type Tagged = Pick<Fleet, 'policy' | 'playbooks' | 'schedulers'>

const TAGS = [HOT, DRAIN]
const WAY_OUT =
  '`patchrun lint --suggest` proposes tags as a patch, and changes.untagged: suggest counts them without one'

function warning({ policy, schedulers }: Tagged): string {
  const what =
    policy.changes.untagged === 'error'
      ? 'every change is an error'
      : `every change needs its node drained${schedulers.length > 0 ? '' : ', and no scheduler is declared, so that it waits for a person for ever'}`
  return `no file of the playbook repository has ${HOT} or ${DRAIN}: ${what}. ${WAY_OUT}`
}

/** Of a commit that is checked out; null: all is well. */
export async function noTags(
  fleet: Tagged,
  checkout: string,
  signal?: AbortSignal,
): Promise<string | null> {
  if (fleet.policy.changes.untagged === 'suggest') return null
  return (await mentions(checkout, TAGS, { signal })) === false ? warning(fleet) : null
}

/** Of the ref, where the repository is a directory of this machine: nothing is fetched for it. */
export async function noTagsInRef(fleet: Tagged, signal?: AbortSignal): Promise<string | null> {
  const { repository, ref } = fleet.playbooks
  if (fleet.policy.changes.untagged === 'suggest' || !existsSync(repository)) return null
  return (await mentions(repository, TAGS, { rev: ref, signal })) === false ? warning(fleet) : null
}
