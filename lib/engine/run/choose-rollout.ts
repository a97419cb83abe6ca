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

export function choose(choosing: Choosing): Choice {
  const { state, pin, limit } = choosing
  const { current, rejected } = state
  const isRollback =
    current?.kind === 'rollback' && (current.status === 'running' || current.status === 'halted')
  if (rejected?.sha === pin.sha && !choosing.again && !isRollback) {
    const why = `${rejected.by.user}@${rejected.by.host} rolled ${short(pin)} back${rejected.reason === undefined ? '' : ` (${rejected.reason})`}`
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
  if (!current || current.status === 'closed' || current.status === 'rolled-back')
    return open(choosing)
  const samePin = current.pin.sha === pin.sha
  const sameLimit = String(current.limit) === String(limit)
  if (isRollback && current.status === 'halted') return { events: [], notices: [] }
  switch (current.status) {
    case 'running': {
      if (isRollback) return resume(choosing, current, [])
      if (!samePin && choosing.unusable !== undefined)
        return replace(choosing, `superseded by ${short(pin)}: ${choosing.unusable}`)
      if (!samePin && isStuck(choosing, current))
        return replace(choosing, `superseded by ${short(pin)}: it could not go on by itself`)
      if (!samePin && choosing.fleet.policy.onNewCommit === 'supersede')
        return replace(choosing, `superseded by ${short(pin)}`)
      const notices: Choice['notices'][number][] = []
      if (!samePin)
        notices.push({
          code: 'newer-commit',
          text: `${current.pin.ref} has moved to ${short(pin)}; this rollout finishes ${short(current.pin)} first, then run again`,
        })
      if (!sameLimit)
        notices.push({
          code: 'other-limit',
          text: current.limit
            ? `the rollout under way is limited to ${count(current.limit.length, 'node')}; --limit is fixed when it opens`
            : 'the rollout under way is not limited; --limit is fixed when it opens',
        })
      return resume(choosing, current, notices)
    }
    case 'halted':
      return samePin && sameLimit
        ? { events: [], notices: [] }
        : replace(choosing, samePin ? 'another limit was asked for' : `superseded by ${short(pin)}`)
    case 'done':
      if (!samePin || !sameLimit || choosing.again || !isGoodEverywhere(choosing, current))
        return open(choosing)
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
}

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
