// SPDX-License-Identifier: Apache-2.0
// The world of a simulation: nodes with a truth of their own, which the core only learns of through
// outcomes, steps that take their time, and people.
import type { Fleet, FleetNode } from '../../lib/fleet/declare/fleet.js'
import {
  evolve,
  isOnlyDrained,
  kindToDo,
  nodeState,
  NO_STATE,
  optionsOf,
  planWaves,
  withHeldSchedulers,
} from '../../lib/rollout/index.js'
import type {
  Actor,
  CapacityScope,
  Decision,
  EnvironmentState,
  JournalEvent,
  Changing,
  NodeOutcome,
  OpenStep,
  TaskRef,
  World,
} from '../../lib/rollout/index.js'
import { Cluster, managerOf } from './simulation-cluster.js'
import type { ManagerName } from './simulation-cluster.js'
import { must, Rules } from './simulation-rules.js'
import type { Scenario } from './simulation.js'
import { Truth, type How } from './simulation-truth.js'

const HANDLER: TaskRef = { task: 'restart', action: 'service', tags: [], file: 'site.yml', line: 9 }
const BY: Actor = { user: 'op', host: 'adm', pid: 1 }

export class Model {
  readonly cluster: Cluster | null
  readonly events: JournalEvent[] = []
  readonly rules: Rules
  state: EnvironmentState = NO_STATE
  now = 0
  nodes: FleetNode[]
  readonly truth = new Map<string, Truth>()
  /** Hypervisors that the scheduler does not know. */
  readonly unscheduled: ReadonlySet<string>
  readonly #ends = new Map<string, number>()
  readonly #prepared = new Set<string>()
  #isRedeclared = false
  #words = 0

