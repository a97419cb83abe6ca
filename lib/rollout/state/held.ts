// SPDX-License-Identifier: Apache-2.0
// What patchrun knows of a node that it holds.

/**
 * How far a visit has come. begun: the change may have begun, and is finished whatever comes
 * between. hosted: the change of the hypervisor it runs on may have begun; it is looked at when
 * that one is back.
 */
export type VisitPhase = 'draining' | 'hosted' | 'begun' | 'changed' | 'rebooted'

/**
 * patchrun has drained this node, or may have: it is released in the end, or quarantined by name.
 */
export interface Held {
  /** When the drain was asked for, ms. */
  readonly since: number
  /** Whose drain it is, whatever is declared for the node since then; absent: of `default`. */
  readonly scheduler?: string
  readonly phase: VisitPhase
  /**
   * The drain step just before saw it empty, and nothing was begun since. Nodes that go out
   * together are all empty, or none is.
   */
  readonly empty: boolean
  /** When that step ended, ms. */
  readonly seen?: number
  /** The hypervisor for whose sake it is held. */
  readonly host?: string
  /** Of a hypervisor whose change may have begun: the nodes that are held for its sake. */
  readonly guests?: readonly string[]
  /** The scheduler does not know this hypervisor: nothing is to be given back. */
  readonly unscheduled?: true
  /** How often it did not answer since its hypervisor was back. */
  readonly silent?: number
  /** When it had booted before, s since the epoch. */
  readonly boot?: number
  /** Somebody else took it out: it is patched, and never released. */
  readonly foreign?: true
  /**
   * A change of it did not come to its end: handlers that were notified may never have run, and
   * nothing will notify them again.
   */
  readonly cut?: true
  /** A rollout before this one drained it. */
  readonly inherited?: true
  /** Not asked again before, ms: the scheduler gave no clear answer. */
  readonly again?: number
  /** What the scheduler waits for before it can be given back, in words. */
  readonly waitsFor?: string
  /** How often in a row it answered, and not clearly. */
  readonly unclear?: number
  /** A person wants it back as it is; it is not drained again before this, ms. */
  readonly back?: number
}
