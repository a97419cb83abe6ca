// SPDX-License-Identifier: Apache-2.0
// A fleet on a lab whose change needs empty nodes and a reboot, and what Slurm and the nodes
// themselves say of it afterwards.
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeRepository, type Repository } from '../../support/repository.js'
import { startLab, type Lab } from './lab.js'
import type { Options, Output } from './run.js'
import { bootsOf } from './sampler.js'

const program = resolve(import.meta.dirname, '../../../bin/patchrun.js')

/**
 * A package, and a handler that asks for a reboot as Debian's packages do. Both need an empty node.
 */
export const sitePlaybook = (version: string, tasks = ''): string => `- name: site
  hosts: all
  gather_facts: false
  become: true
  tasks:
${tasks}    - name: install labpkg
      ansible.builtin.apt: { name: labpkg=${version}, allow_downgrade: true }
      tags: [DrainChange]
      notify: ask for a reboot
  handlers:
    - name: ask for a reboot
      ansible.builtin.copy: { dest: /run/reboot-required, content: "labpkg", mode: "0644" }
      tags: [DrainChange]
`

/** Blocks of patchrun.yml in flow style, without the braces. */
export interface DrainPolicy {
  readonly drain: string
  readonly capacity: number
  readonly rollout?: string
  readonly scheduler?: string
  /** By name, whole; in place of the one that has all nodes. */
  readonly schedulers?: Readonly<Record<string, string>>
  readonly runsOn?: string
  readonly inventory?: string
  readonly health?: string
}

export interface RolloutAnswer {
  readonly rollout: {
    readonly state: string
    readonly halt?: { code: string; message: string; nodes: string[] }
    readonly nodes: readonly { node: string; stage: string; waiting?: string }[]
  }
}

export interface DrainFleet {
  readonly lab: Lab
  readonly repository: Repository
  /** The command, in the lab. */
  patchrun(argv: readonly string[], options?: Options): Promise<Output>
  declare(policy: DrainPolicy): Promise<void>
  /** A shell command on each of these nodes; what it printed. */
  everywhere(command: string, nodes?: readonly string[]): Promise<readonly string[]>
  versions(nodes?: readonly string[]): Promise<readonly string[]>
  boots(): Promise<readonly number[]>
  /** What Slurm says behind Reason=, with user and time; empty when there is none. */
  reason(node: string): Promise<string>
  states(): Promise<Readonly<Record<string, string>>>
  reservations(): Promise<readonly string[]>
  /** What was intended so far, in order: "drain node01,node02". */
  steps(): readonly string[]
  /**
   * The directory in which the log of each step lies, by the name of the step; empty where there is
   * none.
   */
  evidence(): readonly { readonly step: string; readonly log: string }[]
  /** Resolves once this step of the visit of this node is intended. */
  intended(action: string, node: string, patience?: number): Promise<void>
}

/** The lines of patchrun.yml that declare them. */
function schedulersOf(one: string, several: DrainPolicy['schedulers']): string {
  const common = 'type: slurm, controller: localhost, every: 1s, feature: patchrun_'
  if (!several) return `scheduler: { ${common}${one} }`
  const lines = Object.entries(several).map(([name, more]) => `  ${name}: { ${common}${more} }`)
  return ['schedulers:', ...lines].join('\n')
}

export const answerOf = ({ stdout }: Output): RolloutAnswer => JSON.parse(stdout) as RolloutAnswer

/**
 * Six nodes, or as many as are given, at labpkg 1.0; node01 is the canary; `ansible` is the
 * directory of its commands.
 */
