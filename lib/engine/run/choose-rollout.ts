// SPDX-License-Identifier: Apache-2.0
// Which rollout is this run about: one that goes on, one that stands, or a new one? Pure.
//
//   under way                     goes on at its own pin, whatever the ref says by now: never a mixture
//   under way, its commit gone, newer pin   closed; a new one opens at the newer pin
//   under way, cannot move, newer pin   closed; a new one opens at the newer pin
//   halted, same pin              stays halted: the same commit would fail the same way
//   halted, newer pin             closed; a new one opens
//   under way, newer pin          policy `supersede`: closed, a new one opens; `finish`: as in the first line
//   a rollback under way          goes on, whatever the ref says
//   at a commit that was rolled back   stays, until a newer commit or a person's `--again`
//   done, same pin, no new nodes  nothing to do, and it is said
//   anything else                 a new one opens
import type { Comparison } from '../../git/index.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { count } from '../../report/words/words.js'
import { decide, nodeState, planWaves, worldOf } from '../../rollout/index.js'
import type {
  Actor,
  EnvironmentState,
  JournalEvent,
  PinnedCommit,
  RolloutState,
  Surroundings,
  Word,
} from '../../rollout/index.js'
import type { NoticeCode } from '../step/progress.js'

export interface Choice {
  /** To be journaled before anything else. Empty: the rollout stands as it is. */
  readonly events: readonly JournalEvent[]
  readonly notices: readonly { readonly code: NoticeCode; readonly text: string }[]
  /** The commit is not rolled out, because a person rolled it back. */
  readonly refused?: boolean
}

export interface Choosing {
  readonly state: EnvironmentState
  readonly fleet: Fleet
  readonly pin: PinnedCommit
  readonly comparison: Comparison
  /** Why the commit of the rollout under way cannot be checked out any more. */
  readonly unusable?: string
  readonly limit: readonly string[] | null
  readonly again: boolean
  readonly now: number
  readonly by: Actor
  readonly surroundings?: Surroundings
}

/** The rollout stands as it is, and there is nothing to say. */
const STANDS: Choice = { events: [], notices: [] }

export function choose(choosing: Choosing): Choice {
  const { state, pin, again } = choosing
  const { current, rejected } = state
  if (rejected?.sha === pin.sha && !again && !isRollbackUnderWay(current))
    return refuseRejected(pin, rejected)
  if (!current) return open(choosing)
  const isRollback = current.kind === 'rollback'
  switch (current.status) {
    case 'closed':
    case 'rolled-back':
      return open(choosing)
    case 'running':
      return isRollback ? resume(choosing, current, []) : goOn(choosing, current)
    case 'halted':
      return isRollback ? STANDS : afterHalt(choosing, current)
    case 'done':
      return afterDone(choosing, current)
  }
}

const isRollbackUnderWay = (rollout: RolloutState | null): boolean =>
  rollout?.kind === 'rollback' && (rollout.status === 'running' || rollout.status === 'halted')

function refuseRejected(pin: PinnedCommit, { by, reason }: Word): Choice {
  const why = `${by.user}@${by.host} rolled ${short(pin)} back${reason === undefined ? '' : ` (${reason})`}`
  return {
    events: [],
    refused: true,
    notices: [
      {
        code: 'rolled-back',
        text: `${why}: it is not rolled out again by itself; merge a newer commit, or \`patchrun run --again\``,
      },
    ],
  }
}

/** A rollout under way that is no rollback: at its own pin, unless a newer one takes its place. */
function goOn(choosing: Choosing, current: RolloutState): Choice {
  const superseded = whySuperseded(choosing, current)
  return superseded === null
    ? resume(choosing, current, fixedNotices(choosing, current))
    : replace(choosing, superseded)
}

/** Why a newer pin takes the place of the rollout under way; null: none does. */
function whySuperseded(choosing: Choosing, current: RolloutState): string | null {
  const { pin, unusable, fleet } = choosing
  if (isAt(pin, current)) return null
  if (unusable !== undefined) return `superseded by ${short(pin)}: ${unusable}`
  if (isStuck(choosing, current)) return `superseded by ${short(pin)}: it could not go on by itself`
  return fleet.policy.onNewCommit === 'supersede' ? `superseded by ${short(pin)}` : null
}

/** What a rollout under way does not follow: its pin and its limit are fixed when it opens. */
function fixedNotices({ pin, limit }: Choosing, current: RolloutState): Choice['notices'] {
  const notices: Choice['notices'][number][] = []
  if (!isAt(pin, current))
    notices.push({
      code: 'newer-commit',
      text: `${current.pin.ref} has moved to ${short(pin)}; this rollout finishes ${short(current.pin)} first, then run again`,
    })
  if (!isLimitedTo(limit, current))
    notices.push({
      code: 'other-limit',
      text: current.limit
        ? `the rollout under way is limited to ${count(current.limit.length, 'node')}; --limit is fixed when it opens`
        : 'the rollout under way is not limited; --limit is fixed when it opens',
    })
  return notices
}

