// SPDX-License-Identifier: Apache-2.0
// lib/rollout/world/: what is so now, and what a decision depends on: nodes, waves, hypervisors,
// their order.
//
// What a decision depends on, and what it says.
import type { FleetNode, RolloutPolicy, Share } from '../../fleet/declare/fleet.js'
import type { Seen } from '../../workload/contract/node-use.js'
import type { Halt, StepToDo } from '../record/journal-events.js'
import type { Hold } from '../say/reason.js'
import type { WaitCode } from '../say/words.js'
import type { Durations, Pause, RolloutState } from '../state/state.js'

/**
 * Nodes of which only so many may be out at once: the fleet, a group, a partition, a failure
 * domain.
 */
export interface CapacityScope {
  /** As people say it: "the fleet", "partition batch". */
  readonly name: string
  readonly limit: Share
  readonly nodes: readonly string[]
}

/** Another environment that must have completed the pin first. */
export interface Promotion {
  readonly environment: string
  /** When it completed this very SHA, ms; null: it has not. */
  readonly completedAt: number | null
}

/** What is known of a scheduler. */
export interface SchedulerView {
  readonly name: string
  /** What it calls a node of the inventory. */
  readonly nameOf: (node: string) => string
  /** A look is fresh for this long, ms. */
  readonly every: number
  /** The last look at it; null: none in this run. */
  readonly seen: Seen | null
  /** It gave no answer when it was last asked. */
  readonly silent: { readonly at: number; readonly why: string } | null
  /** It is being asked; watch: until something happens there. */
  readonly looking: { readonly now: boolean; readonly watch: boolean }
}

/** Everything a decision depends on. */
export interface World {
  /** ms since the epoch. */
  readonly now: number
  readonly nodes: readonly FleetNode[]
  readonly policy: RolloutPolicy
  readonly rollout: RolloutState
  readonly pause: Pause | null
  readonly durations: Durations
  /** Nodes that Ansible works on at the same time. */
  readonly forks: number
  readonly capacity: readonly CapacityScope[]
  readonly promotion: readonly Promotion[]
  /** Nodes that are out of service, and not by us. */
  readonly out: ReadonlySet<string>
  /** Empty: none is declared, and nothing is drained. */
  readonly schedulers: readonly SchedulerView[]
  /** Nodes whose Ansible was started ahead of their visit. */
  readonly prepared: ReadonlySet<string>
  /** The last wave that this run begins, 0 being the canary wave; absent: all of them. */
  readonly untilWave?: number
  /** This run does what can be done at once, and then ends. */
  readonly hurried?: boolean
  /** Processors of the control machine; absent: they are no limit. */
  readonly processors?: number
}

export type Action =
  /** Run a step on these nodes, all of one wave. */
  | (StepToDo & { readonly wave: number; readonly nodes: readonly string[] })
  /** Ask a scheduler; with nodes to watch: until one of them is empty. */
  | { readonly do: 'observe'; readonly scheduler: string; readonly watch: readonly string[] }
  /**
   * Their visits are next: what each needs may be started ahead, and nothing on the node is changed
   * by it. It is no step.
   */
  | { readonly do: 'prepare'; readonly nodes: readonly string[] }
  | { readonly do: 'quarantine'; readonly nodes: readonly string[] }
  | { readonly do: 'halt'; readonly halt: Halt }
  | { readonly do: 'finish' }

/** Why these nodes do not move. drain: a person has to empty them; visit: patchrun does, in time. */
export interface Waiting extends Hold {
  readonly nodes: readonly string[]
}

export interface Decision {
  /** What may start now; steps of one decision touch no node in common. */
  readonly actions: readonly Action[]
  readonly waiting: readonly Waiting[]
  /** When something can change by itself, ms; null: not without an outcome or a person. */
  readonly wakeAt: number | null
  /** Waves that are done, and of which the journal does not say so yet; since when, ms. */
  readonly done?: readonly { readonly wave: number; readonly since: number }[]
}

/** What only a person or another environment ends: worth looking again now and then. */
export const STEERED: ReadonlySet<WaitCode> = new Set(['pause', 'promotion', 'approval'])
