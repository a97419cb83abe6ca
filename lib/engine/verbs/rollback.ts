// SPDX-License-Identifier: Apache-2.0
// `patchrun rollback`: what the rollout that stands has changed goes back to the commit before,
// canaries first.
import { PatchrunError } from '../../errors.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { takenBack } from '../../rollout/index.js'
import type {
  Actor,
  EnvironmentState,
  JournalEvent,
  PinnedCommit,
  RolloutState,
} from '../../rollout/index.js'
import { count, shortSha } from '../../report/words/words.js'
import { describeActor } from '../orders/actor.js'
import { drive } from '../run/drive.js'
import type { Begin, Begun, DriveOptions, RunResult } from '../run/drive.js'
import { knownCommit } from '../commit/pin.js'
import type { Session } from '../site/session.js'
import { needReason } from './steer.js'
import { surroundingsOf } from '../run/surroundings.js'

export interface RollbackOptions extends DriveOptions {
  readonly reason: string
  /** The rollout that a person agreed to take back. */
  readonly agreed?: string
}

/** What a rollback would do. */
export interface Retreat {
  readonly from: RolloutState
  /** The commit it goes back to. */
  readonly sha: string
  /** The nodes it takes back, in the order of the fleet. */
  readonly nodes: readonly string[]
  /** The nodes of the new rollout besides the canaries. */
  readonly limit: readonly string[]
}

/**
 * Closes the rollout that stands and takes its nodes back, as far as the policy lets it go; its
 * commit is not rolled out again by itself. A halt and a wait are results. Throws
 * usage/reason-missing, usage/nothing-to-roll-back, usage/no-commit-before, usage/rollout-moved,
 * lock/held, and what `run` throws.
 */
export async function rollback(session: Session, options: RollbackOptions): Promise<RunResult> {
  const reason = needReason('rollback', options.reason)
  try {
    return await drive(session, options, (given) => backward(given, reason, options.agreed))
  } catch (error) {
    if (!(error instanceof PatchrunError) || error.code !== 'lock/held') throw error
    const [held] = error.problems
    throw new PatchrunError(
      {
        ...held,
        hint: '`patchrun abort --reason "…"` first: what runs is finished, the rollout halts, and then it can be taken back.',
      },
      { cause: error },
    )
  }
}

async function backward(
  { fleet, journal, kill, now, takeOrders, onProgress }: Begin,
  reason: string,
  agreed: string | undefined,
): Promise<Begun> {
  await takeOrders()
  const { state } = journal
  const retreat = planRetreat(state, fleet)
  if (agreed !== undefined && retreat.from.id !== agreed)
    throw new PatchrunError({
      code: 'usage/rollout-moved',
      message: `rollout ${retreat.from.id} stands by now, ${agreed} was agreed to`,
      hint: 'Nothing was begun. Give the command again to see what would be taken back.',
    })
  const pin = { ...(await knownCommit(fleet, retreat.sha, kill)), ref: retreat.from.pin.ref }
  const notice = {
    code: 'rolled-back',
    text: `taking ${shortSha(retreat.from.pin.sha)} back to ${shortSha(pin.sha)} on ${count(retreat.nodes.length, 'node')}: ${reason}`,
  } as const
  onProgress({ type: 'notice', ...notice })
  return {
    choice: {
      events: retreatEvents(state, retreat, pin, { at: now(), by: describeActor(), reason }),
      notices: [],
    },
    surroundings: await surroundingsOf(fleet, pin.sha),
  }
}

/** What would be taken back. Pure. Throws usage/nothing-to-roll-back, usage/no-commit-before. */
export function planRetreat({ current }: EnvironmentState, fleet: Pick<Fleet, 'nodes'>): Retreat {
  if (!current) throw none('nothing has been rolled out yet', 'There is nothing to take back.')
  if (current.kind === 'rollback') {
    const over = current.status === 'done'
    throw none(
      `rollout ${current.id} is a rollback already${over ? ', and it is done' : ''}`,
      over
        ? 'Merge the commit that is wanted, and `patchrun run`.'
        : '`patchrun run` goes on with it; after a halt, `patchrun retry` first.',
    )
  }
  const { previous, pin, id } = current
  if (previous === null || previous === pin.sha) {
    const why =
      previous === null
        ? `before rollout ${id} no commit was completed`
        : `before rollout ${id} the environment was at the very same commit`
    throw new PatchrunError({
      code: 'usage/no-commit-before',
      message: `there is no commit to go back to: ${why}`,
      hint: 'Merge a commit that takes the change back, and `patchrun run`.',
    })
  }
  const changed = new Set(takenBack(current))
  const members = fleet.nodes.filter((n) => changed.has(n.name))
  if (members.length === 0)
    throw none(
      `rollout ${id} has changed no node`,
      current.status === 'running' ? '`patchrun abort` ends it.' : 'There is nothing to take back.',
    )
  return {
    from: current,
    sha: previous,
    nodes: members.map((n) => n.name),
    limit: members.filter((n) => !n.canary).map((n) => n.name),
  }
}

/** Pure. */
export function retreatEvents(
  { history, remembered }: EnvironmentState,
  { from, limit }: Retreat,
  pin: PinnedCommit,
  { at, by, reason }: { readonly at: number; readonly by: Actor; readonly reason: string },
): readonly JournalEvent[] {
  const rollout = `r${history.length + 2}-${pin.sha.slice(0, 8)}`
  const opened: JournalEvent = {
    type: 'opened',
    at,
    rollout,
    kind: 'rollback',
    pin,
    previous: remembered,
    limit,
    by,
    reason,
  }
  // Killed between the two: the rollout is closed already, and only the way back is missing.
  if (from.status === 'rolled-back') return [opened]
  return [
    {
      type: 'closed',
      at,
      reason: `rolled back to ${pin.sha.slice(0, 12)}: ${reason}`,
      rolledBack: { by, reason },
    },
    opened,
  ]
}

const none = (message: string, hint: string): PatchrunError =>
  new PatchrunError({ code: 'usage/nothing-to-roll-back', message, hint })
