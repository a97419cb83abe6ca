// SPDX-License-Identifier: Apache-2.0
// How a rollout goes in one environment: what the environment sets anew goes over what the fleet
// sets, field by field.
import type { Problem } from '../../errors.js'
import type { Capacity, Changes, Drain, HealthGates, Rollout } from '../declare/config.generated.js'
import { parseDuration } from '../time/duration.js'
import { nearest } from '../names/nearest.js'
import { environmentsBefore } from '../declare/promotion.js'
import { patchrunSchema } from '../declare/schema.generated.js'
import type {
  ChangesPolicy,
  DrainPolicy,
  HealthGate,
  RolloutPolicy,
  Share,
  Timing,
} from '../declare/fleet.js'
import type { Declared } from '../declare/declaration.js'
import { escapePointer } from '../yaml/yaml-source.js'
import { shown } from '../yaml/yaml-text.js'

const defaults = patchrunSchema.definitions
const d = defaults.rollout.properties
const drains = defaults.drain.properties

/** What is declared, and where: `pointer('capacity', 'fleet')`. */
interface Chosen {
  readonly set: Rollout
  readonly pointer: (...path: readonly [keyof Rollout, ...string[]]) => string
}

function chosenFor({ config }: Declared, environment: string): Chosen {
  const [fleet, own] = [config.rollout, config.environments?.[environment]?.rollout]
  const set: Rollout = {
    ...fleet,
    ...own,
    budget: { ...fleet?.budget, ...own?.budget },
    retries: { ...fleet?.retries, ...own?.retries },
    capacity: { ...fleet?.capacity, ...own?.capacity },
    pause: { ...fleet?.pause, ...own?.pause },
  }
  const pointer: Chosen['pointer'] = (field, part, ...rest) => {
    const value: unknown =
      part === undefined
        ? own?.[field]
        : (own?.[field] as Readonly<Record<string, unknown>> | undefined)?.[part]
    const path = [field, ...(part === undefined ? [] : [part]), ...rest]
      .map(escapePointer)
      .join('/')
    return `${value === undefined ? '' : `/environments/${escapePointer(environment)}`}/rollout/${path}`
  }
  return { set, pointer }
}

/** Groups and partitions a limit may name. */
export interface Scopes {
  readonly groups: readonly string[]
  /** null: those of the scheduler count too, which are not known here. */
  readonly partitions: readonly string[] | null
  readonly hasDomains: boolean
}

/** @returns the policy, and what contradicts itself in it or names what is not there */
export function rolloutPolicy(
  declared: Declared,
  environment: string,
  scopes: Scopes,
  timing: Timing,
): { readonly policy: RolloutPolicy; readonly problems: readonly Problem[] } {
  const { config } = declared
  const chosen = chosenFor(declared, environment)
  const { set } = chosen
  const part = config.environments?.[environment]
  const policy: RolloutPolicy = {
    soak: parseDuration(set.soak ?? d.soak.default),
    waves: (set.waves ?? d.waves.default) as readonly Share[],
    maxFailed: (set.maxFailed ?? d.maxFailed.default) as Share,
    budget: {
      failed: shareOr(set.budget?.failed),
      unreachable: shareOr(set.budget?.unreachable),
      notConverged: shareOr(set.budget?.notConverged),
    },
    retries: retriesOf(set.retries),
    maxChanged: set.maxChanged ?? null,
    capacity: {
      fleet: shareOr(set.capacity?.fleet),
      groups: (set.capacity?.groups ?? {}) as Readonly<Record<string, Share>>,
      partitions: (set.capacity?.partitions ?? {}) as Readonly<Record<string, Share>>,
      domains: shareOr(set.capacity?.domains),
    },
    pause: {
      nodes: parseDuration(set.pause?.nodes ?? defaults.pause.properties.nodes.default),
      waves: parseDuration(set.pause?.waves ?? defaults.pause.properties.waves.default),
    },
    deadline: set.deadline === undefined ? null : parseDuration(set.deadline),
    timing,
    approval: [...new Set(set.approval ?? d.approval.default)],
    onNewCommit: set.onNewCommit ?? d.onNewCommit.default,
    health: healthOf(part?.health ?? config.health ?? []),
    promotion: {
      after: environmentsBefore(config, environment),
      soak: parseDuration(part?.soakBefore ?? defaults.environment.properties.soakBefore.default),
    },
    protected: part?.protected ?? defaults.environment.properties.protected.default,
    changes: changesOf(config.changes),
    drain: drainOf({ ...config.drain, ...part?.drain }),
  }
  return {
    policy,
    problems: [
      ...capacityProblems(declared, chosen, scopes),
      ...durationProblems(declared, chosen, policy),
    ],
  }
}

