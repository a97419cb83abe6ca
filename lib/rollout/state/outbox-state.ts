// SPDX-License-Identifier: Apache-2.0
// What people are still to be told. Values only; outbox.ts makes them. A message stays as long as
// somebody has not been told it, so what is kept is bounded by what could not be delivered.
import type { MessageKind } from '../../fleet/declare/fleet.js'
import type { Actor, PinnedCommit, WaveSize } from '../record/journal-events.js'

/**
 * The facts of one message, as they were when it arose: whoever delivers it, and whenever, says the
 * same.
 */
export interface Message {
  /** The same for whoever folds the journal; no other message has it. */
  readonly id: string
  readonly kind: MessageKind
  /** When it arose, ms. */
  readonly at: number
  readonly rollout: {
    readonly id: string
    readonly kind: 'forward' | 'rollback'
    readonly pin: PinnedCommit
    readonly previous: string | null
    readonly limited: boolean
    readonly openedAt: number
    readonly by: Actor
    /** How many nodes each wave had when it began. */
    readonly waves: readonly WaveSize[]
  }
  readonly numbers: Numbers
  /** The nodes it is about, the first ones by name. */
  readonly nodes?: { readonly count: number; readonly names: readonly string[] }
  /** Why, in words. */
  readonly why?: string
  /** What to do, in words. */
  readonly hint?: string
  readonly approval?: { readonly key: string; readonly waves: readonly WaveSize[] }
  /** Names of the targets that have not been told. */
  readonly owed: readonly string[]
}

/** How many nodes stand where. `changed` are those that were changed, or may have been. */
export interface Numbers {
  readonly nodes: number
  readonly changed: number
  readonly good: number
  readonly failed: number
  readonly quarantined: number
  readonly needDrain: number
}

export interface Listener {
  readonly name: string
  readonly on: readonly MessageKind[]
  /** Why the oldest message it has not been told was not delivered when that was tried. */
  readonly trouble?: { readonly at: number; readonly why: string; readonly until?: number }
}

/** A message that a target will never be told. */
export interface GivenUp {
  readonly target: string
  readonly message: string
  readonly kind: MessageKind
  readonly rollout: string
  readonly at: number
  readonly why: string
}

export interface Outbox {
  readonly audience: readonly Listener[]
  /** Oldest first. */
  readonly messages: readonly Message[]
  /** The last ones. */
  readonly givenUp: readonly GivenUp[]
  /** Messages that have arisen so far. */
  readonly count: number
}

export const NOBODY: Outbox = { audience: [], messages: [], givenUp: [], count: 0 }
