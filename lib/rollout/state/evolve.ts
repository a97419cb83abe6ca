// SPDX-License-Identifier: Apache-2.0
// lib/rollout/state/: what the journal amounts to: the state, and what each event makes of it.
//
// evolve(state, event) -> state: the fold of the journal.
//
// An intent puts its nodes into a step; an outcome takes them out and says where they stand. A
// process that takes up the journal of another writes `resumed`: steps that are still open then
// have no outcome and never will, so their nodes become unseen (or stay applied) and are looked at
// again before anything is done to them.
import { unreachable } from '../../errors.js'
import { doneOf } from './unfinished-work.js'
import type {
  Aborted,
  Approved,
  Concluded,
  Intended,
  JournalEvent,
  Quarantined,
  Released,
  Retried,
} from '../record/journal-events.js'
import { close, finish, open } from './lifecycle.js'
import type { Draft } from './lifecycle.js'
import { kindOf } from '../record/step-kind.js'
import { freeGuests, holdTogether, whenHostBegins } from './hypervisor-state.js'
import { measure } from './durations.js'
import { judgeCheck, judgeNode } from './after-step.js'
import { withMessages } from './outbox.js'
import { nodeState, NO_STATE, UNSEEN } from './state.js'
import { whenBegun, whenLost } from './visit-state.js'
import { keepHeld, whenGivenBack, whenWanted } from './wanted-back.js'
import type { EnvironmentState, Word } from './state.js'

/**
 * Ids of orders that are kept: far more than can lie in the mailbox when a process dies between
 * journal and removal.
 */
const KEPT_ORDERS = 200

/** The state after one more event. The state that is passed in is not changed. */
export function evolve(state: EnvironmentState, event: JournalEvent): EnvironmentState {
  return fold(copy(state), event)
}

/** The state after many events, in one copy: what a journal of any length amounts to. */
export function replay(
  events: Iterable<JournalEvent>,
  from: EnvironmentState = NO_STATE,
): EnvironmentState {
  let draft = copy(from)
  for (const event of events) draft = fold(draft, event)
  return draft
}

function copy(state: EnvironmentState): EnvironmentState {
  const { current } = state
  const history = [...state.history]
  if (!current) return { ...state, history }
  const { nodes, steps, checks, changed } = current
  return {
    ...state,
    history,
    current: {
      ...current,
      nodes: new Map(nodes),
      steps: new Map(steps),
      checks: new Map(checks),
      changed: new Set(changed),
    },
  }
}

/** May change the history, and the maps of `state.current`: callers own them. */
const fold = (before: EnvironmentState, event: JournalEvent): EnvironmentState =>
  withMessages(foldEvent(before, event), event)

function foldEvent(before: EnvironmentState, event: JournalEvent): EnvironmentState {
  const state =
    'order' in event && event.order !== undefined
      ? { ...before, orders: [...before.orders.slice(1 - KEPT_ORDERS), event.order] }
      : before
  switch (event.type) {
    case 'opened':
      return open(state, event)
    case 'paused': {
      const { by, at, reason, scope, until } = event
      return {
        ...state,
        pause: {
          by,
          at,
          scope,
          ...(reason !== undefined && { reason }),
          ...(until !== undefined && { until }),
        },
      }
    }
    case 'unpaused':
      return { ...state, pause: null }
    case 'audience':
    case 'noticed':
    case 'told':
      return state
    default:
      // Anything else speaks of a rollout; without one it is left over from a journal that was cut,
      // and means nothing.
      return state.current ? foldRollout(state, state.current as Draft, event) : state
  }
}

type RolloutEvent = Exclude<
  JournalEvent,
  { readonly type: 'opened' | 'paused' | 'unpaused' | 'audience' | 'noticed' | 'told' }
>

function foldRollout(state: EnvironmentState, draft: Draft, event: RolloutEvent): EnvironmentState {
  switch (event.type) {
    case 'resumed':
      forgetOpenSteps(draft, event.at)
      forgetOldLooks(draft, event.at, event.again ?? false)
      draft.changed = new Set()
      return state
    case 'intended':
      intend(draft, event)
      return state
    case 'concluded':
      return conclude(state, draft, event)
    case 'quarantined':
      quarantine(draft, event)
      return state
    case 'wave-done':
      draft.done = { [event.wave]: event.since, ...draft.done } // the first time counts
      return state
    case 'halted':
      Object.assign(draft, { status: 'halted', halt: event.halt, endedAt: event.at })
      return state
    case 'retried':
      retry(draft, event)
      return state
    case 'approved':
    case 'released':
    case 'aborted':
      // What was said of another rollout means nothing for this one.
      if (event.rollout === draft.id) steer(draft, event)
      return state
    case 'finished':
      return finish(state, draft, event.at)
    case 'closed':
      return close(state, draft, event)
    default:
      return unreachable(event)
  }
}

