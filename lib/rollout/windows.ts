// SPDX-License-Identifier: Apache-2.0
// When a change may begin: windows and freezes. (placeholder until the real one is merged)
import type { Timing } from '../fleet/types.js'

export type TimeGate =
  | { readonly open: true; readonly closesAt: number | null }
  | { readonly open: false; readonly code: 'window' | 'freeze'; readonly opensAt: number | null; readonly text: string }

export function timeGate(_timing: Timing, _now: number): TimeGate {
  return { open: true, closesAt: null }
}

export function nextFit(_timing: Timing, from: number, _length: number): number | null {
  return from
}
