// SPDX-License-Identifier: Apache-2.0
// What a step found on one node, as the journal keeps it: of each kind of step a union of its own,
// and what holds where a line says nothing. Numbers point into `tasks` of the same event.
import type { Drained, Released } from '../../workload/contract/visit-end.js'
import type { Failure, Unforeseen } from './verdict.js'

export type { Drained } from '../../workload/contract/visit-end.js'

interface LookedAt {
  /** Tasks that would change it. */
  readonly changes?: readonly number[]
  /** Tasks that check mode did not run. */
  readonly blindSpots?: readonly number[]
}

/** A look that went through, or as far as check mode can go. */
export interface SeenThrough extends LookedAt {
  readonly verdict: 'GOOD' | 'HOT' | 'DRAIN'
  /** Some of the blind spots have to run once at this commit, and need this. */
  readonly unforeseen?: Unforeseen
  /** Check mode failed here, after something would have changed. */
  readonly beyond?: Failure
  readonly failure?: never
}

/** ERROR: it failed before anything would change. UNKNOWN: it was not seen, or not to the end. */
export interface NotSeenThrough extends LookedAt {
  readonly verdict: 'ERROR' | 'UNKNOWN'
  readonly failure?: Failure
  readonly unforeseen?: never
  readonly beyond?: never
}

/** Of detect and verify. */
export type LookOutcome = SeenThrough | NotSeenThrough

export interface Changing {
  /** It changed something. */
  readonly changed?: true
  /** Handlers that were notified at this commit and have not run. */
  readonly owed?: readonly number[]
}

export interface AppliedWhole extends Changing {
  readonly applied: 'ok'
  readonly failure?: never
  readonly meetsDrain?: never
}

/** cut: it was under way when the run ended. absent: it never started. */
export interface NotAppliedWhole extends Changing {
  readonly applied: 'failed' | 'cut' | 'absent'
  readonly failure?: Failure
  /**
   * The guard met something on this node that needs it drained, which check mode could not see.
   */
  readonly meetsDrain?: true
}

/** Of apply. */
export type ApplyOutcome = AppliedWhole | NotAppliedWhole

/** pass; fail: the rollout halts; inconclusive: nobody knows, ask again. */
export type CheckResult = 'pass' | 'fail' | 'inconclusive'

/** Of check. */
export type CheckOutcome = {
  /** Tasks that changed something, which none should. */
  readonly changes?: readonly number[]
} & (
  | { readonly checked: 'pass'; readonly failure?: never }
  | { readonly checked: Exclude<CheckResult, 'pass'>; readonly failure?: Failure }
)

/** Of drain. */
export type DrainOutcome = {
  /** When the node booted last, s since the epoch, as the scheduler has it. */
  readonly boot?: number
} & (
  | { readonly drained: Exclude<Drained, 'failed' | 'unclear'>; readonly failure?: never }
  | { readonly drained: 'failed' | 'unclear'; readonly failure?: Failure }
)

/** Of reboot; cut: nobody knows how far it came. */
export type RebootOutcome =
  | { readonly rebooted: 'done' | 'not-needed' | 'cut'; readonly failure?: never }
  | { readonly rebooted: 'failed'; readonly failure?: Failure }

/** Of release. */
export type ReleaseOutcome =
  | { readonly released: 'ok' | 'foreign'; readonly waitsFor?: never; readonly failure?: never }
  /** What it waits for, in words. */
  | { readonly released: 'waiting'; readonly waitsFor?: string; readonly failure?: never }
  | {
      readonly released: Extract<Released, 'failed' | 'unclear'>
      readonly waitsFor?: never
      readonly failure?: Failure
    }

export type NodeOutcome =
  LookOutcome | ApplyOutcome | CheckOutcome | DrainOutcome | RebootOutcome | ReleaseOutcome

type Told = NodeOutcome | undefined

/** Its word, whatever the step was. */
export function wordOf(outcome: NodeOutcome): string {
  if ('verdict' in outcome) return outcome.verdict
  if ('applied' in outcome) return outcome.applied
  if ('checked' in outcome) return outcome.checked
  if ('drained' in outcome) return outcome.drained
  return 'rebooted' in outcome ? outcome.rebooted : outcome.released
}

/** What it is of a step of that kind; of one that told nothing of the node, nothing is known. */
export const lookOutcome = (told: Told): LookOutcome =>
  told && 'verdict' in told ? told : { verdict: 'UNKNOWN' }

export const applyOutcome = (told: Told): ApplyOutcome =>
  told && 'applied' in told ? told : { applied: 'absent' }

export const checkOutcome = (told: Told): CheckOutcome =>
  told && 'checked' in told ? told : { checked: 'inconclusive' }

export const drainOutcome = (told: Told): DrainOutcome =>
  told && 'drained' in told ? told : { drained: 'unclear' }

export const rebootOutcome = (told: Told): RebootOutcome =>
  told && 'rebooted' in told ? told : { rebooted: 'cut' }

export const releaseOutcome = (told: Told): ReleaseOutcome =>
  told && 'released' in told ? told : { released: 'unclear' }
