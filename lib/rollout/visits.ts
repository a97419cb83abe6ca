// SPDX-License-Identifier: Apache-2.0
// Visits: drain -> (empty) -> apply -> reboot -> verify -> release, a node at a time. Which nodes begin one is asked of capacity,
// window and the scheduler's word; one whose change has begun goes on to its end whatever comes between.
import { rememberedStretches, DAY } from '../fleet/time-zone.js'
import { describeJobs, isForeign, jobsByNode, schedulerName, useOf } from '../workload/use.js'
import type { NodeUse } from '../workload/use.js'
import { drained, expectedDrainVisit } from './capacity.js'
import type { Slots } from './capacity.js'
import { shareOf } from './waves.js'
import { isBack } from './left.js'
import { drainOrder } from './order.js'
import type { Turn } from './order.js'
import type { StepAction } from './events.js'
import { nodeState } from './state.js'
import type { Held, NodeState, RolloutState } from './state.js'
import { timeGate } from './windows.js'
import { moment } from './windows-words.js'
import type { Action, Hold, SchedulerView, Waiting, World } from './world.js'

/** Given back because time was over: not drained again before this has passed, ms. */
const POSTPONE = 600_000
/** How long the step that drains a node may wait for it to be empty, ms: what is empty by then is changed without asking anew. */
const PATIENCE = 30_000

interface NextStep {
  readonly do: Exclude<StepAction, 'check'>
  readonly full?: true
  readonly foreign?: true
  readonly postpone?: number
  readonly wait?: number
}

export class Visits {
  readonly actions: Action[] = []
  readonly waiting: Waiting[] = []
  /** Nodes that are ready for a visit, whatever the capacity, in the order in which they come. */
  readonly order: Turn[] = []
  readonly #uses = new Map<string, NodeUse | null>()
  readonly #watch: string[] = []
  #wanted = false
  /** Nodes wait for a look that is new enough. */
  #stale = false
  #held: number
  /** Visits that have an Ansible of their own just now. */
  #going: number

  constructor(private readonly world: World, private readonly view: SchedulerView, private readonly closed: Hold | null) {
    const { workload, names, prefix } = view
    const jobs = workload && jobsByNode(workload)
    if (workload && jobs) for (const { name } of world.nodes) this.#uses.set(name, useOf(workload, schedulerName(name, names), prefix, jobs))
    this.#held = drained(world.rollout).filter((node) => this.#uses.has(node) || !isBack(world, node)).length
    this.#going = underWay(world.rollout)
  }

