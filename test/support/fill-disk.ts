// SPDX-License-Identifier: Apache-2.0
// Appends to the journal in argv[2] until the limit on the size of a file is reached, then twice
// more. argv[3] "lost": the lock is taken over in the moment in which an append fails,
// half-written.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PatchrunError } from '../../lib/errors.js'
import { FileJournal } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'

const [, , directory = '', mode] = process.argv
const file = join(directory, 'journal.jsonl')
const lock = await takeLock(join(directory, 'lock'), Date.now())
const journal = await FileJournal.open(file, {
  get token() {
    return lock.token
  },
  raise: (above) => lock.raise(above),
  check: async () => {
    if (mode === 'lost' && readFileSync(file).at(-1) !== 10 && readFileSync(file).length > 0)
      throw new PatchrunError({ code: 'lock/lost', message: '', hint: '' })
  },
})
let [done, refused] = [0, 0]
while (refused < 3 && done < 1000) {
  await journal
    .append({
      type: 'intended',
      at: 2,
      step: `s${done}`,
      action: 'detect',
      wave: 0,
      nodes: ['node01'],
    })
    .then(
      () => {
        done += 1
      },
      (e: unknown) => {
        refused += 1
        console.log(e instanceof PatchrunError ? e.code : String(e))
      },
    )
}
console.log(`done ${done}`)
await lock.release()
