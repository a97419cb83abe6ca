// SPDX-License-Identifier: Apache-2.0
// What one check of doctor found, and what it looks at.
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { DoctorCheck } from '../../report/model/answers.js'
import type { Session } from '../site/session.js'
import type { Clock } from '../step/progress.js'

export type Found = Omit<DoctorCheck, 'name'>
export const ok = (found: string): Found => ({ result: 'ok', found })
export const warn = (found: string, hint: string): Found => ({ result: 'warn', found, hint })
export const fail = (found: string, hint: string): Found => ({ result: 'fail', found, hint })

/** The fleet that is looked at, and what it is looked at with. */
export interface CheckContext {
  readonly fleet: Fleet
  readonly session: Session
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}
