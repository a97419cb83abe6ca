// SPDX-License-Identifier: Apache-2.0
import type { StepAction, StepKind } from '../../lib/rollout/index.js'

/** A test names the action at run time, and gives what belongs to it. */
export const stepKind = (action: StepAction, given: object = {}): StepKind =>
  ({ action, ...given }) as StepKind
