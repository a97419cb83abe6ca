// SPDX-License-Identifier: Apache-2.0
// Reading the journal: in pieces and folded as it comes, so that its length costs time and no
// memory.
//
// A last line without its end is the mark of a crash in the middle of an append: nothing was done
// on the strength of it, and it does not count. Damage anywhere else is refused with the line
// named.
import { open } from 'node:fs/promises'
import { PatchrunError } from '../../errors.js'
import { NO_STATE, replay } from '../../rollout/index.js'
import type { EnvironmentState } from '../../rollout/index.js'
import { Chain } from './journal-chain.js'
import { VERSION, versionOf } from './journal-line.js'
import type { JournalEntry, Link } from './journal-line.js'
import { stateError } from '../disk/state-error.js'

const PIECE = 1024 * 1024
/** The outcome of a step over 100,000 nodes has about 20 MiB; what is longer is no line. */
const LONGEST_LINE = 256 * 1024 * 1024
const NEWLINE = 10

/** Where the next line goes. */
export interface Tail extends Link {
  /** The highest token so far: that of the last line; 0 for an empty journal. */
  readonly token: number
  /** Bytes up to the end of the last whole line. */
  readonly length: number
}

/**
 * Everything in the journal, oldest first, all in memory. A journal that does not exist yet is
 * empty.
 */
export async function readJournal(file: string): Promise<readonly JournalEntry[]> {
  const all: JournalEntry[] = []
  await scanJournal(file, (entries) => {
    for (const entry of entries) all.push(entry)
  })
  return all
}

/**
 * What the journal amounts to. Errors: state/journal-damaged, state/journal-newer,
 * state/unwritable.
 */
export async function readState(file: string): Promise<EnvironmentState> {
  return (await foldJournal(file)).state
}

export async function foldJournal(
  file: string,
): Promise<{ readonly state: EnvironmentState; readonly tail: Tail }> {
  let state = NO_STATE
  const tail = await scanJournal(file, (entries) => {
    state = replay(
      entries.map((e) => e.event),
      state,
    )
  })
  return { state, tail }
}

export interface Scan {
  /** What the first line follows; without it, it is the first of all. */
  readonly from?: Link & { readonly token: number }
  /** How people are told of the file. */
  readonly shown?: string
}

/** Gives the entries that count, in order, in batches. */
export async function scanJournal(
  file: string,
  take: (entries: readonly JournalEntry[]) => void,
  { from, shown = file }: Scan = {},
): Promise<Tail> {
  const chain = new Chain(from)
  try {
    return await scan(file, take, chain, shown)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ...chain.head, length: 0 }
    throw (error as NodeJS.ErrnoException).code === undefined
      ? error
      : stateError('the journal', file, error)
  }
}

async function scan(
  file: string,
  take: (entries: readonly JournalEntry[]) => void,
  chain: Chain,
  named: string,
): Promise<Tail> {
  const reading = new Reading(chain)
  await reading.on(file, take, named)
  const last = chain.end()
  if (last) take([last])
  return { ...chain.head, length: reading.length }
}

/** How far a journal was read; it can be read on from there when it has grown. */
export class Reading {
  /** Bytes up to the end of the last whole line. */
  length = 0
  #lines = 0

  constructor(readonly chain = new Chain()) {}

  /**
   * Gives what is settled by the lines that were not read yet. When it throws, it is at no certain
   * place any more.
   */
  async on(
    file: string,
    take: (entries: readonly JournalEntry[]) => void,
    named = file,
  ): Promise<void> {
    const handle = await open(file, 'r')
    try {
      const buffer = Buffer.allocUnsafe(PIECE)
      let begun: Buffer[] = []
      let pending = 0
      let position = this.length
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, PIECE, position)
        if (bytesRead === 0) return
        const piece = buffer.subarray(0, bytesRead)
        const settled: JournalEntry[] = []
        let start = 0
        for (let end; (end = piece.indexOf(NEWLINE, start)) !== -1; start = end + 1) {
          const part = piece.subarray(start, end)
          const line = begun.length > 0 ? Buffer.concat([...begun, part]) : part
          begun = []
          pending = 0
          this.#lines += 1
          const entry = add(this.chain, line, named, this.#lines)
          if (entry) settled.push(entry)
          this.length = position + end + 1
        }
        // Copied: the buffer is used again.
        if (start < bytesRead) begun.push(Buffer.from(piece.subarray(start)))
        pending += bytesRead - start
        if (pending > LONGEST_LINE) throw damaged(named, this.#lines + 1, begun[0] ?? piece)
        position += bytesRead
        if (settled.length > 0) take(settled)
      }
    } finally {
      await handle.close()
    }
  }
}

function add(chain: Chain, line: Buffer, file: string, number: number): JournalEntry | null {
  if ((versionOf(line) ?? VERSION) > VERSION) throw newer(file, number, line)
  const entry = chain.add(line)
  if (entry === false) throw damaged(file, number, line)
  return entry
}

const shown = (line: Buffer): string => line.toString('utf8', 0, 400).slice(0, 200)

function damaged(file: string, line: number, text: Buffer): PatchrunError {
  return new PatchrunError({
    code: 'state/journal-damaged',
    message: `line ${line} of the journal is damaged: it, or one before it, is not what was written`,
    hint: 'Nothing was touched. Restore the file from a backup; or move it away and run `patchrun detect` to see where the nodes stand: a new journal remembers no SHA.',
    where: { file, line, text: shown(text) },
  })
}

function newer(file: string, line: number, text: Buffer): PatchrunError {
  return new PatchrunError({
    code: 'state/journal-newer',
    message: `line ${line} of the journal was written by a newer patchrun (version ${versionOf(text) ?? '?'} of the journal; this one knows up to ${VERSION})`,
    hint: 'Nothing was touched. Use the patchrun that wrote it, or a newer one: `patchrun --version` says which this is.',
    where: { file, line, text: shown(text) },
  })
}
