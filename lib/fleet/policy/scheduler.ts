// SPDX-License-Identifier: Apache-2.0
// The declared schedulers with every default filled in, and what is wrong with them that only the
// lists tell.
import type { Problem } from '../../errors.js'
import { parseDuration } from '../time/duration.js'
import { effectiveVars } from '../lists/effective-vars.js'
import type { Grouping } from '../lists/groups.js'
import { isControlMachine } from '../names/host-name.js'
import { spot, type NamedHosts } from '../lists/lists.js'
import { byEntry, type Permits } from '../lists/permits.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import type { SourceInventory } from '../lists/source-inventory.js'
import type { Fleet, Scheduler } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'
import type { SchedulerDeclared } from '../declare/config.generated.js'

const d = patchrunSchema.definitions.scheduler.properties
const roles = patchrunSchema.definitions.schedulerRoles.properties

/**
 * The machine patchrun runs on, where no inventory describes it: no connection, and the Python that
 * Ansible itself has.
 */
const LOCAL = {
  ansible_connection: 'local',
  ansible_python_interpreter: '{{ ansible_playbook_python }}',
}

/** What the scheduler calls a node. */
export const schedulerName = (node: string, names: Scheduler['names']): string =>
  names === 'short' ? (node.split('.', 1)[0] ?? node) : node

/** Name of the scheduler that has all nodes. */
const ONLY = 'default'

type Scheduled = Pick<Fleet, 'nodes' | 'schedulers'>

/** The names of the schedulers of these nodes. */
function namesOf({ nodes: all }: Scheduled, nodes: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(nodes)
  return new Set(all.flatMap((n) => (wanted.has(n.name) ? (n.scheduler ?? []) : [])))
}

/**
 * Whose roles do a step on these nodes, of which all that have a scheduler have the same. Of a
 * hypervisor without one it is that of what runs on it. null: none is declared.
 */
export function schedulerOfStep(fleet: Scheduled, nodes: readonly string[]): Scheduler | null {
  const guests = fleet.nodes.filter((n) => n.runsOn !== null && nodes.includes(n.runsOn))
  const [name] = [
    ...namesOf(fleet, nodes),
    ...namesOf(
      fleet,
      guests.map((n) => n.name),
    ),
  ]
  return fleet.schedulers.find((s) => s.name === name) ?? fleet.schedulers[0] ?? null
}

/** The one scheduler that can tell of all these nodes; null: there is none, or there are several. */
export function schedulerOfAll(fleet: Scheduled, nodes: readonly string[]): Scheduler | null {
  const names = namesOf(fleet, nodes)
  if (names.size === 0) return fleet.schedulers.length === 1 ? (fleet.schedulers[0] ?? null) : null
  const found = fleet.schedulers.filter((s) => names.has(s.name))
  return found.length === 1 ? (found[0] ?? null) : null
}

export interface FoundSchedulers {
  readonly schedulers: readonly Scheduler[]
  readonly problems: readonly Problem[]
}

/** None, or the one that has all nodes. */
export function schedulersOf(
  declared: Declared,
  lists: Pick<Permits, 'allow' | 'denied'>,
  groups: Grouping,
  source: SourceInventory | undefined,
): FoundSchedulers {
  const set = declared.config.scheduler
  if (!set) return { schedulers: [], problems: [] }
  const scheduler = withDefaults(set, lists, groups, source)
  return {
    schedulers: [scheduler],
    problems: [
      ...controllerProblems(declared, scheduler.controller, lists.denied),
      ...nameProblems(scheduler, lists.allow),
    ],
  }
}

function withDefaults(
  set: SchedulerDeclared,
  lists: Pick<Permits, 'allow'>,
  groups: Grouping,
  source: SourceInventory | undefined,
): Scheduler {
  const controller = set.controller ?? d.controller.default
  return {
    name: ONLY,
    field: 'scheduler',
    type: set.type,
    controller,
    controllerVars: {
      ...(isControlMachine(controller) ? LOCAL : {}),
      ...hostVarsOf(controller, lists.allow, groups, source),
      ...set.controllerVars,
    },
    names: set.names ?? d.names.default,
    every: parseDuration(set.every ?? d.every.default),
    feature: set.feature ?? null,
    roles: {
      observe: set.roles?.observe ?? roles.observe.default,
      drain: set.roles?.drain ?? roles.drain.default,
      release: set.roles?.release ?? roles.release.default,
      reboot: set.roles?.reboot ?? roles.reboot.default,
      test: set.roles?.test ?? roles.test.default,
    },
    vars: set.vars ?? {},
  }
}

/**
 * Of a permitted node what the fleet says of it; of any other host what the source inventory says,
 * if it knows it.
 */
function hostVarsOf(
  host: string,
  permitted: NamedHosts,
  groups: Grouping,
  source: SourceInventory | undefined,
): Readonly<Record<string, unknown>> {
  if (permitted.has(host)) {
    return effectiveVars({
      groups: groups.groupsOf.get(host) ?? [],
      children: Object.entries(groups.groupChildren),
      groupVars: (name) => groups.groupVars[name],
      vars: groups.varsOf.get(host) ?? {},
    })
  }
  const direct = [...(source?.groups ?? [])]
    .filter(([, group]) => group.hosts.includes(host))
    .map(([name]) => name)
  const own = source?.hostVars.get(host)
  // A host the source does not know has no part in its `all` either.
  if (!source || (!own && direct.length === 0)) return {}
  const children = [...source.groups].map(([name, group]) => [name, group.children] as const)
  return effectiveVars({
    groups: direct.filter((name) => name !== 'all'),
    children,
    groupVars: (name) => source.groups.get(name)?.vars,
    vars: own ?? {},
  })
}

function controllerProblems(
  { places }: Declared,
  controller: string,
  denied: NamedHosts,
): Problem[] {
  const denying = denied.get(controller)
  if (!denying) return []
  const where = places.place('/scheduler/controller')
  return [
    {
      code: 'config/controller-denied',
      message: `the controller ${controller} is on the deny list in ${spot(denying, where)}, and tasks would be delegated to it`,
      hint: 'Name a host on which the commands of the scheduler may run (a login node will do), or take this one off the deny list.',
      where,
    },
  ]
}

/** Two nodes that the scheduler can not tell apart: one would be drained for the other. */
function nameProblems({ names }: Scheduler, nodes: NamedHosts): Problem[] {
  if (names === 'full') return []
  const first = new Map<string, string>()
  const again: (readonly [string, NonNullable<ReturnType<NamedHosts['get']>>])[] = []
  for (const [node, place] of nodes) {
    const name = schedulerName(node, names)
    if (first.has(name)) again.push([node, place])
    else first.set(name, node)
  }
  const other = (list: readonly string[]): string =>
    list.length === 1 ? ` (${first.get(schedulerName(list[0] ?? '', names))})` : ''
  return byEntry(again, (nodes, list, where) => ({
    code: 'config/same-node-name',
    message: `up to the first dot ${nodes} ${list.length > 1 ? 'are called like nodes' : 'is called like a node'} before ${list.length > 1 ? 'them' : 'it'}${other(list)}`,
    hint: 'With "names: short" the scheduler could not tell them apart. Write scheduler.names: full, or put them into fleets of their own.',
    where,
  }))
}