  /** The next step of nodes in the middle of a visit. `hold`: their wave may not begin. */
  goOn(wave: number, nodes: readonly string[], hold: Hold | null): void {
    for (const node of nodes) {
      const state = nodeState(this.world.rollout, node)
      const next = this.#next(node, state, state.held as Held, this.closed ?? hold)
      if ('do' in next && next.do === 'drain' && this.#going >= this.world.forks) this.waiting.push({ ...this.#crowded(), nodes: [node] })
      else if ('do' in next) {
        if (next.do === 'drain') this.#going += 1
        this.actions.push({ ...next, wave, nodes: [node] })
      } else this.waiting.push({ ...next, nodes: [node] })
    }
  }

  #next(node: string, state: NodeState, held: Held, hold: Hold | null): NextStep | Hold {
    const { now, policy } = this.world
    if (held.again !== undefined && now < held.again) return { code: 'visit', text: 'the scheduler gave no clear answer about this node, and is asked again', until: held.again }
    if (held.back !== undefined && held.phase === 'draining') return { do: 'release', postpone: held.back }
    if (held.inherited) return { do: 'release' }
    switch (state.stage) {
      case 'unseen':
        return { do: 'detect' }
      case 'applied':
        return held.phase === 'rebooted' ? { do: 'verify' } : { do: 'reboot' }
      case 'good':
        return { do: 'release' }
      default:
    }
    const use = this.#uses.get(node) ?? null
    const foreign = held.foreign && { foreign: true as const }
    if (held.phase !== 'draining') return held.empty ? { do: 'apply', full: true } : use && !use.empty && use.draining ? this.#wait(node, use, held) : { do: 'drain', ...foreign }
    // Nobody is kept waiting for a window, an end or other nodes (which may wait for this one); a person or a gate may be quick.
    if (hold) return (this.closed && hold.code !== 'pause') || hold.code === 'wave' || hold.code === 'canary' ? { do: 'release' } : hold
    if (held.empty) return this.#fits(now) ?? { do: 'apply', full: true }
    if (!use || use.empty || !use.draining) {
      // Nobody asked since the drain: its own report said that it was at work.
      if (!use) return this.#wait(node, null, held)
      return { do: 'drain', ...foreign }
    }
    if (now >= held.since + policy.drain.timeout) {
      if (policy.drain.onTimeout === 'release') return { do: 'release', postpone: now + Math.max(POSTPONE, policy.retries.backoff) }
      if (policy.drain.onTimeout === 'ask') return { ...this.#wait(node, use, held), text: `${this.#wait(node, use, held).text}; that is longer than drain.timeout: wait on, or give it back with \`patchrun release ${node}\`` }
    }
    return this.#wait(node, use, held)
  }

  /** Drained, and still at work. */
  #wait(node: string, use: NodeUse | null, held: Held): Hold {
    this.#wanted = true
    this.#watch.push(node)
    const { now, policy } = this.world
    const jobs = use ? describeJobs(use.jobs, this.#clock) : ''
    const late = now >= held.since + policy.drain.timeout ? ` (since ${this.#clock(held.since)})` : ''
    return { code: 'visit', text: `drained${late}, waits to be empty${jobs === '' ? '' : `: ${jobs}`}` }
  }

  /** Those of these nodes whose visit begins now. */
  begin(wave: number, nodes: readonly string[], slots: Slots): void {
    const { now, policy, rollout, nodes: all, forks } = this.world
    const limit = Math.max(1, shareOf(policy.drain.atOnce, all.length, Math.floor))
    const room = nodes.some((node) => rollout.nodes.get(node)?.held !== undefined || (this.#held < limit && slots.hasRoom(node) && !this.#isLeft(node)))
    // A look costs the controller a question: it is asked when something may come of it.
    const unseen = room ? this.#unanswered() : null
    const ready: { node: string; use: NodeUse }[] = []
    for (const node of nodes) {
      const hold = slots.limit(node) ?? this.#unready(node, nodeState(rollout, node), unseen)
      const use = this.#uses.get(node)
      if (hold || !use) this.waiting.push({ ...(hold ?? { code: 'visit', text: 'the scheduler has not been asked yet' }), nodes: [node] })
      else ready.push({ node, use })
    }
    if (ready.length === 0) return
    const order = drainOrder(ready, now, this.#clock)
    this.order.push(...order)
    const { chosen, waiting } = slots.take(order.map((t) => t.node), (node, taken) => {
      if (!room || (this.#held + taken >= limit && !rollout.nodes.get(node)?.held)) return { code: 'capacity', text: `${this.#held + taken} of ${limit} nodes that may be drained at once are drained` }
      const use = this.#uses.get(node) ?? null
      const hold = use?.empty && this.#going >= forks ? this.#crowded() : this.#inTime(use)
      if (!hold && use?.empty) this.#going += 1
      return hold
    })
    this.#held += chosen.length
    const foreign = (node: string): boolean => isForeign(this.#uses.get(node))
    const idle = chosen.filter((n) => this.#uses.get(n)?.empty)
    const busy = chosen.filter((n) => !idle.includes(n) && !foreign(n))
    for (const node of idle) this.actions.push({ do: 'drain', wave, nodes: [node], ...(foreign(node) && { foreign: true as const }) })
    const patient = busy.slice(0, Math.max(0, forks - this.#going))
    for (const node of patient) this.actions.push({ do: 'drain', wave, nodes: [node], wait: Math.min(PATIENCE, policy.drain.timeout) })
    this.#going += patient.length
    const others = busy.slice(patient.length)
    if (others.length > 0) this.actions.push({ do: 'drain', wave, nodes: others })
    this.waiting.push(...waiting)
    // Their slot may come when something happens there; where visits of ours take the room, it comes with the end of one.
    if (waiting.some((w) => w.code !== 'limit' && !(w.code === 'capacity' && this.#held > 0))) this.#wanted = true
  }

  /** These nodes, those first that were last seen to be empty soon. */
  soonest(nodes: readonly string[]): readonly string[] {
    const known = nodes.flatMap((node) => { const use = this.#uses.get(node); return use ? [{ node, use }] : [] })
    const first = drainOrder(known, this.world.now, this.#clock).map((t) => t.node)
    return [...first, ...nodes.filter((n) => !this.#uses.get(n))]
  }

  #crowded(): Hold {
    return { code: 'capacity', text: `${this.#going} visits are under way, as many as may be at once (ansible.forks)` }
  }

  /** Somebody else's, and not to be patched: no room is of use to it. */
  #isLeft(node: string): boolean {
    const use = this.#uses.get(node)
    return isForeign(use) && !(this.world.policy.drain.foreign === 'patch' && use?.empty)
  }

  /** Why the visit of this node cannot begin, whatever the capacity. */
  #unready(node: string, state: NodeState, unseen: Hold | null): Hold | null {
    const { now, policy } = this.world
    if (state.postponed !== undefined && now < state.postponed) return { code: 'visit', text: 'it was not changed last time, and is drained again later', until: state.postponed }
    if (this.world.nodes.some((n) => n.runsOn === node)) return { code: 'drain', text: 'its change needs it empty, and it is a hypervisor, which patchrun does not take out yet: see to it by hand, then `patchrun retry`' }
    const use = this.#uses.get(node)
    // What was seen of it last is worth more to a reader than that it is old; no visit begins from either.
    if (unseen && (this.#silenced() || !isForeign(use))) return unseen
    if (!use) {
      this.#wanted = true
      return { code: 'visit', text: `its change needs it drained, and the scheduler knows no node ${schedulerName(node, this.view.names)}` }
    }
    if (!isForeign(use)) return null
    const { reason, reasonBy, state: words } = use.node
    if (policy.drain.foreign === 'patch' && use.empty) return unseen
    this.#wanted = true
    const who = reason === '' ? '' : `: "${reason}"${reasonBy === '' ? '' : ` (${reasonBy})`}`
    return { code: 'visit', text: `${words.join('+').toLowerCase()}, and not by patchrun${who}; ${policy.drain.foreign === 'patch' ? 'it is patched when it is empty' : 'it is left alone'}` }
  }

  /** The scheduler has to be asked first, or gave no answer: nothing is concluded from that, and nothing begun. */
  #unanswered(): Hold | null {
    const { workload, silent, every } = this.view
    const { now } = this.world
    if (workload && !this.#silenced() && now < workload.at + every) return null
    this.#wanted = true
    this.#stale = true
    if (silent && this.#silenced()) return { code: 'visit', text: `the scheduler gave no answer, so nothing is concluded and nothing drained: ${silent.why}`, until: Math.max(now + 1, silent.at + every) }
    return { code: 'visit', text: 'the scheduler is asked first' }
  }

  /** The last answer was none. */
  #silenced(): boolean {
    const { workload, silent } = this.view
    return silent !== null && (!workload || silent.at >= workload.at)
  }

  /** By its jobs' limits it must be empty, and its visit over, before the time closes. */
  #inTime(use: NodeUse | null): Hold | null {
    const { now } = this.world
    if (!use) return null
    const gate = timeGate(this.world.policy.timing, now)
    if (!gate.open || gate.closesAt === null) return null
    if (use.emptyBy === null) return { code: 'window', text: `${describeJobs(use.jobs, this.#clock)}: nobody knows whether it is empty before the time for changes closes` }
    return this.#fits(use.emptyBy)
  }

  #fits(from: number): Hold | null {
    const { now, policy } = this.world
    const gate = timeGate(policy.timing, now)
    if (!gate.open || gate.closesAt === null || from + expectedDrainVisit(this.world) <= gate.closesAt) return null
    return { code: 'window', text: `it would be back after ${this.#clock(gate.closesAt)}, when the time for changes closes` }
  }

  /** To be asked last: whether the scheduler has to be looked at, and what for. */
  look(): Action[] {
    if (!this.#wanted) return []
    const { view: { workload, silent, every, looking }, world: { now } } = this
    const last = Math.max(workload?.at ?? -Infinity, silent?.at ?? -Infinity)
    const due = now >= last + every
    if (this.#watch.length === 0 || !workload) return due && !looking.now ? [{ do: 'observe', watch: [] }] : []
    const actions: Action[] = []
    if (!looking.watch && due) actions.push({ do: 'observe', watch: this.#watch.map((n) => schedulerName(n, this.view.names)) })
    else if (looking.watch && due && !looking.now && this.#stale) actions.push({ do: 'observe', watch: [] })
    return actions
  }

  /** When the scheduler is worth asking again, ms; null: nothing waits for it. */
  get wakeAt(): number | null {
    const { workload, silent, every, looking } = this.view
    // The end of a look that is under way wakes by itself.
    if (looking.now || looking.watch) return null
    return this.#wanted ? Math.max(this.world.now + 1, Math.max(workload?.at ?? 0, silent?.at ?? 0) + every) : null
  }

  #clock = (at: number): string => {
    const { now, policy: { timing: { zone } } } = this.world
    return moment(zone, rememberedStretches(zone, now - 3 * DAY, now + 735 * DAY), at)
  }
}

/** Steps of a visit, and nodes between two of them; a drain that waits by the scheduler's word has none. */
const underWay = ({ steps, nodes }: RolloutState): number =>
  [...steps.values()].filter((s) => s.full || s.action === 'drain' || s.action === 'reboot' || s.action === 'release').length +
  [...nodes.values()].filter(({ held, step, stage }) => held && step === undefined && stage !== 'failed' && stage !== 'quarantined' && (held.phase !== 'draining' || held.empty)).length
