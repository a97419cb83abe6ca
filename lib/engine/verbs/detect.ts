// SPDX-License-Identifier: Apache-2.0
// `patchrun detect`: what would the pin do to each node? Looks, changes nothing, needs no lock.
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import type { AnsibleInstall } from '../../ansible/call/playbook-call.js'
import { findingOf, localFailure } from '../../outcome/summary/node-verdict.js'
import { PatchrunError } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { nodeState, withDone, wouldOpen } from '../../rollout/index.js'
import type { Verdict } from '../../rollout/index.js'
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
  const layout = layoutOf(declared)
  const state = await storeOf(declared).read()
  const { pin, comparison } = await pinCommit(
    declared,
    state.remembered,
    signal,
    session.options.sha,
  )
  onProgress({ type: 'pinned', pin, comparison })
  const notices = (code: NoticeCode): ((text: string) => void) => noticesOf(onProgress, code)
  const checkout = await useCheckout(declared, pin.sha, signal)
  const fleet = await withRequirements(declared, {
    install,
    checkout: checkout.path,
    signal,
    onNotice: notices('requirements'),
  })
  await tellOfRepository(declared, checkout, onProgress, signal)
  const wanted = session.limit && new Set(session.limit)
  const nodes = fleet.nodes
    .filter((n) => !wanted || wanted.has(n.name) || (withCanaries && n.canary))
    .map((n) => n.name)
  onProgress({ type: 'looking', pin, nodes })
  const now = clock.now()
  // The newest look is kept as evidence; another process may be looking at the same time.
  const directory = join(dirname(layout.runs), 'looks', `${process.pid}-${now}`)
  const suggested = await suggestedTags({
    fleet,
    install,
    sha: pin.sha,
    checkout: checkout.path,
    signal,
  })
  if (suggested) notices('tags-suggested')(suggested.text)
  const untagged = await noTags(fleet, checkout.path, signal)
  if (untagged !== null) notices('no-tags')(untagged)
  const context = {
    fleet,
    install,
    checkout: checkout.path,
    signal,
    suggested: suggested?.path,
    onEvent: (event: AnsibleEvent) => onProgress({ type: 'ansible', event }),
    onLocalPlays: localPlaysNotice(notices('local-plays')),
    onLeft: leftNotice(notices('files-left')),
  }
  const { summary } = await runStep('detect', nodes, directory, context)
  if (signal?.aborted) await rm(directory, { recursive: true, force: true })
  signal?.throwIfAborted()
  const { guard, unplanned, fault } = summary
  if (guard ?? unplanned.length > 0) {
    throw new PatchrunError({
      code: 'playbook/guard',
      message:
        guard?.message ??
        `the run reached for hosts that were not planned: ${unplanned.join(', ')}`,
      hint: 'Nothing more was done. `patchrun lint` shows how the tasks are tagged.',
      ...(guard?.task && {
        where: await playbookPlace(checkout.path, guard.task.file, guard.task.line),
      }),
    })
  }
  if (fault && [...summary.nodes.values()].every((n) => n.result === 'absent')) {
    throw new PatchrunError({
      code: 'playbook/fault',
      message: fault.message,
      hint: fault.hint,
      ...(fault.file !== undefined && {
        where: await playbookPlace(checkout.path, fault.file, fault.line),
      }),
    })
  }
  const local = localFailure(summary)
  if (local) {
    throw new PatchrunError({
      code: 'playbook/fault',
      message: local.message,
      hint: 'The plays for localhost run beside the nodes (inventory.localhost): mend the cause there.',
      ...(local.file !== undefined && {
        where: await playbookPlace(checkout.path, local.file, local.line),
      }),
    })
  }
  // What a rollout of this very commit has done already.
  const known = wouldOpen(pin, state, session.limit, now)
  const counts: Record<Verdict, number> = { GOOD: 0, HOT: 0, DRAIN: 0, ERROR: 0, UNKNOWN: 0 }
  const found = nodes.flatMap((node) => {
    const seen = summary.nodes.get(node)
    if (!seen) return []
    const finding = withDone(findingOf(seen, summary, fleet.policy.changes), nodeState(known, node))
    counts[finding.verdict] += 1
    return [{ node, ...finding }]
  })
  const report: DetectReport = {
    schemaVersion: REPORT_VERSION,
    kind: 'detect',
    fleet: fleet.name,
    environment: fleet.environment,
    at: new Date(now).toISOString(),
    pin,
    counts,
    nodes: found,
    directory,
  }
  return { fleet, report, context }
}
