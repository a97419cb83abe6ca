// SPDX-License-Identifier: Apache-2.0
// lib/rollout/visit/: the visit of a node that needs to be drained, and when it begins.
//
// Visits: drain -> (empty) -> apply -> reboot -> verify -> release, a node at a time. Which nodes
// begin one is asked of capacity, window and the scheduler's word; one whose change has begun goes
// on to its end whatever comes between.
import { isForeign } from '../../workload/contract/node-use.js'
import type { NodeUse } from '../../workload/contract/node-use.js'
import type { Slots } from '../limits/capacity.js'
import { CpuLimit } from '../limits/cpu-limit.js'
import { IdleCores } from '../limits/idle-cores.js'
import { inTime } from '../limits/window-fit.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import { nodeState } from '../state/state.js'
import type { Held } from '../state/state.js'
import { drainOrder } from '../world/drain-order.js'
import type { Ordering, Turn } from '../world/drain-order.js'
import type { HostGroups } from '../world/host-groups.js'
import type { Wave } from '../world/waves.js'
import { SchedulerViews } from '../world/scheduler-views.js'
import type { Action, Waiting, World } from '../world/world.js'
import { DrainPlaces } from './drain-places.js'
import { drainSteps } from './drain-steps.js'
import { HostVisits } from './host-visits.js'
import type { NodeVisits } from './node-visits.js'
import { Looks } from './looks.js'
import { askedOrWanted, nextStep, postponedUntil } from './next-step.js'
import type { NextStep } from './next-step.js'
import { Prelaunch } from './prelaunch.js'
import { Readiness } from './readiness.js'

export interface VisitsOptions {
  readonly world: World
  /** Why nothing may begin, whatever the node. */
  readonly closed: Hold | null
  readonly hostGroups: HostGroups
  readonly slots: () => Slots
}

interface Candidate {
  readonly node: string
  readonly use: NodeUse
}

export class Visits {
  readonly actions: Action[] = []
  readonly waiting: Waiting[] = []
  /** Nodes that are ready for a visit, whatever the capacity, in the order in which they come. */
  readonly order: Turn[] = []
  readonly prelaunch: Prelaunch
  readonly looking: Looks
  readonly #world: World
  readonly #views: SchedulerViews
  readonly #closed: Hold | null
  readonly #hostGroups: HostGroups
  readonly #readiness: Readiness
  readonly #cpuLimit: CpuLimit
  readonly #hostVisits: HostVisits
  readonly #places: DrainPlaces

