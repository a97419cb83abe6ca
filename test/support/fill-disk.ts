// SPDX-License-Identifier: Apache-2.0
// Appends to the journal in argv[2] until the limit on the size of a file is reached, then twice more.
import { join } from 'node:path'
import { PatchrunError } from '../../lib/errors.js'
import { Journal } from '../../lib/store/journal.js'
import { takeLock } from '../../lib/store/lock.js'

const directory = process.argv[2] ?? ''
const lock = await takeLock(join(directory, 'lock'), Date.now())
const journal = await Journal.open(join(directory, 'journal.jsonl'), lock)
let [done, refused] = [0, 0]
while (refused < 3 && done < 1000) {
  await journal.append({ type: 'intended', at: 2, step: `s${done}`, action: 'detect', wave: 0, nodes: ['node01'] }).then(
    () => { done += 1 },
    (e: unknown) => {
      refused += 1
      console.log(e instanceof PatchrunError ? e.code : String(e))
    },
  )
}
console.log(`done ${done}`)
await lock.release()
