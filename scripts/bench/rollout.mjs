// SPDX-License-Identifier: Apache-2.0
// What `patchrun run` costs over what Ansible itself needs. Three ways to bring the same nodes from
// the same state to the same commit:
//   patchrun  the command as people give it, with all it starts
//   bare      one ansible-playbook for each step that patchrun took, with the same nodes, flags, forks and settings, without our
//             plugin and without anything around it
//   plain     one ansible-playbook over all nodes at once, as people do who have no patchrun
// They take turns, each round in another order, so that a busy minute falls on all alike. CPU time
// is the figure that holds on a busy machine; wall time is told as well.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runEnvironment } from '../../dist/lib/ansible/call/environment.js'
import { makeFleet, TASKS } from '../lib/bench-fleet.mjs'
import { measure, median, spread } from '../lib/measure.mjs'
import { root } from '../lib/paths.mjs'
import { must, say } from '../lib/run.mjs'

export const name = 'rollout'

const PATCHRUN = join(root, 'dist/bin/patchrun.js')
/** Of what patchrun sets, all that only serves its own eyes and guard. */
const OURS = /^(PATCHRUN_.*|ANSIBLE_CALLBACK.*|ANSIBLE_STDOUT_CALLBACK|PYTHONDONTWRITEBYTECODE)$/

/**
 * Variables of some containers that slow Python down; a control machine has none, so neither way
 * gets them.
 */
const {
  PYTHONUNBUFFERED: _unbuffered,
  PYTHONDONTWRITEBYTECODE: _noByteCode,
  ...ENVIRONMENT
} = process.env

export async function bench({ ansibleBin, quick, signal }) {
  const rounds = quick ? 1 : 5
  const forks = 4
  const cases = quick
    ? [{ nodes: 1, canaries: 1, drift: 1, playbook: 'small.yml' }]
    : [
        { nodes: 60, canaries: 3, drift: 0, playbook: 'hollow.yml' },
        { nodes: 4, canaries: 1, drift: 1 },
        { nodes: 20, canaries: 1, drift: 0.05 },
      ]
  const rows = []
  for (const one of cases)
    rows.push(...(await compare({ ...one, rounds, forks, ansibleBin, signal })))
  return rows
}

