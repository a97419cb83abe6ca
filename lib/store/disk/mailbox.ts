// SPDX-License-Identifier: Apache-2.0
// Where people's words wait for the one writer of the journal: a directory with one small file a
// word, whose name sorts by the time it was said. A file is there whole or not at all, and stays
// until it is in the journal.
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { syncDirectory } from './sync-directory.js'
import { join } from 'node:path'

/** What was found in the mailbox. */
export interface Letter {
  /** Name of the file. */
  readonly name: string
  /** Its id, where the name is one that we give. */
  readonly id: string | null
  /** What it says; null: it cannot be read. */
  readonly text: string | null
}

const NAME = /^(\d{15})-[0-9a-f]{16}$/
const ENDING = '.json'
/** Longer than any word of a person: 64 KiB. */
const MOST_BYTES = 65_536
/** Directory within the mailbox for what could not be followed. */
const REFUSED = 'refused'

/**
 * Puts a word into the mailbox and gives its id. When this resolves it is on disk. `now`: ms since
 * the epoch. Throws what the file system throws.
 */
export async function post(directory: string, content: unknown, now: number): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  // Said later is read later, even where a clock was set back between the two.
  const id = letterId(
    now,
    (await readdir(directory)).map((name) => idOf(name) ?? ''),
  )
  const aside = join(directory, `.${id}`)
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`)
    await handle.sync()
    await rename(aside, join(directory, id + ENDING))
  } catch (error) {
    await unlink(aside).catch(() => undefined)
    throw error
  } finally {
    await handle.close()
  }
  await syncDirectory(directory)
  return id
}

/** An id for what is said now, behind those that are there. */
export function letterId(now: number, there: readonly string[]): string {
  const newest = there.reduce((top, id) => Math.max(top, Number(NAME.exec(id)?.[1] ?? 0)), 0)
  return `${String(Math.max(Math.floor(now), newest + 1)).padStart(15, '0')}-${randomBytes(8).toString('hex')}`
}

/** Is it a name that we give? */
export const isLetterId = (name: string): boolean => NAME.test(name)

/**
 * Everything in the mailbox, oldest first. A mailbox that does not exist yet is empty; one that
 * cannot be read throws: nobody could be heard any more.
 */
export async function letters(directory: string): Promise<readonly Letter[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  // A dot stands before what is being written just now.
  const found = names.filter((name) => name !== REFUSED && !name.startsWith('.')).sort()
  return Promise.all(
    found.map(async (name): Promise<Letter> => ({
      name,
      id: idOf(name),
      text: await read(join(directory, name)),
    })),
  )
}

const idOf = (name: string): string | null => {
  const id = name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : ''
  return NAME.test(id) ? id : null
}

/** Only a small regular file is opened: a pipe would hold up whoever reads it. */
async function read(file: string): Promise<string | null> {
  try {
    const found = await lstat(file)
    return found.isFile() && found.size <= MOST_BYTES ? await readFile(file, 'utf8') : null
  } catch {
    return null
  }
}

/**
 * Takes out what is in the journal by now. A file that comes back after a power failure is known by
 * its id.
 */
export async function takeOut(directory: string, name: string): Promise<void> {
  await unlink(join(directory, name)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

/**
 * Moves a file that cannot be followed into `refused/`, with the reason beside it; gives the new
 * path.
 */
export async function setAside(directory: string, name: string, why: string): Promise<string> {
  const to = join(directory, REFUSED)
  await mkdir(to, { recursive: true, mode: 0o700 })
  const taken = new Set(await readdir(to))
  const target = join(to, taken.has(name) ? `${name}.${randomBytes(4).toString('hex')}` : name)
  // The reason first: whoever finds the file finds it, too.
  await writeFile(`${target}.txt`, `${why}\n`, { mode: 0o600 })
  await rename(join(directory, name), target)
  return target
}

export type Fate =
  { readonly is: 'waiting' | 'gone' } | { readonly is: 'refused'; readonly why: string }

/** What became of a word: it waits, it was refused, or it was taken out. */
export async function fateOf(directory: string, id: string): Promise<Fate> {
  const name = id + ENDING
  if ((await readdir(directory)).includes(name)) return { is: 'waiting' }
  const why = await readFile(join(directory, REFUSED, `${name}.txt`), 'utf8').catch(() => null)
  return why === null ? { is: 'gone' } : { is: 'refused', why: why.trim() }
}
