// SPDX-License-Identifier: Apache-2.0
// What the reconciler is given, what all of it reads off that, and what it answers.
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { EnvironmentState, RolloutState, Surroundings } from '../../rollout/index.js'
import type { Journal } from '../../store/store.js'
import type { SchedulerLooks } from '../step/scheduler-look.js'
import type { Clock, OnProgress } from '../step/progress.js'
import type { StepContext } from '../step/step.js'

export interface Reconcile {
  readonly journal: Journal
  /**
   * Reads the declaration afresh, and what else a decision depends on: lists may have changed since
   * the last pass.
   */
  readonly observe: () => Promise<Observed>
  /**
   * Whether another commit is to take this rollout's place; asked while nothing runs, and no more
   * often than lists are read.
   */
  readonly isSuperseded: (fleet: Fleet) => Promise<boolean>
  /** Carries what people said meanwhile into the journal; true when there was something. */
  readonly takeOrders: () => Promise<boolean>
  readonly context: Omit<StepContext, 'fleet' | 'onEvent' | 'signal'>
  /** Asks the schedulers, and knows what each said last. */
  readonly lookout: SchedulerLooks
  /** Directory that gets one directory a step. */
  readonly runs: string
  readonly clock: Clock
  /** Do all that needs no waiting, then return. */
  readonly once: boolean
  /** From this time on as with `once`, ms since the epoch. */
  readonly patientUntil?: number
  /** No new step; what runs is finished. */
  readonly stop: AbortSignal
  /** What runs is ended. */
  readonly kill: AbortSignal
  readonly onProgress: OnProgress
}

/** The time to wait is over. */
export const isLate = ({ clock, patientUntil = Infinity }: Reconcile): boolean =>
  clock.now() >= patientUntil

/** The rollout that is open; there is one as soon as a run has begun. */
export function rolloutOf({ state }: { readonly state: EnvironmentState }): RolloutState {
  if (!state.current) throw new Error('no rollout is open')
  return state.current
}

export interface Observed {
  readonly fleet: Fleet
  readonly surroundings: Surroundings
}

/** Why the loop came to its end. reached: what this run was to reach, and not the rollout's end. */
export type Ended = 'settled' | 'reached' | 'waiting' | 'stopped' | 'superseded'

export interface Reconciled extends Observed {
  readonly ended: Ended
}
