// SPDX-License-Identifier: Apache-2.0
// Whether the scheduler answers, and knows what the declaration says of it. It is asked as a run
// asks it; nothing is changed.
import { join } from 'node:path'
import type { Fleet, Scheduler } from '../../fleet/declare/fleet.js'
import { emptyPartitions, NO_STATE, wouldOpen } from '../../rollout/index.js'
import type { PinnedCommit } from '../../rollout/index.js'
import { reasonPrefix } from '../../workload/contract/reason.js'
import { managerOf } from '../../workload/managers.js'
import type { Manager, Report } from '../../workload/contract/manager.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import { gateProblems } from '../step/health-gate.js'
import { lookOnce } from '../step/scheduler-look.js'
import { useCheckout } from '../commit/pin.js'
import { withRequirements } from '../commit/requirements.js'
import { layoutOf } from '../site/layout.js'
import { refuse } from '../../errors.js'
import { count } from '../../report/words/words.js'
import { fail, ok, warn } from './found.js'
import type { CheckContext, Found } from './found.js'

/** Names of a list that are shown. */
const SHOWN = 5

export interface SchedulerCheck {
  readonly scheduler: Scheduler
  /** Its roles may lie in the repository. */
  readonly pin: PinnedCommit
  /** What each scheduler said is added, by its name. */
  readonly heard: Map<string, Report>
}

export async function checkScheduler(
  { fleet: declared, session, clock, signal }: CheckContext,
  { scheduler, pin, heard }: SchedulerCheck,
): Promise<Found> {
  const install = await session.findAnsible()
  const directory = join(layoutOf(declared).looks, `doctor-${scheduler.field}`)
  const { path } = await useCheckout(declared, pin.sha, signal)
  const fleet = await withRequirements(declared, { install, checkout: path, signal })
  refuse(gateProblems(fleet, path))
  const said = await lookOnce(
    { directory, scheduler },
    { fleet, install, checkout: path, signal },
    wouldOpen(pin, NO_STATE, null, clock.now()),
    clock,
  )
  if (typeof said !== 'string') {
    heard.set(scheduler.name, said)
    return judge(fleet, scheduler, said)
  }
  return fail(
    `it gave no answer: ${said}`,
    `No node is drained until it does. Look at ${scheduler.field}.controller, at the credentials that Ansible has for it, and at ${directory}/ansible.log.`,
  )
}

const noneIn = (partitions: readonly string[]): string =>
  `no node is in ${partitions.join(', ')}, of which rollout.capacity.partitions speaks: such a limit holds nobody back`

const correctName = ({ words }: Manager): string =>
  `Correct the name, as \`${words.shownBy}\` shows it, or take the limit out.`

/** Of several schedulers, all of which answered. */
export function judgePartitions(fleet: Fleet, heard: ReadonlyMap<string, Report>): Found {
  const [first] = fleet.schedulers
  const empty = emptyPartitions(fleet, heard)
  if (!first || empty.length === 0) return ok('each that has a limit has nodes')
  return warn(noneIn(empty), correctName(managerOf(first)))
}

/** What a look tells of the declaration. */
export function judge(fleet: Fleet, scheduler: Scheduler, seen: Report): Found {
  const { name, environment } = fleet
  const nodes = fleet.nodes.filter((n) => n.scheduler === scheduler.name)
  const manager = managerOf(scheduler)
  const prefix = reasonPrefix(name, environment)
  const isKnown = (node: string): boolean =>
    manager.useOf(seen, schedulerName(node, scheduler.names), prefix) !== null
  const hosts = new Set(fleet.nodes.flatMap((n) => n.runsOn ?? []))
  const mayKnow = nodes.map((n) => n.name).filter((n) => !hosts.has(n))
  const strangers = mayKnow.filter((n) => !isKnown(n))
  // Where there are several, a partition may be another one's.
  const empty =
    fleet.schedulers.length > 1 ? [] : emptyPartitions(fleet, new Map([[scheduler.name, seen]]))
  if (nodes.length === 0)
    return warn(
      'it answers, and has none of the nodes that may be touched here',
      `Look at ${scheduler.field}.nodes, and at the lists: nothing is asked of it in this environment.`,
    )
  const faults = [
    ...(empty.length > 0 ? [noneIn(empty)] : []),
    ...(strangers.length > 0
      ? [
          `it does not know ${strangers.slice(0, SHOWN).join(', ')}${strangers.length > SHOWN ? ` and ${strangers.length - SHOWN} more` : ''}: a change that needs one of them drained waits`,
        ]
      : []),
  ]
  const software = manager.tried(seen.software)
  if (faults.length === 0)
    return ok(
      `${software === undefined ? '' : `${software}; `}it knows ${mayKnow.length === 1 ? 'the node' : `all ${mayKnow.length} nodes`}, and ${count(manager.occupants(seen), manager.words.occupant)}`,
    )
  return warn(
    faults.join('\n'),
    empty.length > 0
      ? correctName(manager)
      : `Look at ${scheduler.field}.names (full or short), or at the inventory.`,
  )
}
