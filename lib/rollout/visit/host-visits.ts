// SPDX-License-Identifier: Apache-2.0
// A hypervisor that must be empty, and the nodes on it, go out together: all of them are drained at
// once, and the hypervisor is changed when every one was seen drained and empty. Where its change
// may not begin after all, they are given back.
import { isForeign } from '../../workload/contract/node-use.js'
import type { Slots } from '../limits/capacity.js'
import type { HostGroups } from '../world/host-groups.js'
import { fits, inTime } from '../limits/window-fit.js'
import { hasHotPart } from '../world/sorted-nodes.js'
import { nodeState } from '../state/state.js'
import type { Held, NodeState } from '../state/state.js'
import { isSeenEmpty } from '../state/visit-state.js'
import { askedAgainAt, overdue, wantedBack } from './next-step.js'
import { holdFor, ofGuest } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { NodeVisits } from './node-visits.js'
import type { Action, Waiting, World } from '../world/world.js'

/** The hypervisor is changed first, then what runs on it. */
const VISITS = 2

interface Group {
  readonly wave: number
  readonly host: string
  /** The hypervisor's change may have begun: it is finished whatever comes between. */
  readonly begun: boolean
  readonly guests: readonly string[]
  /** Those that are drained: a hypervisor that the scheduler does not know is none of them. */
  readonly members: readonly string[]
}

export class HostVisits {
  readonly actions: Action[] = []
  readonly waiting: Waiting[] = []

  constructor(
    private readonly world: World,
    private readonly hostGroups: HostGroups,
    private readonly nodeVisits: NodeVisits,
    private readonly slots: () => Slots,
  ) {}

