// SPDX-License-Identifier: Apache-2.0
// What the steps of a visit make of a node. The rule behind all of it: a node that patchrun
// drained, or may have drained, is held until the scheduler was seen to have it back, or somebody
// else took it over.
import type {
  DrainOutcome,
  Intended,
  RebootOutcome,
  ReleaseOutcome,
} from '../record/journal-events.js'
import type { Drain, Release, StepKind } from '../record/step-kind.js'
import type { Failure } from '../record/verdict.js'
import { isTransient } from '../record/failure.js'
import { afterHosted } from './hypervisor-state.js'
import { doneOf } from './unfinished-work.js'
import { UNSEEN } from './state.js'
import type { Held, NodeState, RolloutState } from './state.js'

/** A scheduler that gave no answer is asked again after this, ms. */
const AGAIN = 15_000
/** Answers in a row that are not clear, and then count as a failure. */
const MAX_UNCLEAR = 5
/** A drain that saw the node empty says nothing after this, ms. */
const SEEN_LASTS = 60_000
/** A node that somebody else took over is looked at again after this, ms. */
const FOREIGN_AGAIN = 60_000

/** The intent is journaled: from here on the change may have begun. */
export function whenBegun(state: NodeState, intent: Intended): NodeState {
  if (intent.action !== 'apply' || !intent.full) return state
  const { at, guests } = intent
  // Only a hypervisor that the scheduler does not know is changed without having been drained
  // itself.
  const { held = { since: at, unscheduled: true as const } } = state
  return { ...state, held: { ...held, phase: 'begun', empty: false, ...(guests && { guests }) } }
}

/** The step has no outcome and never will. */
export function whenLost(state: NodeState, step: StepKind, at: number): NodeState {
  const { held } = state
  const { action } = step
  if (action === 'drain') {
    const before = { since: at, phase: 'draining' as const, ...held }
    return { ...state, held: { ...drainedBy(step, before), empty: false } }
  }
  return held
    ? {
        ...state,
        held: { ...held, empty: false, ...(action === 'apply' && { cut: true as const }) },
      }
    : state
}

/** What the rollout before drained and did not give back, and at the same commit what it did. */
export function inherit(
  before: RolloutState | null,
  sha: string,
  at: number,
): Map<string, NodeState> {
  const nodes = new Map<string, NodeState>()
  for (const [node, state] of before?.nodes ?? []) {
    const { held, touched } = state
    const done = before?.pin.sha === sha ? doneOf(state) : {}
    if (held)
      nodes.set(node, {
        ...UNSEEN,
        at,
        touched,
        ...done,
        held: { ...held, empty: false, inherited: true },
      })
    else if (Object.keys(done).length > 0) nodes.set(node, { ...UNSEEN, at, ...done })
  }
  return nodes
}

/**
 * Seen empty so lately that nobody can have given it back meanwhile: what waited (for a person, a
 * gate) is drained once more before its change.
 */
export const isSeenEmpty = ({ empty, seen }: Held, now: number): boolean =>
  empty && (seen === undefined || now <= seen + SEEN_LASTS)

export function afterDrain(
  state: NodeState,
  outcome: DrainOutcome,
  drain: Drain,
  at: number,
): NodeState {
  const { foreign } = drain
  const { held, postponed: _over, ...rest } = state
  const {
    again: _asked,
    unclear: _unclear,
    ...before
  } = held ?? { since: at, phase: 'draining' as const, empty: false }
  const known = drainedBy(drain, withBoot(before, outcome))
  switch (outcome.drained) {
    case 'outrun':
      // Once: where jobs come and go all the time, it would never be its turn.
      return { ...rest, outrun: true }
    case 'empty':
      return { ...rest, held: { ...known, empty: true, seen: at } }
    case 'busy':
      return { ...rest, held: { ...known, empty: false } }
    case 'foreign-empty':
      if (foreign) return { ...rest, held: { ...known, empty: true, seen: at, foreign } }
      return { ...rest, postponed: at + FOREIGN_AGAIN }
    case 'foreign':
      return { ...rest, postponed: at + FOREIGN_AGAIN }
    case 'failed':
      return drainFailed(rest, { ...known, empty: false }, outcome.failure, at)
    case 'unclear':
      // It may be drained all the same.
      return askedAgain({ ...rest, held: { ...known, empty: false } }, held, outcome, at)
  }
}

/** The last to drain it is who has to give it back. */
function drainedBy<H extends Pick<Held, 'scheduler'>>({ scheduler }: Drain, held: H): H {
  const { scheduler: _before, ...rest } = held
  return { ...rest, ...(scheduler !== undefined && { scheduler }) } as H
}

