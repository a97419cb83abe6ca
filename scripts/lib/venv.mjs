// SPDX-License-Identifier: Apache-2.0
// Python virtual environments below the tools directory.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { tools } from './paths.mjs'
import { aptInstall, isRoot, must, onPath, run, say } from './run.mjs'

let known
/** Each Python 3 to be had, the one called python3 first: {path, version: [3, minor]}. */
export function pythons() {
  known ??= findPythons()
  return known
}

async function findPythons() {
  if (isRoot && !(await onPath('python3')) && (await onPath('apt-get')))
    await aptInstall('python3-venv')
  const names = [
    'python3',
    '/usr/bin/python3',
    ...['11', '10', '9', '12', '13', '14'].map((minor) => `python3.${minor}`),
  ]
  const probe = 'import sys; print(sys.executable); print(sys.version_info[1])'
  const looked = await Promise.all(names.map((name) => run([name, '-c', probe], { capture: true })))
  const found = looked.filter((r) => r.code === 0).map((r) => r.stdout.trim().split('\n'))
  return [
    ...new Map(
      found.map(([path, minor]) => [path, { path, version: [3, Number(minor)] }]),
    ).values(),
  ]
}

/**
 * A virtual environment with one pinned package; returns its bin directory. `tools/<link>` is a
 * symbolic link to the directory that really holds it: a virtual environment cannot be moved, a
 * link can be put in place in one step, so one that was broken off half-way is never found.
 */
export async function ensureVenv(link, python, requirement, command) {
  const bin = join(tools, link, 'bin')
  if (usable(link, requirement, command)) return bin
  const home = join(tools, 'venvs')
  mkdirSync(home, { recursive: true })
  sweep(home)
  const twin = readdirSync(tools).find((other) => usable(other, requirement, command))
  const directory = twin
    ? realpathSync(join(tools, twin))
    : join(home, `${requirement.replace('==', '-')}.${process.pid}`)
  if (!twin) {
    say(
      `${requirement} into ${relative(process.cwd(), directory)} (virtual environment, about 20 s)`,
    )
    rmSync(directory, { recursive: true, force: true })
    await create(directory, python)
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      requirement,
    ]
    await must([join(directory, 'bin/python'), ...pip], { tries: 2 })
    writeFileSync(join(directory, 'patchrun-requirement'), requirement)
  }
  const aside = join(tools, `.${link}.${process.pid}`)
  symlinkSync(relative(tools, directory), aside)
  renameSync(aside, join(tools, link))
  return bin
}

function usable(link, requirement, command) {
  try {
    const directory = join(tools, link)
    const interpreter = readFileSync(join(directory, 'bin', command), 'utf8')
      .split('\n', 1)[0]
      .slice(2)
    return (
      existsSync(interpreter) &&
      readFileSync(join(directory, 'patchrun-requirement'), 'utf8') === requirement
    )
  } catch {
    return false
  }
}

/**
 * Removes what broken-off runs left: no link points there, and the process that made it is gone.
 */
function sweep(home) {
  const linked = new Set(
    readdirSync(tools).flatMap((name) =>
      existsSync(join(tools, name, 'bin')) ? [realpathSync(join(tools, name))] : [],
    ),
  )
  for (const name of readdirSync(home)) {
    const directory = join(home, name)
    if (!linked.has(realpathSync(directory)) && !alive(Number(name.split('.').at(-1))))
      rmSync(directory, { recursive: true })
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

// Debian's python3 comes without ensurepip; then the package that holds it, or virtualenv, which
// brings its own pip.
async function create(directory, python) {
  const plain = await run([python, '-m', 'venv', directory], { capture: true })
  if (plain.code === 0) return
  rmSync(directory, { recursive: true, force: true })
  if (isRoot && (await onPath('apt-get'))) {
    await aptInstall('python3-venv')
    await must([python, '-m', 'venv', directory])
    return
  }
  if ((await run([python, '-m', 'virtualenv', '--quiet', directory], { capture: true })).code === 0)
    return
  const borrowed = `${directory}.virtualenv`
  try {
    await must([python, '-m', 'pip', 'install', '--quiet', '--target', borrowed, 'virtualenv'], {
      tries: 2,
    })
    await must([python, '-m', 'virtualenv', '--quiet', directory], {
      env: { ...process.env, PYTHONPATH: borrowed },
    })
  } catch (error) {
    throw new Error(
      `${python} can make no virtual environment: install python3-venv\n${error.message}`,
    )
  } finally {
    rmSync(borrowed, { recursive: true, force: true })
  }
}
