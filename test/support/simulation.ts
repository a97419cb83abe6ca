// SPDX-License-Identifier: Apache-2.0
// Drives decide and evolve through a random life of a rollout, and holds every decision against what must never
// happen. The nodes here are a model with a truth of its own, which the core only learns of through outcomes.
import fc from 'fast-check'
import type { FleetNode, RolloutPolicy } from '../../lib/fleet/types.js'
import { evolve, nodeState, NO_STATE, replay } from '../../lib/rollout/index.js'
import type { Action, Decision, EnvironmentState, JournalEvent, NodeOutcome, StepAction, World } from '../../lib/rollout/index.js'

export type Decide = (world: World) => Decision
type Need = 'none' | 'hot' | 'drain'

export interface Scenario {
  readonly nodes: readonly { readonly canary: boolean; readonly need: Need }[]
  readonly policy: RolloutPolicy
  /** Percent of outcomes that are faults. */
  readonly faults: number
  /** Percent of turns in which the process is killed, or a node is taken off the list. */
  readonly crashes: number
  readonly removals: number
  /** One draw a turn; used up, the rest of the life is without accidents. */
  readonly dice: readonly number[]
}

const share = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100 }).map((n) => `${n}%` as const))

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  // Few canaries, and few of them in need of a drain: most lives are to get beyond the canary wave.
  nodes: fc.array(fc.record({ canary: fc.nat({ max: 9 }).map((n) => n === 0), need: fc.constantFrom<Need>('none', 'hot', 'hot', 'hot', 'drain') }), { minLength: 1, maxLength: 25 })
    .map(([first, ...rest]) => [{ canary: true, need: first?.need ?? 'hot' }, ...rest])
    .chain((nodes) => fc.nat({ max: 9 }).map((n) => (n === 0 ? nodes : nodes.map((o) => (o.canary && o.need === 'drain' ? { ...o, need: 'hot' as const } : o))))),
  policy: fc.record({
    soak: fc.integer({ min: 0, max: 100 }),
    waves: fc.array(share, { maxLength: 4 }),
    maxFailed: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 100 }).map((n) => `${n}%` as const)),
    untagged: fc.constant('drain' as const),
  }),
  faults: fc.constantFrom(0, 0, 3, 10),
  crashes: fc.constantFrom(0, 0, 5, 15),
  removals: fc.constantFrom(0, 0, 3),
  dice: fc.array(fc.nat({ max: 99_999 }), { minLength: 40, maxLength: 120 }),
})

/** Thrown for what must never happen. */
export class Violation extends Error {}
const must = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what)
}

export interface Life {
  readonly events: readonly JournalEvent[]
  readonly state: EnvironmentState
  readonly turns: number
}

const ACTOR = { user: 'op', host: 'adm', pid: 1 }

/** Lives the scenario to its end with this decide. Throws a Violation. */
export function live(scenario: Scenario, decide: Decide): Life {
  const model = new Model(scenario)
  model.record({ type: 'opened', at: 0, rollout: 'r1', pin: { sha: 'a'.repeat(40), ref: 'main', subject: '' }, previous: null, limit: null, by: ACTOR })
  let turns = 0
  for (; turns < 2_000; turns++) {
    const roll = scenario.dice[turns]
    if (roll !== undefined && roll % 100 < scenario.crashes) model.crash(roll)
    else if (roll !== undefined && roll % 100 >= 100 - scenario.removals) model.remove(roll)
    const decision = decide(model.world())
    model.check(decision)
    if (!model.act(decision, roll ?? 0)) break
  }
  must(turns < 2_000, 'the rollout does not come to an end')
  model.checkEnd()
  return { events: model.events, state: model.state, turns }
}

class Model {
  readonly events: JournalEvent[] = []
  state: EnvironmentState = NO_STATE
  private now = 0
  private nodes: FleetNode[]
  private readonly need = new Map<string, Need>()
  /** What the core may rely on: the last look at this node since it was last touched or lost from sight. */
  private readonly seen = new Map<string, { verdict: string; at: number }>()

  constructor(private readonly scenario: Scenario) {
    this.nodes = scenario.nodes.map(({ canary }, i) => ({ name: `n${i}`, canary, groups: [], vars: {}, domains: [] }))
    scenario.nodes.forEach(({ need }, i) => this.need.set(`n${i}`, need))
  }

  private get rollout() {
    const { current } = this.state
    if (!current) throw new Violation('the rollout is lost')
    return current
  }

  world(): World {
    return { now: this.now, nodes: this.nodes, policy: this.scenario.policy, rollout: this.rollout }
  }

  record(event: JournalEvent): void {
    this.events.push(event)
    this.state = evolve(this.state, event)
  }

  /** The process dies: open steps get no outcome, though some of what they did has happened. */
  crash(roll: number): void {
    for (const { action, nodes } of this.rollout.steps.values()) {
      for (const [i, node] of nodes.entries()) {
        if (action === 'apply') {
          if ((roll + i) % 2 === 0) this.converge(node)
          this.seen.delete(node)
        }
      }
    }
    // A look from before the crash is old: no change may rest on it.
    for (const [node, { verdict }] of this.seen) if (verdict === 'HOT') this.seen.delete(node)
    this.record({ type: 'resumed', at: this.now, by: ACTOR })
  }

