// SPDX-License-Identifier: Apache-2.0
// Telling one process from another that was given the same pid later.
import { readFile, readlink } from 'node:fs/promises'

/** A process that has ended and that nobody has taken leave of yet. */
const DEAD = 'zombie'

/**
 * When a process started, in clock ticks since boot with the boot's id in front (Linux, proc(5));
 * empty where the system does not say, or there is no such process.
 */
export async function startTimeOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // The name, in brackets, may hold spaces and brackets: count the fields from its end (3 is the
    // state, 22 the start).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? DEAD : `${boot.trim()}/${fields[19] ?? ''}`
  } catch {
    return ''
  }
}

/** Is it this very process that lives? Where start times are not to be had, a living pid counts. */
export async function isAlive(pid: number, started: string): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = await startTimeOf(pid)
  return started === '' || now === '' || now === started
}

/**
 * The space of pids this process lives in (Linux, pid_namespaces(7)); empty where the system does
 * not say.
 */
export async function pidSpace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '')
}
