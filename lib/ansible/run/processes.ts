// SPDX-License-Identifier: Apache-2.0
// Ends everything a run started, and nothing else. Linux: reads /proc.
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What a later process needs to recognise this run's process. No environment, and argv holds no
 * secrets.
 */
export interface ProcessFile {
  readonly pid: number
  readonly pgid: number
  /**
   * Field 22 of /proc/PID/stat: with the pid it names one process for as long as the machine is up.
   */
  readonly startTime: string
  /** The boot the start time counts from. */
  readonly bootId: string
  readonly argv: readonly string[]
  /**
   * Of the run, as its processes have it in their environment: what is read may be a link to it.
   */
  readonly directory: string
}

const FILE = 'process.json'
/** Between SIGINT and SIGKILL, ms: Ansible gives its workers five seconds. */
export const KILL_GRACE = 8_000

interface Stat {
  readonly ppid: number
  readonly pgid: number
  readonly state: string
  readonly startTime: string
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in parentheses and may hold anything.
    const rest = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return {
      state: rest[0] ?? '',
      ppid: Number(rest[1]),
      pgid: Number(rest[2]),
      startTime: rest[19] ?? '',
    }
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

export function writeProcessFile(directory: string, pid: number, argv: readonly string[]): void {
  const file: ProcessFile = {
    pid,
    pgid: pid,
    startTime: statOf(pid)?.startTime ?? '',
    bootId: bootId(),
    argv,
    directory,
  }
  writeFileSync(join(directory, FILE), `${JSON.stringify(file)}\n`, { mode: 0o600 })
}

/** Secrets may stand in extra variables and in options of ssh. */
export function withoutSecrets(argv: readonly string[]): readonly string[] {
  const hidden = /^(-e|--extra-vars|--(?:ssh|sftp|scp)-[a-z]+-args)(=|$)/
  let hide = false
  return argv.map((word) => {
    const value = hide
    const match = hidden.exec(word)
    hide = match !== null && match[2] === ''
    return value ? '********' : match?.[2] === '=' ? `${match[1]}=********` : word
  })
}

/**
 * The process groups of a run: its own, and those of ansible-core 2.19's workers, which leave it.
 * Told by PATCHRUN_RUN in the environment together with being a descendant, or a copy of
 * ansible-playbook. A multiplexing ssh master and a command that made itself a daemon are in groups
 * of their own and stay: they are not the run.
 */
export function groupsOf(
  directory: string,
  pid: number | null,
  known: ReadonlySet<number> = new Set(),
): ReadonlySet<number> {
  const stats = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    if (stat !== undefined && stat.state !== 'Z') stats.set(Number(name), stat)
  }
  const groups = new Set<number>()
  const mark = `PATCHRUN_RUN=${directory}`
  for (const [candidate, stat] of stats) {
    // A worker that died may have left its ssh behind in its group.
    if (stat.pgid === pid || known.has(stat.pgid)) groups.add(stat.pgid)
    else if (stat.pgid === candidate && isMarked(candidate, mark) && isPlaybook(candidate))
      groups.add(candidate)
  }
  return groups
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark)
  } catch {
    return false
  }
}

function isPlaybook(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      .split('\0')
      .slice(0, 3)
      .some((word) => word.endsWith('/ansible-playbook'))
  } catch {
    return false
  }
}

function send(group: number, signal: 'SIGINT' | 'SIGKILL'): void {
  try {
    process.kill(-group, signal)
  } catch {
    // gone already
  }
}

/** Resolves when no process of the run is left: SIGINT, then SIGKILL after the grace (ms). */
export async function endRun(
  directory: string,
  pid: number | null,
  grace = KILL_GRACE,
): Promise<void> {
  let groups = groupsOf(directory, pid)
  for (const group of groups) send(group, 'SIGINT')
  const until = performance.now() + grace
  while (groups.size > 0) {
    await sleep(50)
    // A group that has ended may be somebody else's number a moment later.
    groups = groupsOf(directory, null, groups)
    if (performance.now() > until) for (const group of groups) send(group, 'SIGKILL')
  }
}

/**
 * Ends what an earlier patchrun left running in `directory`, its leader and the groups that left
 * it. 'not-ours': the leader's pid belongs to another process by now, which is never touched, and
 * nothing of the run is left.
 */
export async function endOrphan(directory: string): Promise<'gone' | 'ended' | 'not-ours'> {
  const file = readProcessFile(directory)
  if (file && file.bootId !== bootId()) return 'gone'
  const stat = file ? statOf(file.pid) : undefined
  const isStranger = stat !== undefined && stat.state !== 'Z' && stat.startTime !== file?.startTime
  // A pid is given away anew only when no process group has its number any more: of that one
  // nothing is left.
  const leader = file && !isStranger ? file.pid : null
  // Killed before the file was there, or whole: then the mark alone tells.
  const marked = file?.directory ?? realpathOf(directory)
  if (groupsOf(marked, leader).size === 0) return isStranger ? 'not-ours' : 'gone'
  await endRun(marked, leader)
  return 'ended'
}

/** null: it is not there, or not whole. */
function readProcessFile(directory: string): ProcessFile | null {
  try {
    const file = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as ProcessFile
    return Number.isInteger(file.pid) && file.pid > 1 && typeof file.directory === 'string'
      ? file
      : null
  } catch {
    return null
  }
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
