// SPDX-License-Identifier: Apache-2.0
// Preloaded into the real command (node --import): ends the process with SIGKILL at a push of the
// journal's ref that PATCHRUN_TEST_KILL_AIMS names (kill-at-kinds.ts):
//   before   before the push
//   torn     while git is at it: it goes on by itself, and lands or does not
//   written  when git has ended, and nobody has heard of it
//   synced   a moment later
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { aimedAt, namer, namesOf, pushOf } from './kill-at-kinds.js'

const name = namer()
const die = (): void => void process.kill(process.pid, 'SIGKILL')

const spawn = childProcess.spawn as (
  command: string,
  args: readonly string[],
  options: childProcess.SpawnOptions,
) => childProcess.ChildProcess
childProcess.spawn = ((
  command: string,
  args: readonly string[],
  options: childProcess.SpawnOptions,
) => {
  const [, commit] = args.flatMap((a) => /^([0-9a-f]{40}):.*\/journal$/.exec(a) ?? [])
  if (!args.includes('push') || commit === undefined) return spawn(command, args, options)
  const way = aimedAt(namesOf(pushOf(String(options.cwd), commit), name), commit)
  if (way === 'before') die()
  const child = spawn(command, args, options)
  if (way === 'torn') setTimeout(die, 5)
  if (way === 'written') child.prependListener('exit', die)
  if (way === 'synced') child.prependListener('exit', () => setTimeout(die, 3))
  return child
}) as typeof childProcess.spawn
syncBuiltinESMExports()