  /** `closed`: why nothing may begin. */
  goOn(wave: number, host: string, closed: Hold | null): void {
    const begun = this.hostGroups.isDown(host)
    const guests = this.hostGroups.guestsOf(host)
    const all = [host, ...guests]
    const isHeld = all.some((n) => this.#isDrained(n, begun))
    const holds = begun ? null : closed
    // It has not begun: what holds it is told where it is told of the others.
    if (holds && !isHeld) return
    const back = begun ? null : wantedBack(this.#freeHeld(all, begun))
    if (holds && this.nodeVisits.givesBack(holds))
      return this.#giveBack(wave, all, holds, back ?? undefined)
    const waits = this.#waitsAsOne(all, begun)
    if (waits) return this.#wait(waits.nodes, waits.why)
    if (back !== null) return this.#giveBack(wave, all, holdFor({ is: 'group-wanted-back' }), back)
    if (holds) return this.#wait(all, holds)
    const full = isHeld ? null : this.#noRoom(all)
    // The scheduler is asked when something may come of it.
    if (full) return this.#waitForRoom(all, full)
    this.#ready(wave, { host, guests, begun, isHeld }, closed)
  }

  #ready(
    wave: number,
    { host, guests, begun, isHeld }: Omit<Group, 'wave' | 'members'> & { readonly isHeld: boolean },
    closed: Hold | null,
  ): void {
    const all = [host, ...guests]
    const blocked = this.#blocked(host, guests, begun)
    if (blocked) {
      const { lasting, ...why } = blocked
      return lasting && !begun && isHeld
        ? this.#giveBack(wave, all, why, this.nodeVisits.postponed)
        : this.#wait(all, why)
    }
    const members = all.filter((n) =>
      n !== host || this.#held(n) ? !this.#held(n)?.unscheduled : this.nodeVisits.use(n) !== null,
    )
    this.#step({ wave, host, begun, guests, members }, closed)
  }

  /** A step is under way on some of them, or one has to be asked again. */
  #waitsAsOne(
    all: readonly string[],
    begun: boolean,
  ): { readonly nodes: readonly string[]; readonly why: Hold } | null {
    const away = all.filter((n) => this.#state(n).step !== undefined)
    if (away.length > 0)
      return {
        nodes: all.filter((n) => !away.includes(n)),
        why: holdFor({ is: 'group-step', away: away.length, all: all.length }),
      }
    const again = askedAgainAt(this.#freeHeld(all, begun), this.world.now)
    return again === null
      ? null
      : { nodes: all, why: holdFor({ is: 'group-unclear' }, { until: again }) }
  }

  #freeHeld = (all: readonly string[], begun: boolean): readonly Held[] =>
    this.#heldOf(all.filter((n) => this.#isDrained(n, begun) && !this.#state(n).step))

  #heldOf = (nodes: readonly string[]): readonly Held[] => nodes.flatMap((n) => this.#held(n) ?? [])

  #noRoom = (all: readonly string[]): Hold | null =>
    this.nodeVisits.roomFor(all.length - 1, 0) ?? this.slots().refuseTogether(all, false)

  #step(group: Group, closed: Hold | null): void {
    const { host, begun, guests, members } = group
    const all = [host, ...guests]
    const [gone] = members.flatMap((n) => this.nodeVisits.gone(n) ?? [])
    if (gone) return this.#wait(all, gone)
    const fresh = members.filter((n) => !this.#held(n))
    if (fresh.length === 0 && members.every((n) => this.#held(n)?.empty)) {
      const late = begun ? null : fits(this.world, this.world.now, VISITS)
      if (late) return this.#wait(all, late)
      if (members.every((n) => isSeenEmpty(this.#held(n) as Held, this.world.now)))
        return this.#change(group)
    }
    if (fresh.length > 0) {
      const full = closed ?? this.#room(group, fresh)
      if (full) return this.#waitForRoom(all, full)
      this.nodeVisits.took(fresh.length)
    } else {
      const busy = this.#stillBusy(members)
      if (busy) return this.#untilEmpty(group, busy)
    }
    this.#drain(group, this.#notSeenLately(members))
  }

  /**
   * Of several schedulers one may take longer than what the others saw lasts: those are asked once
   * more, and not the slow one, or they would never all have been seen at one time.
   */
  #notSeenLately(members: readonly string[]): readonly string[] {
    const seen = (node: string): boolean => {
      const held = this.#held(node)
      return held !== undefined && isSeenEmpty(held, this.world.now)
    }
    return members.filter((n) => !seen(n))
  }

  #change({ wave, host, guests }: Group): void {
    this.actions.push({ do: 'apply', wave, nodes: [host], full: true, guests })
    this.#wait(guests, holdFor({ is: 'drained-for-host', host }))
  }

  /** `asked`: those members that are drained now. */
  #drain({ wave, host, guests }: Group, asked: readonly string[]): void {
    const foreign = asked.some((n) => this.#held(n)?.foreign ?? isForeign(this.nodeVisits.use(n)))
    for (const [, nodes] of this.nodeVisits.views.byScheduler(asked))
      this.actions.push({ do: 'drain', wave, nodes, host, ...(foreign && { foreign }) })
    const rest = [host, ...guests].filter((n) => !asked.includes(n))
    this.#wait(
      rest.filter((n) => n === host),
      holdFor({ is: 'group-drains', guests }),
    )
    this.#wait(
      rest.filter((n) => n !== host),
      holdFor({ is: 'group-step', away: asked.length, all: guests.length + 1 }),
    )
  }

  /** Those that are not empty yet, where there is nothing to do but wait; null: drain once more. */
  #stillBusy(members: readonly string[]): readonly string[] | null {
    // A look from before the drain tells nothing of it.
    const { use, views } = this.nodeVisits
    const unasked = members.some((n) => !use(n) || views.seenAt(n) < (this.#held(n)?.since ?? 0))
    const busy = members.filter((n) => !use(n)?.empty)
    return unasked || (busy.length > 0 && busy.every((n) => use(n)?.draining)) ? busy : null
  }

  /** All of them find room and time, or none goes. */
  #room({ host, begun, members, guests }: Group, fresh: readonly string[]): Hold | null {
    const uses = members.map((n) => this.nodeVisits.use(n) ?? null)
    const late = begun
      ? null
      : (uses.map((use) => inTime(this.world, use, VISITS)).find((why) => why !== null) ?? null)
    const own = [host, ...guests].filter((n) => this.#held(n)).length
    // Asked last: it takes the places.
    return (
      late ??
      this.nodeVisits.roomFor(fresh.length, own) ??
      this.slots().takeTogether([host, ...guests.filter((n) => fresh.includes(n))], own > 0)
    )
  }

  #untilEmpty({ wave, host, begun, guests, members }: Group, busy: readonly string[]): void {
    this.nodeVisits.watch(busy, members)
    const since = Math.min(...members.map((n) => this.#held(n)?.since ?? this.world.now))
    const late = begun ? null : overdue(since, this.world)
    if (late === 'release')
      return this.#giveBack(
        wave,
        [host, ...guests],
        holdFor({ is: 'group-too-long' }),
        this.nodeVisits.postponed,
      )
    const atWork = {
      jobs: members.flatMap((n) => this.nodeVisits.use(n)?.occupants ?? []),
      since: late ? since : undefined,
      // One that is wanted back takes the others with it.
      ask: late === 'ask' ? members[0] : undefined,
    }
    const on = busy.filter((n) => n !== host)
    this.#wait(
      [host],
      busy.includes(host) && on.length === 0
        ? holdFor({ is: 'host-until-empty', ...atWork })
        : holdFor({ is: 'guests-until-empty', ...atWork, guests: on.length > 0 ? on : guests }),
    )
    this.#wait(
      guests,
      holdFor({ is: 'host-not-empty', host, busy: busy.length, of: members.length }),
    )
  }

  #waitForRoom(all: readonly string[], full: Hold): void {
    // Where visits of ours take the room, it comes with the end of one.
    if (full.code !== 'limit' && !(full.code === 'capacity' && this.nodeVisits.held() > 0))
      this.nodeVisits.watch([], all)
    this.#wait(all, full)
  }

