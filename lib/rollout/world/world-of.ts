// SPDX-License-Identifier: Apache-2.0
// From what was declared and what is known to the world that decide looks at.
import { groupBy } from '../../fleet/names/group-by.js'
import type { Fleet, FleetNode, Scheduler } from '../../fleet/declare/fleet.js'
import type { EnvironmentState, RolloutState } from '../state/state.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type { NodeUse, Seen } from '../../workload/contract/node-use.js'
import type { Report } from '../../workload/contract/manager.js'
import { managerOf } from '../../workload/managers.js'
import { reasonPrefix } from '../../workload/contract/reason.js'
import { withHeldSchedulers } from './held-schedulers.js'
import type { CapacityScope, Promotion, SchedulerView, World } from './world.js'

/** What is known of a scheduler. */
export interface SchedulerLooks extends Partial<Pick<SchedulerView, 'silent' | 'looking'>> {
  /** The last look at it; null: none in this run. */
  readonly workload?: Report | null
}

/** What lies outside the declaration and the environment's own journal. */
export interface Surroundings {
  /** When each of `policy.promotion.after` completed the pin of this rollout. */
  readonly promotion?: readonly Promotion[]
  /** Nodes that are out of service, and not by patchrun. */
  readonly out?: ReadonlySet<string>
  /** By the name of the scheduler. */
  readonly schedulers?: Readonly<Record<string, SchedulerLooks>>
  /** Nodes whose Ansible was started ahead of their visit. */
  readonly prepared?: ReadonlySet<string>
  /** The last wave that this run begins. */
  readonly untilWave?: number
  /** This run does what can be done at once, and then ends. */
  readonly hurried?: boolean
  /** Processors of the control machine; absent: they are no limit. */
  readonly processors?: number
}

/** What is decided about, and when. */
export interface Decided {
  readonly fleet: Fleet
  readonly state: EnvironmentState
  readonly rollout: RolloutState
  /** ms since the epoch. */
  readonly now: number
}

export function worldOf(
  { fleet: declared, state, rollout, now }: Decided,
  {
    promotion = [],
    out = new Set(),
    schedulers: looks = {},
    prepared = new Set(),
    untilWave,
    hurried,
    processors,
  }: Surroundings = {},
): World {
  const fleet = withHeldSchedulers(declared, rollout, looks)
  const schedulers = fleet.schedulers.map((s) => viewOf(fleet, s, looks[s.name]))
  return {
    now,
    rollout,
    promotion,
    schedulers,
    prepared,
    ...(untilWave !== undefined && { untilWave }),
    ...(hurried !== undefined && { hurried }),
    ...(processors !== undefined && { processors }),
    out: new Set([...out, ...outBySchedule(schedulers)]),
    nodes: fleet.nodes,
    policy: fleet.policy,
    pause: state.pause,
    durations: state.durations,
    forks: fleet.ansible.forks,
    capacity: capacityScopes(fleet, schedulers),
  }
}

function viewOf(
  fleet: Fleet,
  scheduler: Scheduler,
  { workload = null, ...seen }: SchedulerLooks = {},
): SchedulerView {
  return {
    name: scheduler.name,
    every: scheduler.every,
    nameOf: (node) => schedulerName(node, scheduler.names),
    seen: workload && lookOf(fleet, scheduler, workload),
    silent: null,
    looking: { now: false, watch: false },
    ...seen,
  }
}

/** What a look says of the nodes of this fleet; those of its other schedulers are none of its own. */
function lookOf(
  { nodes, name, environment, policy: { drain } }: Fleet,
  scheduler: Scheduler,
  workload: Report,
): Seen {
  const seen = managerOf(scheduler).seen(workload, {
    nodes: nodes.flatMap((n) => (n.scheduler === scheduler.name ? [n.name] : [])),
    names: scheduler.names,
    prefix: reasonPrefix(name, environment),
    reservations: drain.reservations,
  })
  const theirs = nodes.flatMap((n) =>
    n.scheduler !== null && n.scheduler !== scheduler.name
      ? [schedulerName(n.name, scheduler.names)]
      : [],
  )
  if (theirs.length === 0) return seen
  const others = new Map(seen.others)
  for (const node of theirs) others.delete(node)
  return { ...seen, others }
}

