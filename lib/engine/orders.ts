// SPDX-License-Identifier: Apache-2.0
// What people say while a run holds the lock. (placeholder until the real one is merged)
import type { Journal } from '../store/journal.js'
import type { Layout } from './layout.js'
import type { Clock, OnProgress } from './progress.js'

/** Carries the orders that lie in the mailbox into the journal; true when there were any. */
export async function takeOrders(_layout: Layout, _journal: Journal, _clock: Clock, _onProgress: OnProgress): Promise<boolean> {
  return false
}
