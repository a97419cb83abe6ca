// SPDX-License-Identifier: Apache-2.0
// evolve(state, event) -> state: the fold of the journal.
//
// An intent puts its nodes into a step; an outcome takes them out and says where they stand. A process that takes
// up the journal of another writes `resumed`: steps that are still open then have no outcome and never will, so
// their nodes become unseen (or stay applied) and are looked at again before anything is done to them.
import { unreachable } from '../errors.js'
import type { Concluded, Intended, JournalEvent, NodeOutcome, Opened, StepAction, TaskRef } from './events.js'
import { countStages, nodeState, NO_STATE, UNSEEN } from './state.js'
import type { EnvironmentState, NodeState, OpenStep, RolloutState, RolloutStatus } from './state.js'

/** A node that could not be seen this often in a row has failed: asking for ever would hold the others up. */
const MAX_BLIND_LOOKS = 2
/** A node whose apply was cut off or did not start this often has failed. */
const MAX_APPLIES = 3

/** The state after one more event. The state that is passed in is not changed. */
export function evolve(state: EnvironmentState, event: JournalEvent): EnvironmentState {
  return fold(copy(state), event)
}

/** The state after many events, in one copy: what a journal of any length amounts to. */
export function replay(events: Iterable<JournalEvent>, from: EnvironmentState = NO_STATE): EnvironmentState {
  let draft = copy(from)
  for (const event of events) draft = fold(draft, event)
  return draft
}

type Draft = { -readonly [K in keyof RolloutState]: RolloutState[K] } & {
  nodes: Map<string, NodeState>
  steps: Map<string, OpenStep>
}

function copy(state: EnvironmentState): EnvironmentState {
  const { current } = state
  return current ? { ...state, current: { ...current, nodes: new Map(current.nodes), steps: new Map(current.steps) } } : state
}

/** May change the maps of `state.current`: callers own them. */
function fold(state: EnvironmentState, event: JournalEvent): EnvironmentState {
  if (event.type === 'opened') return open(state, event)
  // Anything else speaks of a rollout; without one it is left over from a journal that was cut, and means nothing.
  if (!state.current) return state
  const draft = state.current as Draft
  switch (event.type) {
    case 'resumed':
      forgetOpenSteps(draft, event.at)
      forgetOldLooks(draft, event.at, event.again ?? false)
      return state
    case 'intended':
      intend(draft, event)
      return state
    case 'concluded':
      conclude(draft, event)
      return state
    case 'halted':
      Object.assign(draft, { status: 'halted', halt: event.halt, endedAt: event.at })
      return state
    case 'retried':
      retry(draft, event.nodes, event.at)
      return state
    case 'finished':
      Object.assign(draft, { status: 'done', endedAt: event.at })
      return { ...state, remembered: draft.limit === null ? draft.pin.sha : state.remembered }
    case 'closed':
      Object.assign(draft, { status: 'closed', endedAt: event.at })
      return state
    default:
      return unreachable(event)
  }
}

function open(state: EnvironmentState, event: Opened): EnvironmentState {
  const current: RolloutState = {
    id: event.rollout,
    pin: event.pin,
    previous: event.previous,
    limit: event.limit,
    by: event.by,
    openedAt: event.at,
    status: 'running',
    nodes: new Map(),
    steps: new Map(),
    stepCount: 0,
  }
  const history = state.current ? [...state.history, past(state.current, event.at)] : state.history
  return { ...state, current, history }
}

/** The short form in which a rollout stays in the history. */
function past(rollout: RolloutState, now: number): EnvironmentState['history'][number] {
  const { id, pin, openedAt, by, halt } = rollout
  const status: RolloutStatus = rollout.status === 'running' ? 'closed' : rollout.status
  return {
    id, pin, status, openedAt, endedAt: rollout.endedAt ?? now, by,
    counts: countStages(rollout),
    limited: rollout.limit !== null,
    ...(halt && { message: halt.message }),
  }
}

function intend(draft: Draft, event: Intended): void {
  const { step, action, wave, nodes } = event
  draft.steps.set(step, { step, action, wave, nodes, since: event.at })
  draft.stepCount += 1
  for (const node of nodes) draft.nodes.set(node, { ...nodeState(draft, node), step })
}

