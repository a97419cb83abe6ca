// SPDX-License-Identifier: Apache-2.0
// lib/rollout/visit/: the visit of a node that needs to be drained, and when it begins.
//
// Visits: drain -> (empty) -> apply -> reboot -> verify -> release, a node at a time. Which nodes
// begin one is asked of capacity, window and the scheduler's word; one whose change has begun goes
// on to its end whatever comes between.
import { are, count } from '../../fleet/names/count.js'
import { describeJobs, isForeign, jobsByNode, schedulerName, useOf } from '../../workload/use.js'
import { notDrained, takenOut } from '../../workload/say.js'
import type { NodeUse } from '../../workload/use.js'
import { Prelaunch } from './prelaunch.js'
import { drained } from '../limits/capacity.js'
import type { Slots } from '../limits/capacity.js'
import { CpuLimit } from '../limits/cpu-limit.js'
import { drainSteps } from './drain-steps.js'
import { IdleCores } from '../limits/idle-cores.js'
import type { HostGroups } from '../world/host-groups.js'
import { clockOf, fits, inTime } from '../limits/window-fit.js'
import { LookPacing } from './look-pacing.js'
import { HostVisits } from './host-visits.js'
import type { NodeVisits } from './host-visits.js'
import { shareOf } from '../world/waves.js'
import type { Wave } from '../world/waves.js'
import { isBack } from '../world/orphaned-drains.js'
import { drainOrder } from '../world/drain-order.js'
import type { Ordering, Turn } from '../world/drain-order.js'
import type { StepAction } from '../record/journal-events.js'
import { nodeState } from '../state/state.js'
import type { Held, NodeState } from '../state/state.js'
import { isSeenEmpty } from '../state/visit-state.js'
import type { Action, Hold, SchedulerView, Waiting, World } from '../world/world.js'

