// SPDX-License-Identifier: Apache-2.0
// Plays for localhost: patchrun runs on the nodes that are permitted, and localhost is none. They
// are left out, or they run beside the nodes (inventory.localhost) and are told by themselves: no
// node is counted for them.
import type { RunSummary } from '../../outcome/summary/run-summary.js'

/** Names that are shown of a list. */
const SHOWN = 5

export type LocalPlays = Pick<RunSummary, 'localPlays' | 'localhost'>

/** Tells of each play, and of each change, once. `looked`: in check mode. */
export function localPlaysNotice(
  tell: (text: string) => void,
): (found: LocalPlays, looked: boolean) => void {
  const told = new Set<string>()
  const once = (key: string, text: string): void => {
    if (told.has(key)) return
    told.add(key)
    tell(text)
  }
  return ({ localPlays, localhost }, looked) => {
    for (const play of localPlays) {
      once(
        `play ${play}`,
        `the play "${play}" is for localhost, and is left out: what it sets is not there for the others. Set inventory.localhost to run, run it beside patchrun, or let tasks of the nodes do it with delegate_to`,
      )
    }
    const changes = localhost?.changes ?? []
    if (changes.length === 0) return
    const names = changes
      .slice(0, SHOWN)
      .map(({ task, file, line }) => `"${task}" (${file}:${line})`)
      .join(', ')
    const text = `localhost: ${looked ? 'would change' : 'changed'} ${changes.length === 1 ? '1 task' : `${changes.length} tasks`}: ${names}${changes.length > SHOWN ? ` and ${changes.length - SHOWN} more` : ''}`
    // What is changed is told each time: it was done each time.
    once(looked ? text : `${text} ${told.size}`, text)
  }
}
