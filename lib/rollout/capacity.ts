// SPDX-License-Identifier: Apache-2.0
// How many nodes may be changed just now: never more out at once than each scope allows, never more in one run than
// the hard limit, only what fits before the time closes, and no faster than the pause between nodes.
import { nodeState } from './state.js'
import type { NodeState, RolloutState } from './state.js'
import { nextFit, timeGate } from './windows.js'
import { shareOf } from './waves.js'
import type { Hold, Waiting, World } from './world.js'

/**
 * A node is out while it is being changed, was changed and is not yet seen GOOD again, or cannot be reached; and when
 * it was out before. One whose look failed without a change still serves.
 */
export function isOut({ rollout, out }: Pick<World, 'rollout' | 'out'>, node: string): boolean {
  const state = nodeState(rollout, node)
  if (out.has(node) || state.held || state.stage === 'applied' || isInApply(rollout, state)) return true
  if (state.stage === 'good' || state.stage === 'hot' || state.stage === 'drain') return false
  return state.touched || state.missing === true
}

const isInApply = ({ steps }: RolloutState, { step }: NodeState): boolean => step !== undefined && (steps.get(step)?.action === 'apply' || steps.get(step)?.action === 'drain')

/** Nodes that patchrun has drained, or is just draining. */
export const drained = ({ nodes, steps }: RolloutState): readonly string[] =>
  [...nodes].flatMap(([node, { held, step }]) => (held || (step !== undefined && steps.get(step)?.action === 'drain') ? [node] : []))

interface Room {
  readonly name: string
  readonly limit: number
  out: number
}

/** Hands out places until there is none left. */
export class Slots {
  readonly #rooms = new Map<string, Room[]>()
  readonly #hold: Hold | null
  #left: number
  #changed: number

  constructor(private readonly world: World) {
    for (const { name, limit, nodes } of world.capacity) {
      const room: Room = { name, limit: Math.max(1, shareOf(limit, nodes.length, Math.floor)), out: nodes.filter((n) => isOut(world, n)).length }
      for (const node of nodes) {
        const rooms = this.#rooms.get(node)
        if (rooms) rooms.push(room)
        else this.#rooms.set(node, [room])
      }
    }
    const { hold, most } = pace(world)
    this.#hold = hold
    this.#left = most
    // A drain is the beginning of a change.
    this.#changed = world.rollout.changed.size + drained(world.rollout).filter((node) => !world.rollout.changed.has(node)).length
  }

  /** Those of these nodes that may be changed now, in order, and why the others may not. */
  take(nodes: readonly string[], refuse: (node: string, chosen: number) => Hold | null = () => null): { readonly chosen: readonly string[]; readonly waiting: readonly Waiting[] } {
    const chosen: string[] = []
    const held = new Map<string, Waiting & { nodes: string[] }>()
    for (const node of nodes) {
      const hold = this.#hold ?? this.#refuse(node) ?? refuse(node, chosen.length)
      if (hold) {
        const before = held.get(hold.text)
        if (before) before.nodes.push(node)
        else held.set(hold.text, { ...hold, nodes: [node] })
        continue
      }
      for (const room of this.#roomsOf(node)) room.out += 1
      this.#left -= 1
      if (!this.world.rollout.changed.has(node)) this.#changed += 1
      chosen.push(node)
    }
    return { chosen, waiting: [...held.values()] }
  }

  /** Whether one more could go out where this node belongs. */
  hasRoom(node: string): boolean {
    return this.#hold === null && this.#refuse(node) === null
  }

  #roomsOf(node: string): readonly Room[] {
    // One that is out already takes no place of its own.
    return isOut(this.world, node) ? [] : (this.#rooms.get(node) ?? [])
  }

  /** The hard limit of a run, which no time and no end of a step lifts. */
  limit(node: string): Hold | null {
    const { policy, rollout } = this.world
    if (policy.maxChanged === null || this.#changed < policy.maxChanged || rollout.changed.has(node)) return null
    return { code: 'limit', text: `${policy.maxChanged} nodes at most are changed in one run, and that many were; the next run goes on` }
  }

  #refuse(node: string): Hold | null {
    const { policy } = this.world
    const limit = this.limit(node)
    if (limit) return limit
    const full = this.#roomsOf(node).find((r) => r.out >= r.limit)
    if (full) return { code: 'capacity', text: `${full.out} of ${full.limit} nodes that may be out at once are out (${full.name})` }
    if (this.#left > 0) return null
    return policy.pause.nodes > 0 ? { code: 'pace', text: 'one node at a time, with a pause between' } : { code: 'window', text: 'no more fit before the time for changes closes' }
  }
}

/** What holds all changes back just now, or how many may begin together. */
function pace(world: World): { readonly hold: Hold | null; readonly most: number } {
  const { policy, rollout, now, forks } = world
  const visit = expectedVisit(world)
  const gate = timeGate(policy.timing, now)
  let most = Infinity
  if (gate.open && gate.closesAt !== null) {
    const rounds = visit > 0 ? Math.floor((gate.closesAt - now) / visit) : Infinity
    most = rounds === Infinity ? Infinity : rounds * forks
    if (rounds < 1) {
      const until = nextFit(policy.timing, now, visit)
      return { hold: { code: 'window', text: `a change is expected to take ${minutes(visit)}, more than is left until the time for changes closes`, ...(until !== null && { until }) }, most: 0 }
    }
  }
  if (policy.pause.nodes === 0) return { hold: null, most }
  const busy = [...rollout.steps.values()].some((s) => s.action === 'apply') || [...rollout.nodes.values()].some((n) => n.held && n.stage !== 'quarantined')
  if (busy) return { hold: { code: 'pace', text: 'one node at a time, with a pause between' }, most: 0 }
  const until = rollout.lastApply + policy.pause.nodes
  if (rollout.lastApply > 0 && now < until) return { hold: { code: 'pace', text: 'the pause between two nodes', until }, most: 0 }
  return { hold: null, most: Math.min(most, 1) }
}

/** How long a node is expected to take from the beginning of its change to being seen GOOD, ms: nine of ten were no slower. */
export function expectedVisit({ durations, policy }: Pick<World, 'durations' | 'policy'>): number {
  const { apply, verify } = durations
  return apply.length === 0 || verify.length === 0 ? policy.timing.expected : ninth(apply) + ninth(verify)
}

/** The same for a node that is drained first, from being empty on. */
export const expectedDrainVisit = (world: Pick<World, 'durations' | 'policy'>): number =>
  expectedVisit(world) + ninth(world.durations.reboot) + ninth(world.durations.release)

const ninth = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.9) - 1] ?? 0

const minutes = (ms: number): string => (ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`)