/** Given back because time was over: not drained again before this has passed, ms. */
const POSTPONE = 600_000

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
  readonly prelaunch: Prelaunch
  readonly #uses = new Map<string, NodeUse | null>()
  readonly looking: LookPacing
  #held: number
  readonly #cpuLimit: CpuLimit
  readonly #clock: (at: number) => string
  readonly #hostVisits: HostVisits

  constructor(
    private readonly world: World,
    private readonly view: SchedulerView,
    private readonly closed: Hold | null,
    private readonly hostGroups: HostGroups,
    slots: () => Slots,
  ) {
    this.#clock = clockOf(world)
    this.looking = new LookPacing(world, view)
    this.prelaunch = new Prelaunch(world)
    this.#hostVisits = new HostVisits(world, hostGroups, this.#nodeVisits(), slots)
    const { workload, names, prefix } = view
    const jobs = workload && jobsByNode(workload)
    if (workload && jobs)
      for (const { name } of world.nodes)
        this.#uses.set(
          name,
          useOf(
            workload,
            schedulerName(name, names),
            prefix,
            jobs,
            world.policy.drain.reservations,
          ),
        )
    this.#held = drained(world.rollout).filter(
      (node) => this.#uses.has(node) || !isBack(world, node),
    ).length
    this.#cpuLimit = new CpuLimit(world)
  }

  /** The next step of nodes in the middle of a visit. `hold`: their wave may not begin. */
  goOn({ index: wave, nodes: members }: Wave, nodes: readonly string[], hold: Hold | null): void {
    const why = this.closed ?? hold
    const back: string[] = []
    for (const node of nodes.filter(
      (n) => !this.hostGroups.waits(n) && !this.hostGroups.isInGroup(n),
    )) {
      const state = nodeState(this.world.rollout, node)
      const held = state.held as Held
      const first =
        held.phase === 'draining' && !held.inherited ? this.hostGroups.hostFirst(node) : null
      const next = !first
        ? this.#next(node, state, held, why)
        : why && this.#givesBack(why)
          ? { do: 'release' as const }
          : first
      const full = this.#cpuLimit.full()
      if (!('do' in next)) this.waiting.push({ ...next, nodes: [node] })
      else if (next.do === 'drain' && full) this.waiting.push({ ...full, nodes: [node] })
      else if (next.do === 'detect' && held.phase === 'hosted') back.push(node)
      else {
        if (next.do === 'drain') this.#cpuLimit.going += 1
        this.actions.push({ ...next, wave, nodes: [node] })
      }
    }
    if (back.length > 0) this.actions.push({ do: 'detect', wave, nodes: back })
    this.waiting.push(...this.hostGroups.waiting(nodes))
    for (const node of members)
      if (this.hostGroups.isGroupHost(node)) this.#hostVisits.goOn(wave, node, why)
    this.actions.push(...this.#hostVisits.actions.splice(0))
    this.waiting.push(...this.#hostVisits.waiting.splice(0))
  }

  /**
   * Nobody is kept waiting for a window, an end or other nodes (which may wait for this one); a
   * person or a gate may be quick.
   */
  #givesBack = (hold: Hold): boolean =>
    (this.closed !== null && hold.code !== 'pause') ||
    hold.code === 'wave' ||
    hold.code === 'canary'

  #next(node: string, state: NodeState, held: Held, hold: Hold | null): NextStep | Hold {
    const { now, policy } = this.world
    if (held.again !== undefined && now < held.again)
      return {
        code: 'visit',
        text:
          held.waitsFor === undefined
            ? 'the scheduler gave no clear answer about this node, and is asked again'
            : `${held.waitsFor}; the scheduler is asked again`,
        until: held.again,
      }
    if (held.back !== undefined && held.phase === 'draining')
      return { do: 'release', postpone: held.back }
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
    if (held.phase !== 'draining')
      return isSeenEmpty(held, now)
        ? { do: 'apply', full: true }
        : use && !use.empty && use.draining
          ? this.#wait(node, use, held)
          : { do: 'drain', ...foreign }
    if (hold) return this.#givesBack(hold) ? { do: 'release' } : hold
    if (held.empty)
      return (
        fits(this.world, now) ??
        (isSeenEmpty(held, now) ? { do: 'apply', full: true } : { do: 'drain', ...foreign })
      )
    if (!use || use.empty || !use.draining) {
      // Nobody asked since the drain: its own report said that it was at work.
      if (!use) return this.#wait(node, null, held)
      return { do: 'drain', ...foreign }
    }
    if (now >= held.since + policy.drain.timeout) {
      if (policy.drain.onTimeout === 'release') return { do: 'release', postpone: this.#postponed }
      if (policy.drain.onTimeout === 'ask')
        return {
          ...this.#wait(node, use, held),
          text: `${this.#wait(node, use, held).text}; that is longer than drain.timeout: wait on, or give it back with \`patchrun release ${node}\``,
        }
    }
    return this.#wait(node, use, held)
  }

  /** Drained, and still at work. */
  #wait(node: string, use: NodeUse | null, held: Held): Hold {
    this.looking.want([node])
    const { now, policy } = this.world
    const jobs = use ? describeJobs(use.jobs, this.#clock) : ''
    const late =
      now >= held.since + policy.drain.timeout ? ` (since ${this.#clock(held.since)})` : ''
    return {
      code: 'visit',
      text: `drained${late}, waits to be empty${jobs === '' ? '' : `: ${jobs}`}`,
    }
  }

  /**
   * Those of these nodes whose visit begins now. `unseen`: how many others of their wave were not
   * looked at yet.
   */
  begin(wave: number, nodes: readonly string[], slots: Slots, unseen: number): void {
    const { rollout, forks, prepared } = this.world
    const limit = this.atOnce
    // A hypervisor goes out with what runs on it, and that with its hypervisor.
    const single = nodes.filter(
      (n) => !this.hostGroups.isGroupHost(n) && !this.hostGroups.hostFirst(n),
    )
    for (const node of nodes) {
      const first = this.hostGroups.isGroupHost(node) ? null : this.hostGroups.hostFirst(node)
      if (first) this.waiting.push({ ...first, nodes: [node] })
    }
    const room = single.some(
      (node) =>
        rollout.nodes.get(node)?.held !== undefined ||
        (this.#held < limit && slots.hasRoom(node) && !this.#isLeft(node)),
    )
    // A look costs the controller a question: it is asked when something may come of it.
    const unanswered = room ? this.looking.unanswered() : null
    const ready: { node: string; use: NodeUse }[] = []
    for (const node of single) {
      const hold = slots.limit(node) ?? this.#unready(node, nodeState(rollout, node), unanswered)
      const use = this.#uses.get(node)
      if (hold || !use)
        this.waiting.push({
          ...(hold ?? { code: 'visit', text: 'the scheduler has not been asked yet' }),
          nodes: [node],
        })
      else ready.push({ node, use })
    }
    if (ready.length === 0) return
    const idleCores = new IdleCores(this.world)
    this.#cpuLimit.reckon(this.actions)
    const order = drainOrder(ready, { ...this.#ordering(), prepared })
    this.order.push(...order)
    const { chosen, waiting } = slots.take(
      order.map((t) => t.node),
      'drain',
      (node, taken) => {
        const free = limit - this.#held - taken - this.#cpuLimit.kept
        if (!room || (free <= 0 && !rollout.nodes.get(node)?.held))
          return {
            code: 'capacity',
            text: `${limit - free} of ${count(limit, 'node')} that may be drained at once ${are(limit - free)} drained${this.#cpuLimit.kept > 0 ? ' or about to be' : ''}`,
          }
        const use = this.#uses.get(node) ?? null
        const places = slots.places(node) - this.#cpuLimit.kept
        if (places <= 0)
          return { code: 'capacity', text: 'idle nodes that wait for a processor come first' }
        return (
          inTime(this.world, use) ??
          (use?.empty
            ? this.#cpuLimit.idle()
            : use && idleCores.hold(use, Math.min(free, places), order.length - taken + unseen))
        )
      },
    )
    this.#held += chosen.length
    const { actions, patient } = drainSteps(chosen, {
      uses: this.#uses,
      world: this.world,
      spare: forks - this.#cpuLimit.going,
      others: order.length > chosen.length,
    })
    this.#cpuLimit.going += patient
    this.actions.push(...actions.map((a) => ({ ...a, wave })))
    this.waiting.push(...waiting)
    // Their slot may come when something happens there; where visits of ours take the room, it
    // comes with the end of one.
    const crowded = new Set(waiting.flatMap((w) => (w.code === 'capacity' ? w.nodes : [])))
    // Who is next is to be known when there is room, and not asked then.
    const asks = crowded.size > 0 && this.prelaunch.asks(this.#cpuLimit)
    this.prelaunch.expect(
      order.map((t) => t.node).filter((n) => crowded.has(n) && !rollout.nodes.get(n)?.held),
      this.looking.isFresh ? this.prelaunch.ending : 0,
      this.#cpuLimit,
    )
    if (
      asks ||
      waiting.some((w) => w.code !== 'limit' && !(w.code === 'capacity' && this.#held > 0))
    )
      this.looking.want()
  }

  /**
   * These nodes, those first that are seen to be empty soon; null: it is asked anew who that is.
   * Where nobody was drained yet, it is not asked for this alone.
   */
  soonest(nodes: readonly string[]): readonly string[] | null {
    if (this.view.workload && !this.looking.silenced() && this.looking.unanswered()) return null
    const known = nodes.flatMap((node) => {
      const use = this.#uses.get(node)
      return use ? [{ node, use }] : []
    })
    const first = drainOrder(known, this.#ordering()).map((t) => t.node)
    return [...first, ...nodes.filter((n) => !this.#uses.get(n))]
  }

  /**
   * The first nodes of a wave are looked at, in this order: where drains have begun, some of these
   * are likely to be next.
   */
  lookedAt(nodes: readonly string[]): void {
    if (this.looking.isFresh)
      this.prelaunch.expect(
        nodes.filter((n) => this.#uses.get(n) && !isForeign(this.#uses.get(n))),
        this.atOnce,
        this.#cpuLimit,
      )
  }

  #ordering = (): Ordering => ({
    now: this.world.now,
    clock: this.#clock,
    places: new Map(
      [...(this.view.workload?.nodes.keys() ?? [])].map((name, place) => [name, place]),
    ),
  })

  /** Somebody else's, and not to be patched: no room is of use to it. */
  #isLeft(node: string): boolean {
    const use = this.#uses.get(node)
    return isForeign(use) && !(this.world.policy.drain.foreign === 'patch' && use?.empty)
  }

  /** Why the visit of this node cannot begin, whatever the capacity. */
  #unready(node: string, state: NodeState, unseen: Hold | null): Hold | null {
    const { now, policy } = this.world
    if (state.postponed !== undefined && now < state.postponed)
      return {
        code: 'visit',
        text: 'it was not changed last time, and is drained again later',
        until: state.postponed,
      }
    const use = this.#uses.get(node)
    // What was seen of it last is worth more to a reader than that it is old; no visit begins from
    // either.
    if (unseen && (this.looking.silenced() || !isForeign(use))) return unseen
    if (!use) {
      this.looking.want()
      return {
        code: 'visit',
        text: `its change needs it drained, and the scheduler knows no node ${schedulerName(node, this.view.names)}`,
      }
    }
    const left = notDrained(use)
    if (left === null && !isForeign(use)) return null
    if (left === null && policy.drain.foreign === 'patch' && use.empty) return unseen
    this.looking.want()
    return {
      code: 'visit',
      text:
        left ??
        `${takenOut(use, this.view.prefix)}; ${policy.drain.foreign === 'patch' ? 'it is patched when it is empty' : 'it is left alone'}`,
    }
  }

  get atOnce(): number {
    return Math.max(1, shareOf(this.world.policy.drain.atOnce, this.world.nodes.length, Math.floor))
  }

  /**
   * So many are looked at together before and beside visits: some of them will have got a job by
   * then.
   */
  get most(): number {
    return Math.min(this.world.forks, 2 * this.atOnce)
  }

  get #postponed(): number {
    return this.world.now + Math.max(POSTPONE, this.world.policy.retries.backoff)
  }

  /** What a hypervisor and the nodes on it ask of these. */
  #nodeVisits(): NodeVisits {
    const { drain } = this.world.policy
    return {
      use: (node) => this.#uses.get(node),
      unready: (node, state) => {
        const hold = this.#unready(node, state, this.looking.unanswered())
        const use = this.#uses.get(node)
        return (
          hold && {
            ...hold,
            lasting: use === null || (isForeign(use) && drain.foreign === 'leave'),
          }
        )
      },
      roomFor: (asked, own) =>
        this.#held > own && this.#held + asked > this.atOnce
          ? {
              code: 'capacity',
              text: `${count(asked, 'node')} go out together, and ${this.#held} of ${this.atOnce} that may be drained at once are drained`,
            }
          : null,
      held: () => this.#held,
      took: (more) => void (this.#held += more),
      watch: (nodes) => this.looking.want(nodes),
      givesBack: this.#givesBack,
      postponed: this.#postponed,
    }
  }
}
