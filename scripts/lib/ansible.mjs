// SPDX-License-Identifier: Apache-2.0
// Finding an Ansible that will do, or making one: on PATH, in a virtual environment of our own,
// from Debian.
import { dirname } from 'node:path'
import { countLaunches } from './launches.mjs'
import { isRoot, aptInstall, onPath, run, say } from './run.mjs'
import { ensureVenv, pythons } from './venv.mjs'

const OLDEST_SUPPORTED = [2, 14]
/**
 * The oldest release that is supported, and the newest for each Python that can run it on the
 * controller. What Debian 12's Python can run comes first: it is what CI has.
 */
const OLDEST = {
  version: '2.14.18',
  python: [
    [3, 9],
    [3, 11],
  ],
}
const NEWEST = [
  {
    version: '2.19.14',
    python: [
      [3, 11],
      [3, 13],
    ],
  },
  {
    version: '2.21.5',
    python: [
      [3, 12],
      [3, 14],
    ],
  },
  {
    version: '2.17.14',
    python: [
      [3, 10],
      [3, 10],
    ],
  },
  {
    version: '2.15.13',
    python: [
      [3, 9],
      [3, 9],
    ],
  },
]
/** The last one in which hosts that an error of another one left out are not marked as failed. */
const MIDDLE = {
  version: '2.16.14',
  python: [
    [3, 10],
    [3, 12],
  ],
}
const LINT = {
  version: '26.10.1',
  python: [
    [3, 10],
    [3, 13],
  ],
}

/**
 * An ansible-core for use: its bin directory, or null for one on PATH. Says what it installs, and
 * where.
 */
export async function ensureAnsible() {
  const found = await versionOf('ansible-playbook')
  if (found && atLeast(found, OLDEST_SUPPORTED)) return { bin: null, version: found, from: 'PATH' }
  if (found)
    say(
      `ansible-core ${found} on PATH is older than ${OLDEST_SUPPORTED.join('.')} and is left alone`,
    )
  const { bin, version, reason } = await ensureNewest('ansible')
  if (bin) return { bin, version, from: 'virtual environment' }
  if (!isRoot || !(await onPath('apt-get')))
    throw new Error(
      `No Ansible, and none could be installed: ${reason}\nInstall ansible-core ${OLDEST_SUPPORTED.join('.')} or newer, and try again.`,
    )
  say(`no virtual environment (${reason})`)
  await aptInstall('ansible-core')
  return { bin: '/usr/bin', version: await versionOf('/usr/bin/ansible-playbook'), from: 'Debian' }
}

/**
 * The two ends of the supported range, and one between them, for the tests. Each is {bin, version}
 * or {reason}.
 */
export async function ensureTestAnsibles() {
  const given = givenAnsibles()
  if (given) return given
  const [oldest, middle, newest] = await Promise.all([
    ensureRelease('ansible-oldest', [OLDEST]),
    ensureRelease('ansible-middle', [MIDDLE]),
    ensureNewest('ansible-newest'),
  ])
  for (const { bin } of [oldest, middle, newest]) if (bin) countLaunches(dirname(bin))
  return { oldest, middle, newest }
}

/** Whoever names some (scripts/matrix.mjs) gets no other. */
function givenAnsibles() {
  const found = ['oldest', 'middle', 'newest'].map((age) => [
    age,
    process.env[`PATCHRUN_TEST_ANSIBLE_${age.toUpperCase()}`],
  ])
  if (!found.some(([, bin]) => bin)) return null
  return Object.fromEntries(
    found.map(([age, bin]) => [
      age,
      bin
        ? { bin, version: `in ${bin}` }
        : { reason: `PATCHRUN_TEST_ANSIBLE_${age.toUpperCase()} is not set` },
    ]),
  )
}

/** The linter of our roles. It brings an ansible-core of its own. */
export async function ensureAnsibleLint() {
  const python = (await pythons()).find(
    (p) => atLeast(p.version, LINT.python[0]) && atLeast(LINT.python[1], p.version),
  )
  if (!python)
    return {
      reason: `ansible-lint needs Python ${LINT.python.map((v) => v.join('.')).join(' to ')}`,
    }
  try {
    return {
      bin: await ensureVenv(
        'ansible-lint',
        python.path,
        `ansible-lint==${LINT.version}`,
        'ansible-lint',
      ),
      version: LINT.version,
    }
  } catch (error) {
    return { reason: `ansible-lint ${LINT.version}: ${error.message}` }
  }
}

const ensureNewest = (link) => ensureRelease(link, NEWEST)

async function ensureRelease(link, releases) {
  const found = await pythons()
  for (const {
    version,
    python: [from, to],
  } of releases) {
    const python = found.find((p) => atLeast(p.version, from) && atLeast(to, p.version))
    if (!python) continue
    try {
      return {
        bin: await ensureVenv(link, python.path, `ansible-core==${version}`, 'ansible-playbook'),
        version,
      }
    } catch (error) {
      return { reason: `ansible-core ${version}: ${error.message}` }
    }
  }
  const have = found.map((p) => p.version.join('.')).join(', ') || 'none'
  return {
    reason: `needs Python ${releases.map((r) => [...new Set(r.python.map((v) => v.join('.')))].join(' to ')).join(', or ')}; here: ${have}`,
  }
}

async function versionOf(command) {
  const { code, stdout } = await run([command, '--version'], { capture: true })
  return code === 0 ? (/\[core (\d+\.\d+\.[^\]\s]+)/.exec(stdout)?.[1] ?? null) : null
}

/** Compares the first two numbers. */
function atLeast(version, wanted) {
  const [major, minor] = typeof version === 'string' ? version.split('.').map(Number) : version
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1])
}
