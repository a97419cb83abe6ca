// SPDX-License-Identifier: Apache-2.0
// lib/rollout/say/: why something waits or halts, as data, and its words: one place for each text.
//
// The shape of an entry: what kind of waiting it is, and the words from its parameters.
import type { Reader } from './moments.js'

export type WaitCode =
  | 'step'
  | 'wave'
  | 'canary'
  | 'soak'
  | 'drain'
  | 'visit'
  | 'failed'
  | 'quarantined'
  | 'halted'
  | 'ending'
  | 'pause'
  | 'promotion'
  | 'approval'
  | 'window'
  | 'freeze'
  | 'limit'
  | 'capacity'
  | 'pace'
  | 'health'
  | 'until'

/** By the name of the reason. The parameters of its function are those of the reason. */
export type Words = Readonly<
  Record<string, readonly [WaitCode, (parameters: never, reader: Reader) => string]>
>
