// SPDX-License-Identifier: Apache-2.0
// How many nodes may be changed just now: never more out at once than each scope allows, never more
// in one run than the hard limit, only what fits before the time closes, and no faster than the
// pause between nodes.
import { expectedHotChange, expectedVisit } from '../state/durations.js'
import { nodeState } from '../state/state.js'
import type { NodeState, RolloutState } from '../state/state.js'
import { nextFit, timeGate } from './windows.js'
import { shareOf } from '../world/waves.js'
import { optionsOf } from '../record/step-kind.js'
import { holdFor, reasonKey } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import type { CapacityScope, Waiting, World } from '../world/world.js'

/**
 * A node is out while it is being changed, was changed and is not yet seen GOOD again, or cannot be
 * reached; and when it was out before. One whose look failed without a change still serves.
 */
export function isOut({ rollout, out }: Pick<World, 'rollout' | 'out'>, node: string): boolean {
  return out.has(node) || isOutByRecord(rollout, node)
}

/** The same by what this rollout did and saw alone. */
export function isOutByRecord(rollout: RolloutState, node: string): boolean {
  const state = nodeState(rollout, node)
  if (state.held || state.stage === 'applied' || isInApply(rollout, state)) return true
  if (state.stage === 'good' || state.stage === 'hot' || state.stage === 'drain') return false
  return state.touched || state.missing === true
}

const isInApply = ({ steps }: RolloutState, { step }: NodeState): boolean =>
  step !== undefined && (steps.get(step)?.action === 'apply' || steps.get(step)?.action === 'drain')

/** Nodes that patchrun has drained, or is just draining. */
export const drained = ({ nodes, steps }: RolloutState): readonly string[] =>
  [...nodes].flatMap(([node, { held, step }]) =>
    held || (step !== undefined && steps.get(step)?.action === 'drain') ? [node] : [],
  )

/**
 * Hypervisors that nodes are held for, or are just drained for: their place is taken before they
 * are touched themselves.
 */
const hostsCalled = ({ nodes, steps }: RolloutState): ReadonlySet<string> =>
  new Set([
    ...[...nodes.values()].flatMap(({ held }) => held?.host ?? []),
    ...[...steps.values()].flatMap((s) => optionsOf(s).host ?? []),
  ])

/** A scope of capacity: how many of its nodes may be out at once, and how many are. */
export interface Room {
  readonly name: string
  readonly limit: number
  out: number
}

/** Each scope as it stands. A hypervisor that nodes are drained for has its place already. */
export function roomsOf(
  world: World,
  called: ReadonlySet<string> = hostsCalled(world.rollout),
): readonly (Room & Pick<CapacityScope, 'nodes'>)[] {
  return world.capacity.map(({ name, limit, nodes }) => ({
    name,
    nodes,
    limit: Math.max(1, shareOf(limit, nodes.length, Math.floor)),
    out: nodes.filter((n) => isOut(world, n) || called.has(n)).length,
  }))
}

/**
 * What a place is taken for: HotChange under load, or a visit of a drained node, which takes
 * another time.
 */
type Change = 'hot' | 'drain'

/** Hands out places until there is none left. */
export class Slots {
  readonly #rooms = new Map<string, Room[]>()
  readonly #paces: Readonly<Record<Change, Pace>>
  #left: number
  #taken = 0
  /** Changed in this run, or about to be: a drain is the beginning of a change. */
  readonly #changed: Set<string>
  /** Hypervisors that the nodes on them are drained for. */
  readonly #called: ReadonlySet<string>

  constructor(private readonly world: World) {
    this.#called = hostsCalled(world.rollout)
    for (const room of roomsOf(world, this.#called)) {
      for (const node of room.nodes) {
        const rooms = this.#rooms.get(node)
        if (rooms) rooms.push(room)
        else this.#rooms.set(node, [room])
      }
    }
    const pause = pauseBetween(world)
    this.#paces = {
      hot: paceOf(world, expectedHotChange(world), pause),
      drain: paceOf(world, expectedVisit(world), pause),
    }
    this.#left = world.policy.pause.nodes > 0 ? 1 : Infinity
    this.#changed = new Set([...world.rollout.changed, ...drained(world.rollout), ...this.#called])
  }

  /** Those of these nodes that may be changed now, in order, and why the others may not. */
  take(
    nodes: readonly string[],
    change: Change,
    refuse: (node: string, chosen: number) => Hold | null = () => null,
  ): { readonly chosen: readonly string[]; readonly waiting: readonly Waiting[] } {
    const chosen: string[] = []
    const held = new Map<string, Waiting & { nodes: string[] }>()
    for (const node of nodes) {
      const why =
        this.#paces[change].hold ?? this.#refuse(node, change) ?? refuse(node, chosen.length)
      if (why) {
        const key = reasonKey(why.reason)
        const before = held.get(key)
        if (before) before.nodes.push(node)
        else held.set(key, { ...why, nodes: [node] })
        continue
      }
      this.#enter([node])
      this.#left -= 1
      chosen.push(node)
    }
    return { chosen, waiting: [...held.values()] }
  }

