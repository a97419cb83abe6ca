// SPDX-License-Identifier: Apache-2.0
// What the outcome of a step makes of a node, and of a health gate.
import { unreachable } from '../../errors.js'
import type {
  ApplyOutcome,
  CheckOutcome,
  CheckRef,
  Concluded,
  LookOutcome,
  NodeOutcome,
  TaskRef,
} from '../record/journal-events.js'
import {
  applyOutcome,
  checkOutcome,
  drainOutcome,
  lookOutcome,
  rebootOutcome,
  releaseOutcome,
} from '../record/node-outcome.js'
import { checkKey } from './state.js'
import type { CheckState, NodeState, OpenStep } from './state.js'
import { afterApply, afterDrain, afterLook, afterReboot, afterRelease } from './visit-state.js'
import { goesNoFurther, neededBy, neverRan, ranWith } from './unfinished-work.js'
import { isTransient } from '../record/failure.js'
import type { Failure } from '../record/verdict.js'

/** A node that could not be seen this often in a row has failed. */
const MAX_BLIND_LOOKS = 2
/** A node whose apply was cut off or did not start this often has failed. */
const MAX_APPLIES = 3

/** `outcome` undefined: the run said nothing of the node. */
export function judgeNode(
  before: NodeState,
  open: OpenStep,
  outcome: NodeOutcome | undefined,
  event: Concluded,
): NodeState {
  const { step: _left, ...free } = before
  switch (open.action) {
    case 'drain':
      return afterDrain(free, drainOutcome(outcome), open, event.at)
    case 'reboot':
      return afterReboot(free, rebootOutcome(outcome), event.at)
    case 'release':
      return afterRelease(free, releaseOutcome(outcome), open, event.at)
    case 'apply':
      return afterApply(judgeStep(before, open, outcome, event))
    case 'detect':
    case 'verify':
      return afterLook(free, judgeStep(before, open, outcome, event), open.action, event.at)
    case 'check':
      return judgeStep(before, open, outcome, event)
    default:
      return unreachable(open)
  }
}

function judgeStep(
  before: NodeState,
  open: OpenStep,
  outcome: NodeOutcome | undefined,
  event: Concluded,
): NodeState {
  const { step: _left, ...free } = before
  // A gate says whether the rollout may go on, not where a node stands.
  if (open.action === 'check') return free
  if (open.action !== 'apply') return judgeLook(free, open.action, lookOutcome(outcome), event)
  const { failure: _old, missing: _before, ...rest } = free
  return judgeApply(
    { ...rest, at: event.at, touched: true, applies: rest.applies + 1 },
    applyOutcome(outcome),
    open.full ? 'full' : 'hot',
    event.tasks,
  )
}

function judgeLook(
  before: NodeState,
  action: OpenStep['action'],
  found: LookOutcome,
  { at, tasks }: Concluded,
): NodeState {
  const { failure: _old, missing: _before, beyond: _passed, ...past } = before
  const seen: NodeState = {
    ...past,
    at,
    blindLooks: 0,
    changes: pick(tasks, found.changes),
    blindSpots: pick(tasks, found.blindSpots),
    ...(found.beyond && { beyond: found.beyond }),
  }
  const { verdict } = found
  switch (verdict) {
    case 'GOOD':
      return action === 'verify' && seen.unfinished
        ? fail(seen, neverRan(seen.unfinished.owed ?? []))
        : { ...seen, stage: neededBy(verdict, seen, found) ?? 'good' }
    case 'HOT':
    case 'DRAIN':
      return judgeChange(seen, action, verdict, found)
    case 'ERROR':
      return fail(seen, found.failure ?? { cause: 'failed', message: 'the look at it failed' })
    case 'UNKNOWN':
      return judgeBlindLook(before, found, at)
    default:
      return unreachable(verdict)
  }
}

