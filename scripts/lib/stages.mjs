// SPDX-License-Identifier: Apache-2.0
// The stages of `npm test`: what is run in which pass, and what must be there first.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureAnsibleLint, ensureTestAnsibles } from './ansible.mjs'
import { ensureOtherNode } from './other-node.mjs'
import { root } from './paths.mjs'
import { ensureCheckJsonschema, ensurePrometheusClient } from './pip-tools.mjs'
import { ensureRoot, NODE_INSIDE } from './other-release.mjs'
import { isRoot, run } from './run.mjs'

/**
 * What another Node can do otherwise: processes, files, sockets, streams, timers, time zones, the
 * order of promises. All other unit tests are of text and arithmetic.
 */
const NODE_DEPENDENT = [
  'unit/ansible-call',
  'unit/cli',
  'unit/completion',
  'unit/event-stream',
  'unit/fleet',
  'unit/fleet-calendar',
  'unit/gitlab',
  'unit/steps-under-way',
  'unit/journal',
  'unit/lock',
  'unit/notify-delivery',
  'unit/notify-docs',
  'unit/notify-proxy',
  'unit/test-runner',
  'unit/times',
  'unit/vault',
  'unit/watch',
  'unit/windows',
  'property/windows',
  'integration/end-to-end',
]

/** What a Slurm decides: whose drain it is, and what the Slurm roles do and read. */
const SLURM_DEPENDENT = ['lab/reasons', 'lab/states', 'lab/slurm-roles']

/** They take longest, by far: begun last, each would go on alone at the end. */
const LONGEST = ['lab/rollout', 'lab/visit', 'lab/soak', 'integration/kill']

/**
 * A stage is either a command that passes or fails as one, or a set of test files. `timeout` is for
 * one file, in seconds; `prepare` gives the environment its files run in, or why it must be
 * skipped. Files of the lane `lab` mostly wait, and run beside those that compute. `files` are some
 * of the rooms' files alone. `size: 'rest'`: all of it is what `--full` adds. In their order the
 * longest come early, and what takes a second or two fills up the end.
 */
export const STAGES = [
  { name: 'types', title: 'types and build' },
  { name: 'lab', rooms: ['lab'], timeout: 3600, lane: 'lab', prepare: inLab },
  {
    name: 'newer-slurm',
    size: 'rest',
    rooms: ['lab'],
    files: SLURM_DEPENDENT,
    timeout: 3600,
    lane: 'lab',
    prepare: onNewerSlurm,
  },
  { name: 'integration', rooms: ['integration'], timeout: 3600, prepare: withAnsible },
  { name: 'contract', rooms: ['contract'], timeout: 1800, prepare: withOthers },
  {
    name: 'lint',
    title: 'lint (eslint)',
    argv: [
      '--max-semi-space-size=128',
      'node_modules/eslint/bin/eslint.js',
      '.',
      '--max-warnings',
      '0',
      '--suppressions-location',
      'scripts/lint-allowed.json',
    ],
  },
  {
    name: 'format',
    title: 'format (prettier)',
    argv: ['node_modules/prettier/bin/prettier.cjs', '--log-level', 'warn', '--check', '.'],
  },
  { name: 'package', rooms: ['package'], timeout: 1800, prepare: withAnsibleIfThere },
  { name: 'unit', rooms: ['unit', 'property'], timeout: 1200, prepare: withAnsibleIfThere },
  {
    name: 'other-node',
    size: 'rest',
    rooms: ['unit', 'property', 'integration'],
    files: NODE_DEPENDENT,
    timeout: 1200,
    prepare: onOtherNode,
  },
]

/**
 * What one pass runs: {stage, file?} in the order in which it is begun. `size` is quick or rest.
 * `stages` and `only` are what a person asked for, `changed` is what a change reaches.
 */
export function plan({ stages, only, changed }, size) {
  const chosen = STAGES.filter(
    (stage) => stages?.includes(stage.name) ?? (stage.rooms !== undefined || !only),
  )
  return chosen.flatMap((stage) => {
    if (!stage.rooms)
      return stage.argv && size === 'quick' && (changed?.lint ?? true) ? [{ stage }] : []
    const files = filesOf(stage).filter(
      ({ path, sizes }) =>
        sizes.includes(size) &&
        (!only || path.includes(only)) &&
        (!changed || changed.tests.has(path)),
    )
    return files.map(({ path }) => ({ stage, file: path }))
  })
}

/**
 * The compiled files of a stage, and the passes in which they run. Sources are listed, so that what
 * is left of a deleted one never runs.
 */
function filesOf({ rooms, files, size }) {
  const found = rooms
    .flatMap((room) => testsBelow(room))
    .filter(({ path }) => !files || files.some((name) => path.endsWith(`/${name}.test.js`)))
  const ordered = found.sort((a, b) => rankOf(a) - rankOf(b))
  return size ? ordered.map(({ path }) => ({ path, sizes: [size] })) : ordered
}

const rankOf = ({ path }) =>
  LONGEST.findIndex((name) => path.endsWith(`/${name}.test.js`)) + 1 || LONGEST.length + 1

/**
 * A file that asks for the size, itself or by what it imports from test/, divides itself; every
 * other one is quick.
 */