const shareOr = (share: number | string | undefined): Share | null =>
  (share ?? null) as Share | null

function retriesOf(set: Rollout['retries']): RolloutPolicy['retries'] {
  const { attempts, backoff, longest } = defaults.retries.properties
  return {
    attempts: set?.attempts ?? attempts.default,
    backoff: parseDuration(set?.backoff ?? backoff.default),
    longest: parseDuration(set?.longest ?? longest.default),
  }
}

function changesOf(set: Changes | undefined): ChangesPolicy {
  const { untagged, beyond } = defaults.changes.properties
  const { hot, drain, untagged: neither } = defaults.unforeseen.properties
  return {
    untagged: set?.untagged ?? untagged.default,
    beyond: set?.beyond ?? beyond.default,
    unforeseen: {
      hot: set?.unforeseen?.hot ?? hot.default,
      drain: set?.unforeseen?.drain ?? drain.default,
      untagged: set?.unforeseen?.untagged ?? neither.default,
    },
  }
}

const drainOf = (set: Drain): DrainPolicy => ({
  atOnce: (set.atOnce ?? drains.atOnce.default) as Share,
  timeout: parseDuration(set.timeout ?? drains.timeout.default),
  onTimeout: set.onTimeout ?? drains.onTimeout.default,
  reservations: set.reservations ?? drains.reservations.default,
  foreign: set.foreign ?? drains.foreign.default,
  hotFirst: set.hotFirst ?? drains.hotFirst.default,
  reboot: set.reboot ?? drains.reboot.default,
  rebootTimeout: parseDuration(set.rebootTimeout ?? drains.rebootTimeout.default),
  test: set.test ?? drains.test.default,
})

const healthOf = (gates: HealthGates): readonly HealthGate[] =>
  gates.map(({ name, role, at, vars }) => ({
    name,
    role,
    at: at ?? defaults.healthGate.properties.at.default,
    vars: vars ?? {},
  }))

/** A limit for what is not there would be none. */
function capacityProblems(
  { places }: Declared,
  { set, pointer }: Chosen,
  scopes: Scopes,
): Problem[] {
  const unknown = (
    code: Problem['code'],
    part: keyof Capacity,
    named: object | undefined,
    known: readonly string[],
    declare: string,
  ): Problem[] =>
    Object.keys(named ?? {})
      .filter((name) => !known.includes(name))
      .map((name) => {
        const meant = nearest(name, known)
        return {
          code,
          message: `capacity.${part} limits "${shown(name)}", which is declared nowhere`,
          hint: meant ? `Did you mean "${meant}"?` : declare,
          where: places.place(pointer('capacity', part, name), 'key'),
        }
      })
  const { groups, partitions, domains } = set.capacity ?? {}
  const problems = [
    ...unknown(
      'config/unknown-group',
      'groups',
      groups,
      scopes.groups,
      'Declare it under inventory.groups, or take it from inventory.source.',
    ),
    ...(scopes.partitions
      ? unknown(
          'config/unknown-partition',
          'partitions',
          partitions,
          scopes.partitions,
          'Declare it under partitions.',
        )
      : []),
  ]
  if (domains !== undefined && !scopes.hasDomains)
    problems.push({
      code: 'config/no-domains',
      message: 'a limit for each failure domain, and no failure domains',
      hint: 'Declare failureDomains, or take the limit out.',
      where: places.place(pointer('capacity', 'domains')),
    })
  return problems
}

function durationProblems(
  { places }: Declared,
  { set, pointer }: Chosen,
  { deadline, soak, retries }: RolloutPolicy,
): Problem[] {
  const problems: Problem[] = []
  if (deadline !== null && deadline <= soak)
    problems.push({
      code: 'config/deadline',
      message: 'the deadline is over before the soak is',
      hint: 'The deadline counts from the opening of a rollout: it must leave time for the canaries, the soak and all waves.',
      where: places.place(pointer('deadline')),
    })
  if (retries.longest < retries.backoff)
    problems.push({
      code: 'config/retries',
      message: 'the longest wait between two attempts is shorter than the first one',
      hint: 'Raise retries.longest, or lower retries.backoff.',
      where: places.place(
        pointer('retries', set.retries?.longest === undefined ? 'backoff' : 'longest'),
      ),
    })
  return problems
}