  /** Whether one more could be drained where this node belongs. */
  hasRoom(node: string): boolean {
    return this.#paces.drain.hold === null && this.#refuse(node, 'drain') === null
  }

  /**
   * How many more could go out where this node belongs; one that is out takes no place of its own.
   */
  places = (node: string): number =>
    Math.min(...this.#roomsOf(node).map(({ limit, out }) => limit - out))

  /**
   * All of these, which go out together, or none: why not. `joins`: others of them are out already,
   * and wait for these.
   */
  takeTogether(nodes: readonly string[], joins: boolean): Hold | null {
    const why = this.refuseTogether(nodes, joins)
    if (why) return why
    // They go together as one node does: the pause is between them and the next.
    this.#left -= 1
    this.#enter(nodes)
    return null
  }

  /** The same, and nothing is taken. */
  refuseTogether(nodes: readonly string[], joins: boolean): Hold | null {
    const { policy } = this.world
    const fresh = nodes.filter((n) => !this.#changed.has(n))
    const most = policy.maxChanged ?? Infinity
    if (fresh.length > most) return holdFor({ is: 'group-over-run', asked: fresh.length, most })
    if (fresh.length > 0 && this.#changed.size + fresh.length > most)
      return holdFor({ is: 'group-next-run', most, changed: this.#changed.size })
    if (this.#paces.drain.hold && !joins) return this.#paces.drain.hold
    const wanted = new Map<Room, number>()
    for (const room of nodes.flatMap((n) => this.#roomsOf(n)))
      wanted.set(room, (wanted.get(room) ?? 0) + 1)
    for (const [{ name: scope, limit, out }, asked] of wanted) {
      if (asked > limit) return holdFor({ is: 'group-over-scope', asked, limit, scope })
      if (out + asked > limit) return holdFor({ is: 'group-scope-full', asked, out, limit, scope })
    }
    return !joins && (this.#left < 1 || this.#fit('drain') < nodes.length) ? this.#noneLeft() : null
  }

  #enter(nodes: readonly string[]): void {
    for (const node of nodes) {
      for (const room of this.#roomsOf(node)) room.out += 1
      this.#changed.add(node)
      this.#taken += 1
    }
  }

  #isOut = (node: string): boolean => isOut(this.world, node) || this.#called.has(node)

  #roomsOf(node: string): readonly Room[] {
    // One that is out already takes no place of its own.
    return this.#isOut(node) ? [] : (this.#rooms.get(node) ?? [])
  }

  /** The hard limit of a run, which no time and no end of a step lifts. */
  limit(node: string): Hold | null {
    const { policy } = this.world
    if (
      policy.maxChanged === null ||
      this.#changed.size < policy.maxChanged ||
      this.#changed.has(node)
    )
      return null
    return holdFor({ is: 'run-spent', most: policy.maxChanged })
  }

  /** So many more fit before the time closes. */
  #fit = (change: Change): number => this.#paces[change].fit - this.#taken

  #refuse(node: string, change: Change): Hold | null {
    const limit = this.limit(node)
    if (limit) return limit
    const full = this.#roomsOf(node).find((r) => r.out >= r.limit)
    if (full)
      return holdFor({ is: 'scope-full', out: full.out, limit: full.limit, scope: full.name })
    return this.#left > 0 && this.#fit(change) > 0 ? null : this.#noneLeft()
  }

  #noneLeft(): Hold {
    return this.world.policy.pause.nodes > 0 && this.#left < 1
      ? holdFor({ is: 'one-at-a-time' })
      : holdFor({ is: 'none-fits' })
  }
}

interface Pace {
  /** What holds all of them back just now. */
  readonly hold: Hold | null
  /** So many may begin now and are over before the time closes. */
  readonly fit: number
}

/** `visit`: how long one is expected to take, ms. */
function paceOf({ policy, now, forks }: World, visit: number, pause: Hold | null): Pace {
  const gate = timeGate(policy.timing, now)
  if (!gate.open || gate.closesAt === null || visit <= 0) return { hold: pause, fit: Infinity }
  const rounds = Math.floor((gate.closesAt - now) / visit)
  if (rounds >= 1) return { hold: pause, fit: rounds * forks }
  const until = nextFit(policy.timing, now, visit)
  return {
    hold: holdFor({ is: 'change-too-long', expected: visit }, until === null ? {} : { until }),
    fit: 0,
  }
}

/** Why no node may begin before another one is done, or before the pause after it is over. */
function pauseBetween({ policy, rollout, now }: World): Hold | null {
  if (policy.pause.nodes === 0) return null
  const busy =
    [...rollout.steps.values()].some((s) => s.action === 'apply') ||
    [...rollout.nodes.values()].some(
      (n) => n.held && !n.held.inherited && n.stage !== 'quarantined',
    )
  if (busy) return holdFor({ is: 'one-at-a-time' })
  const until = rollout.lastApply + policy.pause.nodes
  return rollout.lastApply > 0 && now < until
    ? holdFor({ is: 'pause-between-nodes' }, { until })
    : null
}
