// SPDX-License-Identifier: Apache-2.0
// Who works with a node that is drained: the scheduler that drained it, until it is given back,
// whatever is declared for it meanwhile.
import { DEFAULT_SCHEDULER } from '../../fleet/declare/declared-schedulers.js'
import type { Fleet, FleetNode } from '../../fleet/declare/fleet.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type { Report } from '../../workload/contract/manager.js'
import { reasonPrefix } from '../../workload/contract/reason.js'
import { managerOf } from '../../workload/managers.js'
import { optionsOf } from '../record/step-kind.js'
import { holdFor } from '../say/reason.js'
import type { Hold } from '../say/reason.js'
import { nodeState } from '../state/state.js'
import type { NodeState, RolloutState } from '../state/state.js'
import type { World } from './world.js'

/** What each scheduler said last, by its name. */
type Reports = Readonly<Record<string, { readonly workload?: Report | null } | undefined>>

/** The name of the scheduler that drained it, or is draining it; null: none did. */
export function drainedBy({ held, step }: NodeState, { steps }: RolloutState): string | null {
  const open = step === undefined ? undefined : steps.get(step)
  if (open?.action === 'drain') return optionsOf(open).scheduler ?? DEFAULT_SCHEDULER
  // What somebody else took out is nobody's to give back.
  if (!held || held.unscheduled || held.foreign) return null
  return held.scheduler ?? DEFAULT_SCHEDULER
}

/**
 * The fleet, in which each node that is drained has the scheduler that drained it. Where that one
 * is not declared any more, it may have another name now: the one that is declared for the node has
 * it if it shows our drain, and else none has.
 */
export function withHeldSchedulers(
  fleet: Fleet,
  rollout: RolloutState,
  reports: Reports = {},
): Fleet {
  const drains = [...rollout.nodes].flatMap(([node, state]) => {
    const by = drainedBy(state, rollout)
    return by === null ? [] : [[node, by] as const]
  })
  if (drains.length === 0) return fleet
  const drainers = new Map(drains)
  let changed = false
  const nodes = fleet.nodes.map((node): FleetNode => {
    const by = drainers.get(node.name)
    if (by === undefined || by === node.scheduler) return node
    const isDeclared = fleet.schedulers.some((s) => s.name === by)
    if (!isDeclared && showsOurDrain(fleet, node, reports)) return node
    changed = true
    return isDeclared
      ? { ...node, scheduler: by }
      : { ...node, scheduler: null, declaredFor: node.scheduler }
  })
  return changed ? { ...fleet, nodes } : fleet
}

function showsOurDrain(fleet: Fleet, { name, scheduler }: FleetNode, reports: Reports): boolean {
  const declared = fleet.schedulers.find((s) => s.name === scheduler)
  const report = reports[scheduler ?? '']?.workload
  if (!declared || !report) return false
  const theirs = schedulerName(name, declared.names)
  const prefix = reasonPrefix(fleet.name, fleet.environment)
  return managerOf(declared).useOf(report, theirs, prefix)?.ours ?? false
}

/**
 * Why nothing is done with a node whose scheduler is gone. `declared`: the one that may be the same
 * under another name, and was not asked yet.
 */
export function schedulerGone(
  node: string,
  { rollout }: Pick<World, 'rollout'>,
  declared?: string,
): Hold {
  const { held } = nodeState(rollout, node)
  if (held?.foreign) return holdFor({ is: 'drain-by-hand', change: undefined })
  const [guest] = (held?.guests ?? []).flatMap((n) => nodeState(rollout, n).held ?? [])
  const scheduler = held?.scheduler ?? guest?.scheduler ?? DEFAULT_SCHEDULER
  return declared === undefined
    ? holdFor({ is: 'scheduler-gone', node, scheduler })
    : holdFor({ is: 'scheduler-renamed', scheduler, declared })
}
