// SPDX-License-Identifier: Apache-2.0
// Which nodes run on which hypervisor, and what that means for when they may be touched: a
// hypervisor whose change has begun may restart what runs on it, so nothing is done there before it
// is GOOD and back.
import { groupBy } from '../../fleet/names/group-by.js'
import { nodeState } from '../state/state.js'
import type { RolloutState } from '../state/state.js'
import type { Wave } from './waves.js'
import { holdFor, reasonKey } from '../say/reason.js'
import type { Hold, Reason } from '../say/reason.js'
import type { Waiting, World } from './world.js'

export class HostGroups {
  readonly #hostOf: ReadonlyMap<string, string>
  readonly #guestsOf: ReadonlyMap<string, readonly string[]>
  readonly #fleet: ReadonlySet<string>
  readonly #members: ReadonlySet<string>
  readonly #rollout: RolloutState

  constructor({ nodes, rollout }: Pick<World, 'nodes' | 'rollout'>, waves: readonly Wave[]) {
    const guests = nodes.filter((n) => n.runsOn !== null)
    this.#rollout = rollout
    this.#hostOf = new Map(guests.map((n) => [n.name, n.runsOn as string]))
    this.#guestsOf = new Map(
      [...groupBy(guests, (n) => n.runsOn as string)].map(([host, those]) => [
        host,
        those.map((n) => n.name),
      ]),
    )
    this.#fleet = new Set(nodes.map((n) => n.name))
    this.#members = new Set(waves.flatMap((w) => w.nodes))
  }

  hostOf = (node: string): string | undefined => this.#hostOf.get(node)
  guestsOf = (node: string): readonly string[] => this.#guestsOf.get(node) ?? []

  /** Its change has begun, and it is not back yet. */
  isDown(host: string): boolean {
    const { held } = nodeState(this.#rollout, host)
    return held !== undefined && held.phase !== 'draining' && held.phase !== 'hosted'
  }

  /**
   * Its change needs it drained and has not begun: the nodes on it go out with it, and are not
   * changed before.
   */
  gathers(host: string): boolean {
    const { stage, held } = nodeState(this.#rollout, host)
    return (
      this.#members.has(host) &&
      this.guestsOf(host).length > 0 &&
      stage === 'drain' &&
      (!held || (held.phase === 'draining' && !held.inherited))
    )
  }

  /** Of a hypervisor: it is to be drained with what runs on it, for the first time or once more. */
  isGroupHost(host: string): boolean {
    const { stage, step } = nodeState(this.#rollout, host)
    return (
      this.gathers(host) ||
      (this.guestsOf(host).length > 0 &&
        this.isDown(host) &&
        stage === 'drain' &&
        step === undefined)
    )
  }

  /** What it does next is decided for all that go out together. */
  isInGroup(node: string): boolean {
    const host = this.hostOf(node)
    const { held } = nodeState(this.#rollout, node)
    return (
      this.isGroupHost(node) ||
      (host !== undefined && this.gathers(host) && held?.phase === 'draining' && !held.inherited)
    )
  }

  /** Why a node is not drained for its own change: its hypervisor comes first. */
  hostFirst(node: string): Hold | null {
    const host = this.pendingHost(node)
    if (host === undefined) return null
    return holdFor({ is: this.gathers(host) ? 'with-host' : 'host-first', host })
  }

  /** The hypervisor of this node is drained first, or nobody knows yet whether it has to be. */
  pendingHost(node: string): string | undefined {
    const host = this.hostOf(node)
    if (host === undefined || !this.#members.has(host) || this.isDown(host)) return undefined
    const { stage } = nodeState(this.#rollout, host)
    return stage === 'good' || stage === 'failed' || stage === 'quarantined' ? undefined : host
  }

  /** The hypervisor that this node waits for to be back. */
  #awaited(node: string): string | undefined {
    const { stage, held } = nodeState(this.#rollout, node)
    if (stage === 'quarantined' || (stage === 'good' && !held)) return undefined
    const host = this.hostOf(node)
    if (host !== undefined && this.isDown(host)) return host
    if (held?.phase !== 'hosted' || held.host === undefined || !this.#fleet.has(held.host))
      return undefined
    const its = nodeState(this.#rollout, held.host)
    return its.stage === 'good' && !its.held ? undefined : held.host
  }

  waits = (node: string): boolean => this.#awaited(node) !== undefined

  /**
   * It cannot move until a person has seen to a node that was quarantined: its hypervisor, or one
   * that runs there as well.
   */
  isStuck(node: string): boolean {
    const isQuarantined = (n: string): boolean =>
      nodeState(this.#rollout, n).stage === 'quarantined'
    const awaited = this.#awaited(node)
    if (awaited !== undefined) return isQuarantined(awaited)
    const host = this.guestsOf(node).length > 0 ? node : this.pendingHost(node)
    const { stage, held } = nodeState(this.#rollout, node)
    return (
      stage === 'drain' &&
      !held &&
      host !== undefined &&
      this.gathers(host) &&
      this.guestsOf(host).some(isQuarantined)
    )
  }

  /** Why those of these nodes do not move that wait for their hypervisor. */
  waiting(nodes: readonly string[]): readonly Waiting[] {
    const reasons = nodes
      .filter(this.waits)
      .map((node) => ({ node, reason: this.#whyAwaited(node) }))
    return [...groupBy(reasons, ({ reason }) => reasonKey(reason)).values()].flatMap((those) =>
      those[0] ? [{ ...holdFor(those[0].reason), nodes: those.map(({ node }) => node) }] : [],
    )
  }

  #whyAwaited(node: string): Reason {
    const host = this.#awaited(node) ?? ''
    const { stage, failure, held } = nodeState(this.#rollout, host)
    const stands =
      stage === 'quarantined' || stage === 'failed' ? stage : held ? 'changing' : 'not-good'
    const isHeld = nodeState(this.#rollout, node).held !== undefined
    return { is: 'host-awaited', host, stands, failure, held: isHeld }
  }
}