function afterHalt(choosing: Choosing, current: RolloutState): Choice {
  const { pin, limit } = choosing
  if (!isAt(pin, current)) return replace(choosing, `superseded by ${short(pin)}`)
  return isLimitedTo(limit, current) ? STANDS : replace(choosing, 'another limit was asked for')
}

function afterDone(choosing: Choosing, current: RolloutState): Choice {
  const { pin, limit, again } = choosing
  const isSame = isAt(pin, current) && isLimitedTo(limit, current)
  if (!isSame || again || !isGoodEverywhere(choosing, current)) return open(choosing)
  return {
    events: [],
    notices: [
      {
        code: 'pin-unmoved',
        text: `nothing new to install: ${pin.ref} is still at ${short(pin)}, and every node was GOOD at it; \`patchrun detect\` looks again`,
      },
    ],
  }
}

const isAt = ({ sha }: PinnedCommit, { pin }: RolloutState): boolean => pin.sha === sha

const isLimitedTo = (limit: Choosing['limit'], rollout: RolloutState): boolean =>
  String(rollout.limit) === String(limit)

function resume(
  { now, by, again }: Choosing,
  current: RolloutState,
  notices: Choice['notices'],
): Choice {
  const lost =
    current.steps.size > 0
      ? `; ${count(current.steps.size, 'step')} of the run before ${current.steps.size === 1 ? 'has' : 'have'} no outcome, ${current.steps.size === 1 ? 'its' : 'their'} nodes are looked at again`
      : ''
  const going: Choice['notices'] =
    current.stepCount > 0
      ? [
          {
            code: 'resumed',
            text: `going on with rollout ${current.id} at ${short(current.pin)}${lost}`,
          },
        ]
      : []
  return {
    events: [{ type: 'resumed', at: now, by, ...(again && { again: true }) }],
    notices: [...going, ...notices],
  }
}

/** Nothing of it can move without a person, and nothing is under way. */
function isStuck({ fleet, state, now, surroundings }: Choosing, rollout: RolloutState): boolean {
  const { actions, wakeAt, waiting } = decide(worldOf({ fleet, state, rollout, now }, surroundings))
  return (
    actions.length === 0 &&
    wakeAt === null &&
    rollout.steps.size === 0 &&
    !waiting.some((w) => w.code === 'pause' || (w.code === 'approval' && rollout.stepCount > 0))
  )
}

const isGoodEverywhere = ({ fleet }: Choosing, rollout: RolloutState): boolean =>
  planWaves(fleet.nodes, fleet.policy, rollout.limit).every((w) =>
    w.nodes.every((n) => nodeState(rollout, n).stage === 'good'),
  )

function replace(choosing: Choosing, reason: string): Choice {
  const { events, notices } = open(choosing)
  const text = `rollout ${choosing.state.current?.id ?? ''} is closed: ${reason}`
  return {
    events: [{ type: 'closed', at: choosing.now, reason }, ...events],
    notices: [{ code: 'superseded', text }, ...notices],
  }
}

function open({ state, pin, comparison, limit, now, by }: Choosing): Choice {
  const number = state.history.length + (state.current ? 2 : 1)
  const notices: Choice['notices'][number][] = []
  if (comparison.kind === 'same')
    notices.push({
      code: 'pin-unmoved',
      text: `${pin.ref} has not moved since the last completed rollout (${short(pin)}): expect nothing new to install`,
    })
  if (comparison.kind === 'backward')
    notices.push({
      code: 'history-rewritten',
      text: `${short(pin)} is older than the remembered ${state.remembered?.slice(0, 12) ?? ''}: this rollout goes back, and needs an approval`,
    })
  if (comparison.kind === 'rewritten')
    notices.push({
      code: 'history-rewritten',
      text: `the history of ${pin.ref} was rewritten: ${short(pin)} does not descend from the remembered ${state.remembered?.slice(0, 12) ?? ''}, and needs an approval`,
    })
  const history =
    comparison.kind === 'backward' || comparison.kind === 'rewritten' ? comparison.kind : undefined
  return {
    events: [
      {
        type: 'opened',
        at: now,
        rollout: `r${number}-${pin.sha.slice(0, 8)}`,
        kind: 'forward',
        pin,
        previous: state.remembered,
        ...(history && { history }),
        limit,
        by,
      },
    ],
    notices,
  }
}

const short = ({ sha }: { readonly sha: string }): string => sha.slice(0, 12)
