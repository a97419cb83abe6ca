// SPDX-License-Identifier: Apache-2.0
// Writes to the journal in argv[2], and is stopped (SIGSTOP, by itself) between its look at the
// lock and the write of the third event: when it is continued, that line comes late. argv[3]:
// time-out of its lock in ms. argv[4]: the third event is this many characters longer.
import { join } from 'node:path'
import { PatchrunError } from '../../lib/errors.js'
import { FileJournal } from '../../lib/store/journal/journal.js'
import { takeLock } from '../../lib/store/lock/lock.js'

const [, , directory = '', timeout, longer = '0'] = process.argv
const lock = await takeLock(join(directory, 'lock'), Date.now(), { timeout: Number(timeout) })
let stops = false
const journal = await FileJournal.open(join(directory, 'journal.jsonl'), {
  get token() {
    return lock.token
  },
  raise: (above) => lock.raise(above),
  check: async () => {
    await lock.check()
    if (stops) process.kill(process.pid, 'SIGSTOP')
    stops = false
  },
})
const step = (name: string): Promise<unknown> =>
  journal.append({
    type: 'intended',
    at: 2,
    step: name,
    action: 'detect',
    wave: 0,
    nodes: ['node01'],
  })
await step('first')
await step('second')
stops = true
console.log('stops')
await step(`late${'x'.repeat(Number(longer))}`).then(
  () => console.log('written'),
  (e: unknown) => console.log(e instanceof PatchrunError ? `${e.code}: ${e.message}` : String(e)),
)
await step('later').then(
  () => console.log('written'),
  (e: unknown) => console.log(e instanceof PatchrunError ? e.code : String(e)),
)
await journal.close()
