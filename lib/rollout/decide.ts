// SPDX-License-Identifier: Apache-2.0
// decide(world) -> { actions, waiting, wakeAt }: the whole policy, and the only copy of it.
//
// Waves go in order. Within a wave every node is looked at (detect), what is HOT is applied, what was applied is
// looked at again (verify). The canary wave must be GOOD to the last node, and its soak over, before any other node
// is touched; a later wave may go on while nodes wait for a drain, or have failed within what the policy endures.
// Whatever must stop the rollout is asked first, so that no action stands beside a halt.
import { groupBy } from '../fleet/group-by.js'
import type { FleetNode, RolloutPolicy } from '../fleet/types.js'
import type { Halt, StepAction } from './events.js'
import { checkHalt } from './halt.js'
import { nodeState } from './state.js'
import type { NodeState, RolloutState } from './state.js'
import { DRAIN, HOT } from './verdict.js'
import { planWaves, waveName } from './waves.js'
import type { Wave } from './waves.js'

/** Everything a decision depends on. */
export interface World {
  /** ms since the epoch. */
  readonly now: number
  readonly nodes: readonly FleetNode[]
  readonly policy: RolloutPolicy
  readonly rollout: RolloutState
}

export type Action =
  /** Run a step on these nodes, all of one wave. */
  | { readonly do: StepAction; readonly wave: number; readonly nodes: readonly string[] }
  | { readonly do: 'halt'; readonly halt: Halt }
  | { readonly do: 'finish' }

export type WaitCode = 'step' | 'wave' | 'canary' | 'soak' | 'drain' | 'failed' | 'halted'

/** Why these nodes do not move, in words. */
export interface Waiting {
  readonly nodes: readonly string[]
  readonly code: WaitCode
  readonly text: string
  /** When it ends by itself, ms since the epoch. */
  readonly until?: number
}

export interface Decision {
  /** What may start now; steps of one decision touch no node in common. */
  readonly actions: readonly Action[]
  readonly waiting: readonly Waiting[]
  /** When something can change by itself, ms; null: not without an outcome or a person. */
  readonly wakeAt: number | null
}

const NOTHING: Decision = { actions: [], waiting: [], wakeAt: null }

export function decide(world: World): Decision {
  const { rollout, policy, nodes } = world
  if (rollout.status === 'done' || rollout.status === 'closed') return NOTHING
  const waves = planWaves(nodes, policy, rollout.limit)
  if (rollout.status === 'halted') return { ...NOTHING, waiting: whileHalted(waves, rollout) }
  const halt = checkHalt(world, waves)
  if (halt) return { ...NOTHING, actions: [{ do: 'halt', halt }] }
  return walk(world, waves)
}

/** Goes through the waves until one holds up those behind it. */
function walk({ rollout, policy, now }: World, waves: readonly Wave[]): Decision {
  const actions: Action[] = []
  const waiting: Waiting[] = []
  let wakeAt: number | null = null
  let closed: Omit<Waiting, 'nodes'> | null = null
  const behind: string[] = []
  let allGood = true
  for (const wave of waves) {
    const sorted = sort(wave, rollout)
    allGood &&= sorted.good.length === wave.nodes.length
    if (closed) {
      behind.push(...notGood(sorted))
      continue
    }
    actions.push(...stepsOf(wave, sorted))
    waiting.push(...within(sorted, rollout))
    closed = wave.index === 0 ? afterCanaries(sorted, rollout, policy, now) : afterWave(wave, sorted)
    if (closed?.until !== undefined) wakeAt = closed.until
  }
  if (closed && behind.length > 0) waiting.push({ ...closed, nodes: behind })
  if (allGood && rollout.steps.size === 0) return { actions: [{ do: 'finish' }], waiting: [], wakeAt: null }
  return { actions, waiting, wakeAt }
}

interface Sorted extends Readonly<Record<NodeState['stage'], string[]>> {
  /** Nodes that are in a step just now. */
  readonly busy: string[]
}

