// SPDX-License-Identifier: Apache-2.0
// The playbook of a health gate: one play, one role. It lies in the step's directory and behaves as
// if it lay beside the playbook of the rollout, so that a gate reaches the nodes with the same
// variables, plugins and roles.
import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findRole, isCollectionRole, rolePlaces, rolesIn } from '../../ansible/programs/roles.js'
import type { PlaybookPlace } from '../../ansible/programs/roles.js'
import { PatchrunError } from '../../errors.js'
import type { Problem } from '../../errors.js'
import { stringifyExact } from '../../fleet/yaml/exact-numbers.js'
import { nearest } from '../../fleet/names/nearest.js'
import { schedulerName } from '../../fleet/policy/scheduler.js'
import type { Fleet, HealthGate, HealthPoint, Scheduler } from '../../fleet/declare/fleet.js'

/**
 * What Ansible looks for beside a playbook. Callback plugins are not among them: a gate needs none.
 */
const BESIDE = [
  'group_vars',
  'host_vars',
  'vars',
  'library',
  'module_utils',
  'filter_plugins',
  'test_plugins',
  'lookup_plugins',
  'action_plugins',
  'connection_plugins',
  'become_plugins',
  'vars_plugins',
  'collections',
]

/** Roles of gates that are nowhere, all of them; empty when every gate can be asked. */
export function gateProblems(
  fleet: Pick<Fleet, 'policy' | 'playbooks' | 'ansible' | 'schedulers'>,
  checkout: string,
): readonly Problem[] {
  const place = placeOf(fleet, checkout)
  const gates = fleet.policy.health.flatMap(
    ({ name, role }) => roleProblem(`the health gate "${name}"`, role, place) ?? [],
  )
  return [
    ...gates,
    ...fleet.schedulers.flatMap(({ field, roles }) =>
      Object.entries<string>({ ...roles }).flatMap(
        ([step, role]) => roleProblem(`${field}.roles.${step}`, role, place) ?? [],
      ),
    ),
  ]
}

export const placeOf = (
  { playbooks, ansible }: Pick<Fleet, 'playbooks' | 'ansible'>,
  checkout: string,
): PlaybookPlace => ({
  checkout,
  playbook: playbooks.playbook,
  config: ansible.config,
  installed: ansible.installed,
})

function roleProblem(who: string, role: string, place: PlaybookPlace): Problem | undefined {
  const places = rolePlaces(place)
  if (isCollectionRole(role) || findRole(role, places) !== undefined) return undefined
  // Ansible may find it where we cannot look; it says so itself when it does not.
  if (places.opaque && !/[/\\]/.test(role)) return undefined
  const known = rolesIn([...places.own, ...places.ansible, places.ours])
  const near = nearest(role, known.keys())
  return {
    code: 'playbook/unknown-role',
    message: `${who} names the role "${role}", which is nowhere: looked in ${[...places.own, ...places.ansible, places.ours].join(', ')}`,
    hint:
      near === undefined
        ? 'Add the role to the roles/ of the playbook repository, or correct `role`.'
        : `Did you mean "${near}"? If not, add the role to the roles/ of the playbook repository.`,
  }
}

/**
 * Makes `home` a directory in which a playbook of ours finds what it would find beside that of the
 * rollout, and these roles.
 */
export async function layOut(
  home: string,
  place: PlaybookPlace,
  wanted: readonly string[],
): Promise<void> {
  const places = rolePlaces(place)
  await mkdir(join(home, 'roles'), { recursive: true, mode: 0o700 })
  const beside = join(place.checkout, dirname(place.playbook))
  for (const name of BESIDE) {
    const target = join(beside, name)
    if (existsSync(target)) await symlink(target, join(home, name))
  }
  // By links and not by roles_path, which cannot hold every path, and which is the site's to set.
  const roles = new Map([...rolesIn([places.ours]), ...rolesIn(places.own)])
  for (const name of wanted) {
    const found = findRole(name, places)
    if (found !== undefined) roles.set(name, found)
  }
  for (const [name, path] of roles) await symlink(path, join(home, 'roles', name))
}

export interface GateRun {
  readonly gate: HealthGate
  readonly point: HealthPoint
  readonly sha: string
  readonly scheduler: Scheduler | null
  /** The nodes that are asked, by their inventory names. */
  readonly nodes: readonly string[]
}

/**
 * What the role of a gate is given: where a scheduler is declared also whom to ask of these nodes,
 * unless the gate says so itself.
 */
export function gateVars({
  gate,
  point,
  sha,
  scheduler,
  nodes,
}: GateRun): Readonly<Record<string, unknown>> {
  // Under its own name Ansible would reach this machine by ssh: a gate is not given the
  // controller's connection variables.
  const controller =
    scheduler?.controllerVars['ansible_connection'] === 'local'
      ? 'localhost'
      : scheduler?.controller
  const known = scheduler && {
    ...scheduler.vars,
    patchrun_controller: controller,
    patchrun_nodes: nodes.map((n) => schedulerName(n, scheduler.names)),
  }
  return {
    ...known,
    ...gate.vars,
    patchrun_gate: gate.name,
    patchrun_point: point,
    patchrun_sha: sha,
  }
}

/**
 * Writes the playbook below `directory` and gives its absolute path. Throws playbook/unknown-role.
 */
export async function writeGatePlaybook(
  run: GateRun,
  place: PlaybookPlace,
  directory: string,
): Promise<string> {
  const { gate } = run
  const problem = roleProblem(`the health gate "${gate.name}"`, gate.role, place)
  if (problem) throw new PatchrunError(problem)
  const home = join(directory, 'gate')
  await layOut(home, place, [gate.role])
  // In a file, and of ours only: variables may be secret, and arguments are everybody's to read.
  await writeFile(join(home, 'vars.json'), `${stringifyExact(gateVars(run))}\n`, { mode: 0o600 })
  const play = {
    name: `health gate ${gate.name}`,
    hosts: 'all',
    gather_facts: false,
    any_errors_fatal: false,
    vars_files: ['vars.json'],
    roles: [{ role: gate.role }],
  }
  const playbook = join(home, 'gate.yml')
  // JSON is YAML: no quoting of ours can go wrong.
  await writeFile(playbook, `${JSON.stringify([play], null, 2)}\n`, { mode: 0o600 })
  return playbook
}
