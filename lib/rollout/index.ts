// SPDX-License-Identifier: Apache-2.0
// The core: pure, no clock, no randomness, no effect.
export type * from './events.js'
export type * from './state.js'
export type * from './verdict.js'
export { countStages, nodeState, NO_STATE, UNSEEN } from './state.js'
export { evolve, replay } from './evolve.js'
export { decide } from './decide.js'
export type { Action, Decision, WaitCode, Waiting, World } from './decide.js'
export { describeFailure } from './halt.js'
export { planWaves, shareOf, waveName } from './waves.js'
export type { Wave } from './waves.js'
