// SPDX-License-Identifier: Apache-2.0
// Drives decide and evolve through a random life of a rollout: nodes that fail, links that break,
// processes that are killed, people who pause, approve, abort and retry, times that close. Every
// decision is held against the rules.
import fc from 'fast-check'
import type { RolloutPolicy, Share } from '../../lib/fleet/declare/fleet.js'
import type { Decision, EnvironmentState, JournalEvent, World } from '../../lib/rollout/index.js'
import type { Managers } from './simulation-cluster.js'
import { Model } from './simulation-model.js'
import { FREE } from './policy.js'
import { must } from './simulation-rules.js'
import type { Made } from './simulation-truth.js'

export type Decide = (world: World) => Decision
export type Need = 'none' | 'hot' | 'drain'
/** A guest runs on the last hypervisor before it; only a known one is a node of the scheduler. */
export type Role = 'plain' | 'guest' | 'known' | 'unknown'

export interface Scenario {
  readonly nodes: readonly (Made & {
    readonly canary: boolean
    readonly rack: number
    readonly outBefore: boolean
    readonly role: Role
  })[]
  readonly policy: RolloutPolicy
  readonly capacity: { readonly fleet: Share | null; readonly racks: Share | null }
  readonly forks: number
  /** There is a scheduler, with jobs on its nodes. */
  readonly scheduler: boolean
  readonly managers: Managers
  /** Percent of turns in which somebody drains a node by hand. */
  readonly hands: number
  /** Number of a node that an older rollout drained, and began to change; null: there is none. */
  readonly inherits: number | null
  /** Number of a node that is declared for another scheduler, or for none, from some time on. */
  readonly redeclares: { readonly node: number; readonly at: number } | null
  /** Number of a node of which the scheduler never answers clearly. */
  readonly odd: number | null
  /** When the environment before this one completes the pin; null: there is none. */
  readonly promotedAt: number | null
  /** The pin does not descend from the remembered one. */
  readonly rewritten: boolean
  /** Percent of outcomes that are faults. */
  readonly faults: number
  /**
   * Percent of turns in which the process is killed, a node is taken off the list, a person says
   * something.
   */
  readonly crashes: number
  readonly removals: number
  readonly words: number
  /** One draw a turn; used up, the rest of the life is without accidents. */
  readonly dice: readonly number[]
}

const share = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.integer({ min: 1, max: 100 }).map((n): Share => `${n}%`),
)
const seldom = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })
const often0 = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 80 }) },
)

const always = <T extends object>(value: T): { [K in keyof T]: fc.Arbitrary<T[K]> } =>
  Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fc.constant(v as unknown)])) as {
    [K in keyof T]: fc.Arbitrary<T[K]>
  }

const policy: fc.Arbitrary<RolloutPolicy> = fc.record({
  soak: fc.integer({ min: 0, max: 100 }),
  waves: fc.array(share, { maxLength: 4 }),
  maxFailed: fc.oneof(
    fc.integer({ min: 0, max: 5 }),
    fc.integer({ min: 0, max: 100 }).map((n): Share => `${n}%`),
  ),
  budget: fc.record({
    failed: seldom(fc.integer({ min: 0, max: 3 })),
    unreachable: seldom(fc.integer({ min: 0, max: 3 })),
    notConverged: seldom(fc.integer({ min: 0, max: 3 })),
  }),
  retries: fc.record({
    attempts: fc.integer({ min: 1, max: 5 }),
    backoff: fc.integer({ min: 1, max: 60 }),
    longest: fc.integer({ min: 60, max: 200 }),
  }),
  maxChanged: seldom(fc.integer({ min: 1, max: 12 })),
  capacity: fc.constant({ fleet: null, groups: {}, partitions: {}, domains: null }),
  pause: fc.record({ nodes: often0, waves: often0 }),
  deadline: seldom(fc.integer({ min: 50, max: 2_000 })),
  timing: fc.record({
    zone: fc.constant('UTC'),
    windows: fc.constant([]),
    freezes: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.array(
          fc
            .tuple(fc.nat({ max: 1_500 }), fc.integer({ min: 1, max: 200 }))
            .map(([from, length]) => ({ from, to: from + length, reason: 'freeze' })),
          { minLength: 1, maxLength: 4 },
        ),
      },
    ),
    expected: fc.integer({ min: 0, max: 60 }),
  }),
  approval: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(['start', 'wide', 'waves'] as const) },
  ),
  onNewCommit: fc.constant('finish' as const),
  health: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc
        .subarray(['start', 'canaries', 'waves', 'end'] as const)
        .map((at) => [{ name: 'g', role: 'r', at, vars: {} }]),
    },
  ),
  promotion: fc.record({ after: fc.constant([]), soak: fc.nat({ max: 50 }) }),
  protected: fc.constant(false),
  changes: fc.constant(FREE.changes),
  drain: fc.record({
    ...always(FREE.drain),
    rebootTimeout: fc.integer({ min: 1, max: 60 }),
    atOnce: share,
    timeout: fc.integer({ min: 20, max: 400 }),
    onTimeout: fc.constantFrom('wait' as const, 'release' as const, 'ask' as const),
    foreign: fc.constantFrom('leave' as const, 'patch' as const),
  }),
})

