// SPDX-License-Identifier: Apache-2.0
// The walk over the waves: what each may do now, and what it waits for.
import { dueCheck } from '../limits/health-gates.js'
import { isOutByRecord, Slots } from '../limits/capacity.js'
import { entrance } from './entrance.js'
import { ending } from '../limits/gates.js'

import { HostGroups } from '../world/host-groups.js'
import { Visits } from '../visit/visits.js'
import { lookBesideVisits } from '../visit/detect-pacing.js'
import { byRecord, hasHotPart, isFirstLook, sortNodes } from '../world/sorted-nodes.js'
import type { Sorted } from '../world/sorted-nodes.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import { nodeState } from '../state/state.js'
import { waitingWithin } from './waiting.js'
import { doneSince, openCanaries, openNodes } from '../limits/wave-completion.js'

import { schedulerGone } from '../world/held-schedulers.js'
import { SchedulerViews } from '../world/scheduler-views.js'
import type { Wave } from '../world/waves.js'
import type { Action, Decision, Waiting, World } from '../world/world.js'

/** Goes through the waves until one holds up those behind it. */
export class Walk {
  readonly #actions: Action[] = []
  readonly #waiting: Waiting[] = []
  readonly #sorted: readonly Sorted[]
  /** Why nothing may begin, whatever the node. */
  readonly #closed: Hold | null
  readonly #visits: Visits | null
  readonly #views: SchedulerViews
  /** patchrun drains it, or what runs on it. */
  readonly #isDrained: (node: string) => boolean
  readonly #newlyDone: { wave: number; since: number }[] = []
  #slots: Slots | undefined