function sort(wave: Wave, rollout: RolloutState): Sorted {
  const sorted: Sorted = { unseen: [], hot: [], drain: [], applied: [], good: [], failed: [], busy: [] }
  for (const node of wave.nodes) {
    const { step, stage } = nodeState(rollout, node)
    ;(step === undefined ? sorted[stage] : sorted.busy).push(node)
  }
  return sorted
}

/** One run for all nodes of a wave that need the same: a launch of Ansible costs more than a node in it. */
function stepsOf({ index }: Wave, { unseen, hot, applied, busy }: Sorted): Action[] {
  const steps: Action[] = []
  if (unseen.length > 0) steps.push({ do: 'detect', wave: index, nodes: unseen })
  // The rest of the wave is still being looked at: one apply a little later costs less than two now.
  if (hot.length > 0 && unseen.length === 0 && busy.length === 0) steps.push({ do: 'apply', wave: index, nodes: hot })
  if (applied.length > 0) steps.push({ do: 'verify', wave: index, nodes: applied })
  return steps
}

function within({ hot, drain, failed, busy, unseen }: Sorted, rollout: RolloutState): Waiting[] {
  const waiting: Waiting[] = []
  for (const [step, nodes] of groupBy(busy, (n) => nodeState(rollout, n).step ?? '')) {
    const open = rollout.steps.get(step)
    waiting.push({ nodes, code: 'step', text: open ? DOING[open.action] : 'a step is under way' })
  }
  if (hot.length > 0 && (unseen.length > 0 || busy.length > 0)) waiting.push({ nodes: hot, code: 'step', text: 'its wave is still being looked at' })
  for (const [text, nodes] of groupBy(drain, (n) => drainText(nodeState(rollout, n)))) waiting.push({ nodes, code: 'drain', text })
  for (const [text, nodes] of groupBy(failed, (n) => nodeState(rollout, n).failure?.message ?? 'failed')) waiting.push({ nodes, code: 'failed', text })
  return waiting
}

const DOING: Readonly<Record<StepAction, string>> = {
  detect: 'is being looked at (check mode)',
  apply: 'is being changed',
  verify: 'is being looked at again after the change',
}

function drainText({ changes }: NodeState): string {
  const cause = changes.find((c) => c.tags.includes(DRAIN)) ?? changes.find((c) => !c.tags.includes(HOT))
  const why = cause ? ` ("${cause.task}", ${cause.file}:${cause.line})` : ''
  return `its change needs the node drained${why}; this version applies HotChange only`
}

const notGood = ({ good: _done, ...rest }: Sorted): string[] => Object.values(rest).flat()

/** What keeps the other waves closed after the canary wave; null opens them. */
function afterCanaries(sorted: Sorted, rollout: RolloutState, { soak }: RolloutPolicy, now: number): Omit<Waiting, 'nodes'> | null {
  const { good, drain } = sorted
  const open = notGood(sorted).length
  if (open > 0) {
    const why = drain.length > 0 ? `${drain.length} of them need a drain` : `${good.length} of ${good.length + open} are verified`
    return { code: 'canary', text: `every canary must be GOOD at the pin first: ${why}` }
  }
  const verifiedAt = good.reduce((latest, node) => Math.max(latest, nodeState(rollout, node).at), 0)
  const until = verifiedAt + soak
  return now < until ? { code: 'soak', text: 'the canaries are verified and soak', until } : null
}

function afterWave({ index }: Wave, { unseen, hot, applied, busy }: Sorted): Omit<Waiting, 'nodes'> | null {
  const moving = unseen.length + hot.length + applied.length + busy.length
  return moving > 0 ? { code: 'wave', text: `${waveName(index)} must be done first: ${moving} of its nodes are not` } : null
}

function whileHalted(waves: readonly Wave[], rollout: RolloutState): Waiting[] {
  const nodes = waves.flatMap((w) => w.nodes).filter((n) => nodeState(rollout, n).stage !== 'good')
  return nodes.length > 0 ? [{ nodes, code: 'halted', text: 'the rollout is halted' }] : []
}