/** Most hypervisors need a drain: what comes of that is what such a life is about. */
const hosted = (node: Scenario['nodes'][number]): Scenario['nodes'][number] =>
  (node.role === 'known' || node.role === 'unknown') && node.rack > 0
    ? { ...node, need: 'drain' }
    : node

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  // Few canaries, and few of them in need of a drain: most lives are to get beyond the canary wave.
  nodes: fc
    .array(
      fc.record({
        canary: fc.nat({ max: 9 }).map((n) => n === 0),
        need: fc.constantFrom<Need>('none', 'hot', 'hot', 'hot', 'drain'),
        blind: fc.constantFrom<Made['blind']>(
          'none',
          'none',
          'none',
          'none',
          'none',
          'none',
          'none',
          'HOT',
          'HOT',
          'DRAIN',
        ),
        handler: fc.boolean(),
        hides: fc.nat({ max: 4 }).map((n) => n === 0),
        rack: fc.nat({ max: 3 }),
        outBefore: fc.nat({ max: 14 }).map((n) => n === 0),
        role: fc.constantFrom<Role>(
          'plain',
          'plain',
          'plain',
          'guest',
          'guest',
          'guest',
          'guest',
          'known',
          'unknown',
        ),
      }),
      { minLength: 1, maxLength: 25 },
    )
    .map(([first, ...rest]): Scenario['nodes'][number][] => [
      {
        need: 'hot',
        blind: 'none',
        handler: true,
        hides: false,
        rack: 0,
        outBefore: false,
        role: 'plain',
        ...first,
        canary: true,
      },
      ...rest,
    ])
    .chain((nodes) =>
      fc
        .boolean()
        .map((hosting) =>
          hosting ? nodes.map(hosted) : nodes.map((o) => ({ ...o, role: 'plain' as const })),
        ),
    )
    .chain((nodes) =>
      fc.nat({ max: 9 }).map((n) =>
        n === 0
          ? nodes
          : nodes.map((o) =>
              o.canary
                ? {
                    ...o,
                    need: o.need === 'drain' ? ('hot' as const) : o.need,
                    blind: o.blind === 'DRAIN' ? ('HOT' as const) : o.blind,
                  }
                : o,
            ),
      ),
    ),
  policy,
  capacity: fc.record({ fleet: seldom(share), racks: seldom(share) }),
  forks: fc.integer({ min: 1, max: 8 }),
  scheduler: fc.boolean(),
  managers: fc.constantFrom<Managers>('slurm', 'slurm', 'fake', 'both'),
  inherits: seldom(fc.nat({ max: 24 })),
  redeclares: seldom(fc.record({ node: fc.nat({ max: 24 }), at: fc.nat({ max: 300 }) })),
  hands: fc.constantFrom(0, 0, 0, 2),
  odd: fc.constantFrom(null, null, null, 0, 1),
  promotedAt: seldom(fc.nat({ max: 300 })),
  rewritten: fc.nat({ max: 9 }).map((n) => n === 0),
  faults: fc.constantFrom(0, 0, 3, 10, 30),
  crashes: fc.constantFrom(0, 0, 5, 15),
  removals: fc.constantFrom(0, 0, 3),
  words: fc.constantFrom(0, 0, 8),
  dice: fc.array(fc.nat({ max: 99_999 }), { minLength: 40, maxLength: 160 }),
})

export interface Life {
  readonly events: readonly JournalEvent[]
  readonly state: EnvironmentState
  /** Decisions that were made and checked. */
  readonly turns: number
  /** How it ended: a status, or what the last decision waited for. */
  readonly end: string
}

/** Lives the scenario to its end with this decide. Throws a Violation. */
export function live(
  scenario: Scenario,
  decide: Decide,
  forget?: (state: EnvironmentState) => EnvironmentState,
): Life {
  const model = new Model(scenario, forget)
  let turns = 0
  let decision: Decision | undefined
  for (; turns < 3_000; turns++) {
    model.accidents(scenario.dice[turns])
    decision = decide(model.world())
    model.rules.check(decision)
    // A scheduler is asked again and again: what waits for people there waits for ever.
    if (scenario.scheduler && turns > scenario.dice.length + 600 && model.isIdle(decision)) break
    if (!model.act(decision, scenario.dice[turns] ?? turns * 7919)) break
  }
  must(turns < 3_000, 'the rollout does not come to an end')
  return {
    events: model.events,
    state: model.state,
    turns: turns + 1,
    end: model.rules.checkEnd(decision as Decision, model.events),
  }
}
