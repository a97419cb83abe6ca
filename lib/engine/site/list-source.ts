// SPDX-License-Identifier: Apache-2.0
// Lines of a list file or of a command to list entries, each knowing its place.
import { open, stat } from 'node:fs/promises'
import { runAlone } from '../../ansible/programs/run-alone.js'
import { PatchrunError, type Place } from '../../errors.js'
import type { ListEntry } from '../../fleet/lists/lists.js'
import { MAX_FILE, MAX_LINE, shown } from '../../fleet/yaml/yaml-text.js'

/** Milliseconds a command may take. */
const TIMEOUT = 60_000

/**
 * One host expression a line; "#" begins a comment; empty lines mean nothing. `name` stands for the
 * file in places.
 */
export function linesToEntries(name: string, text: string): ListEntry[] {
  const entries: ListEntry[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.length > MAX_LINE) {
      throw new PatchrunError({
        code: 'config/line-too-long',
        message: `line ${index + 1} of ${name} has ${line.length.toLocaleString('en')} characters; the limit is ${MAX_LINE.toLocaleString('en')}`,
        hint: 'Write one host expression a line.',
        where: { file: name, line: index + 1, column: 1, text: shown(line) },
      })
    }
    const comment = line.search(/(^|\s)#/)
    const content = comment < 0 ? line : line.slice(0, comment)
    const indent = content.length - content.trimStart().length
    const expression = content.trim()
    if (expression === '') continue
    entries.push({
      kind: 'expression',
      text: expression,
      place: (offset, part) => ({
        file: name,
        line: index + 1,
        column: indent + offset + 1,
        text: shown(part),
      }),
    })
  }
  return entries
}

/** @throws PatchrunError config/list-unreadable, config/file-too-large, config/line-too-long */
export async function readListFile(path: string, where: Place): Promise<ListEntry[]> {
  return linesToEntries(
    path,
    await readText(path, {
      code: 'config/list-unreadable',
      message: `the list ${path} can not be read`,
      hint: 'Check the path; a relative one is taken from the directory of patchrun.yml.',
      where,
    }),
  )
}

/** Reads a text file of bounded size. */
export async function readText(
  path: string,
  problem: {
    readonly code: 'config/list-unreadable' | 'config/unreadable' | 'config/calendar'
    readonly message: string
    readonly hint: string
    readonly where: Place
  },
): Promise<string> {
  const bytes: Buffer = await (async () => {
    // Before it is opened: opening a pipe that nobody writes to waits for ever.
    if (!(await stat(path)).isFile()) throw new Error('it is no file')
    const handle = await open(path, 'r')
    try {
      const buffer = Buffer.alloc(Math.min((await handle.stat()).size, 4 * MAX_FILE) + 1)
      let filled = 0
      for (let read = 1; read > 0 && filled < buffer.length; filled += read)
        read = (await handle.read(buffer, filled, buffer.length - filled)).bytesRead
      return buffer.subarray(0, filled)
    } finally {
      await handle.close()
    }
  })().catch((cause: unknown) => {
    throw new PatchrunError(
      { ...problem, message: `${problem.message}: ${reason(cause)}` },
      { cause },
    )
  })
  if (bytes.length <= MAX_FILE) return bytes.toString('utf8')
  throw new PatchrunError({
    code: 'config/file-too-large',
    message: `${path} has more than ${MAX_FILE.toLocaleString('en')} bytes`,
    hint: 'Fold the names into ranges such as node[001-120].',
    where: problem.where,
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is no directory',
}

function reason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  return REASONS[code ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
}

/**
 * Runs a command in `cwd`, without a shell, and reads what it prints.
 * @throws PatchrunError config/list-command (not found, failed, timed out), config/line-too-long
 */
export async function readListCommand(
  command: readonly [string, ...string[]],
  cwd: string,
  where: Place,
  options: { readonly signal?: AbortSignal; readonly timeout?: number } = {},
): Promise<ListEntry[]> {
  const { signal, timeout = TIMEOUT } = options
  const [program, ...args] = command
  const result = await runAlone(program, args, {
    cwd,
    timeout,
    maxOutput: MAX_FILE,
    ...(signal ? { signal } : {}),
  })
  const fail = (what: string, hint: string): never => {
    const stderr = result.stderr.trim().slice(-500)
    throw new PatchrunError({
      code: 'config/list-command',
      message: `the list command ${program} ${what}${stderr ? `: ${stderr}` : ''}`,
      hint,
      where,
    })
  }
  if (result.late)
    fail(
      `gave no answer within ${timeout / 1000} s`,
      'Try it by hand, in the directory of patchrun.yml.',
    )
  if (result.tooMuch) fail('printed too much', 'It must print one host expression a line.')
  if (result.code === 'ENOENT')
    fail(
      'was not found',
      'Give its full path, or put it on PATH. A shell is not involved: write each argument as an entry of its own.',
    )
  if (result.code === 'EACCES') fail('can not be run', 'Make it executable.')
  // An empty or cut list is no list: what a failed command printed is not used.
  if (result.exitCode !== 0)
    fail(
      result.exitCode === undefined
        ? `was ended by ${result.signal ?? 'an error'}`
        : `failed with exit code ${result.exitCode}`,
      'Try it by hand, in the directory of patchrun.yml.',
    )
  return linesToEntries(`(output of ${program})`, result.stdout)
}