export async function startDrainFleet(
  ansible: string,
  {
    nodes = 6,
    bootDelay,
    etc,
  }: { readonly nodes?: number; readonly bootDelay?: number; readonly etc?: string } = {},
): Promise<DrainFleet> {
  const lab = await startLab({
    nodes,
    ...(bootDelay !== undefined && { bootDelay }),
    ...(etc !== undefined && { etc }),
  })
  const directory = join(lab.directory, 'fleet')
  await mkdir(directory)
  const repository = makeRepository(join(directory, 'playbooks'))
  const everywhere: DrainFleet['everywhere'] = (command, nodes = lab.nodes) =>
    Promise.all(nodes.map(async (n) => (await lab.ssh(n, command)).stdout.trim()))
  const slurm = async (...argv: string[]): Promise<string> =>
    (await lab.exec(['scontrol', 'show', '-o', ...argv])).stdout
  await everywhere(
    'sudo DEBIAN_FRONTEND=noninteractive sh -c "apt-get -qy update; apt-get -qy install labpkg=1.0" >/dev/null 2>&1',
  )
  // What people note beside a reason looks like one.
  await lab.exec([
    'scontrol',
    'update',
    `nodename=${lab.nodes.join(',')}`,
    'comment=seen by vendor [jdoe@2026-01-02]',
  ])
  const journal = join(directory, '.patchrun/environments/default/journal.jsonl')
  const intents = (action: string, node: string): number =>
    existsSync(journal)
      ? readFileSync(journal, 'utf8')
          .split('\n')
          .filter(
            (line) =>
              line.includes('"type":"intended"') &&
              line.includes(`"action":"${action}"`) &&
              line.includes(`"${node}"`),
          ).length
      : 0
  return {
    lab,
    repository,
    everywhere,
    patchrun: (argv, options = {}) =>
      lab.exec([process.execPath, program, '-c', join(directory, 'patchrun.yml'), ...argv], {
        timeout: 900_000,
        ...options,
        env: {
          NO_COLOR: '1',
          TZ: 'UTC',
          ...options.env,
          PATH: `${ansible}:${process.env['PATH'] ?? ''}`,
        },
      }),
    declare: ({
      drain,
      capacity,
      rollout = '',
      scheduler = '',
      schedulers,
      runsOn = '',
      health = '',
      inventory = '',
    }) =>
      writeFile(
        join(directory, 'patchrun.yml'),
        `schemaVersion: 1
fleet: lab
playbooks: { repository: ./playbooks }
nodes: { allow: [${lab.nodes.join(', ')}], canary: [node01] }
inventory: { source: ${lab.inventoryFile}, vars: { ansible_pipelining: true }${inventory} }
${schedulersOf(scheduler, schedulers)}
drain: { ${drain} }
runsOn: { ${runsOn} }
health: [${health}]
rollout: { soak: 0s, waves: ["100%"], maxFailed: 5, retries: { attempts: 2, backoff: 3s }, expected: 20s, capacity: { fleet: ${capacity} }${rollout} }
ansible: { forks: 6, connectTimeout: 5s }
`,
      ),
    versions: (nodes) => everywhere("dpkg-query -W -f '${Version}' labpkg", nodes),
    boots: () => Promise.all(lab.nodes.map((n) => bootsOf(lab, n))),
    reason: async (node) =>
      /Reason=(.*?)\s*(?:Comment=.*)?$/m.exec(await slurm('node', node))?.[1] ?? '',
    states: async () =>
      Object.fromEntries(
        [...(await slurm('node')).matchAll(/NodeName=(\S+).*? State=(\S+)/g)].map(
          ([, name = '', state = '']) => [name, state],
        ),
      ),
    reservations: async () =>
      [...(await slurm('reservation')).matchAll(/ReservationName=(\S+)/g)].map(
        ([, name = '']) => name,
      ),
    steps: () =>
      existsSync(journal)
        ? readFileSync(journal, 'utf8')
            .split('\n')
            .filter((line) => line.includes('"type":"intended"'))
            .map(
              (line) =>
                `${/"action":"(\w+)"/.exec(line)?.[1] ?? ''} ${(/"nodes":\[([^\]]*)\]/.exec(line)?.[1] ?? '').replaceAll('"', '')}`,
            )
        : [],
    evidence: () => {
      const runs = join(directory, '.patchrun/environments/default/runs')
      const steps = readdirSync(runs).flatMap((rollout) =>
        readdirSync(join(runs, rollout))
          .filter((name) => /^\d{4,}-/.test(name))
          .map((name) => join(runs, rollout, name)),
      )
      return steps.map((step) => ({
        step,
        log: existsSync(join(step, 'ansible.log')) ? realpathSync(step) : '',
      }))
    },
    async intended(action, node, patience = 600_000) {
      const before = intents(action, node)
      for (const until = Date.now() + patience; intents(action, node) === before; await sleep(30)) {
        if (Date.now() > until)
          throw new Error(`no ${action} of ${node} within ${patience / 1000} s`)
      }
    },
  }
}
