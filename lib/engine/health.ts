// SPDX-License-Identifier: Apache-2.0
// (placeholder until the real one is merged)
import type { HealthGate } from '../fleet/types.js'
import type { CheckRef, Concluded, OpenStep } from '../rollout/index.js'
import type { StepResult } from './outcome.js'
import type { StepContext } from './step.js'

export async function runCheck(_check: CheckRef, _nodes: readonly string[], _directory: string, _context: StepContext & { readonly gate: HealthGate; readonly sha: string }): Promise<StepResult> {
  throw new Error('health gates are not there yet')
}

export function outcomeOfCheck(_step: OpenStep, _result: StepResult, _at: number): Concluded {
  throw new Error('health gates are not there yet')
}