  /** Somebody denies a node that is in no step just now. */
  remove(roll: number): void {
    const free = this.nodes.filter((n) => nodeState(this.rollout, n.name).step === undefined)
    const canaries = this.nodes.filter((n) => n.canary).length
    const gone = free[roll % Math.max(1, free.length)]
    if (gone && !(gone.canary && canaries === 1)) this.nodes = this.nodes.filter((n) => n !== gone)
  }

  check({ actions, waiting }: Decision): void {
    const { rollout, nodes, scenario } = this
    const names = new Set(nodes.map((n) => n.name))
    const steps = actions.filter((a): a is Extract<Action, { wave: number }> => 'nodes' in a)
    const named = steps.flatMap((a) => a.nodes)
    must(new Set(named).size === named.length, 'a node is in two actions')
    must(named.every((n) => names.has(n)), 'an action names a node that is not permitted')
    must(named.every((n) => nodeState(rollout, n).step === undefined), 'a node is in two steps')
    must(rollout.status === 'running' || actions.length === 0, `an action starts though the rollout is ${rollout.status}`)
    must(!(actions.some((a) => a.do === 'halt') && actions.length > 1), 'an action stands beside a halt')
    const canaries = nodes.filter((n) => n.canary)
    const open = canaries.every((n) => this.seen.get(n.name)?.verdict === 'GOOD' && this.now >= (this.seen.get(n.name)?.at ?? 0) + scenario.policy.soak)
    must(open || named.every((n) => canaries.some((c) => c.name === n)), 'a node outside the canary wave goes before the canaries are good and soaked')
    for (const { do: action, nodes: list } of steps) {
      if (action === 'apply') must(list.every((n) => this.seen.get(n)?.verdict === 'HOT'), 'apply without a fresh HOT verdict')
    }
    const others = nodes.filter((n) => !n.canary)
    const failed = others.filter((n) => nodeState(rollout, n.name).stage === 'failed').length
    const { maxFailed } = scenario.policy
    const endured = typeof maxFailed === 'number' ? maxFailed : Math.floor((Number.parseInt(maxFailed, 10) * others.length) / 100)
    must(failed <= endured || steps.length === 0, 'goes on beyond the failures that are endured')
    must(canaries.every((n) => nodeState(rollout, n.name).stage !== 'failed') || steps.length === 0, 'goes on though a canary failed')
    if (rollout.status === 'running' && !actions.some((a) => a.do === 'halt' || a.do === 'finish')) {
      const told = new Set([...named, ...waiting.flatMap((w) => w.nodes)])
      must(nodes.every((n) => told.has(n.name) || nodeState(rollout, n.name).stage === 'good'), 'a node is lost: neither acted on, nor waiting, nor good')
    }
  }

  /** Starts what was decided, or lets a step end, or time pass. False when nothing is left to happen. */
  act({ actions, wakeAt }: Decision, roll: number): boolean {
    for (const action of actions) {
      if (action.do === 'halt') this.record({ type: 'halted', at: this.now, halt: action.halt })
      else if (action.do === 'finish') {
        must(this.nodes.every((n) => this.need.get(n.name) === 'none' && this.seen.get(n.name)?.verdict === 'GOOD'), 'finished though a node is not at the pin')
        this.record({ type: 'finished', at: this.now })
      } else this.record({ type: 'intended', at: this.now, step: `s${this.rollout.stepCount + 1}`, action: action.do, wave: action.wave, nodes: action.nodes })
    }
    const open = [...this.rollout.steps.values()]
    const step = open[roll % Math.max(1, open.length)]
    if (step) {
      this.now += 1
      const nodes = Object.fromEntries(step.nodes.flatMap((n, i) => this.outcome(n, step.action, roll * 31 + i * 7)))
      this.record({ type: 'concluded', at: this.now, step: step.step, tasks: [], nodes })
    } else if (wakeAt !== null && this.rollout.status === 'running') {
      must(wakeAt > this.now, 'waits for a time that has passed')
      this.now = wakeAt
    } else return actions.length > 0
    return true
  }

  private outcome(node: string, action: StepAction, roll: number): [string, NodeOutcome][] {
    const fault = roll % 100 < this.scenario.faults
    if (action === 'apply') {
      this.seen.delete(node)
      if (fault && roll % 3 === 0) return []
      if (!fault || roll % 2 === 0) this.converge(node)
      return [[node, fault ? { applied: roll % 3 === 1 ? 'cut' : 'failed' } : { applied: 'ok' }]]
    }
    const verdict = fault ? (roll % 2 === 0 ? 'ERROR' : 'UNKNOWN') : ({ none: 'GOOD', hot: 'HOT', drain: 'DRAIN' } as const)[this.need.get(node) ?? 'none']
    this.seen.set(node, { verdict, at: this.now })
    return [[node, { verdict }]]
  }

  private converge(node: string): void {
    must(this.need.get(node) !== 'drain', 'a node that needs a drain was changed')
    this.need.set(node, 'none')
  }

  checkEnd(): void {
    const { rollout } = this
    must(rollout.steps.size === 0, 'ends with a step under way')
    if (rollout.status === 'running') must(this.nodes.some((n) => nodeState(rollout, n.name).stage === 'drain'), 'stands still though no node waits for a drain')
    must(JSON.stringify(flat(replay(this.events))) === JSON.stringify(flat(this.state)), 'replay and evolve disagree')
  }
}

/** Maps as arrays, so that two states can be compared as text. */
export const flat = (state: EnvironmentState): unknown =>
  state.current && { ...state, current: { ...state.current, nodes: [...state.current.nodes], steps: [...state.current.steps] } }
