// SPDX-License-Identifier: Apache-2.0
// Starts the ansible-playbook of a visit, with the playbooks of all the steps that it may go on
// with.
import { optionsOf } from '../../rollout/index.js'
import { join } from 'node:path'
import type { AnsibleEvent } from '../../ansible/events/run-events.js'
import { buildInventory } from '../../ansible/call/inventory-json.js'
import { startSections } from '../../ansible/run/start-playbook.js'
import type { LiveRun, Section } from '../../ansible/call/playbook-call.js'
import { writeInventory } from '../../ansible/call/write-inventory.js'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { schedulerOfStep } from '../../fleet/policy/scheduler.js'
import type { OpenStep, RolloutState, StepKind } from '../../rollout/index.js'
import { VISIT_STEPS } from '../../workload/contract/visit-steps.js'
import type { VisitStep } from '../../workload/contract/visit-steps.js'
import type { LentTree } from '../commit/lend-tree.js'
import { writeOwed } from '../step/owed-handlers.js'
import { writeVisitPlaybooks } from '../step/scheduler-playbooks.js'
import type { VisitPlaybooks } from '../step/scheduler-playbooks.js'
import { makeAnew } from '../step/step.js'
import type { StepContext } from '../step/step.js'

/** reach: connects, and changes nothing. */
export type Stop = 'reach' | VisitStep['name']
const ROUTE: readonly Stop[] = ['reach', ...VISIT_STEPS.map((s) => s.name)]
/** Beyond what a reboot may take, ms: a visit that says nothing for longer hangs. */
const GRACE = 60_000

export interface Visit {
  readonly live: LiveRun
  /** Where it runs; given back when it has ended. */
  readonly tree: LentTree
  /** Of its files. */
  readonly directory: string
  /**
   * What it does next and after that; of one that was just started, the first is what it is doing.
   */
  readonly next: readonly Stop[]
}

export interface Launch {
  readonly step: StepKind & Pick<OpenStep, 'nodes'>
  /** Made anew. */
  readonly directory: string
  /** The step releases what was not changed. */
  readonly giveBack: boolean
  /** It only connects for now: whether its drain comes is not decided yet. */
  readonly ahead?: boolean
  readonly onEvent?: (event: AnsibleEvent) => void
}

/** Rejects as startSections does; the tree is given back then. */
export async function launchVisit(
  { tree, ...launch }: Launch & Pick<Visit, 'tree'>,
  context: StepContext,
  rollout: RolloutState,
): Promise<Visit> {
  try {
    return { tree, ...(await start(launch, { ...context, checkout: tree.path }, rollout)) }
  } catch (error) {
    await tree.giveBack()
    throw error
  }
}

async function start(
  { step, directory, giveBack, ahead = false, onEvent }: Launch,
  context: StepContext,
  rollout: RolloutState,
): Promise<Omit<Visit, 'tree'>> {
  const { fleet, install, checkout, fence, signal, suggested } = context
  const scheduler = schedulerOfStep(fleet, step.nodes)
  if (!scheduler) throw new Error('a visit without a scheduler')
  await makeAnew(directory)
  await writeOwed(directory, step.nodes, rollout)
  const playbooks = await writeVisitPlaybooks(
    {
      fleet,
      scheduler,
      rollout,
      nodes: step.nodes,
      checkout,
      wait: optionsOf(step).wait,
      idle: optionsOf(step).idle,
      connected: ahead,
    },
    directory,
  )
  const stop = step.action as Stop
  const next =
    step.nodes.length > 1 || giveBack ? [stop] : ROUTE.slice(ROUTE.indexOf(ahead ? 'reach' : stop))
  const sections: Section[] = giveBack
    ? [{ mode: 'gate', playbook: playbooks.giveBack }]
    : next.map((s) => sectionOf(s, playbooks, fleet.playbooks.playbook))
  const inventory = await writeInventory(join(directory, 'inventory'), buildInventory(fleet))
  const live = await startSections({
    install,
    checkout,
    inventory,
    directory,
    fence,
    signal,
    suggested,
    onEvent,
    // One more than there is to do: what it did last is known when it waits, and not only when the
    // process has gone.
    sections: [...sections, ...sections.slice(-1)],
    hosts: step.nodes,
    denied: fleet.denied,
    policy: { ...fleet.ansible, hangTimeout: silenceOf(fleet) },
    untagged: fleet.policy.changes.untagged,
  })
  return { live, directory, next }
}

/** Whatever it does is ended. */
export async function endVisit({ live, tree }: Pick<Visit, 'live' | 'tree'>): Promise<void> {
  await live.close()
  await tree.giveBack()
}

/** How long a visit may say nothing, ms: its reboot is a single task. */
export const silenceOf = ({ ansible, policy }: Pick<Fleet, 'ansible' | 'policy'>): number =>
  Math.max(ansible.hangTimeout, policy.drain.rebootTimeout + GRACE)

/**
 * Two visits with the same key would be started with the same files, but for the node. Those of a
 * node that is declared for another scheduler meanwhile are others.
 */
export const startKey = (
  node: string,
  { fleet, checkout }: Pick<StepContext, 'fleet' | 'checkout'>,
  { id, pin }: RolloutState,
): string =>
  JSON.stringify([
    schedulerOfStep(fleet, [node])?.name,
    id,
    pin.sha,
    checkout,
    fleet.schedulers,
    fleet.ansible,
    fleet.denied,
    fleet.policy,
    buildInventory(fleet),
  ])

function sectionOf(stop: Stop, playbooks: VisitPlaybooks, site: string): Section {
  if (stop === 'apply') return { mode: 'full', playbook: site }
  if (stop === 'verify') return { mode: 'check', playbook: site }
  return { mode: 'gate', playbook: playbooks[stop] }
}
