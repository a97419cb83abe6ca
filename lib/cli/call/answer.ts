// SPDX-License-Identifier: Apache-2.0
// In which forms a verb answers: one on standard output (--format), others into files on the way
// (--save), from one and the same answer.
import { writeFile } from 'node:fs/promises'
import { PatchrunError } from '../../errors.js'
import { PLAIN } from '../../report/words/styles.js'
import type { TextOptions } from '../../report/words/styles.js'
import { printJson, textOptions } from './context.js'
import type { Call, Context } from './context.js'
import { FORMATS } from './formats.js'
import type { Format } from './formats.js'

export type Renderers<T> = { readonly text: (document: T, options: TextOptions) => string } & {
  readonly [F in Exclude<Format, 'text' | 'json'>]?: (document: T, options: TextOptions) => string
}

export interface Formats<T> {
  readonly known: Renderers<T>
  readonly format: Format
  readonly saved: readonly { readonly format: Format; readonly file: string }[]
}

/**
 * Asked for before the work: a slip must not cost an hour. Throws usage/unknown-format,
 * usage/two-formats, usage/save.
 */
export function formatsOf<T>(
  { global }: Context,
  { options }: Call,
  known: Renderers<T>,
): Formats<T> {
  const names = FORMATS.filter((f) => f === 'json' || known[f])
  const nameOf = (text: string): Format => {
    const found = names.find((f) => f === text)
    if (found) return found
    throw new PatchrunError({
      code: 'usage/unknown-format',
      message: `unknown format "${text.slice(0, 60)}"`,
      hint: `Known here are ${names.join(', ')}.`,
    })
  }
  const { format: given, save } = options
  const format = typeof given === 'string' ? nameOf(given) : global.json ? 'json' : 'text'
  if (global.json && format !== 'json')
    throw new PatchrunError({
      code: 'usage/two-formats',
      message: `--json and --format ${format} exclude each other`,
      hint: 'Leave one of them out.',
    })
  const saved = (Array.isArray(save) ? (save as readonly string[]) : []).map((pair) => {
    const [, name = '', file = ''] = /^([^=]+)=(.+)$/.exec(pair) ?? []
    if (file === '')
      throw new PatchrunError({
        code: 'usage/save',
        message: `--save ${pair.slice(0, 60)} does not say what goes where`,
        hint: 'Write it as format=file, such as --save junit=junit.xml.',
      })
    return { format: nameOf(name), file }
  })
  return { known, format, saved }
}

/**
 * Writes the files, then prints. `more`: what only the text on standard output tells. Throws
 * usage/cannot-write.
 */
export async function printAs<T>(
  context: Context,
  { known, format, saved }: Formats<T>,
  document: T,
  more: object = {},
): Promise<void> {
  const options = await textOptions(context)
  const plain = { ...options, paint: PLAIN }
  const textOf = (wanted: Format, how: TextOptions): string =>
    wanted === 'json'
      ? `${JSON.stringify(document, null, 2)}\n`
      : (known[wanted]?.(document, how) ?? '')
  for (const { format: wanted, file } of saved) {
    await writeFile(file, textOf(wanted, plain)).catch((cause: Error) => {
      throw new PatchrunError(
        {
          code: 'usage/cannot-write',
          message: `${file} can not be written: ${cause.message}`,
          hint: 'Name a file in a directory that you may write to.',
        },
        { cause },
      )
    })
  }
  if (format === 'json') return printJson(context, document)
  context.io.stdout.write(textOf(format, format === 'text' ? { ...options, ...more } : plain))
}