  constructor(
    private readonly world: World,
    private readonly waves: readonly Wave[],
    closed: Hold | null,
  ) {
    const hostGroups = new HostGroups(world, waves)
    this.#sorted = waves.map((wave) => sortNodes(wave, world, hostGroups))
    this.#closed = closed
    this.#isDrained = (node) =>
      this.#views.of(node) !== null ||
      (world.schedulers.length > 0 && hostGroups.guestsOf(node).length > 0)
    this.#views = new SchedulerViews(world)
    this.#visits =
      world.schedulers.length === 0
        ? null
        : new Visits({
            world,
            closed,
            hostGroups,
            slots: () => (this.#slots ??= new Slots(world)),
          })
  }

  decide(): Decision {
    const behind: string[] = []
    let hold: Hold | null = null
    for (const [i, wave] of this.waves.entries()) hold = this.#wave(i, wave, hold, behind)
    if (hold && behind.length > 0) this.#waiting.push({ ...hold, nodes: behind })
    const finish = this.#finish()
    if (finish) return finish
    if (this.#visits) {
      const { actions, prelaunch, looking } = this.#visits
      this.#actions.push(
        ...actions,
        ...(prelaunch.nodes.length > 0 ? [{ do: 'prepare' as const, nodes: prelaunch.nodes }] : []),
        ...looking.actions(),
      )
      this.#waiting.push(...this.#visits.waiting)
    }
    return {
      actions: this.#actions.map((a) => this.#views.named(a)),
      waiting: this.#waiting,
      wakeAt: this.#wakeAt(),
      ...(this.#newlyDone.length > 0 && { done: this.#newlyDone }),
    }
  }

  /**
   * `before`: what holds up this wave and those behind it. Returns that of those behind it; nodes
   * that wait for it are added to `behind`.
   */
  #wave(i: number, wave: Wave, before: Hold | null, behind: string[]): Hold | null {
    const sorted = this.#sorted[i] as Sorted
    const open =
      wave.index === 0 ? openCanaries(sorted) : openNodes(wave, sorted, this.world.rollout)
    this.#done(wave, this.waves[i + 1], open)
    if (sorted.applied.length > 0)
      this.#actions.push({ do: 'verify', wave: wave.index, nodes: sorted.applied })
    if (sorted.spent.length > 0) this.#actions.push({ do: 'quarantine', nodes: sorted.spent })
    const isGood = sorted.good.length === wave.nodes.length
    const hold = before ?? (isGood || this.#closed ? null : this.#entrance(i))
    if (this.#visits) this.#visits.goOn(wave, sorted.visiting, hold)
    else
      for (const node of sorted.visiting)
        if (this.#views.isOrphaned(node, this.world))
          this.#wait([node], schedulerGone(node, this.world))
    if (!hold) {
      this.#work(wave, sorted)
      return open
    }
    const lookedAt = this.#lookBehind(wave, sorted, hold)
    // One that needs a drain waits for the same, and when that ends by itself its turn may come.
    behind.push(...without(stuckBehind(sorted), lookedAt), ...this.#drains(sorted))
    this.#waitWithin(sorted, true)
    return hold
  }

  /**
   * An earlier wave is open again, and may wait for the place of a node that is out in this one: such
   * a node is looked at, lest they wait for each other. What an older rollout took out waits for its
   * turn: nothing of this commit is on it yet.
   */
  #lookBehind({ index }: Wave, { unseen, due }: Sorted, { code }: Hold): readonly string[] {
    if (this.#closed || (code !== 'wave' && code !== 'canary')) return []
    const { rollout } = this.world
    const out = [...unseen, ...due].filter(
      (n) => isOutByRecord(rollout, n) && !nodeState(rollout, n).held?.inherited,
    )
    if (out.length > 0) this.#actions.push({ do: 'detect', wave: index, nodes: out })
    return out
  }

  /** Those that need a drain, and that patchrun drains. */
  #drains = ({ drain }: Sorted): readonly string[] =>
    this.#visits ? drain.filter(this.#isDrained) : []

  /** `drainsApart`: what those wait for that patchrun drains is said elsewhere. */
  #waitWithin(sorted: Sorted, drainsApart: boolean): void {
    const drain = drainsApart ? [...without(sorted.drain, this.#drains(sorted))] : sorted.drain
    this.#waiting.push(
      ...waitingWithin({ ...sorted, unseen: [], hot: [], due: [], drain }, this.world),
    )
  }

  /** The pause after it counts from now on, whatever comes of its nodes. */
  #done(wave: Wave, next: Wave | undefined, hold: Hold | null): void {
    const { rollout } = this.world
    if (next && !hold && rollout.done?.[wave.index] === undefined)
      this.#newlyDone.push({ wave: wave.index, since: doneSince(rollout, wave, next) })
  }

  /** What must hold before this wave begins, the one before it being done. */
  #entrance(i: number): Hold | null {
    return entrance(this.world, this.waves, i, (point, after, nodes) =>
      this.#ask(point, after, nodes),
    )
  }

  #ask(
    point: 'start' | 'canaries' | 'waves' | 'end',
    after: number,
    nodes: readonly string[],
  ): Hold | null {
    // A node that is GOOD may be about to go out with its hypervisor.
    const taken = new Set(
      (this.#visits?.actions ?? []).flatMap((a) => ('nodes' in a ? a.nodes : [])),
    )
    const due = dueCheck(this.world, { point, after, nodes, taken })
    if (due?.action) this.#actions.push(due.action)
    return due?.hold ?? null
  }

  /**
   * One run for all nodes of a wave that need the same: a launch of Ansible costs more than a node
   * in it.
   */
  #work(wave: Wave, sorted: Sorted): void {
    const { rollout } = this.world
    const { unseen, due, hot } = sorted
    const drain = this.#drains(sorted)
    const looks = byRecord(unseen, rollout)
    const first = this.#first(wave.nodes.length, looks.fresh, sorted)
    this.#waitWithin(sorted, !this.#closed)
    if (this.#closed) return this.#wait([...unseen, ...due, ...hot], this.#closed)
    this.#wait(
      without(looks.fresh, first ?? []),
      holdFor({ is: first ? 'others-first' : 'look-order-asked' }),
    )
    if (looks.fresh.length === wave.nodes.length) this.#visits?.lookedAt(first ?? [])
    const again = [...looks.tried, ...due]
    if (again.length > 0) this.#actions.push({ do: 'detect', wave: wave.index, nodes: again })
    const hotFirst = drain.filter((n) => hasHotPart(this.world, n))
    // The rest of the wave is still being looked at: one apply a little later costs less than two
    // now.
    const looking = looks.fresh.length > 0 || sorted.busy.some((n) => isFirstLook(rollout, n))
    this.#change(wave.index, [...hot, ...hotFirst], looking)
    this.#visits?.begin(
      wave.index,
      without(drain, hotFirst),
      (this.#slots ??= new Slots(this.world)),
      wave.nodes.filter((n) => nodeState(rollout, n).stage === 'unseen').length,
    )
    this.#look(wave, first ?? [], unseen)
  }

  /** `looking`: others of their wave are looked at, and fresh ones wait for that. */
  #change(wave: number, nodes: readonly string[], looking: boolean): void {
    const { fresh, tried } = byRecord(nodes, this.world.rollout)
    if (looking) this.#wait(fresh, holdFor({ is: 'wave-looked-at' }))
    for (const those of [looking ? [] : fresh, tried]) {
      if (those.length === 0) continue
      const { chosen, waiting } = (this.#slots ??= new Slots(this.world)).take(those, 'hot')
      if (chosen.length > 0) this.#actions.push({ do: 'apply', wave, nodes: chosen })
      this.#waiting.push(...waiting)
    }
  }

  #wait(nodes: readonly string[], why: Hold): void {
    if (nodes.length > 0) this.#waiting.push({ ...why, nodes })
  }