/** Which boot it was drained in; the first that was told. */
function withBoot<H extends Pick<Held, 'boot'>>(held: H, outcome: DrainOutcome): H {
  const boot = held.boot ?? outcome.boot
  return { ...held, ...(boot !== undefined && { boot }) }
}

function drainFailed(
  state: NodeState,
  held: Held,
  failure: Failure = {
    cause: 'failed',
    message: 'the scheduler says that the node is at fault',
  },
  at: number,
): NodeState {
  return { ...state, stage: 'failed', at, failures: state.failures + 1, failure, held }
}

export function afterReboot(state: NodeState, outcome: RebootOutcome, at: number): NodeState {
  const { held } = state
  if (!held) return state
  const { again: _asked, ...rest } = held
  switch (outcome.rebooted) {
    case 'done':
    case 'not-needed':
      return { ...state, held: { ...rest, phase: 'rebooted' } }
    case 'failed':
      return spoilt(
        state,
        held,
        outcome.failure ?? { cause: 'failed', message: 'the reboot failed' },
        at,
      )
    case 'cut':
      return { ...state, held: { ...rest, again: at + AGAIN } }
  }
}

export function afterRelease(
  state: NodeState,
  outcome: ReleaseOutcome,
  { postpone }: Release,
  at: number,
): NodeState {
  const { held: before, ...rest } = state
  if (!before) return state
  const { waitsFor: _over, ...held } = before
  switch (outcome.released) {
    case 'ok':
      return { ...rest, at, returned: at, ...(postpone !== undefined && { postponed: postpone }) }
    case 'foreign':
      return { ...rest, at, returned: at }
    case 'failed':
      return spoilt(
        state,
        held,
        outcome.failure ?? { cause: 'failed', message: 'the node could not be given back' },
        at,
      )
    case 'waiting':
      return {
        ...state,
        held: {
          ...held,
          again: at + AGAIN,
          ...(outcome.waitsFor !== undefined && { waitsFor: outcome.waitsFor }),
        },
      }
    case 'unclear':
      return askedAgain({ ...state, held }, held, outcome, at)
  }
}

/**
 * One that is silent is asked for as long as it takes; one that answers, and never clearly, spends
 * an attempt.
 */
function askedAgain(
  state: NodeState,
  before: Held | undefined,
  { failure: answered }: Pick<DrainOutcome | ReleaseOutcome, 'failure'>,
  at: number,
): NodeState {
  const { held = before } = state
  if (!held) return state
  const unclear = (before?.unclear ?? 0) + (answered ? 1 : 0)
  if (!answered || unclear < MAX_UNCLEAR)
    return { ...state, held: { ...held, again: at + AGAIN, ...(unclear > 0 && { unclear }) } }
  const { unclear: _spent, ...rest } = held
  return {
    ...state,
    stage: 'failed',
    at,
    failures: state.failures + 1,
    failure: answered,
    held: rest,
  }
}

/** Its visit starts over when it is tried again. */
function spoilt(state: NodeState, held: Held, failure: Failure, at: number): NodeState {
  return {
    ...state,
    stage: 'failed',
    at,
    failures: state.failures + 1,
    failure,
    held: { ...held, phase: 'begun', empty: false },
    ...(isTransient(failure) && { missing: true }),
  }
}

export function afterApply(state: NodeState): NodeState {
  const { held } = state
  if (!held) return state
  const ended = state.stage === 'applied'
  return {
    ...state,
    held: {
      ...held,
      phase: ended ? 'changed' : 'begun',
      empty: false,
      ...(!ended && { cut: true as const }),
    },
  }
}

export function afterLook(
  before: NodeState,
  state: NodeState,
  action: 'detect' | 'verify',
  at: number,
): NodeState {
  const { held } = state
  if (!held) return state
  const { inherited: _known, ...ours } = held
  if (ours.phase === 'hosted') return afterHosted(before, state, ours, at)
  if (state.stage === 'failed' && ours.phase !== 'draining')
    return { ...state, held: { ...ours, phase: 'begun', empty: false } }
  if (action === 'verify') {
    if (state.stage !== 'good' || !(ours.foreign || ours.unscheduled))
      return { ...state, held: ours }
    const { held: _over, ...rest } = state
    return rest
  }
  // A change that may have begun is finished: what check mode does not see (a reboot) may be
  // missing.
  const unfinished =
    ours.phase !== 'draining' &&
    (state.stage === 'good' || state.stage === 'hot' || state.stage === 'drain')
  return {
    ...state,
    held: ours,
    ...((unfinished || state.stage === 'hot') && { stage: 'drain' as const }),
  }
}
