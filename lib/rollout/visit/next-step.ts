// SPDX-License-Identifier: Apache-2.0
// The next step of a node that is held, or why there is none just now. What is only drained may be
// given back; what may have begun is finished. The same order holds for one node and for a
// hypervisor with the nodes on it.
import type { NodeUse } from '../../workload/contract/node-use.js'
import { fits } from '../limits/window-fit.js'
import type { StepToDo } from '../record/journal-events.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { Held, NodeState } from '../state/state.js'
import { isSeenEmpty } from '../state/visit-state.js'
import type { World } from '../world/world.js'

/** Given back because time was over: not drained again before this has passed, ms. */
const POSTPONE = 600_000

export type NextStep = Exclude<StepToDo, { readonly do: 'check' }>

/** When what is given back now may be drained again, ms. */
export const postponedUntil = ({ now, policy }: Pick<World, 'now' | 'policy'>): number =>
  now + Math.max(POSTPONE, policy.retries.backoff)

/**
 * The scheduler gave no clear answer, or a release waits: until when nothing is asked of it, ms.
 */
export const askedAgainAt = (held: readonly Held[], now: number): number | null => {
  const again = Math.max(...held.map((h) => h.again ?? 0))
  return now < again ? again : null
}

/** A person wants one of them back: not drained again before this, ms. */
export const wantedBack = (held: readonly Held[]): number | null => {
  const back = held.flatMap((h) => (h.back !== undefined && h.phase === 'draining' ? h.back : []))
  return back.length > 0 ? Math.max(...back) : null
}

/** What comes of a drain that takes longer than drain.timeout; null: it does not. */
export function overdue(
  since: number,
  { now, policy: { drain } }: Pick<World, 'now' | 'policy'>,
): 'release' | 'ask' | 'wait' | null {
  return now < since + drain.timeout ? null : drain.onTimeout
}

/** What comes before anything else: it is asked again in its time, or a person wants it back. */
export function askedOrWanted(held: Held, now: number): NextStep | Hold | null {
  const again = askedAgainAt([held], now)
  if (again !== null) return holdFor({ is: 'unclear', waitsFor: held.waitsFor }, { until: again })
  const back = wantedBack([held])
  return back === null ? null : { do: 'release', postpone: back }
}

/** A node in the middle of its visit. */
export interface VisitedNode {
  readonly state: NodeState
  readonly held: Held
  /** undefined: the scheduler was not asked, or does not know it. */
  readonly use: NodeUse | undefined
  /** Why nothing may begin on it. */
  readonly closed: Hold | null
  /** What is only drained is given back rather than kept waiting for that. */
  readonly givesBack: boolean
}

/**
 * `atWork`: what to say of one that is drained and has jobs, and to whom it is a reason to look.
 */
export function nextStep(
  visited: VisitedNode,
  world: World,
  atWork: (since: number | undefined, ask: boolean) => Hold,
): NextStep | Hold {
  const { state, held, closed, givesBack } = visited
  const first = askedOrWanted(held, world.now)
  if (first) return first
  if (held.inherited) return { do: 'release' }
  const ofStage = byStage(state, held)
  if (ofStage) return ofStage
  if (held.phase !== 'draining') return changeBegun(visited, world, atWork)
  if (closed) return givesBack ? { do: 'release' } : closed
  return held.empty ? whenEmpty(held, world) : untilEmpty(visited, world, atWork)
}

/** A node that needs no drain any more, or is looked at before anything else. */
function byStage({ stage }: NodeState, held: Held): NextStep | null {
  switch (stage) {
    case 'unseen':
      return { do: 'detect' }
    case 'applied':
      return held.phase === 'rebooted' ? { do: 'verify' } : { do: 'reboot' }
    case 'good':
      return { do: 'release' }
    default:
      return null
  }
}

const drainAgain = ({ foreign }: Held): NextStep => ({
  do: 'drain',
  ...(foreign && { foreign }),
})

/** Its change may have begun: it is drained once more to be sure, and changed anew. */
function changeBegun(
  { held, use }: VisitedNode,
  { now, policy }: World,
  atWork: (since: number | undefined, ask: boolean) => Hold,
): NextStep | Hold {
  if (isSeenEmpty(held, now)) return { do: 'apply', full: true }
  if (!use || use.empty || !use.draining) return drainAgain(held)
  return atWork(overdue(held.since, { now, policy }) ? held.since : undefined, false)
}

function whenEmpty(held: Held, world: World): NextStep | Hold {
  const late = fits(world, world.now)
  if (late) return late
  return isSeenEmpty(held, world.now) ? { do: 'apply', full: true } : drainAgain(held)
}

function untilEmpty(
  { held, use }: VisitedNode,
  world: World,
  atWork: (since: number | undefined, ask: boolean) => Hold,
): NextStep | Hold {
  const late = overdue(held.since, world)
  const since = late ? held.since : undefined
  // Nobody asked since the drain: its own report said that it was at work.
  if (!use) return atWork(since, false)
  if (use.empty || !use.draining) return drainAgain(held)
  if (late === 'release') return { do: 'release', postpone: postponedUntil(world) }
  return atWork(since, late === 'ask')
}
