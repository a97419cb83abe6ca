// SPDX-License-Identifier: Apache-2.0
// The playbooks of the scheduler's steps: one play, one role each, with the variables that its
// README names. Credentials and variables are those that the site gives Ansible.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringifyExact } from '../../fleet/yaml/exact-numbers.js'
import type { Fleet, HealthGate, Scheduler } from '../../fleet/declare/fleet.js'
import type { RolloutState } from '../../rollout/index.js'
import { managerOf } from '../../workload/managers.js'
import { drainReason, reasonPrefix } from '../../workload/contract/reason.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import { gateVars, layOut, placeOf } from './health-playbook.js'

export interface SchedulerRun {
  readonly fleet: Fleet
  readonly scheduler: Scheduler
  readonly rollout: RolloutState
  /** The nodes of the step, by their inventory names. */
  readonly nodes: readonly string[]
  /** The checked-out repository. */
  readonly checkout: string
  /** How long a drain may wait for its node to be empty, ms. */
  readonly wait?: number
  /** Where a job comes before the drain, the node is given back at once. */
  readonly idle?: boolean
  /** The connection to the node is there before it is drained. */
  readonly connected?: boolean
}

/** Paths of playbooks, each absolute. */
export interface VisitPlaybooks {
  /** Connects to the node, and changes nothing. */
  readonly reach: string
  readonly drain: string
  readonly reboot: string
  readonly release: string
  /** Release of a node that was not changed: no test job. */
  readonly giveBack: string
}

type Vars = Readonly<Record<string, unknown>>

export async function writeVisitPlaybooks(
  run: SchedulerRun,
  directory: string,
): Promise<VisitPlaybooks> {
  const { fleet, scheduler, checkout } = run
  const gates = visitGates(fleet)
  const home = join(directory, 'visit')
  await layOut(home, placeOf(fleet, checkout), [
    ...Object.values<string>({ ...scheduler.roles }),
    ...gates.map((g) => g.role),
  ])
  const own = managerOf(scheduler).variables('release', scheduler.every)
  const release = (name: string, vars: Vars): Play => ({
    name,
    role: scheduler.roles.release,
    vars: { ...own, ...variables(run), ...vars },
  })
  const { test: testRole } = scheduler.roles
  return {
    reach: await write(home, 'reach', scheduler, [REACH]),
    drain: await write(home, 'drain', scheduler, drainPlays(run)),
    reboot: await write(home, 'reboot', scheduler, [rebootPlay(run), ...gatePlays(run)]),
    release: await write(home, 'release', scheduler, [
      release('release', { patchrun_test: fleet.policy.drain.test, patchrun_test_role: testRole }),
    ]),
    giveBack: await write(home, 'give-back', scheduler, [
      release('give back', {
        patchrun_test: false,
        patchrun_test_role: testRole,
        patchrun_feature: '',
      }),
    ]),
  }
}

/** Those that a node is asked before it is given back. */
const visitGates = ({ policy }: Fleet): readonly HealthGate[] =>
  policy.health.filter((g) => g.at.includes('visit'))

const gatePlays = ({ fleet, scheduler, rollout, nodes }: SchedulerRun): readonly Play[] =>
  visitGates(fleet).map((gate) => ({
    name: `health gate ${gate.name}`,
    role: gate.role,
    vars: gateVars({ gate, point: 'visit', sha: rollout.pin.sha, scheduler, nodes }),
    onNodes: true,
  }))

function rebootPlay(run: SchedulerRun): Play {
  const { fleet, scheduler, rollout, nodes } = run
  const { reboot, rebootTimeout } = fleet.policy.drain
  const boot = Object.fromEntries(
    nodes.flatMap((n) => {
      const at = rollout.nodes.get(n)?.held?.boot
      return at === undefined ? [] : [[n, at]]
    }),
  )
  // A change that was cut off may have lost the handler that asks for the reboot: an empty node is
  // rebooted rather than trusted.
  const cut = nodes.some((n) => rollout.nodes.get(n)?.held?.cut)
  return {
    name: 'reboot',
    role: scheduler.roles.reboot,
    vars: {
      ...variables(run),
      patchrun_reboot: cut && reboot === 'auto' ? 'always' : reboot,
      patchrun_reboot_timeout: Math.ceil(rebootTimeout / 1000),
      patchrun_boot_before: boot,
    },
    onNodes: true,
  }
}

/**
 * What waits for a node to be empty, waits connected; a job that comes while it connects would be
 * waited for, so the drain comes before that. An idle node that is given back then is out only from
 * when it can be reached.
 */
function drainPlays(run: SchedulerRun): readonly Play[] {
  const { nodes, wait = 0, idle = false, connected = false } = run
  const drain = (vars: Vars): Play => ({ name: 'drain', role: run.scheduler.roles.drain, vars })
  if (nodes.length > 1 || connected) return [drain(drainVars(run))]
  if (idle) return [REACH, drain(drainVars(run))]
  return [
    drain({ ...drainVars(run), patchrun_wait: 0 }),
    REACH,
    ...(wait > 0 ? [drain(drainVars(run))] : []),
  ]
}

