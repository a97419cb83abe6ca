// SPDX-License-Identifier: Apache-2.0
// The steps of a visit as data, whichever manager the node has.
import type { SchedulerRoles } from '../../fleet/declare/fleet.js'

export interface VisitStep {
  readonly name: 'drain' | 'apply' | 'reboot' | 'verify' | 'release'
  /** Key of `scheduler.roles`; null: the playbook of the site. */
  readonly role: keyof SchedulerRoles | null
  /** Where its tasks run: once, on the controller, or on the nodes themselves. */
  readonly on: 'controller' | 'nodes'
  /** Nothing of the change has begun when it has ended: the node may be given back as it is. */
  readonly reversible: boolean
}

/** In their order. */
export const VISIT_STEPS: readonly VisitStep[] = [
  { name: 'drain', role: 'drain', on: 'controller', reversible: true },
  { name: 'apply', role: null, on: 'nodes', reversible: false },
  { name: 'reboot', role: 'reboot', on: 'nodes', reversible: false },
  { name: 'verify', role: null, on: 'nodes', reversible: false },
  { name: 'release', role: 'release', on: 'controller', reversible: false },
]
