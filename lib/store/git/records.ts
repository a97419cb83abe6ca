// SPDX-License-Identifier: Apache-2.0
// What a commit of the journal's ref holds:
//
//   holder.json            who holds the lock, or held it last
//   snapshot.json          what the records before these amounted to; absent while there are none
//   journal/0000000123.jsonl   the records, in files named by the first of them
//
// The lines are those of the journal file. A file that has become long is left as it is and another
// one begun, so that a push carries little; when a rollout opens and much has gathered, the records
// before it become the snapshot. Earlier commits still have them.
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PatchrunError } from '../../errors.js'
import { fromSnapshot, NO_STATE, replay, toSnapshot } from '../../rollout/index.js'
import type { EnvironmentState, Snapshot } from '../../rollout/index.js'
import { START, VERSION } from '../journal/journal-line.js'
import type { Link } from '../journal/journal-line.js'
import { scanJournal } from '../journal/journal-read.js'
import type { Holder } from '../disk/lock-files.js'

/** Where the next line goes. */
export interface Head extends Link {
  /** The highest token so far. */
  readonly token: number
}

export interface Records {
  readonly state: EnvironmentState
  readonly head: Head
  readonly holder: HolderRecord | null
}

export interface HolderRecord extends Holder {
  readonly token: number
}

interface SnapshotFile extends Head {
  readonly v: number
  readonly state: Snapshot
}

/** Bytes after which another file is begun. */
const LONG = 256 * 1024
/** Bytes of records that are worth a snapshot. */
const MUCH = 1024 * 1024

const HOLDER = 'holder.json'
const SNAPSHOT = 'snapshot.json'
const JOURNAL = 'journal'

/**
 * Reads a working copy. `place`: for messages. Throws state/journal-damaged, state/journal-newer.
 */
export async function readRecords(directory: string, place: string): Promise<Records> {
  const snapshot = await json<SnapshotFile>(join(directory, SNAPSHOT), place)
  if (snapshot && snapshot.v > VERSION) throw newer(place, snapshot.v)
  let state = snapshot ? fromSnapshot(snapshot.state) : NO_STATE
  let head: Head = snapshot ?? { ...START, token: 0 }
  for (const name of await segments(directory)) {
    head = await scanJournal(
      join(directory, JOURNAL, name),
      (entries) => {
        state = replay(
          entries.map((e) => e.event),
          state,
        )
      },
      { from: head, shown: `${place} ${JOURNAL}/${name}` },
    )
  }
  return { state, head, holder: await json<HolderRecord>(join(directory, HOLDER), place) }
}

export async function writeHolder(directory: string, holder: HolderRecord): Promise<void> {
  await writeFile(join(directory, HOLDER), `${JSON.stringify(holder)}\n`)
}

/** Adds lines behind `head`. */
export async function addLines(directory: string, lines: string, head: Link): Promise<void> {
  await mkdir(join(directory, JOURNAL), { recursive: true })
  const last = (await segments(directory)).at(-1)
  const open =
    last !== undefined && (await stat(join(directory, JOURNAL, last))).size < LONG
      ? last
      : `${String(head.seq + 1).padStart(10, '0')}.jsonl`
  await appendFile(join(directory, JOURNAL, open), lines)
}

/** Much has gathered. */
export async function isMuch(directory: string, much = MUCH): Promise<boolean> {
  let size = 0
  for (const name of await segments(directory))
    size += (await stat(join(directory, JOURNAL, name))).size
  return size > much
}

/** Puts a snapshot in the place of all records so far. */
export async function compact(
  directory: string,
  state: EnvironmentState,
  { seq, sum, token }: Head,
): Promise<void> {
  const file: SnapshotFile = { v: VERSION, seq, sum, token, state: toSnapshot(state) }
  await writeFile(join(directory, SNAPSHOT), `${JSON.stringify(file)}\n`)
  await rm(join(directory, JOURNAL), { recursive: true, force: true })
}

async function segments(directory: string): Promise<readonly string[]> {
  return (await readdir(join(directory, JOURNAL)).catch(() => []))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
}

async function json<T>(file: string, place: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new PatchrunError(
      {
        code: 'state/journal-damaged',
        message: `a file of the state can not be read: ${(error as Error).message}`,
        hint: 'Nothing was touched. Somebody wrote to the ref who is no patchrun: put it back to the commit before (`git log` of the ref shows it).',
        where: { file: place },
      },
      { cause: error },
    )
  }
}

function newer(place: string, version: number): PatchrunError {
  return new PatchrunError({
    code: 'state/journal-newer',
    message: `the state was written by a newer patchrun (version ${version} of the journal; this one knows up to ${VERSION})`,
    hint: 'Nothing was touched. Use the patchrun that wrote it, or a newer one: `patchrun --version` says which this is.',
    where: { file: place },
  })
}
