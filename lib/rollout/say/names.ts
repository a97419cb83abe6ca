// SPDX-License-Identifier: Apache-2.0
// Waves, nodes and people by name.
import type { Word } from '../state/state.js'

export const waveName = (index: number): string => (index === 0 ? 'canary wave' : `wave ${index}`)

/** "node03, node04": the first three by name, and how many more. */
export function some(names: readonly string[]): string {
  const more = names.length - 3
  return names.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** "node03 and node04, which run on it,": the first three by name. */
export function runningOnIt(nodes: readonly string[]): string {
  const list =
    nodes.length > 1 && nodes.length <= 3
      ? `${nodes.slice(0, -1).join(', ')} and ${nodes.at(-1)}`
      : some(nodes)
  return `${list}, which ${nodes.length === 1 ? 'runs' : 'run'} on it,`
}

/** Who said it and why. */
export const spoken = ({ by, reason }: Pick<Word, 'by' | 'reason'>): string =>
  `${by.user}@${by.host}${reason === undefined ? '' : `: ${reason}`}`
