// SPDX-License-Identifier: Apache-2.0
// The state as JSON and back: what a journal amounted to, where its old records were compacted.
import { NO_STATE } from './state.js'
import type { EnvironmentState, RolloutState } from './state.js'

type Json<T> = {
  readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B>
    ? readonly (readonly [A, B])[]
    : T[K] extends ReadonlySet<infer A>
      ? readonly A[]
      : T[K]
}

/** The state in a form that JSON can hold. */
export interface Snapshot extends Omit<Json<EnvironmentState>, 'current'> {
  readonly current: Json<RolloutState> | null
}

export function toSnapshot(state: EnvironmentState): Snapshot {
  const { current, completed } = state
  return {
    ...state,
    completed: [...completed],
    current: current && {
      ...current,
      nodes: [...current.nodes],
      steps: [...current.steps],
      checks: [...current.checks],
      changed: [...current.changed],
    },
  }
}

export function fromSnapshot(snapshot: Snapshot): EnvironmentState {
  const { current, completed } = snapshot
  return {
    ...snapshot,
    // Earlier versions kept series of another kind, which measured unlike things together.
    durations: 'hotApply' in snapshot.durations ? snapshot.durations : NO_STATE.durations,
    completed: new Map(completed),
    current: current && {
      ...current,
      nodes: new Map(current.nodes),
      steps: new Map(current.steps),
      checks: new Map(current.checks),
      changed: new Set(current.changed),
    },
  }
}
