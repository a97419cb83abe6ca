// SPDX-License-Identifier: Apache-2.0
// What a run or a look tells while it goes on. Nothing depends on anybody listening.
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import type { Comparison } from '../../git/index.js'
import type {
  Alarm,
  Concluded,
  Decision,
  EnvironmentState,
  Halt,
  OpenStep,
  PinnedCommit,
  RolloutState,
} from '../../rollout/index.js'

export type NoticeCode =
  | 'newer-commit'
  | 'pin-unmoved'
  | 'history-rewritten'
  | 'resumed'
  | 'lock-taken-over'
  | 'lock-held'
  | 'orphan-ended'
  | 'superseded'
  | 'other-limit'
  | 'canaries-unchanged'
  | 'empty-partition'
  | 'rolled-back'
  | 'gate-changed'
  | 'order-refused'
  | 'notify'
  | 'files-left'
  | 'checkout-renewed'
  | 'lfs-pointers'
  | 'tags-suggested'
  | 'uncommitted'
  | 'no-tags'
  | 'local-plays'
  | 'requirements'

/** What every `onEvent` gets. */
export type Progress =
  | { readonly type: 'pinned'; readonly pin: PinnedCommit; readonly comparison: Comparison }
  /** Of detect and plan: these nodes are looked at now, in check mode. */
  | { readonly type: 'looking'; readonly pin: PinnedCommit; readonly nodes: readonly string[] }
  /** Something people should know, in words. */
  | { readonly type: 'notice'; readonly code: NoticeCode; readonly text: string }
  /** After every decision: the state it was made from, and what it says. */
  | {
      readonly type: 'decided'
      readonly state: EnvironmentState
      readonly decision: Decision
      readonly waves: readonly number[]
    }
  | { readonly type: 'step-started'; readonly step: OpenStep; readonly directory: string }
  /** Without a step: of a look, which no journal knows. */
  | { readonly type: 'ansible'; readonly step?: OpenStep; readonly event: AnsibleEvent }
  | {
      readonly type: 'step-ended'
      readonly step: OpenStep
      readonly outcome: Concluded
      readonly rollout: RolloutState
      readonly alarm?: Alarm
    }
  | { readonly type: 'quarantined'; readonly nodes: readonly string[] }
  /** A person paused, approved, aborted or retried; in words. */
  | { readonly type: 'steered'; readonly text: string }
  | { readonly type: 'halted'; readonly halt: Halt }
  | { readonly type: 'finished' }
  | { readonly type: 'sleeping'; readonly until: number }

export type OnProgress = (progress: Progress) => void

/** Notices of one kind, as words. */
export const noticesOf =
  (onProgress: OnProgress, code: NoticeCode) =>
  (text: string): void =>
    onProgress({ type: 'notice', code, text })

/** Time, as the engine sees it; tests and simulations bring their own. */
export interface Clock {
  /** ms since the epoch. */
  now(): number
  /** Resolves after so many ms, or at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
    }),
}