const wordOf = ({ by, at, reason }: Word): Word => ({
  by,
  at,
  ...(reason !== undefined && { reason }),
})

function quarantine(draft: Draft, { nodes, at }: Quarantined): void {
  for (const node of nodes)
    draft.nodes.set(node, { ...nodeState(draft, node), stage: 'quarantined', at })
}

function steer(draft: Draft, event: Approved | Released | Aborted): void {
  switch (event.type) {
    case 'approved':
      draft.approvals = [...draft.approvals, { key: event.key, ...wordOf(event) }]
      return
    case 'released':
      return release(draft, event)
    case 'aborted':
      draft.abort = wordOf(event)
  }
}

function release(draft: Draft, { nodes, until, byHand = [], at }: Released): void {
  for (const node of nodes) {
    const state = nodeState(draft, node)
    draft.nodes.set(
      node,
      byHand.includes(node) ? whenGivenBack(state, until, at) : whenWanted(state, until),
    )
  }
}

function intend(draft: Draft, event: Intended): void {
  const { step, action, wave, nodes, at, forks } = event
  draft.steps.set(step, {
    ...kindOf(event),
    step,
    wave,
    nodes,
    since: at,
    ...(forks !== undefined && { forks }),
  })
  draft.stepCount += 1
  for (const node of nodes) {
    draft.nodes.set(node, { ...whenBegun(nodeState(draft, node), event), step })
    if (action === 'apply') draft.changed.add(node)
  }
  whenHostBegins(draft.nodes, event)
}

function conclude(state: EnvironmentState, draft: Draft, event: Concluded): EnvironmentState {
  const open = draft.steps.get(event.step)
  // An outcome whose intent was given up on (the process was taken for dead) must not overwrite a
  // newer look.
  if (!open) return state
  draft.steps.delete(event.step)
  if (open.action === 'check') judgeCheck(draft.checks, open.check, open, event)
  for (const node of open.nodes) {
    const before = nodeState(draft, node)
    draft.nodes.set(node, {
      ...judgeNode(before, open, event.nodes[node], event),
      spent: (before.spent ?? 0) + Math.max(0, event.at - open.since),
    })
    freeGuests(draft.nodes, node, before.held)
  }
  holdTogether(draft.nodes, open)
  if (open.action === 'apply') draft.lastApply = Math.max(draft.lastApply, event.at)
  if (event.alarm) draft.alarm = event.alarm
  return { ...state, durations: measure(state.durations, open, event) }
}

function forgetOpenSteps(draft: Draft, at: number): void {
  for (const open of draft.steps.values()) {
    const { action, nodes } = open
    for (const node of nodes) {
      const { step: _left, ...rest } = whenLost(nodeState(draft, node), open, at)
      if (action === 'apply')
        draft.nodes.set(node, {
          ...rest,
          stage: 'unseen',
          at,
          touched: true,
          unfinished: { mode: open.full ? 'full' : 'hot', owed: null },
        })
      else draft.nodes.set(node, rest)
    }
    holdTogether(draft.nodes, open)
  }
  draft.steps.clear()
}

/**
 * Time has passed, nobody knows how much: a node that was HOT may need a drain by now, so no change
 * rests on that look.
 */
function forgetOldLooks(draft: Draft, at: number, drains: boolean): void {
  for (const [node, state] of draft.nodes) {
    if (state.stage === 'hot' || (drains && state.stage === 'drain'))
      draft.nodes.set(node, { ...state, stage: 'unseen', at })
  }
}

function retry(draft: Draft, { nodes, at }: Retried): void {
  const wanted = nodes && new Set(nodes)
  for (const [node, state] of draft.nodes) {
    const { stage, touched, missing, step, held, spent } = state
    // Who names a node that waits for a drain has seen to it by hand: it is looked at again.
    if (
      wanted
        ? wanted.has(node) && (stage === 'failed' || stage === 'quarantined' || stage === 'drain')
        : stage === 'failed' || stage === 'quarantined'
    )
      draft.nodes.set(node, {
        ...UNSEEN,
        at,
        touched,
        ...doneOf(state),
        ...(missing && { missing }),
        ...(step !== undefined && { step }),
        ...(held && { held: keepHeld(held) }),
        ...(spent !== undefined && { spent }),
      })
  }
  for (const [key, { result }] of draft.checks) if (result !== 'pass') draft.checks.delete(key)
  Object.assign(draft, {
    status: 'running',
    since: at,
    halt: undefined,
    alarm: undefined,
    abort: undefined,
    endedAt: undefined,
  })
}