function divides(path, seen = new Set()) {
  if (seen.has(path) || !existsSync(path)) return false
  seen.add(path)
  const imports = [
    ...readFileSync(path, 'utf8').matchAll(/^import (?!type ).* from '(\.[^']*)\.js'$/gm),
  ].map(([, name]) => join(dirname(path), `${name}.ts`))
  return (
    path === SIZE ||
    imports.some((next) => next.startsWith(join(root, 'test')) && divides(next, seen))
  )
}
const SIZE = join(root, 'test/support/size.ts')

function testsBelow(room) {
  const directory = join(root, 'test', room)
  if (!existsSync(directory)) return []
  const sources = readdirSync(directory, { recursive: true }).filter((path) =>
    path.endsWith('.test.ts'),
  )
  return sources.sort().map((path) => ({
    path: join(root, 'dist/test', room, path.replace(/\.ts$/, '.js')),
    sizes: divides(join(directory, path)) ? ['quick', 'rest'] : ['quick'],
  }))
}

/**
 * Installs and builds what these stages need, each thing once: stage name to {env, node, inside,
 * notes, missing} or {skip}.
 */
export async function prepare(stages) {
  const ready = await Promise.all(
    stages.map(async (stage) => [
      stage.name,
      { env: {}, notes: [], missing: [], ...(await stage.prepare?.()) },
    ]),
  )
  return new Map(ready)
}

let ansibles
async function withAnsible() {
  const found = Object.entries(await (ansibles ??= ensureTestAnsibles()))
  const env = Object.fromEntries(
    found.flatMap(([age, { bin }]) =>
      bin ? [[`PATCHRUN_TEST_ANSIBLE_${age.toUpperCase()}`, bin]] : [],
    ),
  )
  const missing = found.flatMap(([, { reason }]) => reason ?? [])
  const notes = found.flatMap(([, { bin, version }]) => (bin ? [`ansible-core ${version}`] : []))
  return missing.length === found.length ? { skip: missing.join('; ') } : { env, notes, missing }
}

/** With the tools of others that contract tests hold ours against. */
async function withOthers() {
  const ansible = await withAnsible()
  if (ansible.skip) return ansible
  const { env, notes, missing } = ansible
  const [lint, prometheus, schema] = await Promise.all([
    ensureAnsibleLint(),
    ensurePrometheusClient(),
    ensureCheckJsonschema(),
  ])
  const others = [
    ['ansible-lint', 'PATCHRUN_TEST_ANSIBLE_LINT', lint],
    ['prometheus-client', 'PATCHRUN_TEST_PROMETHEUS', prometheus],
    ['check-jsonschema', 'PATCHRUN_TEST_CHECK_JSONSCHEMA', schema],
  ]
  return {
    env: {
      ...env,
      ...Object.fromEntries(
        others.flatMap(([, variable, { bin }]) => (bin ? [[variable, bin]] : [])),
      ),
    },
    notes: [
      ...notes,
      ...others.flatMap(([name, , { bin, version }]) => (bin ? [`${name} ${version}`] : [])),
    ],
    missing: [...missing, ...others.flatMap(([, , { reason }]) => reason ?? [])],
  }
}

/**
 * For stages of which only a little needs an Ansible: that little says for itself that it is left
 * out.
 */
async function withAnsibleIfThere() {
  const { env } = await withAnsible()
  return { env: env ?? {} }
}

/** The file system of the lab's nodes is built here, and not by whichever test comes first. */
async function inLab() {
  if (!isRoot) return { skip: 'the lab makes namespaces and mounts: it needs root' }
  const ansible = await withAnsible()
  const { buildBase, labUnsupported } = await import(join(root, 'dist/test/lab/support/lab.js'))
  // Each file says for itself why it cannot run, also where this fails: the other stages go on.
  if ((await labUnsupported()) === undefined) await buildBase().catch(() => {})
  return ansible
}

/**
 * Debian 13 in a root of its own, with its Slurm and its ansible-core; Node is that of this
 * machine.
 */
async function onNewerSlurm() {
  if (!isRoot)
    return {
      skip: 'a root of another release is entered by mounts and namespaces: that needs root',
    }
  const { labUnsupported } = await import(join(root, 'dist/test/lab/support/lab.js'))
  const reason =
    (await labUnsupported()) ??
    (await ensureRoot('trixie').catch((error) => `no root of Debian 13: ${error.message}`))
  if (typeof reason === 'string') return { skip: reason }
  const { inside, env, versions } = reason
  return {
    inside,
    env,
    node: NODE_INSIDE,
    notes: [`Slurm ${versions.Slurm} and OpenSSH ${versions.OpenSSH} of Debian 13`],
  }
}

async function onOtherNode() {
  const other = await ensureOtherNode()
  if (other.reason) return { skip: other.reason }
  const ansible = await withAnsible()
  return {
    ...ansible,
    skip: undefined,
    node: other.node,
    env: ansible.env ?? {},
    notes: [other.version],
  }
}

/** Runs a stage that is a command; true when it went well. */
export const command = async (stage) => (await run([process.execPath, ...stage.argv])).code === 0
