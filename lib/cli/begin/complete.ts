// SPDX-License-Identifier: Apache-2.0
// What the scripts of `completion` ask for while somebody types: `__complete environments|nodes
// WORD [words before it]`. It prints those that begin with WORD, one a line. Nothing is started and
// no network is used; whatever goes wrong, it says nothing: this is no time for errors.
import { homedir } from 'node:os'
import { knownNames } from '../../engine/site/known-names.js'
import { EXIT } from '../../errors.js'
import type { ExitCode } from '../../errors.js'
import { DEFAULT_CONFIG } from '../call/context.js'
import type { Io } from '../call/context.js'

/** Nothing else is inserted into a command line. */
const PLAIN = /^[\w.+@%-]+$/
/** Nobody reads more, and shells become slow. */
const MOST = 2000

export async function complete(
  [kind, word = '', ...before]: readonly string[],
  { stdout }: Pick<Io, 'stdout'>,
): Promise<ExitCode> {
  if (kind !== 'environments' && kind !== 'nodes') return EXIT.reached
  const file = valueOf(before, ['-c', '--config']) ?? DEFAULT_CONFIG
  const names = await knownNames(
    file.replace(/^~(?=\/)/, homedir()),
    kind,
    valueOf(before, ['--env']),
  ).catch(() => [])
  // Of several nodes, the last is being typed.
  const done = kind === 'nodes' ? word.slice(0, word.lastIndexOf(',') + 1) : ''
  const begun = word.slice(done.length)
  const found = names.filter((n) => n.startsWith(begun) && PLAIN.test(n)).slice(0, MOST)
  stdout.write(found.map((n) => `${done}${n}\n`).join(''))
  return EXIT.reached
}

/** Of the last one that was given, as bash has them (`--env`, `=`, `prod`) or others. */
function valueOf(words: readonly string[], names: readonly string[]): string | undefined {
  let found: string | undefined
  words.forEach((word, i) => {
    const [name = '', joined] = word.startsWith('--') ? word.split(/=(.*)/s, 2) : [word]
    if (!names.includes(name)) return
    const value = joined ?? (words[i + 1] === '=' ? words[i + 2] : words[i + 1])
    if (value !== undefined && value !== '') found = value.replace(/^(["'])(.*)\1$/s, '$2')
  })
  return found
}
