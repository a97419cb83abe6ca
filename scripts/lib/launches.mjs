// SPDX-License-Identifier: Apache-2.0
// How often the tests start Ansible, and what that costs. The virtual environments that are made
// for the tests hold a start-up file that writes a line for each when LAUNCHES_OF_TESTS names a
// file; those that are killed write only that they began.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// No name that begins with PATCHRUN_: patchrun hands none of those on to Ansible.
export const VARIABLE = 'LAUNCHES_OF_TESTS'
const NAME = 'patchrun_test_launches'
// A .pth file is one line that Python runs before anything else; so it only leads to the module
// below, and only when it is wanted.
const START = `import os; os.environ.get("${VARIABLE}") and __import__("${NAME}")\n`
const MODULE = `import atexit, json, os, sys, time

_log, _begun, _pid = os.environ["${VARIABLE}"], time.monotonic(), os.getpid()


def _write(**what):
    try:
        with open(_log, "a") as log:
            log.write(json.dumps(what) + "\\n")
    except OSError:
        pass


def _ended():
    # Workers are forks of the same process.
    if os.getpid() == _pid and _name.startswith("ansible"):
        _write(ended=_name, home=sys.prefix, wall=time.monotonic() - _begun, cpu=sum(os.times()[:4]))


try:
    # sys.argv is not there yet.
    with open("/proc/self/cmdline") as _file:
        _name = next((os.path.basename(a) for a in _file.read().split("\\0")[1:3] if os.path.basename(a).startswith("ansible")), "")
except OSError:
    _name = ""
if _name:
    _write(began=_name, home=sys.prefix)
    atexit.register(_ended)
`

/** Puts the start-up file into a virtual environment. */
export function countLaunches(directory) {
  const lib = join(directory, 'lib')
  for (const python of readdirSync(lib).filter((name) => name.startsWith('python3'))) {
    const packages = join(lib, python, 'site-packages')
    // The module first: from then on every Python of this environment reads the other one.
    for (const [file, text] of [
      [`${NAME}.py`, MODULE],
      [`${NAME}.pth`, START],
    ]) {
      const path = join(packages, file)
      if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
    }
  }
}

/**
 * @returns {{release: string, began: number, ended: number, wall: number, cpu: number}[]} one row
 * for each release of ansible-core, seconds
 */
export function readLaunches(text) {
  const rows = new Map()
  for (const line of text.split('\n').filter((l) => l.endsWith('}'))) {
    const { began, home, wall = 0, cpu = 0 } = JSON.parse(line)
    const release = /ansible-core-(\d+\.\d+\.\d+)/.exec(home)?.[1] ?? 'another'
    const row = rows.get(release) ?? { release, began: 0, ended: 0, wall: 0, cpu: 0 }
    rows.set(release, {
      release,
      began: row.began + (began ? 1 : 0),
      ended: row.ended + (began ? 0 : 1),
      wall: row.wall + wall,
      cpu: row.cpu + cpu,
    })
  }
  return [...rows.values()]
}