const drainVars = (run: SchedulerRun): Vars => ({
  patchrun_held: heldOf(run),
  patchrun_wait: (run.wait ?? 0) / 1000,
  patchrun_idle: run.idle ?? false,
  ...managerOf(run.scheduler).variables('drain', run.scheduler.every),
  ...variables(run),
})

/**
 * Where the manager has put its own words in the place of our reason, the role cannot tell that the
 * drain is ours.
 */
const heldOf = ({ nodes, rollout, scheduler }: SchedulerRun): readonly string[] =>
  nodes.filter((n) => rollout.nodes.get(n)?.held).map((n) => schedulerName(n, scheduler.names))

/**
 * For an Ansible that was started ahead, before its drain is read: nobody knew then how long it may
 * wait.
 */
export async function tellDrain(run: SchedulerRun, directory: string): Promise<void> {
  await writeVars(join(directory, 'visit'), 'drain', 0, drainVars(run))
}

/** What one look waits for. */
export interface Watched {
  /** The scheduler's names of the nodes of which one is to be empty. */
  readonly nodes: readonly string[]
  /** How long, s. */
  readonly seconds: number
}

const watchFile = (directory: string): string => join(directory, 'visit', 'watch.json')

/**
 * For the next look of an Ansible that is under way: it keeps files of variables, and reads this
 * one each time.
 */
export async function tellWatch(directory: string, { nodes, seconds }: Watched): Promise<void> {
  await writeFile(watchFile(directory), JSON.stringify({ nodes, seconds }), { mode: 0o600 })
}

export async function writeObservePlaybook(
  run: SchedulerRun,
  directory: string,
  watch: Watched,
): Promise<string> {
  const home = join(directory, 'visit')
  await layOut(home, placeOf(run.fleet, run.checkout), [run.scheduler.roles.observe])
  await tellWatch(directory, watch)
  const told = (part: keyof Watched): string =>
    `{{ (lookup('ansible.builtin.file', ${JSON.stringify(watchFile(directory))}) | from_json).${part} }}`
  const vars = {
    ...variables(run),
    patchrun_wait: told('seconds'),
    patchrun_wait_nodes: told('nodes'),
    ...managerOf(run.scheduler).variables('observe', run.scheduler.every),
    ...run.scheduler.vars,
  }
  return write(home, 'observe', run.scheduler, [
    { name: 'observe', role: run.scheduler.roles.observe, vars },
  ])
}

function variables({ fleet, scheduler, rollout, nodes }: SchedulerRun): Vars {
  const { controller, names, feature, vars } = scheduler
  const { sha } = rollout.pin
  return {
    patchrun_controller: controller,
    patchrun_nodes: nodes.map((n) => schedulerName(n, names)),
    patchrun_reason: drainReason(fleet.name, fleet.environment, rollout.id, sha),
    patchrun_reason_prefix: reasonPrefix(fleet.name, fleet.environment),
    patchrun_sha: sha,
    patchrun_rollout: rollout.id,
    patchrun_feature: feature === null ? '' : `${feature}${sha.slice(0, 12)}`,
    patchrun_feature_prefix: feature ?? '',
    ...vars,
  }
}

/** A word of the scheduler needs no connection. */
const REACH: Play = {
  name: 'reach the node',
  tasks: [
    {
      name: 'Connect',
      'ansible.builtin.ping': {},
      timeout: 20,
      ignore_unreachable: true,
      ignore_errors: true,
    },
  ],
  vars: {},
  onNodes: true,
}

interface Play {
  readonly name: string
  readonly role?: string
  readonly tasks?: readonly object[]
  readonly vars: Vars
  /** Its tasks run on the nodes themselves, not on the controller. */
  readonly onNodes?: boolean
}

async function write(
  home: string,
  name: string,
  { controllerVars }: Scheduler,
  plays: readonly Play[],
): Promise<string> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const written = []
  for (const [i, play] of plays.entries()) {
    const file = await writeVars(home, name, i, play.vars)
    written.push({
      name: play.name,
      hosts: 'all',
      gather_facts: false,
      any_errors_fatal: false,
      ...(!play.onNodes && { vars: controllerVars }),
      vars_files: [file],
      ...(play.role !== undefined && { roles: [{ role: play.role }] }),
      ...(play.tasks && { tasks: play.tasks }),
    })
  }
  const playbook = join(home, `${name}.yml`)
  // JSON is YAML: no quoting of ours can go wrong.
  await writeFile(playbook, `${stringifyExact(written, 2)}\n`, { mode: 0o600 })
  return playbook
}

/**
 * In a file of its own: arguments are everybody's to read, and Ansible reads a file of variables
 * only once.
 */
async function writeVars(home: string, name: string, play: number, vars: Vars): Promise<string> {
  const file = `${name}-${play}.json`
  await writeFile(join(home, file), `${stringifyExact(vars)}\n`, { mode: 0o600 })
  return file
}