function conclude(draft: Draft, event: Concluded): void {
  const open = draft.steps.get(event.step)
  // An outcome whose intent was given up on (the process was taken for dead) must not overwrite a newer look.
  if (!open) return
  draft.steps.delete(event.step)
  for (const node of open.nodes) {
    const outcome = event.nodes[node] ?? silence(open.action)
    draft.nodes.set(node, judge(nodeState(draft, node), open.action, outcome, event))
  }
  if (event.alarm) draft.alarm = event.alarm
}

const silence = (action: StepAction): NodeOutcome => (action === 'apply' ? { applied: 'absent' } : { verdict: 'UNKNOWN' })

function judge(before: NodeState, action: StepAction, outcome: NodeOutcome, event: Concluded): NodeState {
  const { step: _left, failure: _old, ...rest } = before
  const at = event.at
  if (action === 'apply') return judgeApply({ ...rest, at, touched: true, applies: rest.applies + 1 }, outcome)
  const seen = { ...rest, at, blindLooks: 0, changes: pick(event.tasks, outcome.changes), blindSpots: pick(event.tasks, outcome.blindSpots) }
  const verdict = outcome.verdict ?? 'UNKNOWN'
  switch (verdict) {
    case 'GOOD':
      return { ...seen, stage: 'good' }
    case 'HOT':
      // After an apply the same change must not be wanted again: it would be applied for ever.
      return action === 'verify' ? { ...seen, stage: 'failed', failure: notConverged(seen.changes) } : { ...seen, stage: 'hot' }
    case 'DRAIN':
      return { ...seen, stage: 'drain' }
    case 'ERROR':
      return { ...seen, stage: 'failed', failure: outcome.failure ?? { cause: 'failed', message: 'the look at it failed' } }
    case 'UNKNOWN': {
      const blindLooks = before.blindLooks + 1
      const failure = outcome.failure ?? { cause: 'unknown' as const, message: 'Ansible said nothing about it: does a play of the playbook include this node?' }
      return blindLooks < MAX_BLIND_LOOKS ? { ...rest, at, blindLooks } : { ...rest, at, blindLooks, stage: 'failed', failure }
    }
    default:
      return unreachable(verdict)
  }
}

function judgeApply(after: NodeState, outcome: NodeOutcome): NodeState {
  const applied = outcome.applied ?? 'absent'
  const failure = outcome.failure ?? { cause: 'unknown' as const, message: 'the run ended before this node was done' }
  if (applied === 'ok') return { ...after, stage: 'applied' }
  if (applied === 'failed') return { ...after, stage: 'failed', failure }
  return after.applies < MAX_APPLIES ? { ...after, stage: 'unseen' } : { ...after, stage: 'failed', failure }
}

function notConverged(changes: readonly TaskRef[]): NonNullable<NodeState['failure']> {
  const [first] = changes
  const more = changes.length > 1 ? ` and ${changes.length - 1} more` : ''
  return {
    cause: 'not-converged',
    message: first ? `was applied, and "${first.task}"${more} would change it again` : 'was applied, and would change again',
    ...(first && { task: first.task, file: first.file, line: first.line }),
  }
}

const pick = (tasks: readonly TaskRef[], which: readonly number[] = []): readonly TaskRef[] =>
  which.flatMap((i) => tasks[i] ?? [])

function forgetOpenSteps(draft: Draft, at: number): void {
  for (const { action, nodes } of draft.steps.values()) {
    for (const node of nodes) {
      const { step: _left, ...rest } = nodeState(draft, node)
      if (action === 'apply') draft.nodes.set(node, { ...rest, stage: 'unseen', at, touched: true })
      else draft.nodes.set(node, rest)
    }
  }
  draft.steps.clear()
}

/** Time has passed, nobody knows how much: a node that was HOT may need a drain by now, so no change rests on that look. */
function forgetOldLooks(draft: Draft, at: number, drains: boolean): void {
  for (const [node, state] of draft.nodes) {
    if (state.stage === 'hot' || (drains && state.stage === 'drain')) draft.nodes.set(node, { ...state, stage: 'unseen', at })
  }
}

function retry(draft: Draft, which: readonly string[] | null, at: number): void {
  const wanted = which && new Set(which)
  for (const [node, { stage, touched }] of draft.nodes) {
    if (stage === 'failed' && (!wanted || wanted.has(node))) draft.nodes.set(node, { ...UNSEEN, at, touched })
  }
  Object.assign(draft, { status: 'running', halt: undefined, alarm: undefined, endedAt: undefined })
}
