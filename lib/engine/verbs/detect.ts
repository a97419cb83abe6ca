// SPDX-License-Identifier: Apache-2.0
// `patchrun detect`: what would the pin do to each node? Looks, changes nothing, needs no lock.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { findingOf, localFailure } from '../../outcome/summary/node-verdict.js'
import type { RunSummary } from '../../outcome/summary/run-summary.js'
import { PatchrunError } from '../../errors.js'
import type { Problem } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { nodeState, withDone, wouldOpen } from '../../rollout/index.js'
import type { PinnedCommit, Verdict } from '../../rollout/index.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import type { DetectReport } from '../../report/model/rollout-report.js'
import { inState } from '../../store/disk/state-error.js'
import { layoutOf } from '../site/layout.js'
import { localPlaysNotice } from '../commit/local-plays.js'
import { leftNotice } from '../commit/lend-tree.js'
import { pinCommit, useCheckout } from '../commit/pin.js'
import { tellOfRepository } from '../step/repository-warnings.js'
import { playbookPlace } from '../commit/playbook-place.js'
import { noticesOf, systemClock } from '../step/progress.js'
import type { Clock, NoticeCode, OnProgress } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { noTags } from '../commit/tag-warnings.js'
import { suggestedTags } from '../tags/suggested-tags.js'
import { runStep } from '../step/step.js'
import type { StepContext } from '../step/step.js'
import { withRequirements } from '../commit/requirements.js'
import { storeOf } from '../site/store-of.js'

export interface DetectOptions {
  readonly onEvent?: OnProgress
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** Look at the canaries too, whatever the limit. */
  readonly withCanaries?: boolean
}

export interface Detected {
  readonly fleet: Fleet
  readonly report: DetectReport
  /** What it ran with, for whoever has more to ask. */
  readonly context: StepContext
}

/**
 * The verdict of every node, with the tasks that led to it. Throws config/…, pin/…, ansible/…;
 * playbook/fault when the playbook itself does not run; playbook/guard when it tried something that
 * a look must not do.
 */
export async function detect(session: Session, options: DetectOptions = {}): Promise<Detected> {
  const fleet = await session.observe()
  const install = await session.findAnsible()
  return inState(fleet.stateDirectory, () => look(session, fleet, install, options))
}

/** What a look is made with, and who hears of it. */
interface Looking {
  readonly session: Session
  readonly declared: Fleet
  readonly install: AnsibleInstall
  readonly onProgress: OnProgress
  readonly signal: AbortSignal | undefined
}

/** The commit that is looked at. */
interface Opened {
  readonly pin: PinnedCommit
  /** As it is declared, with what the commit wants installed. */
  readonly fleet: Fleet
  /** Absolute path of its files. */
  readonly checkout: string
}

async function look(
  session: Session,
  declared: Fleet,
  install: AnsibleInstall,
  {
    onEvent: onProgress = () => undefined,
    signal,
    clock = systemClock,
    withCanaries = false,
  }: DetectOptions,
): Promise<Detected> {
  const looking: Looking = { session, declared, install, onProgress, signal }
  const state = await storeOf(declared).read()
  const opened = await openCommit(looking, state.remembered)
  const { pin, fleet, checkout } = opened
  const nodes = wantedNodes(fleet, session.limit, withCanaries)
  onProgress({ type: 'looking', pin, nodes })
  const now = clock.now()
  // The newest look is kept as evidence; another process may be looking at the same time.
  const directory = join(layoutOf(declared).looks, `${process.pid}-${now}`)
  const context = await contextOf(looking, opened)
  const { summary } = await runStep('detect', nodes, directory, context)
  if (signal?.aborted) await rm(directory, { recursive: true, force: true })
  signal?.throwIfAborted()
  const fault = await faultOf(summary, checkout)
  if (fault) throw new PatchrunError(fault)
  // What a rollout of this very commit has done already.
  const known = wouldOpen(pin, state, session.limit, now)
  const found = nodes.flatMap((node) => {
    const seen = summary.nodes.get(node)
    if (!seen) return []
    const finding = withDone(findingOf(seen, summary, fleet.policy.changes), nodeState(known, node))
    return [{ node, ...finding }]
  })
  const report: DetectReport = {
    schemaVersion: REPORT_VERSION,
    kind: 'detect',
    fleet: fleet.name,
    environment: fleet.environment,
    at: new Date(now).toISOString(),
    pin,
    counts: countVerdicts(found),
    nodes: found,
    directory,
  }
  return { fleet, report, context }
}

