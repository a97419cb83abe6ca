// SPDX-License-Identifier: Apache-2.0
// lib/engine/commit/: the pinned commit and its files, as a run of Ansible is given them.
//
// From the declared ref to a commit and its files.
import { PatchrunError } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import {
  checkout,
  compare,
  fetch,
  openMirror,
  playbookExists,
  pruneCheckouts,
  resolve,
  SHA,
} from '../../git/index.js'
import type { Checkout, CheckoutOptions, Comparison, Mirror, Pin } from '../../git/index.js'
import type { EnvironmentState, PinnedCommit } from '../../rollout/index.js'
import { layoutOf } from '../site/layout.js'

export interface Pinned {
  readonly pin: PinnedCommit
  /** Author, dates: what people want to see of it. */
  readonly details: Pin
  readonly comparison: Comparison
}

const mirrorOf = (fleet: Fleet, signal: AbortSignal | undefined): Promise<Mirror> =>
  openMirror({ source: fleet.playbooks, directory: layoutOf(fleet).playbooks, signal })

/**
 * Fetches, resolves the ref, and says how it relates to the remembered SHA. With `sha` this commit
 * instead, wherever in the repository it is: good enough to look, not to roll out. Throws pin/…,
 * usage/not-a-sha.
 */
export async function pinCommit(
  fleet: Fleet,
  remembered: string | null,
  signal?: AbortSignal,
  sha?: string,
): Promise<Pinned> {
  const wanted = sha === undefined ? undefined : fullSha(sha)
  const mirror = await mirrorOf(fleet, signal)
  await fetch(mirror, { signal })
  const details = await resolve(mirror, wanted ?? fleet.playbooks.ref, { signal })
  const { ref, subject } = details
  return {
    pin: { sha: details.sha, ref, subject },
    details,
    comparison: await compare(mirror, remembered, details, { signal }),
  }
}

/**
 * What is to be rolled out: the ref, or exactly the commit `sha`. That one must lie on the ref, and
 * nothing newer may have been begun or completed, so that an older job that comes late, or is given
 * again, never takes a newer commit back. Throws pin/…, usage/not-a-sha.
 */
export async function pinToRoll(
  fleet: Fleet,
  { remembered, current }: Pick<EnvironmentState, 'remembered' | 'current'>,
  signal?: AbortSignal,
  sha?: string,
): Promise<Pinned> {
  if (sha === undefined) return pinCommit(fleet, remembered, signal)
  const wanted = fullSha(sha)
  const tip = await pinCommit(fleet, remembered, signal)
  if (tip.pin.sha === wanted) return tip
  const mirror = await mirrorOf(fleet, signal)
  const details = await resolve(mirror, wanted, { signal })
  const relation = async (from: string): Promise<Comparison['kind']> =>
    (await compare(mirror, from, details, { signal, limit: 1 })).kind
  const begun =
    current && current.status !== 'closed' && current.status !== 'rolled-back'
      ? current.pin.sha
      : null
  const { ref } = tip.pin
  const short = wanted.slice(0, 12)
  if ((await relation(tip.pin.sha)) !== 'backward') {
    throw new PatchrunError({
      code: 'pin/not-on-ref',
      message: `the commit ${short} is not on ${ref} of ${mirror.remote}, which is at ${tip.pin.sha.slice(0, 12)}`,
      hint: 'Only what the declared ref holds is rolled out. It may have been rewritten since, or this is a commit of a merge request: `patchrun plan --sha` looks at those.',
    })
  }
  const newer =
    fleet.policy.onNewCommit === 'supersede'
      ? tip.pin.sha
      : await firstOf([remembered, begun], async (s) => (await relation(s)) === 'backward')
  if (newer !== undefined) {
    const what =
      newer === remembered
        ? 'was completed'
        : newer === begun
          ? 'is being rolled out, or was'
          : `is on ${ref}, and takes its place (onNewCommit: supersede)`
    throw new PatchrunError({
      code: 'pin/superseded',
      message: `the newer commit ${newer.slice(0, 12)} ${what}: ${short} is not rolled out any more`,
      hint: 'Nothing was touched. The newer commit holds what this one brings; to go back, use `patchrun rollback`, or merge a commit that takes the change back.',
    })
  }
  return {
    pin: { sha: wanted, ref, subject: details.subject },
    details: { ...details, ref },
    comparison: await compare(mirror, remembered, details, { signal }),
  }
}

async function firstOf(
  shas: readonly (string | null)[],
  is: (sha: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const sha of shas) if (sha !== null && (await is(sha))) return sha
  return undefined
}

function fullSha(text: string): string {
  const sha = text.toLowerCase()
  if (SHA.test(sha)) return sha
  throw new PatchrunError({
    code: 'usage/not-a-sha',
    message: `--sha ${text.slice(0, 60)} is no full SHA of a commit`,
    hint: 'Give all its digits (40, or 64 where git uses SHA-256), as `git rev-parse HEAD` and CI_COMMIT_SHA do.',
  })
}

/**
 * A commit that was rolled out before, by its SHA. It is in the mirror, unless that was lost:
 * nothing is fetched as long as it is there. Throws pin/….
 */
export async function knownCommit(
  fleet: Fleet,
  sha: string,
  signal?: AbortSignal,
): Promise<PinnedCommit> {
  const mirror = await mirrorOf(fleet, signal)
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

/**
 * The files of a commit, clean, with the playbook in them; checkouts of other commits that nobody
 * uses are removed. Throws pin/…, playbook/not-found.
 */
export async function useCheckout(
  fleet: Fleet,
  sha: string,
  signal?: AbortSignal,
  onChanged?: CheckoutOptions['onChanged'],
): Promise<Checkout> {
  const mirror = await mirrorOf(fleet, signal)
  const tree = await checkout(mirror, sha, { signal, onChanged })
  await playbookExists(tree, fleet.playbooks.playbook, { signal })
  await pruneCheckouts(mirror, [sha])
  return tree
}

/** Names that are shown of a list. */
const SHOWN = 5

/** What to say of a commit whose large files are not there; null where all are. */
export function lfsWarning({ lfsPointers }: Checkout): string | null {
  if (lfsPointers.length === 0) return null
  const more = lfsPointers.length - SHOWN
  return `nodes get the pointers of Git LFS in place of ${lfsPointers.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''} (playbooks.lfs is name)`
}
