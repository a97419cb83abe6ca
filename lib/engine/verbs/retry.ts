// SPDX-License-Identifier: Apache-2.0
// `patchrun retry [NODES]`: a person says that nodes are to be tried again, and that a halted
// rollout goes on.
import { PatchrunError, refuse } from '../../errors.js'
import type { Problem } from '../../errors.js'
import { hostsOfOption } from '../../fleet/lists/limit.js'
import { summed } from '../../fleet/lists/lists.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import type { RetryReport } from '../../report/model/answers.js'
import { REPORT_VERSION } from '../../report/model/rollout-report.js'
import { nodeState, planWaves } from '../../rollout/index.js'
import type { RolloutState } from '../../rollout/index.js'
import { giveOrder } from '../orders/give-order.js'
import { toRetry } from '../orders/orders.js'
import { placeOfFleet } from '../site/places.js'
import { systemClock } from '../step/progress.js'
import type { Session } from '../site/session.js'
import { optional, orderReport } from './steer.js'
import type { SteerOptions } from './steer.js'
import { storeOf } from '../site/store-of.js'

/**
 * Failed, quarantined, never started, waiting for a drain: a node that is not GOOD may be named.
 * Without names, all that failed. Works while a run is under way. Gives the names. Throws
 * usage/nothing-to-retry, usage/not-in-rollout, usage/host-expression, usage/order-refused,
 * config/…, state/….
 */
export async function retry(
  session: Session,
  hosts: string | null,
  options: SteerOptions = {},
): Promise<readonly string[]> {
  return (await retryReport(session, hosts, options)).nodes
}

interface Retried {
  readonly fleet: Fleet
  readonly live: RolloutState
  readonly wanted: readonly string[] | null
  readonly nodes: readonly string[]
}

/** What a retry would be about, as things are. Throws what it throws. */
export async function retried(session: Session, hosts: string | null): Promise<Retried> {
  const fleet = await session.observe()
  const wanted = hosts === null ? null : hostsOfOption(hosts, 'retry')
  const { current } = await storeOf(fleet).read()
  const live =
    current && (current.status === 'running' || current.status === 'halted') ? current : null
  if (!live)
    throw nothing(
      current
        ? `no rollout is under way or halted: ${current.id} is ${current.status}`
        : 'nothing has been rolled out yet',
    )
  if (wanted)
    requireOpen(
      live,
      wanted,
      new Set(planWaves(fleet.nodes, fleet.policy, live.limit).flatMap((w) => w.nodes)),
    )
  const nodes = toRetry(live, wanted)
  // A rollout halted by a guard, a gate or a person has no failed node, and may go on all the same.
  if (nodes.length === 0 && live.status !== 'halted')
    throw nothing('no node has failed, and the rollout is not halted')
  return { fleet, live, wanted, nodes }
}

export async function retryReport(
  session: Session,
  hosts: string | null,
  { reason: given, clock = systemClock }: SteerOptions = {},
): Promise<RetryReport> {
  const said = optional(given)
  const { fleet, live, wanted, nodes } = await retried(session, hosts)
  const { signal } = session.options
  const place = placeOfFleet(fleet)
  const done = await giveOrder(
    place,
    { do: 'retry', rollout: live.id, nodes: wanted && nodes, ...said },
    { clock, ...(signal && { signal }) },
  )
  return {
    schemaVersion: REPORT_VERSION,
    kind: 'retry',
    fleet: fleet.name,
    nodes,
    ...orderReport(place, done),
  }
}

/**
 * Every node that is named must be one that can be tried again: a slip must not pass for an answer.
 */
function requireOpen(
  rollout: RolloutState,
  wanted: readonly string[],
  members: ReadonlySet<string>,
): void {
  const strange = wanted.filter((n) => !members.has(n))
  const good = wanted.filter((n) => members.has(n) && nodeState(rollout, n).stage === 'good')
  const problems: Problem[] = []
  if (strange.length > 0)
    problems.push({
      code: 'usage/not-in-rollout',
      message: `${summed(strange)}: not in rollout ${rollout.id}${rollout.limit ? ', which is limited' : ''}`,
      hint: '`patchrun status --json` names its nodes.',
    })
  if (good.length > 0)
    problems.push({
      code: 'usage/nothing-to-retry',
      message: `${summed(good)}: GOOD at the pin already`,
      hint: 'Leave it out. `patchrun run --again` looks at nodes of a completed pin once more.',
    })
  refuse(problems)
}

const nothing = (message: string): PatchrunError =>
  new PatchrunError({
    code: 'usage/nothing-to-retry',
    message,
    hint: '`patchrun status` shows which nodes failed, and why.',
  })