  constructor({ world, closed, hostGroups, slots }: VisitsOptions) {
    this.#world = world
    this.#views = new SchedulerViews(world)
    this.#closed = closed
    this.#hostGroups = hostGroups
    this.looking = new Looks(world, this.#views)
    this.prelaunch = new Prelaunch(world)
    this.#readiness = new Readiness(world, this.#views, this.looking)
    this.#cpuLimit = new CpuLimit(world)
    this.#places = new DrainPlaces(world, this.#cpuLimit)
    this.#hostVisits = new HostVisits(world, hostGroups, this.#nodeVisits(), slots)
  }

  /** The next step of nodes in the middle of a visit. `behind`: their wave may not begin. */
  goOn({ index: wave, nodes: members }: Wave, nodes: readonly string[], behind: Hold | null): void {
    const closed = this.#closed ?? behind
    const back: string[] = []
    for (const node of nodes) {
      if (this.#hostGroups.waits(node) || this.#hostGroups.isInGroup(node)) continue
      const held = nodeState(this.#world.rollout, node).held as Held
      const next = this.#possible(node, this.#next(node, held, closed))
      if (!('do' in next)) this.waiting.push({ ...next, nodes: [node] })
      else if (next.do === 'detect' && held.phase === 'hosted') back.push(node)
      else {
        if (next.do === 'drain') this.#cpuLimit.going += 1
        this.actions.push({ ...next, wave, nodes: [node] })
      }
    }
    if (back.length > 0) this.actions.push({ do: 'detect', wave, nodes: back })
    this.waiting.push(...this.#hostGroups.waiting(nodes))
    for (const node of members)
      if (this.#hostGroups.isGroupHost(node)) this.#hostVisits.goOn(wave, node, closed)
    this.actions.push(...this.#hostVisits.actions.splice(0))
    this.waiting.push(...this.#hostVisits.waiting.splice(0))
  }

  /** The same step, or what keeps it from being taken. */
  #possible(node: string, next: NextStep | Hold): NextStep | Hold {
    const step = 'do' in next ? next.do : null
    if (step === 'detect') return next
    return this.looking.gone(node) ?? (step === 'drain' ? this.#cpuLimit.full() : null) ?? next
  }

  #next(node: string, held: Held, closed: Hold | null): NextStep | Hold {
    const isOnlyDrained = held.phase === 'draining' && !held.inherited
    const first = isOnlyDrained ? this.#hostGroups.hostFirst(node) : null
    const givesBack = closed !== null && this.#givesBack(closed)
    if (first)
      return askedOrWanted(held, this.#world.now) ?? (givesBack ? { do: 'release' } : first)
    const state = nodeState(this.#world.rollout, node)
    const use = this.#readiness.use(node) ?? undefined
    return nextStep({ state, held, use, closed, givesBack }, this.#world, (since, ask) => {
      this.looking.watch([node])
      const atWork = { jobs: use?.occupants ?? [], since }
      return holdFor(
        ask ? { is: 'until-empty-ask', ...atWork, node } : { is: 'until-empty', ...atWork },
      )
    })
  }

  /**
   * Nobody is kept waiting for a window, an end or other nodes (which may wait for this one); a
   * person or a gate may be quick.
   */
  #givesBack = ({ code }: Hold): boolean =>
    (this.#closed !== null && code !== 'pause') || code === 'wave' || code === 'canary'

  /**
   * Those of these nodes whose visit begins now. `unseen`: how many others of their wave were not
   * looked at yet.
   */
  begin(wave: number, nodes: readonly string[], slots: Slots, unseen: number): void {
    const single = this.#withoutGroups(nodes)
    const room = single.some((node) => this.#hasRoom(node, slots))
    // A look costs the controller a question: it is asked when something may come of it.
    const ready = this.#ready(single, slots, room)
    if (ready.length === 0) return
    this.#cpuLimit.reckon(this.actions)
    const { prepared } = this.#world
    const order = drainOrder(ready, { ...this.#ordering(), prepared })
    this.order.push(...order)
    const idleCores = new IdleCores(this.#world)
    const { chosen, waiting } = slots.take(
      order.map((t) => t.node),
      'drain',
      (node, taken) =>
        (room ? this.#places.refuse(node, taken, slots) : this.#places.full(taken)) ??
        this.#notNow(node, (use) =>
          idleCores.hold(
            use,
            Math.min(this.#places.left(taken), slots.places(node) - this.#cpuLimit.kept),
            order.length - taken + unseen,
          ),
        ),
    )
    this.#places.taken += chosen.length
    this.#drain(wave, chosen, order.length > chosen.length)
    this.waiting.push(...waiting)
    this.#lookAhead(order, waiting)
  }

  /** A hypervisor goes out with what runs on it, and that with its hypervisor. */
  #withoutGroups(nodes: readonly string[]): readonly string[] {
    return nodes.filter((node) => {
      if (this.#hostGroups.isGroupHost(node)) return false
      const first = this.#hostGroups.hostFirst(node)
      if (first) this.waiting.push({ ...first, nodes: [node] })
      return first === null
    })
  }

  #hasRoom(node: string, slots: Slots): boolean {
    return (
      this.#places.isHeld(node) ||
      (!this.#places.isFull && slots.hasRoom(node) && !this.#readiness.isLeft(node))
    )
  }

  #ready(nodes: readonly string[], slots: Slots, room: boolean): readonly Candidate[] {
    return nodes.flatMap((node) => {
      const state = nodeState(this.#world.rollout, node)
      const unanswered = room ? this.looking.unansweredWithin(node) : null
      const why = slots.limit(node) ?? this.#readiness.unready(node, state, unanswered)
      const use = this.#readiness.use(node)
      if (!why && use) return [{ node, use }]
      this.waiting.push({ ...(why ?? holdFor({ is: 'scheduler-not-asked' })), nodes: [node] })
      return []
    })
  }

  /** It has a place, and may not begin for another reason. */
  #notNow(node: string, costly: (use: NodeUse) => Hold | null): Hold | null {
    const use = this.#readiness.use(node) ?? null
    return inTime(this.#world, use) ?? (use?.empty ? this.#cpuLimit.idle() : use && costly(use))
  }

  /** `others`: more nodes are ready than are drained now. */
  #drain(wave: number, chosen: readonly string[], others: boolean): void {
    const { actions, patient } = drainSteps(chosen, {
      use: this.#readiness.use,
      world: this.#world,
      spare: this.#world.forks - this.#cpuLimit.going,
      others,
      views: this.#views,
    })
    this.#cpuLimit.going += patient
    this.actions.push(...actions.map((a) => ({ ...a, wave })))
  }

  /** What is to be known and started by the time when the next place is free. */
  #lookAhead(order: readonly Turn[], waiting: readonly Waiting[]): void {
    // Their slot may come when something happens there; where visits of ours take the room, it
    // comes with the end of one.
    const crowded = new Set(waiting.flatMap((w) => (w.code === 'capacity' ? w.nodes : [])))
    // Who is next is to be known when there is room, and not asked then.
    const asks = crowded.size > 0 && this.prelaunch.asks(this.#cpuLimit)
    const next = order.map((t) => t.node).filter((n) => crowded.has(n) && !this.#places.isHeld(n))
    this.prelaunch.expect(
      next,
      next.some((n) => this.looking.isFresh(n)) ? this.prelaunch.ending : 0,
      this.#cpuLimit,
    )
    const endsByLook = ({ code }: Waiting): boolean =>
      code !== 'limit' && !(code === 'capacity' && this.#places.taken > 0)
    if (asks) this.looking.want([...crowded])
    this.looking.want(waiting.filter(endsByLook).flatMap((w) => w.nodes))
  }

  /**
   * These nodes, those first that are seen to be empty soon; null: it is asked anew who that is.
   * Where nobody was drained yet, it is not asked for this alone.
   */
  soonest(nodes: readonly string[]): readonly string[] | null {
    const isAsked = this.#views
      .byScheduler(nodes)
      .map(([view, [node = '']]) =>
        Boolean(view.seen && !this.looking.silenced(node) && this.looking.unanswered(node)),
      )
    if (isAsked.includes(true)) return null
    const known = nodes.flatMap((node) => {
      const use = this.#readiness.use(node)
      return use ? [{ node, use }] : []
    })
    const first = drainOrder(known, this.#ordering()).map((t) => t.node)
    return [...first, ...nodes.filter((n) => !this.#readiness.use(n))]
  }

  /**
   * The first nodes of a wave are looked at, in this order: where drains have begun, some of these
   * are likely to be next.
   */
  lookedAt(nodes: readonly string[]): void {
    const { use } = this.#readiness
    const fresh = nodes.filter((n) => this.looking.isFresh(n))
    if (fresh.length > 0)
      this.prelaunch.expect(
        fresh.filter((n) => use(n) && !isForeign(use(n))),
        this.#places.atOnce,
        this.#cpuLimit,
      )
  }

  #ordering = (): Ordering => ({ now: this.#world.now })

  /**
   * So many are looked at together before and beside visits: some of them will have got a job by
   * then.
   */
  get most(): number {
    return Math.min(this.#world.forks, 2 * this.#places.atOnce)
  }

  /** What a hypervisor and the nodes on it ask of these. */
  #nodeVisits(): NodeVisits {
    return {
      use: this.#readiness.use,
      unready: (node, state) => {
        const why = this.#readiness.unready(node, state, this.looking.unansweredWithin(node))
        return why && { ...why, lasting: this.#readiness.isLasting(node) }
      },
      roomFor: (asked, own) => this.#places.refuseGroup(asked, own),
      held: () => this.#places.taken,
      took: (more) => void (this.#places.taken += more),
      watch: (nodes, members) =>
        nodes.length > 0 ? this.looking.watch(nodes) : this.looking.want(members),
      views: this.#views,
      gone: (node) => this.looking.gone(node),
      givesBack: this.#givesBack,
      postponed: postponedUntil(this.#world),
    }
  }
}
