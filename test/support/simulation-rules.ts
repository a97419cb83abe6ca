// SPDX-License-Identifier: Apache-2.0
// What must hold for every decision of a simulation. The rules keep books of their own: what was
// begun, what was seen, who approved what; they ask the core's state only for where a node stands.
import {
  applyOutcome,
  checkOutcome,
  lookOutcome,
  nodeState,
  planWaves,
  replay,
} from '../../lib/rollout/index.js'
import type {
  Action,
  Decision,
  JournalEvent,
  NodeOutcome,
  OpenStep,
  StepAction,
  WaitCode,
  Wave,
} from '../../lib/rollout/index.js'
import { flat, must, share } from './simulation-checks.js'
import type { Model } from './simulation-model.js'
import { Times } from './simulation-times.js'

export { flat, must, Violation } from './simulation-checks.js'

type Begun = Extract<Action, { readonly do: StepAction }>

export class Rules {
  /** The last look at a node since it was last touched or lost from sight. */
  readonly #seen = new Map<string, { verdict: string; at: number }>()
  /** Changed and not seen well since. */
  readonly #out = new Set<string>()
  /** An apply of it did not come out well. */
  readonly #undone = new Set<string>()
  readonly #unreachable = new Set<string>()
  /** Their change at this commit has begun at some time. */
  readonly #begun = new Set<string>()
  readonly #changed = new Set<string>()
  readonly #passed = new Set<string>()
  /** Hypervisors whose change has begun, and which were not seen GOOD since. */
  readonly #halfway = new Set<string>()
  readonly #approved: { readonly scope: string; readonly waves: string }[] = []
  readonly #times: Times
  #lastApply = -Infinity
  #since = 0

  constructor(private readonly model: Model) {
    this.#times = new Times(model)
  }

  check({ actions, waiting }: Decision): void {
    const { rollout, nodes } = this.model
    const names = new Set(nodes.map((n) => n.name))
    const steps = actions.filter((a): a is Begun => 'wave' in a)
    const named = steps.flatMap((a) => a.nodes)
    must(new Set(named).size === named.length, 'a node is in two actions')
    must(
      named.every((n) => names.has(n)),
      'an action names a node that is not permitted',
    )
    must(
      named.every((n) => nodeState(rollout, n).step === undefined),
      'a node is in two steps',
    )
    must(
      rollout.status === 'running' || actions.length === 0,
      `an action starts though the rollout is ${rollout.status}`,
    )
    must(
      !(actions.some((a) => a.do === 'halt') && actions.length > 1),
      'an action stands beside a halt',
    )
    if (!steps.every((s) => s.do === 'verify' || this.#isStarted(s)))
      this.#failures(
        nodes.filter((n) => n.canary).map((n) => n.name),
        nodes.filter((n) => !n.canary).map((n) => n.name),
      )
    const waves = planWaves(nodes, this.model.scenario.policy, null)
    this.#times.look(waves)
    const ahead = actions
      .flatMap((a) => (a.do === 'prepare' ? a.nodes : []))
      .map((n): Begun => ({
        do: 'detect',
        wave: waves.find((w) => w.nodes.includes(n))?.index ?? NaN,
        nodes: [n],
      }))
    for (const step of [...steps, ...ahead]) this.#step(step, waves) // a node is reached for ahead only where a look at it might begin
    this.#changes(
      steps.filter(
        (s) =>
          (s.do === 'apply' && (!s.full || !nodeState(rollout, s.nodes[0] as string).held)) ||
          (s.do === 'drain' && s.nodes.some((n) => !nodeState(rollout, n).held)),
      ),
    )
    if (actions.some((a) => a.do === 'finish')) this.#finish(waves)
    this.#times.pauses(waiting, waves)
    if (
      rollout.status === 'running' &&
      !actions.some((a) => a.do === 'halt' || a.do === 'finish')
    ) {
      const told = new Set([...named, ...waiting.flatMap((w) => w.nodes)])
      must(
        nodes.every((n) => told.has(n.name) || nodeState(rollout, n.name).stage === 'good'),
        'a node is lost: neither acted on, nor waiting, nor good',
      )
    }
  }