  /** `forget`: what a faulty core would lose of its state. */
  constructor(
    readonly scenario: Scenario,
    readonly forget?: (state: EnvironmentState) => EnvironmentState,
  ) {
    let host: FleetNode | null = null
    this.nodes = scenario.nodes.map(({ canary, rack, role }, i) => {
      const runsOn = role === 'guest' ? host : null
      const node: FleetNode = {
        name: `n${i}`,
        canary: runsOn?.canary ?? canary,
        groups: [],
        vars: {},
        domains: [`rack${rack}`],
        partitions: [],
        runsOn: runsOn?.name ?? null,
        scheduler: managerOf(scenario.managers, i),
      }
      if (role === 'known' || role === 'unknown') host = node
      return node
    })
    const hosts = new Set(this.nodes.map((n) => n.runsOn))
    this.unscheduled = new Set(
      this.nodes
        .filter(
          ({ name, scheduler }, i) =>
            scenario.nodes[i]?.role === 'unknown' || (scheduler === null && hosts.has(name)),
        )
        .map((n) => n.name),
    )
    scenario.nodes.forEach((made, i) => this.truth.set(`n${i}`, new Truth(made)))
    this.cluster = scenario.scheduler
      ? new Cluster(this.#managers(this.nodes), this.nodes[scenario.odd ?? -1]?.name)
      : null
    this.rules = new Rules(this)
    this.#inherit()
    this.#record({
      type: 'opened',
      at: 0,
      rollout: 'r1',
      kind: 'forward',
      pin: { sha: 'a'.repeat(40), ref: 'main', subject: '' },
      previous: null,
      limit: null,
      by: BY,
      ...(scenario.rewritten && { history: 'rewritten' as const }),
    })
  }

  /** The nodes, each with the scheduler that works with it now. */
  get #nodesNow(): readonly FleetNode[] {
    const { current } = this.state
    const schedulers = this.cluster?.views.map(({ name }) => ({ name })) ?? []
    const fleet = { name: 'f', environment: 'e', nodes: this.nodes, schedulers }
    return current ? withHeldSchedulers(fleet as unknown as Fleet, current).nodes : this.nodes
  }

  #managers = (nodes: readonly FleetNode[]): ReadonlyMap<string, ManagerName> =>
    new Map(
      nodes.flatMap(({ name, scheduler }) =>
        this.unscheduled.has(name) || scheduler === null ? [] : [[name, scheduler as ManagerName]],
      ),
    )

  /** A node is declared for another scheduler than before, or for none. */
  #redeclare(): void {
    const { redeclares, managers } = this.scenario
    if (!redeclares || this.#isRedeclared || this.now < redeclares.at) return
    this.#isRedeclared = true
    const name = `n${redeclares.node}`
    if (this.guestsOf(name).length > 0) return
    const other = { slurm: 'fake', fake: 'slurm' } as const
    this.nodes = this.nodes.map((n) =>
      n.name !== name || n.scheduler === null
        ? n
        : { ...n, scheduler: managers === 'both' ? other[n.scheduler as ManagerName] : null },
    )
  }

  /** An older rollout, at another commit, has drained a node, and its change failed there. */
  #inherit(): void {
    const { inherits } = this.scenario
    const node = inherits === null ? undefined : this.nodes[inherits]
    if (!node || !this.cluster?.names.includes(node.name)) return
    if (node.runsOn !== null || this.guestsOf(node.name).length > 0) return
    const nodes = [node.name]
    const step = { at: 0, step: 's1', wave: 1, nodes, forks: 1 }
    const failure = { cause: 'failed', message: 'x' } as const
    this.#record({
      type: 'opened',
      at: 0,
      rollout: 'r0',
      kind: 'forward',
      pin: { sha: 'b'.repeat(40), ref: 'main', subject: '' },
      previous: null,
      limit: null,
      by: BY,
    })
    const scheduler = node.scheduler as ManagerName
    this.#record({ type: 'intended', action: 'drain', scheduler, ...step })
    this.#record({
      type: 'concluded',
      at: 0,
      step: 's1',
      tasks: [],
      nodes: { [node.name]: { drained: 'empty' } },
    })
    this.#record({ type: 'intended', action: 'apply', full: true, ...step, step: 's2' })
    this.#record({
      type: 'concluded',
      at: 0,
      step: 's2',
      tasks: [],
      nodes: { [node.name]: { applied: 'failed', failure } },
    })
    this.cluster.holdFromBefore(node.name, scheduler)
    this.rules.inherited(node.name)
  }

  get rollout() {
    const { current } = this.state
    must(current !== null, 'the rollout is lost')
    return current as NonNullable<typeof current>
  }

  get scopes(): readonly CapacityScope[] {
    const { fleet, racks } = this.scenario.capacity
    const names = this.nodes.map((n) => n.name)
    const domains = [...new Set(this.nodes.flatMap((n) => n.domains))]
    return [
      ...(fleet === null ? [] : [{ name: 'fleet', limit: fleet, nodes: names }]),
      ...(racks === null
        ? []
        : domains.map((d) => ({
            name: d,
            limit: racks,
            nodes: this.nodes.filter((n) => n.domains.includes(d)).map((n) => n.name),
          }))),
    ]
  }

  hostOf = (node: string): string | null => this.nodes.find((n) => n.name === node)?.runsOn ?? null
  schedulerOf = (node: string): string | null =>
    this.#nodesNow.find((n) => n.name === node)?.scheduler ?? null
  guestsOf = (node: string): readonly string[] =>
    this.nodes.filter((n) => n.runsOn === node).map((n) => n.name)

  get outBefore(): ReadonlySet<string> {
    return new Set(this.scenario.nodes.flatMap((n, i) => (n.outBefore ? [`n${i}`] : [])))
  }

  world(): World {
    const { scenario, state, now } = this
    const nodes = this.#nodesNow
    this.cluster?.assign(this.#managers(nodes))
    const { promotedAt } = scenario
    const promotion =
      promotedAt === null
        ? []
        : [{ environment: 'test', completedAt: now >= promotedAt ? promotedAt : null }]
    return {
      now,
      nodes,
      policy: scenario.policy,
      rollout: this.rollout,
      pause: state.pause,
      durations: state.durations,
      forks: scenario.forks,
      capacity: this.scopes,
      promotion,
      out: new Set([
        ...this.outBefore,
        ...(this.cluster
          ? nodes.flatMap((n) => (this.cluster?.wasOut(n.name) ? [n.name] : []))
          : []),
      ]),
      schedulers: this.cluster?.views ?? [],
      prepared: this.#prepared,
      processors: 1 + (scenario.forks % 3),
    }
  }

  #record(event: JournalEvent): void {
    this.events.push(event)
    const state = evolve(this.state, event)
    this.state = this.forget?.(state) ?? state
  }

  /** What nobody planned, at most one of it a turn. */
  accidents(roll: number | undefined): void {
    if (roll === undefined) return
    const { crashes, removals, words } = this.scenario
    const draw = roll % 100
    this.#redeclare()
    this.cluster?.pass(this.now, roll)
    if (this.cluster && Math.floor(roll / 100) % 100 < this.scenario.hands)
      this.cluster.drainByHand(roll)
    if (draw < crashes) this.#resume(roll)
    else if (draw >= 100 - removals) this.#remove(roll)
    else if (draw >= 50 && draw < 50 + words) this.#say(roll)
  }

  /**
   * The process died, or ended and was called again: open steps get no outcome, though some of what
   * they did has happened.
   */
  #resume(roll: number): void {
    this.cluster?.restart()
    for (const step of this.rollout.steps.values()) {
      const { action, nodes } = step
      this.cluster?.cut(step, roll)
      for (const [i, node] of nodes.entries()) {
        if (action === 'apply')
          this.#converge(
            node,
            step.full,
            (['whole', 'nothing', 'half', 'nothing'] as const)[(roll + i) % 4] ?? 'half',
          )
        if (action === 'apply') this.rules.lostSight(node)
      }
    }
    this.#ends.clear()
    this.#prepared.clear()
    this.rules.newRun()
    this.#record({ type: 'resumed', at: this.now, by: BY })
  }

  /** Somebody denies a node that is in no step just now. */
  #remove(roll: number): void {
    // One with a hypervisor cannot go alone: the declaration would be refused.
    const free = this.nodes.filter(
      (n) =>
        n.runsOn === null &&
        this.guestsOf(n.name).length === 0 &&
        nodeState(this.rollout, n.name).step === undefined &&
        !nodeState(this.rollout, n.name).held,
    )
    const canaries = this.nodes.filter((n) => n.canary).length
    const gone = free[roll % Math.max(1, free.length)]
    if (gone && !(gone.canary && canaries === 1)) this.nodes = this.nodes.filter((n) => n !== gone)
  }

  #say(roll: number): void {
    const at = this.now
    const order = `o${(this.#words += 1)}`
    const kind = Math.floor(roll / 100) % 10
    if (kind < 5)
      this.#record({
        type: 'paused',
        at,
        by: BY,
        scope: 'environment',
        order,
        ...(roll % 2 === 0 && { until: at + 1 + (roll % 50) }),
      })
    else if (kind < 7) this.#record({ type: 'unpaused', at, by: BY, order })
    else if (kind < 8) this.#record({ type: 'aborted', at, by: BY, rollout: 'r1', order })
    else if (kind === 8) {
      const nodes = this.nodes
        .map((n) => n.name)
        .filter((n) => isOnlyDrained(nodeState(this.rollout, n)))
      if (nodes.length > 0)
        this.#record({
          type: 'released',
          at,
          by: BY,
          rollout: 'r1',
          nodes,
          until: at + 1 + (roll % 200),
          order,
        })
    } else if (this.rollout.status === 'running' || this.rollout.status === 'halted') {
      this.#record({ type: 'retried', at, by: BY, nodes: null, order })
      this.rules.retried()
    }
  }

  /** Nothing happens but looking at the scheduler. */
  isIdle = ({ actions }: Decision): boolean =>
    this.rollout.steps.size === 0 && actions.every((a) => a.do === 'observe')

  /**
   * Starts what was decided, or lets time pass to what comes next. False when nothing is left to
   * happen.
   */
  act({ actions, waiting, wakeAt, done = [] }: Decision, roll: number): boolean {
    for (const { wave, since } of done)
      this.#record({ type: 'wave-done', at: this.now, wave, since })
    for (const action of actions) {
      if (action.do === 'halt') this.#record({ type: 'halted', at: this.now, halt: action.halt })
      else if (action.do === 'quarantine')
        this.#record({ type: 'quarantined', at: this.now, nodes: action.nodes })
      else if (action.do === 'finish') {
        must(
          this.nodes.every((n) => this.truth.get(n.name)?.complete),
          'finished though a node is not at the pin',
        )
        this.#record({ type: 'finished', at: this.now })
      } else if (action.do === 'observe')
        this.cluster?.observe(action.scheduler, this.now, roll % 100 < this.scenario.faults)
      else if (action.do === 'prepare') for (const node of action.nodes) this.#prepared.add(node)
      else {
        if (action.do === 'drain') for (const node of action.nodes) this.#prepared.delete(node)
        const step = `s${this.rollout.stepCount + 1}`
        this.rules.begun(action)
        this.#record({
          type: 'intended',
          at: this.now,
          step,
          wave: action.wave,
          nodes: action.nodes,
          forks: this.scenario.forks,
          // Nothing waits within a step here.
          ...kindToDo(action.do === 'drain' ? { ...action, wait: undefined } : action),
        })
        if ((action.do === 'apply' && action.full) || action.do === 'reboot')
          for (const node of action.nodes)
            for (const n of [node, ...this.guestsOf(node)])
              if (!this.unscheduled.has(n)) this.cluster?.mustBeEmpty(n)
        // A whole playbook and a reboot take longer than what may run under load.
        const times = action.do === 'reboot' || (action.do === 'apply' && action.full) ? 4 : 1
        this.#ends.set(step, this.now + times * (1 + ((roll * 13 + this.#ends.size * 5) % 30)))
      }
    }
    if (actions.length > 0) return true
    const [first] = [...this.rollout.steps.values()].sort(
      (a, b) => (this.#ends.get(a.step) ?? 0) - (this.#ends.get(b.step) ?? 0),
    )
    const ends = first && (this.#ends.get(first.step) ?? this.now)
    if (wakeAt !== null) must(wakeAt > this.now, 'waits for a time that has passed')
    this.cluster?.pass(this.now, 1)
    if (first && ends !== undefined && (wakeAt === null || ends <= wakeAt)) {
      this.now = Math.max(this.now, ends)
      this.#conclude(first, roll)
    } else if (wakeAt !== null && this.rollout.status === 'running') this.now = wakeAt
    else return this.rollout.status === 'running' && this.#listen(waiting)
    return true
  }

  /** Nothing moves without a person, or without a new run: here they come, in the end. */
  #listen(waiting: Decision['waiting']): boolean {
    const approval = waiting.find((w) => w.approval !== undefined)?.approval
    if (this.state.pause && waiting.some((w) => w.code === 'pause'))
      this.#record({ type: 'unpaused', at: this.now, by: BY })
    else if (approval !== undefined) {
      this.rules.approved(approval, planWaves(this.nodes, this.scenario.policy, null))
      this.#record({ type: 'approved', at: this.now, by: BY, rollout: 'r1', key: approval })
    } else if (waiting.some((w) => w.code === 'limit')) this.#resume(0)
    else if (waiting.some((w) => w.code === 'promotion'))
      this.now = Math.max(this.now, this.scenario.promotedAt ?? 0)
    else return false
    return true
  }

  #conclude(step: OpenStep, roll: number): void {
    const nodes = Object.fromEntries(
      step.nodes.flatMap((n, i) => this.#outcome(n, step, roll * 31 + i * 7)),
    )
    this.rules.ended(step, nodes)
    this.#record({ type: 'concluded', at: this.now, step: step.step, tasks: [HANDLER], nodes })
    for (const n of step.nodes)
      must(
        nodeState(this.rollout, n).stage !== 'good' || this.truth.get(n)?.complete === true,
        'a node is GOOD and is not what the commit says',
      )
  }

  #outcome(node: string, step: OpenStep, roll: number): [string, NodeOutcome][] {
    const { action, full, idle, scheduler } = optionsOf(step)
    const fault = roll % 100 < this.scenario.faults
    const cause = (['failed', 'unreachable', 'hung', 'unknown'] as const)[roll % 4] ?? 'failed'
    const failure = { cause, message: 'x' }
    if (action === 'check')
      return [[node, { checked: fault ? (roll % 3 === 0 ? 'fail' : 'inconclusive') : 'pass' }]]
    if (action === 'drain' && this.cluster)
      return [[node, this.cluster.drain(node, { idle: idle === true, scheduler }, fault, roll)]]
    if (action === 'release' && this.cluster)
      return [[node, this.cluster.release(node, this.schedulerOf(node), fault, roll)]]
    if (action === 'reboot')
      return [
        [
          node,
          fault
            ? roll % 3 === 0
              ? { rebooted: 'cut' }
              : { rebooted: 'failed', failure }
            : { rebooted: roll % 2 === 0 ? 'done' : 'not-needed' },
        ],
      ]
    if (action === 'apply') {
      if (fault && roll % 3 === 0) return []
      const done = this.#converge(
        node,
        full,
        !fault ? 'whole' : roll % 2 === 0 ? 'half' : 'nothing',
      )
      return [
        [
          node,
          fault
            ? { ...done, applied: roll % 3 === 1 ? 'cut' : 'failed', failure }
            : { ...done, applied: 'ok' },
        ],
      ]
    }
    if (fault)
      return [[node, roll % 2 === 0 ? { verdict: 'ERROR', failure } : { verdict: 'UNKNOWN' }]]
    const seen = this.truth.get(node)?.look()
    return seen ? [[node, seen]] : []
  }

  #converge(node: string, full = false, how: How): Changing {
    const truth = this.truth.get(node)
    must(
      how === 'nothing' || full || truth?.need !== 'drain',
      'a node that needs a drain was changed',
    )
    return truth?.apply(full, nodeState(this.rollout, node).unfinished !== undefined, how) ?? {}
  }
}
