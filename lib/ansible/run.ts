// SPDX-License-Identifier: Apache-2.0
// Starts one ansible-playbook, reads its events, and sees to its end. How it came out is lib/change's to say.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, realpathSync, writeFileSync, writeSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { PatchrunError, refuse } from '../errors.js'
import { extraArgsProblems, playbookArgv } from './argv.js'
import { EVENTS_FD, runEnvironment, type RunPlaces } from './environment.js'
import { EventParser } from './event-stream.js'
import { pluginDirectory } from './find-ansible.js'
import { endRun, groupsOf, withoutSecrets, writeProcessFile } from './processes.js'
import type { RunExit, RunRequest } from './types.js'
import { Watch } from './watch.js'

export { endOrphan } from './processes.js'

const STDERR_TAIL = 8 * 1024
/** How long the streams may stay open after the processes are gone, ms. */
const DRAIN_GRACE = 2_000

/**
 * Runs ansible-playbook to its end. Rejects only when it cannot be started, its files cannot be written, or `onEvent` throws;
 * every way the process can end is a RunExit. When this settles no process of the run is left.
 */
export async function runAnsible(request: RunRequest): Promise<RunExit> {
  refuse(extraArgsProblems(request.policy.extraArgs))
  request.signal?.throwIfAborted()
  const places = prepare(request)
  const argv = playbookArgv(request, limitPath(request.checkout, places.hostsFile))
  const begun = performance.now()
  const log = openSync(join(places.directory, 'ansible.log'), 'a', 0o600)
  const tee = openSync(join(places.directory, 'events.jsonl'), 'a', 0o600)
  try {
    const child = execa(request.install.playbook, argv, {
      cwd: request.checkout,
      env: runEnvironment(request, process.env, places),
      extendEnv: false,
      // Its own process group: a signal to the parent alone leaves workers and ssh alive.
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      // execa takes any open descriptor and hands it on; its types know only 1 and 2.
      stdio: ['ignore', log as 1, 'pipe', 'pipe'],
    })
    const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    const pid = child.pid
    if (pid === undefined) throw cannotStart(request, await child)
    const watch = new Watch(request, places.directory, pid)
    try {
      writeProcessFile(places.directory, pid, withoutSecrets([request.install.playbook, ...argv]))
    } catch (error) {
      watch.fail(error)
    }
    const errors = readErrors(child.stderr, log, watch)
    const events = readEvents(child.stdio[EVENTS_FD], tee, watch)
    const exit = await exited
    await watch.close()
    if (groupsOf(places.directory, pid).size > 0) await endRun(places.directory, pid)
    await Promise.race([Promise.all([events.done, errors.done]), sleep(DRAIN_GRACE, undefined, { ref: false })])
    child.stderr.destroy()
    child.stdio[EVENTS_FD].destroy()
    await child
    events.end()
    watch.rethrow()
    return {
      exitCode: exit.code,
      signal: exit.signal,
      ...(watch.ended ? { ended: watch.ended } : {}),
      stderr: errors.tail(),
      foreignLines: events.foreignLines(),
      duration: Math.round(performance.now() - begun),
    }
  } finally {
    closeSync(tee)
    closeSync(log)
  }
}

/** Ansible takes --limit apart at spaces, commas and colons, in a file's path too: seen from the checkout the path has only names of ours. */
const limitPath = (checkout: string, hostsFile: string): string => relative(realpathSync(checkout), realpathSync(hostsFile))

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
  writeFileSync(hostsFile, request.hosts.map((host) => `${host}\n`).join(''))
  writeFileSync(denyFile, request.denied.map((host) => `${host}\n`).join(''))
  const own = join(request.checkout, 'ansible.cfg')
  let configFile = join(directory, 'ansible.cfg')
  let configText = ''
  if (request.policy.config === 'repository' && existsSync(own)) {
    configFile = own
    configText = readFileSync(own, 'utf8')
  } else writeFileSync(configFile, '')
  return { directory, hostsFile, denyFile, plugins: pluginDirectory(), configFile, configText }
}

/** Standard error goes to the log as it comes; its end is kept. */
function readErrors(stream: Readable, log: number, watch: Watch): { done: Promise<void>; tail: () => string } {
  let tail = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-STDERR_TAIL)
    try {
      writeSync(log, chunk)
    } catch (error) {
      watch.fail(error)
    }
  })
  return { done: closed(stream), tail: () => tail.toString('utf8') }
}

function readEvents(stream: Readable, tee: number, watch: Watch): { done: Promise<void>; end: () => void; foreignLines: () => number } {
  const parser = new EventParser()
  stream.on('data', (chunk: Buffer) => {
    try {
      // Synchronous on purpose: an event is on its way to disk before anybody acts on it.
      for (let at = 0; at < chunk.length; ) at += writeSync(tee, chunk, at)
    } catch (error) {
      watch.fail(error)
    }
    for (const event of parser.push(chunk)) watch.event(event)
  })
  return {
    done: closed(stream),
    end: () => {
      for (const event of parser.end()) watch.event(event)
    },
    foreignLines: () => parser.foreignLines,
  }
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve)
    stream.once('error', () => resolve())
  })
}