async function openCommit(
  { session, declared, install, onProgress, signal }: Looking,
  remembered: string | null,
): Promise<Opened> {
  const { pin, comparison } = await pinCommit(declared, remembered, signal, session.options.sha)
  onProgress({ type: 'pinned', pin, comparison })
  const checkout = await useCheckout(declared, pin.sha, signal)
  const fleet = await withRequirements(declared, {
    install,
    checkout: checkout.path,
    signal,
    onNotice: noticesOf(onProgress, 'requirements'),
  })
  await tellOfRepository(declared, checkout, onProgress, signal)
  return { pin, fleet, checkout: checkout.path }
}

/** Of the limit, if there is one; with the canaries, if they are wanted whatever it says. */
function wantedNodes(
  { nodes }: Pick<Fleet, 'nodes'>,
  limit: readonly string[] | null,
  withCanaries: boolean,
): readonly string[] {
  const wanted = limit && new Set(limit)
  return nodes
    .filter((n) => !wanted || wanted.has(n.name) || (withCanaries && n.canary))
    .map((n) => n.name)
}

async function contextOf(
  { install, onProgress, signal }: Looking,
  { pin, fleet, checkout }: Opened,
): Promise<StepContext> {
  const notices = (code: NoticeCode): ((text: string) => void) => noticesOf(onProgress, code)
  const suggested = await suggestedTags({ fleet, install, sha: pin.sha, checkout, signal })
  if (suggested) notices('tags-suggested')(suggested.text)
  const untagged = await noTags(fleet, checkout, signal)
  if (untagged !== null) notices('no-tags')(untagged)
  return {
    fleet,
    install,
    checkout,
    signal,
    suggested: suggested?.path,
    onEvent: (event: AnsibleEvent) => onProgress({ type: 'ansible', event }),
    onLocalPlays: localPlaysNotice(notices('local-plays')),
    onLeft: leftNotice(notices('files-left')),
  }
}

/** Why the look says nothing of the nodes that can be relied on; null: it does. */
async function faultOf(summary: RunSummary, checkout: string): Promise<Problem | null> {
  const { guard, unplanned, fault } = summary
  if (guard || unplanned.length > 0)
    return {
      code: 'playbook/guard',
      message:
        guard?.message ??
        `the run reached for hosts that were not planned: ${unplanned.join(', ')}`,
      hint: 'Nothing more was done. `patchrun lint` shows how the tasks are tagged.',
      ...(await whereOf(checkout, guard?.task)),
    }
  if (fault && [...summary.nodes.values()].every((n) => n.result === 'absent'))
    return {
      code: 'playbook/fault',
      message: fault.message,
      hint: fault.hint,
      ...(await whereOf(checkout, fault)),
    }
  const local = localFailure(summary)
  if (local)
    return {
      code: 'playbook/fault',
      message: local.message,
      hint: 'The plays for localhost run beside the nodes (inventory.localhost): mend the cause there.',
      ...(await whereOf(checkout, local)),
    }
  return null
}

/** The place of a problem, where Ansible has named a file. */
const whereOf = async (
  checkout: string,
  { file, line }: { readonly file?: string; readonly line?: number } = {},
): Promise<Pick<Problem, 'where'>> =>
  file === undefined ? {} : { where: await playbookPlace(checkout, file, line) }

function countVerdicts(found: DetectReport['nodes']): DetectReport['counts'] {
  const counts: Record<Verdict, number> = { GOOD: 0, HOT: 0, DRAIN: 0, ERROR: 0, UNKNOWN: 0 }
  for (const { verdict } of found) counts[verdict] += 1
  return counts
}
