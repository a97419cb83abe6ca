// SPDX-License-Identifier: Apache-2.0
// Preloaded into the real command (node --import): ends the process with SIGKILL at a chosen push of the journal's ref.
//   PATCHRUN_TEST_KILL=before:3   before the third push
//   PATCHRUN_TEST_KILL=torn:3     while git is at it: it goes on by itself, and lands or does not
//   PATCHRUN_TEST_KILL=written:3  when git has ended, and nobody has heard of it
//   PATCHRUN_TEST_KILL=synced:3   a moment later
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

const [mode, number] = (process.env['PATCHRUN_TEST_KILL'] ?? '').split(':')
const wanted = Number(number)
let pushes = 0

const die = (): void => void process.kill(process.pid, 'SIGKILL')

const spawn = childProcess.spawn as (command: string, args: readonly string[], options: object) => childProcess.ChildProcess
childProcess.spawn = ((command: string, args: readonly string[], options: object) => {
  const counts = args.includes('push') && args.some((a) => a.endsWith('/journal'))
  if (counts) pushes += 1
  if (!counts || pushes !== wanted) return spawn(command, args, options)
  if (mode === 'before') die()
  const child = spawn(command, args, options)
  if (mode === 'torn') setTimeout(die, 5)
  child.prependListener('exit', () => (mode === 'written' ? die() : setTimeout(die, 3)))
  return child
}) as typeof childProcess.spawn
syncBuiltinESMExports()
