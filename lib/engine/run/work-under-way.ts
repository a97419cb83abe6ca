// SPDX-License-Identifier: Apache-2.0
// What one run of the reconciler has begun: its steps, its looks at the scheduler, the Ansible of
// its visits; and what went wrong in those that ended without an outcome.
import { VisitProcesses } from '../visit/visit-processes.js'
import { StepsUnderWay } from './steps-under-way.js'

/** now: only asks. watch: until something happens there. late: as watch, without waiting for it. */
export type LookKind = 'now' | 'watch' | 'late'

export class WorkUnderWay {
  readonly going = new StepsUnderWay()
  readonly visits = new VisitProcesses()
  readonly #faults: unknown[] = []
  readonly #endLooks = new AbortController()

  /** Aborted: no look is waited for any more, and those that are under way are ended. */
  get looksEnd(): AbortSignal {
    return this.#endLooks.signal
  }

  addStep(name: string, work: Promise<void>): void {
    this.going.add(
      'step',
      name,
      work.catch((fault: unknown) => void this.#faults.push(fault)),
    )
  }

  /** `scheduler`: the name of the one that is asked. */
  addLook(kind: LookKind, scheduler: string, work: Promise<void>): void {
    this.going.add(
      'look',
      `${kind} ${scheduler}`,
      work.catch((fault: unknown) => void (this.looksEnd.aborted || this.#faults.push(fault))),
    )
  }

  /** Throws what went wrong first in what has ended without an outcome. */
  throwFault(): void {
    if (this.#faults.length > 0) throw this.#faults[0]
  }

  /** A look lasts until something happens at a scheduler. */
  get isWatching(): boolean {
    return this.going.names('look').some((name) => name.startsWith('watch '))
  }

  endLooks(): void {
    this.#endLooks.abort()
  }

  /** Nothing is waited for: no step, and no look but such as are being ended. */
  get isIdle(): boolean {
    return this.going.count('step') === 0 && (this.going.isEmpty || this.looksEnd.aborted)
  }

  /** Ends the looks, and settles when no step is left either. */
  async finish(): Promise<void> {
    this.endLooks()
    await this.going.settled()
  }
}
