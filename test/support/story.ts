// SPDX-License-Identifier: Apache-2.0
// A life of a rollout, told minute by minute, beside a cluster whose nodes are idle: what would
// begin at a minute, and what waits.
import { decide, evolve, NO_STATE } from '../../lib/rollout/index.js'
import type {
  CapacityScope,
  Decision,
  EnvironmentState,
  JournalEvent,
  NodeOutcome,
  RolloutState,
  StepAction,
} from '../../lib/rollout/index.js'
import type { RolloutPolicy } from '../../lib/fleet/declare/fleet.js'
import { NO_RUN_TIMES } from '../../lib/workload/slurm/run-times.js'
import { nodeOf, policyOf, worldFor } from './policy.js'
import { stepKind } from './step-kind.js'
import { slurmView } from './scheduler-view.js'

export const MIN = 60_000
export const BY = { user: 'op', host: 'adm', pid: 1 }
export const NODES = [
  nodeOf('c1', { canary: true }),
  ...['a1', 'a2', 'b1', 'b2'].map((name) => nodeOf(name)),
]
export const POLICY: Partial<RolloutPolicy> = {
  waves: [2, '100%'],
  maxFailed: 1,
  pause: { nodes: 0, waves: 30 * MIN },
  retries: { attempts: 3, backoff: MIN, longest: MIN },
}

export class Story {
  #state: EnvironmentState
  #steps = 0

  constructor() {
    this.#state = evolve(NO_STATE, {
      type: 'opened',
      at: 0,
      rollout: 'r1',
      kind: 'forward',
      pin: { sha: 'a'.repeat(40), ref: 'main', subject: '' },
      previous: null,
      limit: null,
      by: BY,
    })
  }

  tell(event: JournalEvent): this {
    this.#state = evolve(this.#state, event)
    return this
  }

  /** A step over these nodes, from and to in minutes. */
  step(
    action: StepAction,
    [from, to]: readonly [number, number],
    nodes: Readonly<Record<string, NodeOutcome>>,
    full?: true,
  ): this {
    const step = `s${(this.#steps += 1)}`
    this.#note(from)
    this.tell({
      type: 'intended',
      at: from * MIN,
      step,
      ...stepKind(action, full && { full }),
      wave: 1,
      nodes: Object.keys(nodes),
    }).tell({ type: 'concluded', at: to * MIN, step, tasks: [], nodes })
    this.#note(to)
    return this
  }

  /** As the engine does after each decision. */
  #note(minute: number): void {
    for (const done of this.#decide(minute).done ?? [])
      this.tell({ type: 'wave-done', at: minute * MIN, ...done })
  }

  /** The visit of a drained node, given back at `end`. */
  visit(node: string, begin: number, end: number): this {
    return this.step('drain', [begin, end - 5], { [node]: { drained: 'empty' } })
      .step('apply', [end - 5, end - 4], { [node]: { applied: 'ok' } }, true)
      .step('reboot', [end - 4, end - 3], { [node]: { rebooted: 'done' } })
      .step('verify', [end - 3, end - 2], { [node]: { verdict: 'GOOD' } })
      .step('release', [end - 2, end], { [node]: { released: 'ok' } })
  }

  /** What begins at that minute, and until which minute nodes wait for a pause. */
  at(
    minute: number,
    policy: Partial<RolloutPolicy> = {},
    capacity: readonly CapacityScope[] = [],
  ): { readonly begins: readonly string[]; readonly pause: readonly string[] } {
    const { actions, waiting } = this.#decide(minute, policy, capacity)
    return {
      begins: actions.flatMap((a) =>
        'nodes' in a && a.do !== 'quarantine' ? a.nodes.map((n) => `${a.do} ${n}`) : [],
      ),
      pause: waiting.flatMap((w) =>
        w.code === 'pace' || w.code === 'soak'
          ? w.nodes.map((n) => `${n} until ${(w.until ?? NaN) / MIN}`)
          : [],
      ),
    }
  }

  #decide(
    minute: number,
    policy: Partial<RolloutPolicy> = {},
    capacity: readonly CapacityScope[] = [],
  ): Decision {
    const now = minute * MIN
    const workload = {
      at: now,
      nodes: new Map(
        NODES.map(({ name }) => [
          name,
          {
            name,
            state: ['IDLE'],
            reason: '',
            reasonBy: '',
            features: [],
            partitions: [],
            cpus: 2,
            allocated: 0,
            boot: 1,
          },
        ]),
      ),
      jobs: [],
      reservations: [],
      ended: NO_RUN_TIMES,
      results: {},
    }
    const scheduler = slurmView({
      prefix: 'patchrun ',
      every: 1_000,
      silent: null,
      looking: { now: false, watch: false },
      workload,
    })
    return decide({
      ...worldFor(this.#state.current as RolloutState, NODES, {
        policy: policyOf({ ...POLICY, ...policy }),
        schedulers: [scheduler],
      }),
      capacity,
      now,
    })
  }
}
