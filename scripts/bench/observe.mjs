// SPDX-License-Identifier: Apache-2.0
// What the role slurm_observe takes to tell a cluster of 5,006 nodes, over what the commands of
// Slurm take that it asks. The lab has six nodes, and 5,000 more in its configuration: slurmctld,
// scontrol and the role handle them as any others.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labUnsupported, startLab } from '../../dist/test/lab/support/lab.js'
import { measure, spread } from '../lib/measure.mjs'
import { root } from '../lib/paths.mjs'

export const name = 'observe'

/**
 * The system's own: what stands before it on PATH may be a script that looks for a Python first.
 */
const PYTHON = '/usr/bin/python3'
const NODES = 5_006
const SHOW_NODE = 'scontrol -a -o show node'

export async function bench({ quick, signal }) {
  const unsupported = await labUnsupported()
  if (unsupported !== undefined) return [{ metric: 'SKIPPED', value: '', detail: unsupported }]
  const directory = mkdtempSync(join(tmpdir(), 'patchrun-bench-observe-'))
  const lab = await startLab({ nodes: 6, etc: 'large' })
  try {
    const script = join(directory, 'observe.py')
    writeFileSync(script, scriptOf(''))
    const alone = join(directory, 'alone.sh')
    const asked = await recorded(lab, directory)
    writeFileSync(alone, asked.join('\n'))
    const ways = {
      node: { argv: SHOW_NODE.split(' ') },
      alone: { argv: ['bash', alone] },
      observe: { argv: [PYTHON, '-'], input: script },
    }
    const taken = await inTurns(ways, { lab, directory, rounds: quick ? 3 : 15, signal })
    return rows(taken, asked.length)
  } finally {
    await lab.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** As the role puts it together, for commands in the directory `bin`, or on the path. */
function scriptOf(bin) {
  const files = ['records.py', 'slurm.py', 'observe.py'].map((file) =>
    readFileSync(join(root, 'roles/slurm_observe/files', file), 'utf8'),
  )
  const settings = { bin, timeout: 60, interval: 2, wait: 0, nodes: [] }
  return `${files.join('\n')}\nbegin(observe, json.loads(${JSON.stringify(JSON.stringify(settings))}))\n`
}

/** The commands that the role gives, each as a line for bash with the environment that it has. */
async function recorded(lab, directory) {
  const log = join(directory, 'asked')
  for (const command of ['scontrol', 'squeue']) {
    const path = join(directory, command)
    writeFileSync(
      path,
      `#!/bin/bash\nprintf '%s%s\\n' ${command} "$(printf ' %q' "$@")" >>${log}\nexec ${command} "$@"\n`,
    )
    chmodSync(path, 0o755)
  }
  const script = join(directory, 'recording.py')
  writeFileSync(script, scriptOf(directory))
  const { exitCode, stdout, stderr } = await lab.exec([PYTHON, script])
  if (exitCode !== 0) throw new Error(`observe: ${stderr}`)
  const { nodes } = JSON.parse(stdout)
  if (nodes.length !== NODES) throw new Error(`${nodes.length} nodes were told, and not ${NODES}`)
  const asked = readFileSync(log, 'utf8').trimEnd().split('\n')
  if (!asked.includes(SHOW_NODE))
    throw new Error(`observe does not ask ${SHOW_NODE}: ${asked.join('; ')}`)
  return asked
}

/**
 * Seconds of each way, round by round. The first round, which finds nothing in any cache, is not
 * counted.
 */
async function inTurns(ways, { lab, directory, rounds, signal }) {
  const names = Object.keys(ways)
  const taken = Object.fromEntries(names.map((way) => [way, []]))
  const env = { ...process.env, LAB_RUN: lab.directory, LC_ALL: 'C', SLURM_TIME_FORMAT: '%s' }
  for (let round = 0; round <= rounds; round += 1) {
    for (const way of [
      ...names.slice(round % names.length),
      ...names.slice(0, round % names.length),
    ]) {
      const log = join(directory, 'told')
      rmSync(log, { force: true })
      const one = await measure(ways[way].argv, {
        env,
        log,
        signal,
        input: ways[way].input,
        within: [join(root, 'test/lab/slurm/lab-exec.sh')],
      })
      if (round > 0) taken[way].push(one)
    }
  }
  return taken
}

function rows(taken, commands) {
  const over = (way, what) =>
    spread(taken.observe.map((one, round) => one[what] / taken[way][round][what]))
  const seconds = (way) =>
    ['wall', 'cpu']
      .map(
        (what) =>
          `${what} ${spread(
            taken[way].map((one) => one[what] * 1000),
            0,
          )} ms`,
      )
      .join(', ')
  return [
    {
      metric: `observe over \`${SHOW_NODE}\`, wall`,
      value: `${over('node', 'wall')} x`,
      detail: `${NODES.toLocaleString('en')} nodes, ${taken.node.length} rounds`,
    },
    {
      metric: `observe over \`${SHOW_NODE}\`, CPU`,
      value: `${over('node', 'cpu')} x`,
      detail: 'without slurmctld, which does the same work for both',
    },
    {
      metric: `observe over its ${commands} commands, wall`,
      value: `${over('alone', 'wall')} x`,
      detail: 'one after the other',
    },
    {
      metric: `observe over its ${commands} commands, CPU`,
      value: `${over('alone', 'cpu')} x`,
      detail: '',
    },
    { metric: SHOW_NODE, value: '', detail: seconds('node') },
    { metric: `its ${commands} commands`, value: '', detail: seconds('alone') },
    { metric: 'observe', value: '', detail: seconds('observe') },
  ]
}
