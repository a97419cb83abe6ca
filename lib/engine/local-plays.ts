// SPDX-License-Identifier: Apache-2.0
// Plays for localhost: patchrun runs on the nodes that are permitted, and localhost is none. What they would have done or set is missing.

/** Tells of each play once. */
export function localPlaysNotice(tell: (text: string) => void): (plays: readonly string[]) => void {
  const told = new Set<string>()
  return (plays) => {
    for (const play of plays.filter((p) => !told.has(p))) {
      told.add(play)
      tell(`the play "${play}" is for localhost, and is left out: what it sets is not there for the others. Run it beside patchrun, or let tasks of the nodes do it with delegate_to`)
    }
  }
}
