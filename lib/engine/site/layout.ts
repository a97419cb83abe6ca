// SPDX-License-Identifier: Apache-2.0
// Where the state of an environment lies below `state.directory`.
import { join } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'

export interface Layout {
  /** Journal and lock of one environment. */
  readonly journal: string
  readonly lock: string
  /** Mailbox for what people say. */
  readonly orders: string
  /** Working copies of the refs, where the state lies in a remote. */
  readonly remote: string
  /**
   * One directory a step: hosts, inventory, events, log. Evidence, never read back to decide
   * anything.
   */
  readonly runs: string
  /** One directory a look that is no step of a rollout: evidence, too. */
  readonly looks: string
  /** Mirror and checkouts; environments of one fleet share them. */
  readonly playbooks: string
}

export function layoutOf({
  stateDirectory,
  environment,
}: Pick<Fleet, 'stateDirectory' | 'environment'>): Layout {
  const own = join(stateDirectory, 'environments', environment)
  return {
    journal: join(own, 'journal.jsonl'),
    lock: join(own, 'lock'),
    orders: join(own, 'orders'),
    remote: join(own, 'remote'),
    runs: join(own, 'runs'),
    looks: join(own, 'looks'),
    playbooks: join(stateDirectory, 'playbooks'),
  }
}
