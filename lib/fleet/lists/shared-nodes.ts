// SPDX-License-Identifier: Apache-2.0
// A node belongs to one environment: two that change it would each undo what the other has
// promoted.
import type { Problem } from '../../errors.js'
import { entriesOf, putTogether, spot, type NamedHosts } from './lists.js'
import { clashes } from './permits.js'
import type { Declared } from '../declare/declaration.js'
import { escapePointer } from '../yaml/yaml-source.js'

/**
 * Nodes of this environment that are in another one too. Of the others only what the file itself
 * names is known: their sources are read when they are worked on.
 */
export function sharedNodes(
  { config, places }: Declared,
  environment: string,
  own: NamedHosts,
): Problem[] {
  const names = Object.keys(config.environments ?? {})
  const here = names.indexOf(environment)
  return Object.entries(config.environments ?? {}).flatMap(([other, { nodes }], there) => {
    if (other === environment) return []
    const theirs = putTogether(
      entriesOf(
        nodes.allow,
        `/environments/${escapePointer(other)}/nodes/allow`,
        places,
        new Map(),
      ),
      { repeatable: true },
    ).hosts
    // Told in the same words whichever of the two is opened.
    const [late, early, lateName, earlyName] =
      there > here ? [theirs, own, other, environment] : [own, theirs, environment, other]
    return clashes(late.keys(), late, early, (shared, many, where, place) => ({
      code: 'config/shared-node',
      message: `${shared} ${many ? 'are' : 'is'} in environment "${lateName}", and in "${earlyName}" in ${spot(place, where)}`,
      hint: `A node belongs to one environment. Take ${many ? 'them' : 'it'} out of one of the two.`,
    }))
  })
}