  /** What keeps one of them from going out. */
  #blocked(
    host: string,
    guests: readonly string[],
    begun: boolean,
  ): (Hold & { readonly lasting?: boolean }) | null {
    if (hasHotPart(this.world, host)) return holdFor({ is: 'hot-first' })
    for (const guest of guests) {
      const why = this.#blockedGuest(guest, begun)
      if (why) return { ...why, reason: ofGuest(guest, why.reason) }
    }
    if (this.#held(host)) return null
    const asked = this.nodeVisits.use(host)
    if (asked === null) return null
    return this.nodeVisits.unready(host, this.#state(host))
  }

  #blockedGuest(guest: string, begun: boolean): (Hold & { readonly lasting?: boolean }) | null {
    const state = this.#state(guest)
    const { stage, held } = state
    if (stage === 'quarantined') return { ...holdFor({ is: 'guest-quarantined' }), lasting: true }
    if (stage === 'failed') return { ...holdFor({ is: 'guest-failed' }), lasting: true }
    if (held) {
      if (held.inherited && held.phase === 'draining') return holdFor({ is: 'guest-given-back' })
      return held.phase === 'draining' || begun ? null : holdFor({ is: 'guest-own-visit' })
    }
    if (!begun && ((stage !== 'good' && stage !== 'drain') || hasHotPart(this.world, guest)))
      return holdFor({ is: 'guest-look-first' })
    return this.nodeVisits.unready(guest, state)
  }

  #giveBack(wave: number, all: readonly string[], why: Hold, postpone?: number): void {
    // One that failed is tried again in its time.
    const free = all.filter(
      (n) => !this.#state(n).step && !['failed', 'quarantined'].includes(this.#state(n).stage),
    )
    const drained = free.filter((n) => this.#isDrained(n, false))
    this.#wait(
      free.filter((n) => !drained.includes(n)),
      why,
    )
    for (const node of drained) {
      // A scheduler that gave no clear answer is not asked at once, whatever for.
      const again = askedAgainAt(this.#heldOf([node]), this.world.now)
      const gone = this.nodeVisits.gone(node)
      if (again !== null) this.#wait([node], holdFor({ is: 'group-unclear' }, { until: again }))
      else if (gone) this.#wait([node], gone)
      else
        this.actions.push({
          do: 'release',
          wave,
          nodes: [node],
          ...(postpone !== undefined && { postpone }),
        })
    }
  }

  /** Held for this; one in a visit of its own goes on with that. */
  #isDrained(node: string, begun: boolean): boolean {
    const held = this.#held(node)
    return held !== undefined && (begun || (held.phase === 'draining' && !held.inherited))
  }

  #wait(nodes: readonly string[], why: Hold): void {
    if (nodes.length > 0) this.waiting.push({ ...why, nodes })
  }

  #state = (node: string): NodeState => nodeState(this.world.rollout, node)
  #held = (node: string): Held | undefined => this.#state(node).held
}
