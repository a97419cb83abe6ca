// SPDX-License-Identifier: Apache-2.0
// `patchrun approve`: a person lets the rollout go on as it was shown, and only so.
import { PatchrunError } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { approvalReports } from '../../report/model/build.js'
import type { SteerReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import type { ApprovalReport } from '../../report/model/rollout-report.js'
import { nodesText, shortSha } from '../../report/words/words.js'
import { approvalKey, planWaves, worldOf } from '../../rollout/index.js'
import type { ApprovalScope, EnvironmentState, RolloutState } from '../../rollout/index.js'
import { giveOrder } from '../orders/give-order.js'
import { placeOfFleet } from '../site/places.js'
import { systemClock } from '../step/progress.js'
import type { Clock } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { optional, orderReport } from './steer.js'
import type { SteerOptions } from './steer.js'
import { storeOf } from '../site/store-of.js'
import { surroundingsOf } from '../run/surroundings.js'

export interface ApproveOptions extends SteerOptions {
  /** As `status` shows it: "wide-3fa29c1b02de". */
  readonly key?: string
  /**
   * Instead of a key, where exactly one approval is pending: the SHA of the rollout's pin, or its
   * first 12 digits or more.
   */
  readonly sha?: string
}

interface Approvable {
  readonly fleet: Fleet
  readonly state: EnvironmentState
  readonly rollout: RolloutState
  readonly approvals: readonly ApprovalReport[]
}

/** What may be approved just now. Throws usage/nothing-to-approve. */
export async function approvable(
  session: Pick<Session, 'observe'>,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<Approvable> {
  const fleet = await session.observe()
  const state = await storeOf(fleet).read()
  const { current: rollout } = state
  if (rollout?.status !== 'running')
    throw nothing(
      rollout
        ? `no rollout is under way: ${rollout.id} is ${rollout.status}`
        : 'no rollout has been opened yet: `patchrun run` opens one and waits for the approval',
    )
  return {
    fleet,
    state,
    rollout,
    approvals: approvalReports(
      fleet,
      worldOf(
        { fleet, state, rollout, now: clock.now() },
        await surroundingsOf(fleet, rollout.pin.sha),
      ),
    ),
  }
}

/**
 * Throws usage/nothing-to-approve, usage/which-approval, usage/approval-moved, usage/not-the-pin,
 * usage/order-refused, config/…, state/….
 */
export async function approve(
  session: Session,
  { key, sha, reason: given, clock = systemClock }: ApproveOptions,
): Promise<SteerReport> {
  const said = optional(given)
  const found = await approvable(session, { clock })
  const approval = key === undefined ? bySha(found, sha) : byKey(found, key)
  // Both given: both must fit.
  if (key !== undefined && sha !== undefined) requirePin(found.rollout, sha)
  const { fleet, rollout } = found
  const place = placeOfFleet(fleet)
  const { signal } = session.options
  const done = await giveOrder(
    place,
    { do: 'approve', rollout: rollout.id, key: approval.key, ...said },
    { clock, ...(signal && { signal }) },
  )
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'steer',
    fleet: fleet.name,
    verb: 'approve',
    ...said,
    approval,
    environments: [orderReport(place, done)],
  }
}

function byKey(found: Approvable, key: string): ApprovalReport {
  const approval = found.approvals.find((a) => a.key === key)
  if (approval) return approval
  const before = found.rollout.approvals.find((a) => a.key === key)
  if (before) throw nothing(`${key} was approved already, by ${before.by.user}@${before.by.host}`)
  throw new PatchrunError({
    code: 'usage/approval-moved',
    message: `${key} is not what waits for an approval: ${whatChanged(found, key)}`,
    hint: pendingText(found.approvals),
  })
}

function bySha({ rollout, approvals }: Approvable, sha: string | undefined): ApprovalReport {
  if (sha !== undefined) requirePin(rollout, sha)
  const [only, ...more] = approvals
  if (!only) throw nothing(`nothing of rollout ${rollout.id} waits for an approval`)
  if (sha !== undefined && more.length === 0) return only
  throw new PatchrunError({
    code: 'usage/which-approval',
    message: 'which approval is meant was not said',
    hint: pendingText(approvals),
  })
}

function requirePin({ pin }: RolloutState, sha: string): void {
  const given = sha.toLowerCase()
  if (/^[0-9a-f]{12,64}$/.test(given) && pin.sha.startsWith(given)) return
  const how = /^[0-9a-f]{1,11}$/.test(given)
    ? 'give at least 12 digits of the SHA'
    : `the rollout is pinned to ${pin.sha}`
  throw new PatchrunError({
    code: 'usage/not-the-pin',
    message: `--sha ${sha.slice(0, 60)} is not the commit that would be approved: ${how}`,
    hint: '`patchrun status` shows the pin, and what waits for an approval.',
  })
}

/** As far as it can be told: the key is a digest, so each thing that may have moved is tried. */
function whatChanged({ fleet, state, rollout, approvals }: Approvable, key: string): string {
  const scope = key.slice(0, Math.max(0, key.lastIndexOf('-')))
  const now = approvals.find((a) => a.scope === scope)
  const waves = planWaves(fleet.nodes, fleet.policy, rollout.limit)
  const of = (pin: RolloutState['pin']): boolean =>
    (
      [
        'start',
        'wide',
        'history',
        ...waves.map((w) => `wave${w.index}` as const),
      ] as ApprovalScope[]
    ).some((s) => {
      const shown =
        s === 'wide'
          ? waves.filter((w) => w.index > 0)
          : s.startsWith('wave')
            ? waves.filter((w) => `wave${w.index}` === s)
            : waves
      return approvalKey({ ...rollout, pin }, s, shown) === key
    })
  const past = state.history.find((h) => h.pin.sha !== rollout.pin.sha && of(h.pin))
  if (past)
    return `it was for ${shortSha(past.pin.sha)}, and the rollout is at ${shortSha(rollout.pin.sha)} by now`
  if (of(rollout.pin)) return 'the rollout is not there yet, or is past it'
  if (now)
    return `the nodes or the commit have changed since it was shown. Now it is for ${shortSha(rollout.pin.sha)} on ${nodesText(now.waves.flatMap((w) => w.nodes))}`
  return `nothing of the kind waits in rollout ${rollout.id} at ${shortSha(rollout.pin.sha)}`
}

function pendingText(approvals: readonly ApprovalReport[]): string {
  if (approvals.length === 0)
    return 'Nothing waits for an approval just now: `patchrun status` shows what the rollout waits for.'
  return `Pending: ${approvals.map((a) => `${a.key} (${shortSha(a.pin.sha)} on ${nodesText(a.waves.flatMap((w) => w.nodes))})`).join('; ')}. Look at it, then \`patchrun approve KEY\`, or \`patchrun approve --sha SHA\` where only one is pending.`
}

const nothing = (message: string): PatchrunError =>
  new PatchrunError({
    code: 'usage/nothing-to-approve',
    message,
    hint: '`patchrun status` shows what the rollout waits for.',
  })
