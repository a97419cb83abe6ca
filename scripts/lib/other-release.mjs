// SPDX-License-Identifier: Apache-2.0
// Other releases of Debian, each in a root of its own: for what their Slurm, OpenSSH and
// ansible-core do otherwise.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, tools } from './paths.mjs'
import { must, run } from './run.mjs'

export const SUITES = ['bookworm', 'trixie', 'forky']
/** Where inside.sh has this machine's Node. */
export const NODE_INSIDE = '/usr/local/bin/node'
const BUILD = join(root, 'scripts/matrix/build-root.sh')
const INSIDE = join(root, 'scripts/matrix/inside.sh')

/**
 * Builds the root of a suite unless it is there. `ansible`: a version of ansible-core that is to be
 * used instead of the release's. `inside`: what a command is put behind to run there; `env`: for
 * the tests; `versions`: what was found there, by name.
 */
export async function ensureRoot(suite, { ansible } = {}) {
  const digest = createHash('sha256').update(readFileSync(BUILD)).digest('hex').slice(0, 12)
  const directory = join(tools, 'roots', `${suite}-${digest}`)
  await must([BUILD, suite, directory])
  const inside = [INSIDE, directory]
  const bin = ansible === undefined ? '/usr/bin' : await environment(inside, ansible)
  return {
    inside,
    env: { PATCHRUN_TEST_ANSIBLE_OLDEST: bin, PATCHRUN_TEST_ANSIBLE_NEWEST: bin },
    versions: await versionsIn(inside, bin),
  }
}

/** The bin directory of an ansible-core in the root, made by its Python. */
async function environment(inside, version) {
  const home = `/var/lib/patchrun-tools/ansible-${version}`
  const { code, stderr } = await run(
    [
      ...inside,
      'sh',
      '-c',
      `[ -x ${home}/bin/ansible-playbook ] || { python3 -m venv ${home} && ${home}/bin/pip install --quiet --pre ansible-core==${version}; }`,
    ],
    { capture: true },
  )
  if (code !== 0)
    throw new Error(
      `ansible-core ${version} could not be installed there: ${stderr.trim().split('\n').at(-1)}`,
    )
  return `${home}/bin`
}

async function versionsIn(inside, bin) {
  const ask = async (command, pattern) =>
    pattern.exec(
      (await run([...inside, 'sh', '-c', `${command} 2>&1`], { capture: true })).stdout,
    )?.[1] ?? '?'
  return {
    Slurm: await ask('slurmctld -V', /(\d+\.\d+\.\d+)/),
    OpenSSH: await ask('ssh -V', /OpenSSH_(\S+?)[ ,]/),
    'ansible-core': await ask(`${bin}/ansible-playbook --version`, /core (\S+?)\]/),
    Python: await ask('python3 -V', /Python (\S+)/),
    Node: process.version.slice(1),
  }
}