/**
 * Nodes of the fleet, and of the partitions with a limit, that a scheduler has out of service.
 * What patchrun holds is out anyway.
 */
const outBySchedule = (views: readonly Looked[]): readonly string[] =>
  usesIn(views).flatMap(([node, use]) => (use.out ? [node] : []))

type Looked = Pick<SchedulerView, 'seen'>

/** All nodes that the schedulers have told of. */
const usesIn = (views: readonly Looked[]): readonly (readonly [string, NodeUse])[] =>
  views.flatMap(({ seen }) => (seen ? [...seen.uses, ...seen.others] : []))

/** Every set of nodes of which only so many may be out at once. */
export function capacityScopes(
  { nodes, groupChildren, policy: { capacity } }: Pick<Fleet, 'nodes' | 'groupChildren' | 'policy'>,
  views: readonly Looked[] = [],
): readonly CapacityScope[] {
  const names = (those: readonly FleetNode[]): string[] => those.map((n) => n.name)
  const scopes: CapacityScope[] = []
  if (capacity.fleet !== null)
    scopes.push({ name: 'of the fleet', limit: capacity.fleet, nodes: names(nodes) })
  for (const [group, limit] of Object.entries(capacity.groups)) {
    // A group holds the nodes of its children, too.
    const family = withChildren(group, groupChildren)
    scopes.push({
      name: `of group ${group}`,
      limit,
      nodes: names(nodes.filter((n) => group === 'all' || n.groups.some((g) => family.has(g)))),
    })
  }
  for (const [partition, limit] of Object.entries(capacity.partitions)) {
    scopes.push({
      name: `of partition ${partition}`,
      limit,
      nodes: withSeen(partition, nodes, views),
    })
  }
  if (capacity.domains !== null) {
    const members = groupBy(
      nodes.flatMap(({ name, domains }) => domains.map((domain) => ({ name, domain }))),
      (m) => m.domain,
    )
    for (const [domain, list] of members)
      scopes.push({
        name: `of failure domain ${domain}`,
        limit: capacity.domains,
        nodes: list.map((m) => m.name),
      })
  }
  return scopes
}

/**
 * Partitions with a limit in which no node is, neither as declared nor as the scheduler has it:
 * nothing keeps to such a limit.
 */
export function emptyPartitions(
  fleet: Fleet,
  workloads: ReadonlyMap<string, Report | null | undefined>,
): readonly string[] {
  const views = fleet.schedulers.map((scheduler) => {
    const workload = workloads.get(scheduler.name)
    return { seen: workload ? lookOf(fleet, scheduler, workload) : null }
  })
  return Object.keys(fleet.policy.capacity.partitions).filter(
    (partition) => withSeen(partition, fleet.nodes, views).length === 0,
  )
}

/**
 * A partition as it is declared, and as the scheduler has it: nodes that are not the fleet's count,
 * too.
 */
function withSeen(
  partition: string,
  nodes: readonly FleetNode[],
  views: readonly Looked[],
): readonly string[] {
  const declared = nodes.filter((n) => n.partitions.includes(partition)).map((n) => n.name)
  const seen = usesIn(views).flatMap(([name, use]) =>
    use.partitions.includes(partition) ? [name] : [],
  )
  return [...new Set([...declared, ...seen])]
}

function withChildren(group: string, children: Fleet['groupChildren']): ReadonlySet<string> {
  const family = new Set<string>()
  for (let level = [group]; level.length > 0;) {
    const fresh = level.filter((g) => !family.has(g))
    for (const g of fresh) family.add(g)
    level = fresh.flatMap((g) => children[g] ?? [])
  }
  return family
}
