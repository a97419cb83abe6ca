// SPDX-License-Identifier: Apache-2.0
// The real command over a playground, and what its errors look like.
import { readFileSync, writeFileSync } from 'node:fs'
import { patchrun, type CommandOptions, type Ended, type Running } from './command.js'
import { site, writeTask, type Playground } from './playground.js'

type Declared = Record<string, Record<string, unknown>>

export const say = (ground: Playground, args: readonly string[], more: Partial<CommandOptions> = {}): Promise<Ended> => patchrun(args, { cwd: ground.directory, ...more })
export const run = (ground: Playground, ...more: string[]): Promise<Ended> => say(ground, ['run', '--yes', ...more])
export const siteOf = (v: string): string => site(writeTask('etc/version', `${v}\n`))
export const version = (v: string): Record<string, string> => ({ 'site.yml': siteOf(v) })

/** Changes patchrun.yml. */
export function edit(ground: Playground, change: (declared: Declared) => void): void {
  const declared = JSON.parse(readFileSync(ground.file, 'utf8')) as Declared
  change(declared)
  writeFileSync(ground.file, JSON.stringify(declared, null, 2))
}

/** An error on standard error: its code, a hint, and words that must be there. */
export const error = (code: number, problem: string, ...words: RegExp[]): { readonly code: number; readonly stderr: RegExp } => ({
  code,
  stderr: new RegExp([`error ${problem}: [^]*hint: `, ...words.map((w) => w.source)].map((w) => `(?=[^]*${w})`).join('')),
})

/** Until the command has said so; throws when it ended, or half a minute went by, without. */
export async function seen(running: Running, words: RegExp): Promise<void> {
  for (let i = 0; i < 1500 && !words.test(running.stderr()) && running.child.exitCode === null; i++) await new Promise((resolve) => setTimeout(resolve, 20))
  if (!words.test(running.stderr())) throw new Error(`never said ${String(words)}: ${running.stderr()}`)
}
