// SPDX-License-Identifier: Apache-2.0
// From the declared ref to a commit and its files.
import { PatchrunError } from '../errors.js'
import type { Fleet } from '../fleet/types.js'
import { checkout, compare, fetch, openMirror, playbookExists, pruneCheckouts, resolve } from '../playbook/index.js'
import type { Checkout, Comparison, Pin } from '../playbook/index.js'
import type { PinnedCommit } from '../rollout/index.js'
import { layoutOf } from './layout.js'

export interface Pinned {
  readonly pin: PinnedCommit
  /** Author, dates: what people want to see of it. */
  readonly details: Pin
  readonly comparison: Comparison
}

/** Fetches, resolves the ref, and says how it relates to the remembered SHA. Throws pin/…. */
export async function pinCommit(fleet: Fleet, remembered: string | null, signal?: AbortSignal): Promise<Pinned> {
  const mirror = await openMirror({ source: fleet.playbooks, directory: layoutOf(fleet).playbooks, signal })
  await fetch(mirror, { signal })
  const details = await resolve(mirror, fleet.playbooks.ref, { signal })
  const { sha, ref, subject } = details
  return { pin: { sha, ref, subject }, details, comparison: await compare(mirror, remembered, details, { signal }) }
}

/** A commit that was rolled out before, by its SHA. It is in the mirror, unless that was lost: nothing is fetched as long as it is there. Throws pin/…. */
export async function knownCommit(fleet: Fleet, sha: string, signal?: AbortSignal): Promise<PinnedCommit> {
  const mirror = await openMirror({ source: fleet.playbooks, directory: layoutOf(fleet).playbooks, signal })
  const find = async (): Promise<PinnedCommit> => {
    const { subject } = await resolve(mirror, sha, { signal })
    return { sha, ref: sha, subject }
  }
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof PatchrunError) || error.code !== 'pin/sha-not-found') throw error
    await fetch(mirror, { signal })
    return find()
  }
}

/** The files of a commit, clean, with the playbook in them; checkouts of other commits that nobody uses are removed. Throws pin/…, playbook/not-found. */
export async function useCheckout(fleet: Fleet, sha: string, signal?: AbortSignal): Promise<Checkout> {
  const mirror = await openMirror({ source: fleet.playbooks, directory: layoutOf(fleet).playbooks, signal })
  const tree = await checkout(mirror, sha, { signal })
  await playbookExists(tree, fleet.playbooks.playbook, { signal })
  await pruneCheckouts(mirror, [sha])
  return tree
}
