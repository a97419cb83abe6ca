// SPDX-License-Identifier: Apache-2.0
// What is so of a node in a simulation, whatever the core has learned of it: what an apply has
// done, left undone, and what a look can see of that.
import type { Changing, LookOutcome } from '../../lib/rollout/index.js'
import type { Need } from './simulation.js'

/**
 * How an apply ends for a node: it goes through whole, something fails in its midst, or nothing of
 * it happens.
 */
export type How = 'whole' | 'half' | 'nothing'

export interface Made {
  readonly need: Need
  /** It has a task that check mode skips, which has to run once and needs this. */
  readonly blind: 'none' | 'HOT' | 'DRAIN'
  /** Its change notifies a handler. */
  readonly handler: boolean
  /** Check mode cannot go beyond its first change. */
  readonly hides: boolean
}

export class Truth {
  #need: Need
  #blind: Made['blind']
  /** A handler was notified and has not run. */
  #owes = false
  #half = false
  #hides: boolean

  constructor(private readonly made: Made) {
    this.#need = made.need
    this.#blind = made.blind
    this.#hides = made.hides
  }

  get need(): Need {
    return this.#need
  }

  /**
   * Nothing would change, everything that has to run has run, an apply that failed was done to its
   * end, no handler is owed.
   */
  get complete(): boolean {
    return this.#need === 'none' && this.#blind === 'none' && !this.#owes && !this.#half
  }

  /** What check mode says: nothing of what was left undone. */
  look(): LookOutcome {
    const verdict = ({ none: 'GOOD', hot: 'HOT', drain: 'DRAIN' } as const)[this.#need]
    const { blind } = this.made
    return {
      verdict,
      ...(blind !== 'none' && { unforeseen: blind }),
      ...(this.#hides && verdict !== 'GOOD' && { beyond: { cause: 'failed', message: 'x' } }),
    }
  }

  /** `told`: Ansible knows that a handler may be owed. */
  apply(full: boolean, told: boolean, how: How): Changing {
    if (how === 'nothing') return {}
    const changed = this.#need !== 'none'
    this.#need = 'none'
    if (how === 'half') {
      this.#half = true
      this.#owes ||= changed && this.made.handler
      return { ...(this.#owes && { owed: [0] }) }
    }
    this.#half = false
    this.#hides = false
    this.#owes &&= !told
    if (full || this.#blind === 'HOT') this.#blind = 'none'
    return { ...(changed && { changed: true as const }) }
  }
}
