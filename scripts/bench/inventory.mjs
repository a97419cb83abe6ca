// SPDX-License-Identifier: Apache-2.0
// How long patchrun takes to generate an inventory, and Ansible to read it, against the same hosts
// as plain INI and YAML. Reading is measured with `ansible-inventory --host`: the whole inventory
// is parsed and hardly anything printed, so that what all formats share (printing) does not blur
// the ratio. CPU seconds, because they hold on a busy machine.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildInventory } from '../../dist/lib/ansible/call/inventory-json.js'
import { writeInventory } from '../../dist/lib/ansible/call/write-inventory.js'

const run = promisify(execFile)

export const name = 'inventory'

/** A fleet of racks of 50 nodes with five variables each, as sites have them. */
function fleetOf(count) {
  const nodes = Array.from({ length: count }, (_, i) => ({
    name: `node${String(i).padStart(5, '0')}`,
    canary: i < 2,
    groups: ['compute', `rack${Math.floor(i / 50)}`],
    domains: [`rack${Math.floor(i / 50)}`],
    vars: {
      ansible_host: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
      bmc: `bmc${i}`,
      slot: i % 50,
      rack: `r${Math.floor(i / 50)}`,
      asset: `SN-${i * 7919}`,
    },
  }))
  return {
    nodes,
    denied: [],
    groupVars: { all: { ntp: 'ntp.example.org' }, compute: { role: 'compute' } },
    groupChildren: {},
  }
}

function iniOf({ nodes }) {
  const groups = group(nodes)
  const lines = [
    '[compute]',
    ...nodes.map(
      (n) =>
        `${n.name} ${Object.entries(n.vars)
          .map(([k, v]) => `${k}=${v}`)
          .join(' ')}`,
    ),
  ]
  for (const [rack, members] of groups) lines.push(`[${rack}]`, ...members.map((n) => n.name))
  return [...lines, '[all:vars]', 'ntp=ntp.example.org', '[compute:vars]', 'role=compute', ''].join(
    '\n',
  )
}

function yamlOf({ nodes }) {
  const lines = [
    'all:',
    '  vars: {ntp: ntp.example.org}',
    '  children:',
    '    compute:',
    '      vars: {role: compute}',
    '      hosts:',
  ]
  for (const n of nodes)
    lines.push(
      `        ${n.name}:`,
      ...Object.entries(n.vars).map(([k, v]) => `          ${k}: ${v}`),
    )
  for (const [rack, members] of group(nodes))
    lines.push(`    ${rack}:`, '      hosts:', ...members.map((n) => `        ${n.name}:`))
  return `${lines.join('\n')}\n`
}

function group(nodes) {
  const groups = new Map()
  for (const node of nodes)
    groups.set(node.groups[1], [...(groups.get(node.groups[1]) ?? []), node])
  return groups
}

/** CPU seconds, user and system, of one command and its children. */
async function cpuOf(program, args) {
  const { stdout } = await run(
    'sh',
    ['-c', '"$@" >/dev/null || exit 1; times', 'sh', program, ...args],
    { env: { ...process.env, ANSIBLE_INVENTORY_UNPARSED_FAILED: 'true' } },
  )
  const children = stdout.trim().split('\n').at(-1) ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  )
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const spread = (values, digits = 2) =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`

export async function bench({ ansibleBin, quick }) {
  const count = quick ? 1_000 : 50_000
  const runs = 3
  const directory = await mkdtemp(join(tmpdir(), 'patchrun-bench-'))
  try {
    const fleet = fleetOf(count)
    const written = []
    let script = ''
    for (let i = 0; i < runs; i += 1) {
      const started = performance.now()
      script = await writeInventory(directory, buildInventory(fleet))
      written.push(performance.now() - started)
    }
    const paths = { script, ini: join(directory, 'hosts.ini'), yaml: join(directory, 'hosts.yml') }
    await writeFile(paths.ini, iniOf(fleet))
    await writeFile(paths.yaml, yamlOf(fleet))
    const seconds = { script: [], ini: [], yaml: [] }
    // Round by round, so that a busy minute falls on all formats alike.
    for (let i = 0; i < runs; i += 1) {
      for (const [format, path] of Object.entries(paths))
        seconds[format].push(
          await cpuOf(join(ansibleBin, 'ansible-inventory'), ['-i', path, '--host', 'node00001']),
        )
    }
    const ratio = (format) => spread(seconds[format].map((s, i) => s / seconds.script[i]))
    const size = (await stat(join(directory, 'inventory.json'))).size
    const nodes = count.toLocaleString('en')
    return [
      {
        metric: `inventory of ${nodes} nodes built and written`,
        value: `${spread(written, 0)} ms`,
        detail: `${(size / 1e6).toFixed(1)} MB, median (least-most) of ${runs}`,
      },
      {
        metric: 'Ansible reads ours',
        value: `${spread(seconds.script)} CPU s`,
        detail: `ansible-inventory --host, ${nodes} nodes`,
      },
      {
        metric: 'plain INI over ours',
        value: `${ratio('ini')} x`,
        detail: `${spread(seconds.ini)} CPU s`,
      },
      {
        metric: 'plain YAML over ours',
        value: `${ratio('yaml')} x`,
        detail: `${spread(seconds.yaml)} CPU s`,
      },
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
