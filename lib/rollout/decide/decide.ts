// SPDX-License-Identifier: Apache-2.0
// lib/rollout/decide/: the walk over the waves, and what it would be before a rollout has begun.
//
// decide(world) -> { actions, waiting, wakeAt }: the whole policy, and the only copy of it.
//
// Waves go in order. Within a wave every node is looked at (detect), what is HOT is applied, what
// was applied is looked at again (verify). The canary wave must be GOOD to the last node, and its
// soak over, before any other node is touched; a later wave may go on while nodes wait for a drain,
// or have failed within what the policy endures. Whatever must stop the rollout is asked first, so
// that no action stands beside a halt. A change that has begun is looked at again whatever came
// between: a node is never left half done because it got late.
import { dueCheck } from '../limits/health-gates.js'
import { drained, Slots } from '../limits/capacity.js'
import { unapproved } from '../limits/approvals.js'
import { closedFor, ending } from '../limits/gates.js'
import { checkHalt } from '../limits/halts.js'
import { HostGroups } from '../world/host-groups.js'
import { Visits } from '../visit/visits.js'
import { lookBesideVisits } from '../visit/detect-pacing.js'
import {
  byRecord,
  EMPTY,
  hasHotPart,
  isFirstLook,
  isVisiting,
  sortNodes,
} from '../world/sorted-nodes.js'
import type { Sorted } from '../world/sorted-nodes.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import { nodeState } from '../state/state.js'
import { waitingWithin } from './waiting.js'
import { doneSince, openCanaries, openNodes } from '../limits/wave-completion.js'
import { planWaves } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import type { Action, Decision, Waiting, World } from '../world/world.js'

const NOTHING: Decision = { actions: [], waiting: [], wakeAt: null }

export function decide(world: World): Decision {
  const { rollout, policy, nodes } = world
  if (rollout.status !== 'running' && rollout.status !== 'halted') return NOTHING
  const waves = planWaves(nodes, policy, rollout.limit)
  if (rollout.status === 'halted') return { ...NOTHING, waiting: whileHalted(waves, world) }
  const halt = checkHalt(world, waves)
  if (!halt) return new Walk(world, waves, closedFor(world)).decide()
  // Nobody is left drained: what was begun is finished, what was only drained is given back, then
  // it halts.
  const ours = new Set(drained(rollout))
  const held =
    world.scheduler !== null &&
    waves.some((w) =>
      w.nodes.some(
        (n) => ours.has(n) && (nodeState(rollout, n).step !== undefined || isVisiting(rollout, n)),
      ),
    )
  if (!held) return { ...NOTHING, actions: [{ do: 'halt', halt }] }
  return new Walk(world, waves, holdFor({ is: 'halting', message: halt.message })).decide()
}

/** Goes through the waves until one holds up those behind it. */
class Walk {
  readonly #actions: Action[] = []
  readonly #waiting: Waiting[] = []
  readonly #sorted: readonly Sorted[]
  /** Why nothing may begin, whatever the node. */
  readonly #closed: Hold | null
  readonly #visits: Visits | null
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
    this.#visits =
      world.scheduler &&
      new Visits({
        world,
        view: world.scheduler,
        closed,
        hostGroups,
        slots: () => (this.#slots ??= new Slots(world)),
      })
  }

  decide(): Decision {
    const { waves } = this
    const behind: string[] = []
    let hold: Hold | null = null
    for (const [i, wave] of waves.entries()) {
      const sorted = this.#sorted[i] as Sorted
      const open =
        wave.index === 0 ? openCanaries(sorted) : openNodes(wave, sorted, this.world.rollout)
      this.#done(wave, waves[i + 1], open)
      if (sorted.applied.length > 0)
        this.#actions.push({ do: 'verify', wave: wave.index, nodes: sorted.applied })
      if (sorted.spent.length > 0) this.#actions.push({ do: 'quarantine', nodes: sorted.spent })
      if (!hold && sorted.good.length < wave.nodes.length)
        hold = this.#closed ? null : this.#entrance(i)
      this.#visits?.goOn(wave, sorted.visiting, hold)
      if (hold) {
        // One that needs a drain waits for the same, and when that ends by itself its turn may
        // come.
        behind.push(...stuckBehind(sorted), ...(this.#visits ? sorted.drain : []))
        this.#waiting.push(
          ...waitingWithin(
            { ...sorted, unseen: [], hot: [], due: [], ...(this.#visits && { drain: [] }) },
            this.world,
          ),
        )
        continue
      }
      this.#work(wave, sorted)
      hold = open
    }
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
      actions: this.#actions,
      waiting: this.#waiting,
      wakeAt: this.#wakeAt(),
      ...(this.#newlyDone.length > 0 && { done: this.#newlyDone }),
    }
  }

  /** The pause after it counts from now on, whatever comes of its nodes. */
  #done(wave: Wave, next: Wave | undefined, hold: Hold | null): void {
    const { rollout } = this.world
    if (next && !hold && rollout.done?.[wave.index] === undefined)
      this.#newlyDone.push({ wave: wave.index, since: doneSince(rollout, wave, next) })
  }

  /** What must hold before this wave begins, the one before it being done. */
  #entrance(i: number): Hold | null {
    const { policy, rollout } = this.world
    const wave = this.waves[i] as Wave
    const before = this.waves[i - 1]
    if (!before) {
      return (
        this.#ask('start', -1, wave.nodes) ??
        (policy.approval.includes('start') ? unapproved(rollout, 'start', this.waves) : null)
      )
    }
    return (
      this.#pauseAfter(before, wave) ??
      this.#ask(before.index === 0 ? 'canaries' : 'waves', before.index, before.nodes) ??
      // Last but for the approvals: the soak and the gates belong to the wave before, and who
      // approves wants to know of them.
      this.#end(wave) ??
      (policy.approval.includes('wide')
        ? unapproved(
            rollout,
            'wide',
            this.waves.filter((w) => w.index > 0),
          )
        : null) ??
      (policy.approval.includes('waves') ? unapproved(rollout, `wave${wave.index}`, [wave]) : null)
    )
  }

  #end({ index }: Wave): Hold | null {
    const { untilWave } = this.world
    return untilWave !== undefined && index > untilWave
      ? holdFor({ is: 'until-wave', wave: untilWave })
      : null
  }