  #failures(canaries: readonly string[], others: readonly string[]): void {
    const {
      rollout,
      scenario: { policy },
    } = this.model
    const failed = (list: readonly string[]): string[] =>
      list.filter((n) => ['failed', 'quarantined'].includes(nodeState(rollout, n).stage))
    const hard = failed(canaries).filter(
      (n) =>
        nodeState(rollout, n).stage === 'quarantined' ||
        !['unreachable', 'hung'].includes(nodeState(rollout, n).failure?.cause ?? ''),
    )
    must(hard.length === 0, 'goes on though a canary failed')
    must(
      failed(others).length <= share(policy.maxFailed, others.length, Math.floor),
      'goes on beyond the failures that are endured',
    )
    for (const [name, causes] of [
      ['failed', ['failed', 'unknown', 'guard']],
      ['unreachable', ['unreachable', 'hung']],
      ['notConverged', ['not-converged']],
    ] as const) {
      const limit = policy.budget[name]
      const spent = failed(others).filter((n) =>
        (causes as readonly string[]).includes(nodeState(rollout, n).failure?.cause ?? 'failed'),
      )
      must(
        limit === null || spent.length <= share(limit, others.length, Math.floor),
        `goes on beyond the budget for ${name}`,
      )
    }
  }

  #isStarted({ do: action, nodes }: Begun): boolean {
    const isBegun = (node: string | undefined): boolean =>
      node !== undefined &&
      !['draining', undefined].includes(nodeState(this.model.rollout, node).held?.phase)
    return nodes.every((n) => {
      const { held } = nodeState(this.model.rollout, n)
      // What is out with its hypervisor is looked at with it, until that is finished.
      return (
        held !== undefined &&
        (isBegun(n) ||
          action === 'release' ||
          (nodes.includes(held.host ?? '') && isBegun(held.host)))
      )
    })
  }

  #step(begun: Begun, waves: readonly Wave[]): void {
    const { do: action, wave, nodes: list } = begun
    const {
      rollout,
      nodes,
      now,
      state,
      cluster,
      scenario: { policy, promotedAt, rewritten },
    } = this.model
    for (const n of list) {
      const { stage, failures, at } = nodeState(rollout, n)
      must(stage !== 'quarantined', 'a quarantined node is touched')
      if (stage === 'failed')
        must(
          failures < policy.retries.attempts &&
            now >=
              at + Math.min(policy.retries.longest, policy.retries.backoff * 2 ** (failures - 1)),
          'a failed node is tried before its time, or once too often',
        )
      if (action === 'verify') must(this.#out.has(n), 'verifies what was not changed')
      const guests = this.model.guestsOf(n)
      const full = 'full' in begun && begun.full === true
      if (action === 'release' || action === 'reboot' || (full && !this.model.unscheduled.has(n)))
        must(nodeState(rollout, n).held !== undefined, 'a visit of a node that is not held')
      if (full)
        must(
          guests.every((g) => nodeState(rollout, g).held !== undefined),
          'a hypervisor is changed while a node on it is not held',
        )
      this.#hosted(n, action, full)
      if (action === 'drain' || action === 'release')
        must(
          this.model.schedulerOf(n) !== null &&
            this.model.schedulerOf(n) === this.model.schedulerOf(list[0] as string),
          'a step of nodes that have no scheduler, or several',
        )
      if (action === 'drain' && !begun.foreign)
        must(
          !(cluster?.wasForeign(n) && cluster.by(n) === 'other' && !nodeState(rollout, n).held),
          'drains a node that was seen drained by somebody else',
        )
      if (action === 'apply' && !begun.full)
        must(this.#seen.get(n)?.verdict === 'HOT', 'apply without a fresh HOT verdict')
    }
    // A change that has begun is looked at again, whatever came between.
    if (action === 'verify') return
    // What may have begun is finished, what was only drained is given back.
    if (this.#isStarted(begun)) return
    const { pause } = state
    must(!pause || (pause.until !== undefined && now >= pause.until), 'begins though paused')
    must(!rollout.abort, 'begins though aborted')
    must(
      policy.deadline === null || now < this.#since + policy.deadline,
      'begins after the deadline',
    )
    must(
      policy.timing.freezes.every((f) => now < f.from || now >= f.to),
      'begins in a freeze',
    )
    must(
      promotedAt === null || now >= promotedAt + policy.promotion.soak,
      'begins before the environment it follows',
    )
    must(
      !rewritten || this.#approved.some((a) => a.scope === 'history'),
      'begins on a rewritten history that nobody approved',
    )
    if (action === 'check') return
    // An earlier wave may wait for the place of a node that is out, or that may be for all that is
    // known when a look at it was cut off: a look may end that.
    if (action === 'detect' && list.every((n) => this.#isTakenOut(n) || this.#begun.has(n))) return
    const canaries = new Set(nodes.filter((n) => n.canary).map((n) => n.name))
    const good = [...canaries].every(
      (n) =>
        this.#seen.get(n)?.verdict === 'GOOD' && now >= (this.#seen.get(n)?.at ?? 0) + policy.soak,
    )
    must(
      good || list.every((n) => canaries.has(n)),
      'a node outside the canary wave goes before the canaries are good and soaked',
    )
    this.#approvals(wave, waves)
    this.#gates(wave, waves)
  }

  /** Changed and not seen well since, or out of reach. */
  #isTakenOut = (node: string): boolean => this.#out.has(node) || this.#unreachable.has(node)

  /** What runs on a hypervisor goes out with it and comes back after it. */
  #hosted(node: string, action: StepAction, full: boolean): void {
    const host = this.model.hostOf(node)
    if (host === null) return
    must(
      !this.#halfway.has(host) || action === 'drain',
      `${action} of a node whose hypervisor is in the middle of its change`,
    )
    const { stage } = nodeState(this.model.rollout, host)
    if (full && nodeState(this.model.rollout, node).held?.phase === 'draining')
      must(stage !== 'drain', 'a node is changed by itself while its hypervisor waits for a visit')
  }

  #approvals(wave: number, waves: readonly Wave[]): void {
    const { approval } = this.model.scenario.policy
    const has = (scope: string, shown: readonly Wave[]): boolean =>
      this.#approved.some((a) => a.scope === scope && a.waves === JSON.stringify(shown))
    if (approval.includes('start') && wave === 0)
      must(has('start', waves), 'begins without an approval')
    if (wave === 0) return
    if (approval.includes('wide'))
      must(
        has(
          'wide',
          waves.filter((w) => w.index > 0),
        ),
        'goes wide without an approval of these nodes',
      )
    if (approval.includes('waves'))
      must(
        has(
          `wave${wave}`,
          waves.filter((w) => w.index === wave),
        ),
        'a wave begins without an approval of its nodes',
      )
  }

  #gates(wave: number, waves: readonly Wave[]): void {
    const {
      rollout,
      scenario: { policy },
    } = this.model
    const [gate] = policy.health
    const before = waves[waves.findIndex((w) => w.index === wave) - 1]
    if (!before) {
      const askable = (waves[0]?.nodes ?? []).some(
        (n) => !['failed', 'quarantined'].includes(nodeState(rollout, n).stage),
      )
      if (gate?.at.includes('start') && askable)
        must(this.#passed.has('start/-1'), 'begins before its health gate')
      return
    }
    const point = before.index === 0 ? 'canaries' : 'waves'
    if (
      gate?.at.includes(point) &&
      before.nodes.some((n) => nodeState(rollout, n).stage === 'good')
    )
      must(this.#passed.has(`${point}/${before.index}`), 'a wave begins before its health gate')
    this.#times.begins(before)
  }

  /**
   * All that is changed at once: capacity, the hard limit, the time that is left, the pause between
   * nodes.
   */
  #changes(steps: readonly Begun[]): void {
    const {
      rollout,
      now,
      scopes,
      outBefore,
      cluster,
      scenario: { policy },
    } = this.model
    const draining = new Set(
      [...rollout.steps.values()].flatMap((s) => (s.action === 'drain' ? s.nodes : [])),
    )
    // One of those that go out together may have been lost meanwhile, and joins them again.
    const joins = steps.filter(
      (s) => 'host' in s && s.nodes.some((n) => nodeState(rollout, n).held),
    )
    const chosen = steps.flatMap((s) => s.nodes.filter((n) => !nodeState(rollout, n).held))
    if (chosen.length === 0) return
    // A hypervisor has its place from when the nodes on it are drained.
    const called = (h: string): boolean =>
      this.model.guestsOf(h).some((g) => nodeState(rollout, g).held?.host === h)
    const isOut = (n: string): boolean =>
      outBefore.has(n) ||
      cluster?.by(n) === 'us' ||
      cluster?.wasOut(n) === true ||
      draining.has(n) ||
      called(n) ||
      this.#out.has(n) ||
      (this.#unreachable.has(n) && this.#seen.get(n) === undefined)
    for (const { name, limit, nodes } of scopes) {
      const fresh = chosen.filter((n) => nodes.includes(n) && !isOut(n))
      const allowed = Math.max(1, share(limit, nodes.length, Math.floor))
      must(
        fresh.length === 0 || nodes.filter(isOut).length + fresh.length <= allowed,
        `more nodes out than ${name} allows`,
      )
    }
    const total = new Set([...this.#changed, ...chosen]).size
    must(
      policy.maxChanged === null ||
        total <= policy.maxChanged ||
        chosen.every((n) => this.#changed.has(n)),
      'past the hard limit',
    )
    const alone = steps.filter((s) => !joins.includes(s) && !(s.do === 'apply' && s.full))
    const begins = alone.flatMap((s) => s.nodes)
    if (begins.length === 0) return
    this.#times.fit(alone)
    if (policy.pause.nodes === 0) return
    // Those that go out together for a hypervisor go as one, by a step for each of their schedulers.
    const hosts = new Set(alone.map((s) => ('host' in s ? s.host : undefined)))
    must(
      hosts.size === 1 &&
        (begins.length === 1 || !hosts.has(undefined)) &&
        [...rollout.steps.values()].every((s) => s.action !== 'apply'),
      'more than one node at a time',
    )
    must(now >= this.#lastApply + policy.pause.nodes, 'no pause between two nodes')
  }

  #finish(waves: readonly Wave[]): void {
    const {
      nodes,
      cluster,
      scenario: { policy },
    } = this.model
    must(
      nodes.every((n) => cluster?.by(n.name) !== 'us'),
      'finished though a node is left drained',
    )
    must(
      nodes.every((n) => this.#seen.get(n.name)?.verdict === 'GOOD'),
      'finished though a node was not seen GOOD',
    )
    if (policy.health[0]?.at.includes('end') && waves.length > 0)
      must(this.#passed.has('end/-1'), 'finished before the last health gate')
  }

  begun({ do: action, nodes }: Begun): void {
    if (action !== 'apply') return
    for (const n of nodes) {
      if (this.model.guestsOf(n).some((g) => nodeState(this.model.rollout, g).held?.host === n))
        this.#halfway.add(n)
      this.#out.add(n)
      this.#begun.add(n)
      this.#changed.add(n)
      this.#seen.delete(n)
    }
  }

  ended(step: OpenStep, outcomes: Readonly<Record<string, NodeOutcome>>): void {
    const { now } = this.model
    const { action, nodes } = step
    this.#times.ended(step, outcomes)
    if (action === 'apply') this.#lastApply = now
    if (step.action === 'check' && nodes.every((n) => checkOutcome(outcomes[n]).checked === 'pass'))
      this.#passed.add(`${step.check.point}/${step.check.after}`)
    for (const n of nodes) {
      const told = outcomes[n]
      const failure = told?.failure
      const applied = action === 'apply' ? applyOutcome(told).applied : undefined
      const looked = action === 'detect' || action === 'verify' ? told : undefined
      const { verdict: said, beyond } = looked ? lookOutcome(looked) : {}
      if (applied === 'ok') this.#undone.delete(n)
      else if (applied !== undefined) this.#undone.add(n)
      // What has to be done once more, or once at all, makes of GOOD what it needs.
      const verdict =
        said === 'GOOD' && (this.#undone.has(n) || !this.model.truth.get(n)?.complete)
          ? 'HOT'
          : said
      if (failure?.cause === 'unreachable' || failure?.cause === 'hung') this.#unreachable.add(n)
      else if (verdict === 'ERROR') this.#unreachable.delete(n)
      if (verdict === undefined) continue
      this.#seen.delete(n)
      if (verdict === 'ERROR' || verdict === 'UNKNOWN') continue
      this.#seen.set(n, { verdict, at: now })
      if (verdict === 'GOOD' && (action === 'verify' || !nodeState(this.model.rollout, n).held))
        this.#halfway.delete(n)
      this.#unreachable.delete(n)
      // After a change only GOOD brings it back; wanting the same change once more does not.
      if (action === 'detect' || verdict !== 'HOT' || beyond) this.#out.delete(n)
    }
  }

  /** An older rollout has begun to change it: at this commit nothing is known of it. */
  inherited = (node: string): void => void this.#out.add(node)

  lostSight = (node: string): void => {
    this.#seen.delete(node)
    this.#undone.add(node)
  }

  newRun(): void {
    this.#changed.clear()
    // A look from before is old: no change may rest on it.
    for (const [node, { verdict }] of this.#seen) if (verdict === 'HOT') this.#seen.delete(node)
  }

  retried = (): void => void (this.#since = this.model.now)

  approved(key: string, waves: readonly Wave[]): void {
    const scope = key.slice(0, key.indexOf('-'))
    const shown =
      scope === 'start'
        ? waves
        : scope === 'wide'
          ? waves.filter((w) => w.index > 0)
          : waves.filter((w) => `wave${w.index}` === scope)
    this.#approved.push({ scope, waves: JSON.stringify(shown) })
  }

  /** How it ended; a rollout that merely stands still must have said why. */
  checkEnd({ waiting }: Decision, events: readonly JournalEvent[]): string {
    const { rollout, state } = this.model
    must(rollout.steps.size === 0, 'ends with a step under way')
    must(
      this.model.forget !== undefined ||
        JSON.stringify(flat(replay(events))) === JSON.stringify(flat(state)),
      'replay and evolve disagree',
    )
    // What runs on a hypervisor that could not be finished stays drained, and is named with it.
    const left = this.model.nodes.filter(
      (n) =>
        this.model.cluster?.by(n.name) === 'us' &&
        // What an older rollout left waits for its turn.
        !nodeState(rollout, n.name).held?.inherited &&
        !['failed', 'quarantined'].includes(nodeState(rollout, n.name).stage) &&
        !(
          n.runsOn !== null &&
          (this.#halfway.has(n.runsOn) ||
            ['failed', 'quarantined'].includes(nodeState(rollout, n.runsOn).stage))
        ),
    )
    must(
      left.length === 0 || rollout.status === 'running',
      'ends with a node left drained that is not named',
    )
    if (rollout.status !== 'running') return rollout.halt?.code ?? rollout.status
    must(
      !waiting.some(
        ({ code, nodes }) =>
          (code === 'wave' || code === 'canary') &&
          nodes.some((n) => this.#isTakenOut(n) && !nodeState(rollout, n).held?.inherited),
      ),
      'stands still while a node that is out waits for others, which may wait for its place',
    )
    const codes = new Set(waiting.map((w) => w.code))
    must(
      ['drain', 'visit', 'capacity', ...(this.model.cluster ? ['window', 'limit'] : [])].some(
        (code) => codes.has(code as WaitCode),
      ),
      `stands still though nothing holds it: ${[...codes].join(', ')}`,
    )
    return codes.has('drain') || codes.has('visit') ? 'drain' : 'capacity'
  }
}
