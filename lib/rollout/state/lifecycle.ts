// SPDX-License-Identifier: Apache-2.0
// A rollout is opened, finished and closed: what that makes of the environment.
import type { Closed, Opened } from '../record/journal-events.js'
import { countStages, takenBack } from './state.js'
import type {
  EnvironmentState,
  NodeState,
  OpenStep,
  PastRollout,
  RolloutState,
  RolloutStatus,
} from './state.js'
import { inherit } from './visit-state.js'

/** A rollout while events are folded into it. */
export type Draft = { -readonly [K in keyof RolloutState]: RolloutState[K] } & {
  nodes: Map<string, NodeState>
  steps: Map<string, OpenStep>
  checks: Map<string, RolloutState['checks'] extends ReadonlyMap<string, infer C> ? C : never>
  changed: Set<string>
}

/** Commits that others may still wait for, the latest ones. */
const KEPT_COMPLETED = 200

export function open(state: EnvironmentState, event: Opened): EnvironmentState {
  const strays = changedSince(state.current)
  const current: RolloutState = {
    ...(strays.length > 0 && { strays }),
    id: event.rollout,
    kind: event.kind,
    pin: event.pin,
    previous: event.previous,
    ...(event.history && { history: event.history }),
    limit: event.limit,
    ...(event.waves && { waves: event.waves }),
    by: event.by,
    openedAt: event.at,
    since: event.at,
    status: 'running',
    nodes: inherit(state.current, event.pin.sha, event.at),
    steps: new Map(),
    stepCount: 0,
    checks: new Map(),
    approvals: [],
    changed: new Set(),
    done: {},
    lastApply: 0,
    noticed: [],
  }
  // Not copied for each rollout: years of them are replayed in one go.
  if (state.current) (state.history as PastRollout[]).push(past(state.current, event.at))
  // Rolled out once more after all, by a person's word.
  const rejected =
    event.kind === 'forward' && state.rejected?.sha === event.pin.sha ? null : state.rejected
  return { ...state, current, rejected }
}

/**
 * Nodes that are not where the remembered commit left them: a rollout changed them and did not
 * complete.
 */
function changedSince(before: RolloutState | null): readonly string[] {
  // Every node was seen GOOD at what is remembered now.
  if (
    !before ||
    (before.status === 'done' && (before.limit === null || before.kind === 'rollback'))
  )
    return []
  return takenBack(before)
}

/** The short form in which a rollout stays in the history. */
function past(rollout: RolloutState, now: number): PastRollout {
  const { id, kind, pin, openedAt, by, halt } = rollout
  const status: RolloutStatus = rollout.status === 'running' ? 'closed' : rollout.status
  return {
    id,
    kind,
    pin,
    status,
    openedAt,
    endedAt: rollout.endedAt ?? now,
    by,
    counts: countStages(rollout),
    limited: rollout.limit !== null,
    ...(halt && { message: halt.message }),
  }
}

export function finish(state: EnvironmentState, draft: Draft, at: number): EnvironmentState {
  Object.assign(draft, { status: 'done', endedAt: at })
  const { sha } = draft.pin
  // A rollback takes back all that was touched: what it went back to is what the environment is at.
  if (draft.kind === 'rollback') return { ...state, remembered: sha }
  if (draft.limit !== null) return state
  return { ...state, remembered: sha, completed: remember(state.completed, sha, at) }
}

/** The latest last. Only so many: a journal of years would otherwise take ever longer to replay. */
function remember(
  completed: EnvironmentState['completed'],
  sha: string,
  at: number,
): EnvironmentState['completed'] {
  const others = [...completed].filter(([s]) => s !== sha)
  return new Map([...others.slice(1 - KEPT_COMPLETED), [sha, at]])
}

export function close(
  state: EnvironmentState,
  draft: Draft,
  { at, rolledBack }: Closed,
): EnvironmentState {
  Object.assign(draft, {
    status: rolledBack ? 'rolled-back' : 'closed',
    endedAt: draft.endedAt ?? at,
  })
  if (!rolledBack) return state
  const completed = new Map(state.completed)
  // Whoever waits for this very commit must not go on from it.
  completed.delete(draft.pin.sha)
  return { ...state, completed, rejected: { sha: draft.pin.sha, at, ...rolledBack } }
}
