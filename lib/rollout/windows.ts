// SPDX-License-Identifier: Apache-2.0
// When a change may begin: windows and freezes. (placeholder until the real one is merged)
import type { Timing } from '../fleet/types.js'

export type TimeGate =
  | { readonly open: true; readonly closesAt: number | null }
  | { readonly open: false; readonly code: 'window' | 'freeze'; readonly opensAt: number | null; readonly text: string }

export function timeGate({ freezes }: Timing, now: number): TimeGate {
  let t = now
  for (let f; (f = freezes.find((x) => x.from <= t && t < x.to)); ) t = f.to
  if (t > now) return { open: false, code: 'freeze', opensAt: t, text: 'frozen' }
  return { open: true, closesAt: freezes.map((f) => f.from).filter((x) => x > now).reduce<number | null>((a, b) => (a === null || b < a ? b : a), null) }
}

export function nextFit(timing: Timing, from: number, length: number): number | null {
  for (let t = from; ; ) {
    const g = timeGate(timing, t)
    if (g.open && (g.closesAt === null || g.closesAt - t >= length)) return t
    t = g.open ? (g.closesAt as number) : (g.opensAt as number)
  }
}
