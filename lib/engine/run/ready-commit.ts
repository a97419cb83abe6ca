// SPDX-License-Identifier: Apache-2.0
// Makes the commit of a rollout ready to be run from, and tells what people should know of it.
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { refuse } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { Checkout } from '../../git/index.js'
import { lfsWarning, useCheckout } from '../commit/pin.js'
import { installRequirements, withInstalled } from '../commit/requirements.js'
import { noTags } from '../commit/tag-warnings.js'
import { gateProblems } from '../step/health-gate.js'
import { noticesOf } from '../step/progress.js'
import type { NoticeCode, OnProgress } from '../step/progress.js'
import { uncommittedWarning } from '../step/repository-warnings.js'
import { suggestedTags } from '../tags/suggested-tags.js'

export interface ReadyCommit {
  readonly checkout: Checkout
  /** As installRequirements gives it. */
  readonly installed: string | undefined
  /** Path of the tags that are counted for tasks that have none. */
  readonly suggested: string | undefined
}

export interface ReadyOptions {
  readonly sha: string
  /** A rollout opens at it: what nobody has committed is not in it. */
  readonly opens: boolean
  readonly install: AnsibleInstall
  readonly signal: AbortSignal
  readonly onProgress: OnProgress
}

/** Throws pin/…, playbook/…, ansible/…. */
export async function readyCommit(
  fleet: Fleet,
  { sha, opens, install, signal, onProgress }: ReadyOptions,
): Promise<ReadyCommit> {
  const tell = (code: NoticeCode, text: string): void => noticesOf(onProgress, code)(text)
  // Nodes may be held: a tree that somebody changed must not keep them.
  const checkout = await useCheckout(fleet, sha, signal, (found, kept) =>
    tell('checkout-renewed', `${found.message}. It was made anew; what was there lies in ${kept}`),
  )
  const pointers = lfsWarning(checkout)
  if (pointers !== null) tell('lfs-pointers', pointers)
  // Once: what is declared meanwhile must not end a run that holds nodes.
  const installed = await installRequirements(fleet, {
    install,
    checkout: checkout.path,
    signal,
    onNotice: noticesOf(onProgress, 'requirements'),
  })
  const suggested = await suggestedTags({
    fleet: withInstalled(fleet, installed),
    install,
    sha: checkout.sha,
    checkout: checkout.path,
    signal,
  })
  if (suggested) tell('tags-suggested', suggested.text)
  const edits = opens && (await uncommittedWarning(fleet, signal))
  if (edits) tell('uncommitted', edits)
  const untagged = await noTags(fleet, checkout.path, signal)
  if (untagged !== null) tell('no-tags', untagged)
  refuse(gateProblems(withInstalled(fleet, installed), checkout.path))
  return { checkout, installed, suggested: suggested?.path }
}
