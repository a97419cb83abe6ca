// SPDX-License-Identifier: Apache-2.0
// From what was declared and what is known to the world that decide looks at.
import { groupBy } from '../fleet/group-by.js'
import type { Fleet, FleetNode } from '../fleet/types.js'
import type { EnvironmentState, RolloutState } from './state.js'
import type { CapacityScope, Promotion, World } from './world.js'

/** What lies outside the declaration and the environment's own journal. */
export interface Surroundings {
  /** When each of `policy.promotion.after` completed the pin of this rollout. */
  readonly promotion?: readonly Promotion[]
  /** Nodes that are out of service, and not by patchrun. */
  readonly out?: ReadonlySet<string>
}

export function worldOf(fleet: Fleet, state: EnvironmentState, rollout: RolloutState, now: number, { promotion = [], out = new Set() }: Surroundings = {}): World {
  return {
    now, rollout, promotion, out,
    nodes: fleet.nodes,
    policy: fleet.policy,
    pause: state.pause,
    durations: state.durations,
    forks: fleet.ansible.forks,
    capacity: capacityScopes(fleet),
  }
}

/** Every set of nodes of which only so many may be out at once. */
export function capacityScopes({ nodes, groupChildren, policy: { capacity } }: Pick<Fleet, 'nodes' | 'groupChildren' | 'policy'>): readonly CapacityScope[] {
  const names = (those: readonly FleetNode[]): string[] => those.map((n) => n.name)
  const scopes: CapacityScope[] = []
  if (capacity.fleet !== null) scopes.push({ name: 'of the fleet', limit: capacity.fleet, nodes: names(nodes) })
  for (const [group, limit] of Object.entries(capacity.groups)) {
    // A group holds the nodes of its children, too.
    const family = withChildren(group, groupChildren)
    scopes.push({ name: `of group ${group}`, limit, nodes: names(nodes.filter((n) => group === 'all' || n.groups.some((g) => family.has(g)))) })
  }
  for (const [partition, limit] of Object.entries(capacity.partitions)) {
    scopes.push({ name: `of partition ${partition}`, limit, nodes: names(nodes.filter((n) => n.partitions.includes(partition))) })
  }
  if (capacity.domains !== null) {
    const members = groupBy(nodes.flatMap(({ name, domains }) => domains.map((domain) => ({ name, domain }))), (m) => m.domain)
    for (const [domain, list] of members) scopes.push({ name: `of failure domain ${domain}`, limit: capacity.domains, nodes: list.map((m) => m.name) })
  }
  return scopes
}

function withChildren(group: string, children: Fleet['groupChildren']): ReadonlySet<string> {
  const family = new Set<string>()
  for (let level = [group]; level.length > 0; ) {
    const fresh = level.filter((g) => !family.has(g))
    for (const g of fresh) family.add(g)
    level = fresh.flatMap((g) => children[g] ?? [])
  }
  return family
}
