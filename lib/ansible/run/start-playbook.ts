// SPDX-License-Identifier: Apache-2.0
// lib/ansible/run/: an ansible-playbook that runs: started, read, limited, ended.
//
// Starts one ansible-playbook. How it came out is lib/outcome's to say.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { join, relative } from 'node:path'
import type { Duplex } from 'node:stream'
import { execa } from 'execa'
import { PatchrunError, refuse } from '../../errors.js'
import { stringifyExact } from '../../fleet/yaml/exact-numbers.js'
import { extraArgsProblems, playbookArgv } from '../call/argv.js'
import { EVENTS_FD, runEnvironment, type RunPlaces } from '../call/environment.js'
import { pluginDirectory } from '../programs/package-root.js'
import { LOCALHOST } from '../call/localhost.js'
import { Live, type ProcessEnd } from './playbook-process.js'
import { withoutSecrets, writeProcessFile } from './processes.js'
import type {
  LiveRun,
  RunExit,
  RunRequest,
  Section,
  SectionsRequest,
} from '../call/playbook-call.js'
import { Watch } from './run-limits.js'

export { endOrphan } from './processes.js'

/**
 * Runs ansible-playbook to its end. Rejects only when it cannot be started, its files cannot be
 * written, or `onEvent` throws; every way the process can end is a RunExit. When this settles no
 * process of the run is left.
 */
export async function runAnsible(request: RunRequest): Promise<RunExit> {
  const run = await start(request, [])
  return (await run.current).exit
}

/**
 * Starts one ansible-playbook that goes through several playbooks, and waits after each of them,
 * unless it failed, to be told to go on. Rejects as `runAnsible` does. Whoever starts a run closes
 * it.
 */
export async function startSections({
  sections: [first, ...following],
  ...request
}: SectionsRequest): Promise<LiveRun> {
  if (!first) throw new Error('a run without sections')
  return start({ ...request, ...first }, following)
}

async function start(request: RunRequest, following: readonly Section[]): Promise<LiveRun> {
  refuse(extraArgsProblems(request.policy.extraArgs))
  request.signal?.throwIfAborted()
  const places = prepare(request)
  const argv = playbookArgv(
    request,
    limitPath(request.checkout, places.limitFile),
    following,
    places.varsFile,
  )
  const begun = performance.now()
  const log = openSync(join(places.directory, 'ansible.log'), 'a', 0o600)
  const tee = openSync(join(places.directory, 'events.jsonl'), 'a', 0o600)
  const release = (): void => {
    closeSync(tee)
    closeSync(log)
  }
  try {
    const child = execa(request.install.playbook, argv, {
      cwd: request.checkout,
      env: runEnvironment(request, process.env, places, following),
      extendEnv: false,
      // Its own process group: a signal to the parent alone leaves workers and ssh alive.
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      // execa takes any open descriptor and hands it on; its types know only 1 and 2.
      stdio: ['ignore', log as 1, 'pipe', 'pipe'],
    })
    const exited = new Promise<ProcessEnd>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    const pid = child.pid
    if (pid === undefined) throw cannotStart(request, await child)
    if (request.gentle) giveWay(pid)
    const watch = new Watch(request, places.directory, pid)
    try {
      writeProcessFile(places.directory, pid, withoutSecrets([request.install.playbook, ...argv]))
    } catch (error) {
      watch.fail(error)
    }
    // Beyond standard error node makes sockets, which go both ways; execa's types know one.
    const socket = child.stdio[EVENTS_FD] as Duplex
    return new Live(
      {
        pid,
        directory: places.directory,
        socket,
        stderr: child.stderr,
        exited,
        settled: child,
        log,
        tee,
        release,
        begun,
      },
      watch,
    )
  } catch (error) {
    release()
    throw error
  }
}

/** Its workers have the same priority. */
function giveWay(pid: number): void {
  try {
    const { PRIORITY_BELOW_NORMAL } = constants.priority
    if (getPriority(pid) < PRIORITY_BELOW_NORMAL) setPriority(pid, PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already.
  }
}

/**
 * Ansible takes --limit apart at spaces, commas and colons, in a file's path too: seen from the
 * checkout the path has only names of ours.
 */
const limitPath = (checkout: string, hostsFile: string): string =>
  relative(realpathSync(checkout), realpathSync(hostsFile))

function cannotStart(request: RunRequest, failure: unknown): PatchrunError {
  return new PatchrunError(
    {
      code: 'ansible/missing',
      message: `${request.install.playbook} could not be started in ${request.checkout}`,
      hint: 'Check that both are there and that the first can be executed.',
    },
    { cause: failure },
  )
}

function prepare(request: RunRequest): RunPlaces {
  const { directory } = request
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const hostsFile = join(directory, 'hosts')
  const denyFile = join(directory, 'deny')
  const limitFile = request.policy.localhost ? join(directory, 'limit') : hostsFile
  writeFileSync(hostsFile, request.hosts.map((host) => `${host}\n`).join(''))
  if (limitFile !== hostsFile)
    writeFileSync(limitFile, [...request.hosts, ...LOCALHOST].map((host) => `${host}\n`).join(''))
  writeFileSync(denyFile, request.denied.map((host) => `${host}\n`).join(''))
  const { extraVars = {} } = request.policy
  const varsFile =
    Object.keys(extraVars).length > 0 ? join(directory, 'extra-vars.json') : undefined
  if (varsFile !== undefined)
    writeFileSync(varsFile, `${stringifyExact(extraVars)}\n`, { mode: 0o600 })
  const own = join(request.checkout, 'ansible.cfg')
  let configFile = join(directory, 'ansible.cfg')
  let configText = ''
  if (request.policy.config === 'repository' && existsSync(own)) {
    configFile = own
    configText = readFileSync(own, 'utf8')
  } else writeFileSync(configFile, '')
  return {
    directory,
    hostsFile,
    limitFile,
    denyFile,
    varsFile,
    plugins: pluginDirectory(),
    configFile,
    configText,
  }
}
