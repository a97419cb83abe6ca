// SPDX-License-Identifier: Apache-2.0
// A file of which only the lines between two marks are ours: whatever else stands in it stays.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { PatchrunError } from '../../errors.js'

export const BEGIN =
  '# patchrun gitlab: begin. Written from patchrun.yml by `patchrun gitlab --write`; what is changed by hand up to the end is lost.'
export const END = '# patchrun gitlab: end'

export interface Written {
  readonly change: 'created' | 'updated' | 'unchanged'
  /** The lines that go and those that come. */
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** `dry`: only says what it would change. Throws usage/not-ours, usage/cannot-write. */
export async function writeOwnLines(file: string, text: string, dry: boolean): Promise<Written> {
  const before = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw cannot(file, cause)
  })
  const own = [BEGIN, ...text.trimEnd().split('\n'), END]
  const lines = before === null ? [] : before.split('\n')
  // By how the line begins: a newer patchrun may say more in it.
  const begins = lines.flatMap((line, i) =>
    line.startsWith('# patchrun gitlab: begin') ? [i] : [],
  )
  const ends = lines.flatMap((line, i) => (line.startsWith(END) ? [i] : []))
  const [begin, end] = [begins[0] ?? -1, ends[0] ?? -1]
  const whole = begins.length === 1 && ends.length === 1 && begin < end
  if (before !== null && !whole) {
    throw new PatchrunError({
      code: 'usage/not-ours',
      message: `${file} is there, and ${begins.length + ends.length === 0 ? 'has no lines of patchrun in it' : 'its lines "patchrun gitlab: begin" and "end" do not come once each, in this order'}`,
      hint: `Nothing was changed. Name a file of its own, such as .gitlab/patchrun.yml, and include it (include: - local: .gitlab/patchrun.yml); or put these two lines where the text is to stand: "${BEGIN.slice(0, 24)}" and "${END}".`,
      where: { file },
    })
  }
  const old = before === null ? [] : lines.slice(begin, end + 1)
  const removed = old.filter((line) => !own.includes(line))
  const added = own.filter((line) => !old.includes(line))
  const change =
    before === null ? 'created' : old.join('\n') === own.join('\n') ? 'unchanged' : 'updated'
  if (!dry && change !== 'unchanged') {
    const next =
      before === null
        ? `${own.join('\n')}\n`
        : [...lines.slice(0, begin), ...own, ...lines.slice(end + 1)].join('\n')
    const aside = `${file}.patchrun-${process.pid}`
    await writeFile(aside, next)
      .then(() => rename(aside, file))
      .catch((cause: Error) => {
        throw cannot(file, cause)
      })
  }
  return { change, removed, added }
}

const cannot = (file: string, cause: Error): PatchrunError =>
  new PatchrunError(
    {
      code: 'usage/cannot-write',
      message: `${file} can not be written: ${cause.message}`,
      hint: 'Name a file in a directory that you may write to.',
    },
    { cause },
  )