  /** Others of the wave that were looked at before may be about to be drained. */
  #look({ index, nodes: all }: Wave, nodes: readonly string[], unseen: readonly string[]): void {
    const { world } = this
    if (nodes.length === 0) return
    const seen = without(all, unseen)
      .map((n) => nodeState(world.rollout, n))
      .filter(({ stage }) => stage !== 'unseen')
    const since = seen.reduce((first, { at }) => Math.min(first, at), Infinity)
    const found =
      since < Infinity && this.#visits ? lookBesideVisits(world, this.#visits, nodes, since) : nodes
    if ('code' in found) return this.#wait(nodes, found)
    this.#actions.push({ do: 'detect', wave: index, nodes: found })
    this.#wait(without(nodes, found), holdFor({ is: 'others-first' }))
  }

  /**
   * Visits begin with few nodes: those that are expected to be empty first are looked at first, and
   * the others beside their visits.
   */
  #first(size: number, fresh: readonly string[], { busy }: Sorted): readonly string[] | null {
    const { rollout } = this.world
    const looking = busy.filter((n) => isFirstLook(rollout, n)).length
    if (!this.#visits || size > fresh.length + looking) return fresh
    const { most } = this.#visits
    if (looking > 0) {
      // When it ends, it is known which of them are idle.
      this.#visits.looking.want(busy)
      return []
    }
    if (fresh.length <= most) return fresh
    return this.#visits.soonest(fresh)?.slice(0, most) ?? null
  }

  #finish(): Decision | null {
    const { rollout } = this.world
    if (
      rollout.steps.size > 0 ||
      !this.waves.every((w, i) => this.#sorted[i]?.good.length === w.nodes.length)
    )
      return null
    const all = this.waves.flatMap((w) => w.nodes)
    if (this.#closed && this.world.policy.health.some((g) => g.at.includes('end'))) {
      const due = dueCheck(this.world, { point: 'end', after: -1, nodes: all })
      if (due && !ending(this.world)) this.#waiting.push({ ...this.#closed, nodes: [] })
      if (due) return null
    }
    const hold = this.#ask('end', -1, all)
    if (!hold) return { actions: [{ do: 'finish' }], waiting: [], wakeAt: null }
    this.#waiting.push({ ...hold, nodes: [] })
    return null
  }

  #wakeAt(): number | null {
    const { policy, rollout } = this.world
    const times = [
      ...this.#waiting.map((w) => w.until),
      this.#visits?.looking.wakeAt,
      this.#visits?.prelaunch.wakeAt,
    ].flatMap((time) => time ?? [])
    if (policy.deadline !== null) times.push(rollout.since + policy.deadline)
    return times.reduce<number | null>(
      (first, t) => (t > this.world.now && (first === null || t < first) ? t : first),
      null,
    )
  }
}

function without(nodes: readonly string[], some: readonly string[]): readonly string[] {
  const taken = new Set(some)
  return nodes.filter((n) => !taken.has(n))
}

/** Nodes that a closed wave holds up; the others say themselves what they wait for. */
const stuckBehind = ({ unseen, hot, due }: Sorted): string[] => [...unseen, ...hot, ...due]
