// SPDX-License-Identifier: Apache-2.0
// Visits that are under way: how many there are, and where one of them is.
import type { Held, NodeState, RolloutState } from './state.js'

/**
 * Steps of a visit, and nodes between two of them; one that waits to be drained, anew or by the
 * scheduler's word, has no Ansible.
 */
export const underWay = ({ steps, nodes }: RolloutState): number =>
  [...steps.values()].filter(
    (s) =>
      (s.action === 'apply' && s.full) ||
      s.action === 'drain' ||
      s.action === 'reboot' ||
      s.action === 'release',
  ).length +
  [...nodes.values()].filter(
    ({ held, step, stage }) =>
      held &&
      step === undefined &&
      stage !== 'failed' &&
      stage !== 'quarantined' &&
      !held.host &&
      (held.empty || held.phase === 'changed' || held.phase === 'rebooted'),
  ).length

/**
 * Forks that visits leave to a look beside them: each of them has one. Half of all at least: nodes
 * that need no drain wait for that look.
 */
export const forksBeside = (rollout: RolloutState, forks: number): number =>
  Math.max(Math.ceil(forks / 2), forks - underWay(rollout))

/** A visit in this phase that goes on by itself. */
export const isOnItsWay = ({ held, stage }: NodeState, phase: Held['phase']): boolean =>
  held?.phase === phase && stage !== 'failed' && stage !== 'quarantined'
