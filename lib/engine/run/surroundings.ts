// SPDX-License-Identifier: Apache-2.0
// What a decision depends on besides the declaration and the environment's own journal.
import { dirname } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { EnvironmentState, Surroundings } from '../../rollout/index.js'
import { layoutOf } from '../site/layout.js'
import { lastLooks } from '../step/scheduler-look.js'
import { storeOf } from '../site/store-of.js'

/**
 * Of others' journals, ms: they are read before each decision, and a remote is not asked that
 * often.
 */
const FRESH = 4_000

/** How the journal of an environment of the fleet is read. */
export type ReadState = (of: Fleet) => Promise<EnvironmentState>

/**
 * Reads the journals of the environments that must come first. `sha`: the pin that they must have
 * completed.
 */
export async function surroundingsOf(
  fleet: Fleet,
  sha: string,
  read: ReadState = (of) => storeOf(of).read(FRESH),
): Promise<Surroundings> {
  const promotion = []
  for (const environment of fleet.policy.promotion.after) {
    const { completed } = await read({ ...fleet, environment })
    promotion.push({ environment, completedAt: completed.get(sha) ?? null })
  }
  return { promotion, schedulers: await lastLooks(dirname(layoutOf(fleet).runs), fleet) }
}
