// SPDX-License-Identifier: Apache-2.0
// The declared schedulers with every default filled in, and what is wrong with them that only the
// lists tell.
import type { Problem } from '../../errors.js'
import { parseDuration } from '../time/duration.js'
import { effectiveVars } from '../lists/effective-vars.js'
import { membersOf, type Grouping } from '../lists/groups.js'
import { isControlMachine } from '../names/host-name.js'
import { spot, type NamedHosts } from '../lists/lists.js'
import { byEntry, type Permits } from '../lists/permits.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import type { SourceInventory } from '../lists/source-inventory.js'
import type { Fleet, Scheduler } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'
import { declaredSchedulers } from '../declare/declared-schedulers.js'
import type { DeclaredScheduler } from '../declare/declared-schedulers.js'

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

type Scheduled = Pick<Fleet, 'nodes' | 'schedulers'>

/** The names of the schedulers of these nodes. */
function namesOf({ nodes: all }: Scheduled, nodes: readonly string[]): ReadonlySet<string> {
  const wanted = new Set(nodes)
  return new Set(all.flatMap((n) => (wanted.has(n.name) ? (n.scheduler ?? []) : [])))
}

/**
 * Whose roles do a step on these nodes, of which all that have a scheduler have the same. Of a
 * hypervisor without one it is that of what runs on it. null: they have none.
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
  return fleet.schedulers.find((s) => s.name === name) ?? null
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
  /** The name of the scheduler of each permitted node that has one. */
  readonly schedulerOf: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

/** Each with the nodes that it names; those that none names are of the one that names none. */
export function schedulersOf(
  declared: Declared,
  lists: Pick<Permits, 'allow' | 'denied'>,
  groups: Grouping,
  source: SourceInventory | undefined,
): FoundSchedulers {
  const all = declaredSchedulers(declared.config)
  const { schedulerOf, problems } = sharedOut(declared, all, lists.allow)
  const found = all.map((one) => ({ ...one, scheduler: withDefaults(one, lists, groups, source) }))
  return {
    schedulers: found.map(({ scheduler }) => scheduler),
    schedulerOf,
    problems: [
      ...problems,
      ...found.flatMap(({ pointer, scheduler }) => [
        ...controllerProblems(declared, pointer, scheduler.controller, lists.denied),
        ...nameProblems(
          scheduler,
          new Map([...lists.allow].filter(([node]) => schedulerOf.get(node) === scheduler.name)),
        ),
      ]),
    ],
  }
}

function withDefaults(
  { name, field, set }: DeclaredScheduler,
  lists: Pick<Permits, 'allow'>,
  groups: Grouping,
  source: SourceInventory | undefined,
): Scheduler {
  const controller = set.controller ?? d.controller.default
  return {
    name,
    field,
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

/** Which scheduler each permitted node has; a node that two of them name. */
function sharedOut(
  declared: Declared,
  all: readonly DeclaredScheduler[],
  permitted: NamedHosts,
): Pick<FoundSchedulers, 'schedulerOf' | 'problems'> {
  const schedulerOf = new Map<string, string>()
  const problems: Problem[] = []
  for (const { name, pointer, set } of all) {
    if (!set.nodes) continue
    const nodes = membersOf(declared, set.nodes, `${pointer}/nodes`, permitted)
    const [twice] = nodes.filter((n) => schedulerOf.has(n))
    if (twice !== undefined)
      problems.push({
        code: 'config/scheduler-nodes',
        message: `${twice} is a node of the scheduler "${schedulerOf.get(twice)}" and of "${name}"`,
        hint: 'A node has one scheduler: take it out of one of them.',
        where: declared.places.place(`${pointer}/nodes`, 'key'),
      })
    for (const node of nodes) if (!schedulerOf.has(node)) schedulerOf.set(node, name)
  }
  const rest = all.find(({ set }) => set.nodes === undefined)
  if (rest)
    for (const node of permitted.keys())
      if (!schedulerOf.has(node)) schedulerOf.set(node, rest.name)
  return { schedulerOf, problems }
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
  pointer: string,
  controller: string,
  denied: NamedHosts,
): Problem[] {
  const denying = denied.get(controller)
  if (!denying) return []
  const where = places.place(`${pointer}/controller`)
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
