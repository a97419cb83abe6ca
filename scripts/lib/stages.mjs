// SPDX-License-Identifier: Apache-2.0
// The stages of `npm test`, in the order they run.
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ensureAnsibleLint, ensureTestAnsibles } from './ansible.mjs'
import { ensureOtherNode } from './other-node.mjs'
import { root, tools } from './paths.mjs'
import { ensureCheckJsonschema, ensurePrometheusClient } from './pip-tools.mjs'
import { isRoot, say } from './run.mjs'

/**
 * A stage is either a command that passes or fails as one, or a set of test files.
 * `timeout` is for one file, in seconds; `prepare` gives the environment its files run in, or why it must be skipped.
 */
export const STAGES = [
  { name: 'types', title: 'types and build (tsc)', build: true },
  { name: 'lint', title: 'lint (eslint)', argv: ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0', '--cache', '--cache-location', 'dist/.eslintcache'] },
  { name: 'unit', title: 'unit and property tests', rooms: ['unit', 'property'], timeout: 600, prepare: withAnsibleIfThere },
  { name: 'contract', title: 'contract tests', rooms: ['contract'], timeout: 900, prepare: withOthers },
  { name: 'integration', title: 'integration tests', rooms: ['integration'], timeout: 2700, prepare: withAnsible },
  { name: 'lab', title: 'lab: a miniature cluster in namespaces', rooms: ['lab'], timeout: 1800, jobs: 1, prepare: inLab },
  { name: 'package', title: 'package check', rooms: ['package'], timeout: 900, prepare: withAnsibleIfThere },
  { name: 'other-node', title: 'unit tests and one end-to-end run on the other Node', rooms: ['unit'], also: 'integration/end-to-end', timeout: 600, prepare: onOtherNode },
]

/** The compiled files of a stage. Sources are listed, so that what is left of a deleted one never runs. */
export function filesOf({ rooms = [], also }) {
  const found = rooms.flatMap((room) => testsBelow(room))
  return also ? [...found, ...testsBelow(also.split('/')[0]).filter((file) => file.includes(also))] : found
}

function testsBelow(room) {
  const directory = join(root, 'test', room)
  if (!existsSync(directory)) return []
  const sources = readdirSync(directory, { recursive: true }).filter((path) => path.endsWith('.test.ts'))
  return sources.sort().map((path) => join(root, 'dist/test', room, path.replace(/\.ts$/, '.js')))
}

async function withAnsible() {
  const { oldest, newest } = await ensureTestAnsibles()
  const env = {
    ...(oldest.bin && { PATCHRUN_TEST_ANSIBLE_OLDEST: oldest.bin }),
    ...(newest.bin && { PATCHRUN_TEST_ANSIBLE_NEWEST: newest.bin }),
  }
  const missing = [oldest, newest].flatMap((a) => (a.reason ? [a.reason] : []))
  const notes = [oldest, newest].flatMap((a) => (a.bin ? [`ansible-core ${a.version}`] : []))
  return missing.length === 2 ? { skip: missing.join('; ') } : { env, notes, missing }
}

/** With the tools of others that contract tests hold ours against. */
async function withOthers() {
  const ansible = await withAnsible()
  if (ansible.skip) return ansible
  const { env, notes, missing } = ansible
  const others = [
    ['ansible-lint', 'PATCHRUN_TEST_ANSIBLE_LINT', await ensureAnsibleLint()],
    ['prometheus-client', 'PATCHRUN_TEST_PROMETHEUS', await ensurePrometheusClient()],
    ['check-jsonschema', 'PATCHRUN_TEST_CHECK_JSONSCHEMA', await ensureCheckJsonschema()],
  ]
  return {
    env: { ...env, ...Object.fromEntries(others.flatMap(([, variable, { bin }]) => (bin ? [[variable, bin]] : []))) },
    notes: [...notes, ...others.flatMap(([name, , { bin, version }]) => (bin ? [`${name} ${version}`] : []))],
    missing: [...missing, ...others.flatMap(([, , { reason }]) => reason ?? [])],
  }
}

/** For stages of which only a little needs an Ansible: that little says for itself that it is left out. */
async function withAnsibleIfThere() {
  const { env } = await withAnsible()
  return { env: env ?? {} }
}

async function inLab() {
  if (!isRoot) return { skip: 'the lab makes namespaces and mounts: it needs root' }
  const base = join(tools, 'lab-base')
  if (!existsSync(base)) say(`the lab's first test builds the file system of its nodes in ${relative(process.cwd(), base)} (200 MB, about 35 s)`)
  return withAnsible()
}

async function onOtherNode() {
  const other = await ensureOtherNode()
  if (other.reason) return { skip: other.reason }
  const ansible = await withAnsible()
  return { node: other.node, env: ansible.env, notes: [other.version] }
}