function judgeChange(
  seen: NodeState,
  action: OpenStep['action'],
  verdict: 'HOT' | 'DRAIN',
  found: LookOutcome,
): NodeState {
  if (found.beyond && goesNoFurther(seen, MAX_APPLIES)) return fail(seen, found.beyond)
  // After an apply the same change must not be wanted again: it would be applied for ever. A drained
  // node got the whole playbook.
  const again =
    action === 'verify' && !found.beyond && (verdict === 'HOT' || seen.held !== undefined)
  return again
    ? fail(seen, notConverged(seen.changes))
    : { ...seen, stage: neededBy(verdict, seen, found) ?? 'drain' }
}

/** Nothing was said of it: once that is looked at again. */
function judgeBlindLook(before: NodeState, { failure }: LookOutcome, at: number): NodeState {
  const blindLooks = before.blindLooks + 1
  if (blindLooks < MAX_BLIND_LOOKS)
    return {
      ...before,
      at: before.stage === 'failed' ? before.at : at,
      blindLooks,
      // What was seen before is as old as it was: no change may rest on it as if it were new.
      ...(before.stage === 'hot' && { stage: 'unseen' as const }),
    }
  const { failure: _old, missing, ...rest } = before
  return fail(
    { ...rest, ...(missing && { missing: true as const }), at, blindLooks },
    failure ?? {
      cause: 'unknown',
      message: 'Ansible said nothing about it: does a play of the playbook include this node?',
    },
  )
}

export const fail = (state: NodeState, failure: Failure): NodeState => ({
  ...state,
  stage: 'failed',
  failures: state.failures + 1,
  failure,
  ...(isTransient(failure) && { missing: true }),
})

function judgeApply(
  { unfinished: before, ...after }: NodeState,
  outcome: ApplyOutcome,
  mode: 'hot' | 'full',
  tasks: readonly TaskRef[],
): NodeState {
  const { applied } = outcome
  const failure = outcome.failure ?? {
    cause: 'unknown' as const,
    message: 'the run ended before this node was done',
  }
  const owed = pick(tasks, outcome.owed)
  if (applied === 'ok')
    return {
      ...after,
      stage: 'applied',
      ran: ranWith(after.ran, mode, outcome.changed ?? false),
      ...(owed.length > 0 && { unfinished: { mode, owed } }),
    }
  if (applied === 'failed')
    return fail(
      { ...after, unfinished: { mode, owed: before?.owed === null ? null : owed } },
      failure,
    )
  // What it has not told may have notified a handler.
  const cut: NodeState = {
    ...after,
    ...(applied === 'cut'
      ? { unfinished: { mode, owed: null } }
      : before && { unfinished: before }),
  }
  if (outcome.meetsDrain) return { ...cut, stage: 'drain' }
  return cut.applies < MAX_APPLIES ? { ...cut, stage: 'unseen' } : fail(cut, failure)
}

function notConverged(changes: readonly TaskRef[]): Failure {
  const [first] = changes
  const more = changes.length > 1 ? ` and ${changes.length - 1} more` : ''
  return {
    cause: 'not-converged',
    message: first
      ? `was applied, and "${first.task}"${more} would change it again`
      : 'was applied, and would change again',
    ...(first && { task: first.task, file: first.file, line: first.line }),
  }
}

const pick = (tasks: readonly TaskRef[], which: readonly number[] = []): readonly TaskRef[] =>
  which.flatMap((i) => tasks[i] ?? [])

/** A gate fails when one node fails it; a node that says nothing is no pass. */
export function judgeCheck(
  checks: Map<string, CheckState>,
  ref: CheckRef,
  { nodes }: OpenStep,
  event: Concluded,
): void {
  const key = checkKey(ref)
  const of = (node: string): CheckOutcome => checkOutcome(event.nodes[node])
  const failed = nodes.filter((n) => of(n).checked === 'fail')
  const unclear = nodes.filter((n) => of(n).checked !== 'fail' && of(n).checked !== 'pass')
  const result = failed.length > 0 ? 'fail' : unclear.length > 0 ? 'inconclusive' : 'pass'
  const named = result === 'fail' ? failed : unclear
  const failure = named.map((n) => of(n).failure).find(Boolean)
  const tries = result === 'inconclusive' ? (checks.get(key)?.tries ?? 0) + 1 : 0
  checks.set(key, { result, at: event.at, tries, nodes: named, ...(failure && { failure }) })
}
