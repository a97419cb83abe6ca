// SPDX-License-Identifier: Apache-2.0
// lib/fleet/policy/: what was declared, with every default filled in.
//
// A declaration and what its sources gave -> the Fleet of one environment, every default filled in.
// Pure: reading the sources is lib/engine/site/open-fleet.ts's.
import { dirname } from 'node:path'
import { PatchrunError, refuse, type Problem, type ProblemCode } from '../../errors.js'
import { ansibleOf } from './ansible-policy.js'
import { failureDomains, partitionsOf } from '../lists/domains.js'
import { grouping } from '../lists/groups.js'
import type { Gathered } from '../lists/lists.js'
import { nearest } from '../names/nearest.js'
import { notifyOf } from './notify.js'
import { ordered } from '../declare/problem-order.js'
import { permits } from '../lists/permits.js'
import { rolloutPolicy } from './rollout-policy.js'
import { runsOn } from '../lists/runs-on.js'
import { schedulersOf } from './scheduler.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import { sharedNodes } from '../lists/shared-nodes.js'
import type { SourceInventory } from '../lists/source-inventory.js'
import { repositoryOf, statePlaceOf } from './state-place.js'
import { calendarOf, timingOf } from './timing.js'
import type { Fleet, FleetNode, Freeze, PlaybookSource } from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'

/** Name of the environment where a file declares none. */
export const DEFAULT_ENVIRONMENT = 'default'

/** What the sources of a declaration gave. */
export interface Sources {
  readonly lists: Gathered
  readonly inventory?: SourceInventory
  /**
   * The freezes of windows.calendar (calendarFreezes). "unread": the caller looks at problems only,
   * and throws the fleet away.
   */
  readonly calendar?: readonly Freeze[] | 'unread'
}

const defaults = patchrunSchema.definitions
/** Names of the environments in the order in which they are promoted. */
export function environmentsOf({ config }: Declared): readonly string[] {
  return config.environments ? Object.keys(config.environments) : [DEFAULT_ENVIRONMENT]
}

/**
 * The environment a command works on.
 * @throws PatchrunError usage/no-environment, usage/unknown-environment
 */
export function chooseEnvironment(declared: Declared, wanted: string | undefined): string {
  const known = environmentsOf(declared)
  const listed = known.join(', ')
  const only = known.length === 1 ? known[0] : undefined
  if (wanted === undefined && only !== undefined) return only
  if (wanted === undefined)
    throw new PatchrunError({
      code: 'usage/no-environment',
      message: 'the fleet has several environments, and none was named',
      hint: `Name one: --env ${known[0]}. Declared are: ${listed}.`,
    })
  if (known.includes(wanted)) return wanted
  const meant = nearest(wanted, known)
  throw new PatchrunError({
    code: 'usage/unknown-environment',
    message: `there is no environment "${wanted.slice(0, 80)}"`,
    hint: meant ? `Did you mean "${meant}"?` : `Declared are: ${listed}.`,
  })
}

function playbooksOf({ config, file }: Declared, environment: string): PlaybookSource {
  const d = defaults.playbooks.properties
  const { playbooks } = config
  return {
    repository: repositoryOf(playbooks.repository, dirname(file)),
    ref: config.environments?.[environment]?.playbooks?.ref ?? playbooks.ref ?? d.ref.default,
    playbook: playbooks.playbook ?? d.playbook.default,
    submodules: playbooks.submodules ?? d.submodules.default,
    lfs: playbooks.lfs ?? d.lfs.default,
    requirements: playbooks.requirements ?? d.requirements.default,
  }
}

/**
 * Ansible reads a path with a comma as a list of hosts, and puts the environment's values for $NAME
 * into every path.
 */
function stateProblems({ config, file, places }: Declared, directory: string): Problem[] {
  const found = /,|\$(\w+|\{)/.exec(directory)?.[0]
  if (found === undefined) return []
  return [
    {
      code: 'config/state-directory',
      message: `the state directory ${directory} has "${found}" in its path, which Ansible does not read as it stands`,
      hint: 'Set state.directory to a path without commas and without "$" before a name.',
      where: config.state?.directory === undefined ? { file } : places.place('/state/directory'),
    },
  ]
}

/** A calendar that nobody has read must not mean that there is no freeze. */
function freezesOf(
  declared: Declared,
  environment: string,
  calendar: Sources['calendar'],
): readonly Freeze[] {
  if (calendar === undefined && calendarOf(declared, environment))
    throw new Error('the declared calendar was not read')
  return calendar === 'unread' ? [] : (calendar ?? [])
}

/** What a node that could not be read would cause. */
const FOLLOWS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'config/canary-not-allowed',
  'config/outside-fleet',
  'config/runs-on',
  'config/runs-on-canary',
  'config/unknown-variable',
])

/**
 * Resolves one environment.
 * @throws PatchrunError with all problems of the lists, groups, domains, times and limits, ordered
 * by place (config/…);
 *   usage/no-environment, usage/unknown-environment
 */
export function resolveFleet(
  declared: Declared,
  sources: Sources,
  options: { readonly environment?: string } = {},
): Fleet {
  const { config, file } = declared
  const environment = chooseEnvironment(declared, options.environment)
  const lists = permits(declared, environment, sources.lists)
  const groups = grouping(declared, lists.allow, sources.inventory)
  const domains = failureDomains(declared, lists.allow, groups)
  const partitions = partitionsOf(declared, lists.allow)
  const timing = timingOf(declared, environment, freezesOf(declared, environment, sources.calendar))
  const scopes = {
    groups: ['all', ...Object.keys(groups.groupChildren)],
    partitions: config.scheduler || config.schedulers ? null : Object.keys(config.partitions ?? {}),
    hasDomains: config.failureDomains !== undefined,
  }
  const { policy, problems: policyProblems } = rolloutPolicy(declared, environment, scopes, timing)
  const shared = sharedNodes(declared, environment, lists.allow)
  const { schedulers, schedulerOf, problems } = schedulersOf(
    declared,
    lists,
    groups,
    sources.inventory,
  )
  const hosting = runsOn(declared, environment, lists)
  const state = statePlaceOf(declared)
  const found = ordered([
    ...lists.problems,
    ...groups.problems,
    ...domains.problems,
    ...shared,
    ...policyProblems,
    ...problems,
    ...hosting.problems,
    ...stateProblems(declared, state.stateDirectory),
  ])
  refuse(lists.unread ? found.filter(({ code }) => !FOLLOWS.has(code)) : found)
  const nodes = [...lists.allow.keys()].map((name): FleetNode => ({
    name,
    // What runs on a canary goes out with it.
    canary: lists.canary.has(name) || lists.canary.has(hosting.hypervisorOf.get(name) ?? name),
    groups: groups.groupsOf.get(name) ?? [],
    vars: groups.varsOf.get(name) ?? {},
    domains: domains.domainsOf.get(name) ?? [],
    partitions: partitions.get(name) ?? [],
    runsOn: hosting.hypervisorOf.get(name) ?? null,
    scheduler: schedulerOf.get(name) ?? null,
  }))
  return {
    name: config.fleet,
    environment,
    file,
    playbooks: playbooksOf(declared, environment),
    nodes,
    denied: [...lists.denied.keys()],
    groupVars: groups.groupVars,
    groupChildren: groups.groupChildren,
    policy,
    ansible: ansibleOf(declared, environment),
    schedulers,
    notify: notifyOf(declared, environment),
    ...state,
  }
}