  #pauseAfter(before: Wave, next: Wave): Hold | null {
    const { index } = before
    const { policy, rollout, now } = this.world
    const done = doneSince(rollout, before, next)
    const waits: [number, Hold][] = []
    if (index === 0) waits.push([done + policy.soak, holdFor({ is: 'soak' })])
    if (policy.pause.waves > 0)
      waits.push([done + policy.pause.waves, holdFor({ is: 'pause-after-wave', wave: index })])
    const longest = waits.reduce((a, b) => (b[0] > a[0] ? b : a), [0, null] as unknown as [
      number,
      Hold,
    ])
    return now < longest[0] ? { ...longest[1], until: longest[0] } : null
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
    const due = dueCheck(this.world, point, after, nodes, taken)
    if (due?.action) this.#actions.push(due.action)
    return due?.hold ?? null
  }

  /**
   * One run for all nodes of a wave that need the same: a launch of Ansible costs more than a node
   * in it.
   */
  #work({ index, nodes: all }: Wave, sorted: Sorted): void {
    const { rollout } = this.world
    const { unseen, due, hot } = sorted
    const looks = byRecord(unseen, rollout)
    const some = this.#first(all.length, looks.fresh, sorted)
    const first = some ?? []
    const later = without(looks.fresh, first)
    const hotFirst = this.#visits ? sorted.drain.filter((n) => hasHotPart(this.world, n)) : []
    const changes = byRecord([...hot, ...hotFirst], rollout)
    const closed = this.#closed
    this.#waiting.push(
      ...waitingWithin(
        { ...sorted, unseen: [], hot: [], due: [], ...(this.#visits && !closed && { drain: [] }) },
        this.world,
      ),
    )
    if (closed) {
      const held = [...unseen, ...due, ...hot]
      if (held.length > 0) this.#waiting.push({ ...closed, nodes: held })
      return
    }
    if (later.length > 0)
      this.#waiting.push({
        nodes: later,
        ...holdFor({ is: some ? 'others-first' : 'look-order-asked' }),
      })
    if (looks.fresh.length === all.length) this.#visits?.lookedAt(first)
    const again = [...looks.tried, ...due]
    if (again.length > 0) this.#actions.push({ do: 'detect', wave: index, nodes: again })
    // The rest of the wave is still being looked at: one apply a little later costs less than two
    // now.
    const looking = looks.fresh.length > 0 || sorted.busy.some((n) => isFirstLook(rollout, n))
    if (looking && changes.fresh.length > 0)
      this.#waiting.push({
        nodes: changes.fresh,
        ...holdFor({ is: 'wave-looked-at' }),
      })
    for (const nodes of [looking ? [] : changes.fresh, changes.tried]) {
      if (nodes.length === 0) continue
      const { chosen, waiting } = (this.#slots ??= new Slots(this.world)).take(nodes, 'hot')
      if (chosen.length > 0) this.#actions.push({ do: 'apply', wave: index, nodes: chosen })
      this.#waiting.push(...waiting)
    }
    this.#visits?.begin(
      index,
      without(sorted.drain, hotFirst),
      (this.#slots ??= new Slots(this.world)),
      all.filter((n) => nodeState(rollout, n).stage === 'unseen').length,
    )
    this.#look(index, first, all, unseen)
  }

  /** Others of the wave that were looked at before may be about to be drained. */
  #look(
    wave: number,
    nodes: readonly string[],
    all: readonly string[],
    unseen: readonly string[],
  ): void {
    const { world } = this
    if (nodes.length === 0) return
    const seen = without(all, unseen)
      .map((n) => nodeState(world.rollout, n))
      .filter(({ stage }) => stage !== 'unseen')
    const since = seen.reduce((first, { at }) => Math.min(first, at), Infinity)
    const found =
      since < Infinity && this.#visits ? lookBesideVisits(world, this.#visits, nodes, since) : nodes
    if ('code' in found) return void this.#waiting.push({ ...found, nodes })
    this.#actions.push({ do: 'detect', wave, nodes: found })
    if (found.length < nodes.length)
      this.#waiting.push({
        nodes: without(nodes, found),
        ...holdFor({ is: 'others-first' }),
      })
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
      this.#visits.looking.want()
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
      const due = dueCheck(this.world, 'end', -1, all)
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

function whileHalted(waves: readonly Wave[], world: World): Waiting[] {
  const { rollout } = world
  const hostGroups = new HostGroups(world, waves)
  const out = waves.flatMap((wave) =>
    waitingWithin({ ...EMPTY, quarantined: sortNodes(wave, world, hostGroups).quarantined }, world),
  )
  const all = waves.flatMap((w) => w.nodes)
  out.push(...hostGroups.waiting(all))
  const named = new Set(out.flatMap((w) => w.nodes))
  const nodes = all.filter((n) => nodeState(rollout, n).stage !== 'good' && !named.has(n))
  return [...out, ...(nodes.length > 0 ? [{ ...holdFor({ is: 'halted' }), nodes }] : [])]
}