/** `drift`: the share of the nodes that the commit would change; the others are at it already. */
async function compare({
  nodes,
  canaries,
  drift,
  playbook = 'site.yml',
  rounds,
  forks,
  ansibleBin,
  signal,
}) {
  const directory = mkdtempSync(join(tmpdir(), 'patchrun-bench-'))
  const log = join(directory, 'log')
  const patchrun = () =>
    measure([process.execPath, PATCHRUN, '-c', fleet.file, 'run', '--yes'], {
      cwd: directory,
      env: ENVIRONMENT,
      log,
      signal,
    })
  const fleet = await makeFleet(directory, { nodes, canaries, forks, playbook, ansibleBin })
  const bring = (names) => plainRun(fleet, names, { forks, playbook, ansibleBin, log, signal })
  await bring(fleet.names)
  await patchrun()
  const sha = await fleet.release(2)
  if (drift > 0 && drift < 1)
    await bring(fleet.names.filter((_, i) => i % Math.round(1 / drift) !== 0))
  fleet.save()

  // The first run is not counted: it says which steps there are.
  await patchrun()
  const steps = keepSteps(fleet)
  const checkout = join(directory, 'checkout')
  await must(['git', 'clone', '-q', fleet.repository, checkout])
  await must(['git', '-C', checkout, 'checkout', '-q', '--detach', sha])
  const empty = join(checkout, '..', 'empty.yml')
  writeFileSync(empty, '- hosts: all\n  gather_facts: false\n  tasks: []\n')

  const call = (step, argv = step.argv) =>
    measure(argv, { cwd: checkout, env: bareEnvironment(step, checkout), log, signal })
  const ways = {
    patchrun,
    bare: async () => {
      const took = []
      for (const step of steps) took.push({ action: step.action, ...(await call(step)) })
      return { ...sum(took), check: sum(took.filter((t) => t.action !== 'apply')).cpu }
    },
    plain: () =>
      call(steps[0], [
        steps[0].argv[0],
        '-i',
        steps[0].inventory,
        '--forks',
        String(forks),
        playbook,
      ]),
    launch: () => call(steps[0], [...steps[0].argv.slice(0, -1), empty]),
  }
  const order = Object.keys(ways)
  const took = Object.fromEntries(order.map((way) => [way, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const way of round % 2 ? [...order].reverse() : order) {
      fleet.restore()
      took[way].push(await ways[way]())
    }
    say(
      `round ${round + 1} of ${rounds}, ${nodes} nodes: ${order.map((way) => `${way} ${took[way].at(-1).cpu.toFixed(2)}`).join(', ')} CPU s`,
    )
  }
  rmSync(directory, { recursive: true, force: true })
  return report({
    tasks: TASKS[playbook],
    what:
      drift === 0
        ? `${nodes} nodes, tasks that do nothing`
        : `${nodes} nodes, ${drift * 100} % change`,
    steps,
    took,
  })
}

/** Brings these nodes to what is in the repository, without patchrun's knowing. */
async function plainRun(fleet, names, { forks, playbook, ansibleBin, log, signal }) {
  const inventory = join(fleet.directory, 'some.ini')
  writeFileSync(
    inventory,
    `[all]\n${names.join('\n')}\n[all:vars]\nansible_connection=local\nansible_python_interpreter={{ ansible_playbook_python }}\nnode_root=${fleet.directory}/nodes/{{ inventory_hostname }}\n`,
  )
  await measure(
    [join(ansibleBin, 'ansible-playbook'), '-i', inventory, '--forks', String(forks), playbook],
    { cwd: fleet.repository, env: ENVIRONMENT, log, signal },
  )
}

/**
 * The steps of the rollout that was just run: what was given to Ansible, kept where no later run
 * clears it away.
 */
function keepSteps(fleet) {
  const runs = join(fleet.directory, 'state/environments/default/runs')
  const run = join(runs, readdirSync(runs).sort().at(-1))
  const kept = join(fleet.directory, 'steps')
  mkdirSync(kept)
  cpSync(run, kept, { recursive: true })
  return readdirSync(run)
    .sort()
    .map((step) => {
      const { argv } = JSON.parse(readFileSync(join(run, step, 'process.json'), 'utf8'))
      // The limit is named from the checkout; the copy of it by its full path.
      const moved = argv.map((word) =>
        word.startsWith('@') ? `@${join(kept, step, 'hosts')}` : word.replace(run, kept),
      )
      return {
        directory: join(kept, step),
        action: step.replace(/^\d+-/, ''),
        argv: moved,
        inventory: moved[moved.indexOf('-i') + 1],
      }
    })
}

function bareEnvironment({ action, directory }, checkout) {
  const places = {
    directory,
    hostsFile: '',
    denyFile: '',
    plugins: '',
    configFile: join(directory, 'ansible.cfg'),
    configText: '',
  }
  const policy = {
    diff: true,
    hangTimeout: 1_800_000,
    connectTimeout: 10_000,
    extraArgs: [],
    vault: [],
  }
  const all = runEnvironment(
    { mode: action === 'apply' ? 'hot' : 'check', checkout, policy, untagged: 'drain' },
    ENVIRONMENT,
    places,
  )
  return Object.fromEntries(Object.entries(all).filter(([key]) => !OURS.test(key)))
}

const sum = (parts) =>
  parts.reduce((total, { cpu, wall }) => ({ cpu: total.cpu + cpu, wall: total.wall + wall }), {
    cpu: 0,
    wall: 0,
  })

function report({ tasks, what, steps, took }) {
  const of = (way, unit) => took[way].map((one) => one[unit])
  const ratio = (way, over, unit) =>
    spread(of(way, unit).map((value, i) => value / took[over][i][unit]))
  const seconds = (way) => `${way} ${spread(of(way, 'cpu'))} CPU s`
  const checks = steps.filter(({ action }) => action !== 'apply').length
  const whole = median(of('patchrun', 'cpu'))
  const part = (value) => `${Math.round((100 * value) / whole)} %`
  const own = median(took.patchrun.map(({ cpu }, i) => cpu - took.bare[i].cpu))
  const check = median(of('bare', 'check'))
  return [
    {
      metric: `${what}: patchrun over bare, CPU`,
      value: `${ratio('patchrun', 'bare', 'cpu')} x`,
      detail: `${seconds('patchrun')}, ${seconds('bare')}, ${steps.length} launches, ${tasks} tasks a node`,
    },
    {
      metric: `${what}: patchrun over bare, wall`,
      value: `${ratio('patchrun', 'bare', 'wall')} x`,
      detail: `patchrun ${spread(of('patchrun', 'wall'))} s`,
    },
    {
      metric: `${what}: patchrun over plain, CPU`,
      value: `${ratio('patchrun', 'plain', 'cpu')} x`,
      detail: `${seconds('plain')}; of patchrun's: check mode ${part(check)} (${checks} launches), apply ${part(whole - own - check)} (${steps.length - checks} launches), patchrun itself ${part(own)}; launching alone ${part(steps.length * median(of('launch', 'cpu')))}`,
    },
    {
      metric: `${what}: patchrun over plain, wall`,
      value: `${ratio('patchrun', 'plain', 'wall')} x`,
      detail: `plain ${spread(of('plain', 'wall'))} s`,
    },
  ]
}
