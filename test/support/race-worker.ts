// SPDX-License-Identifier: Apache-2.0
// One of several machines that write to the state in a git repository: takes the lock, appends some
// events, gives it back, until it has appended as many as it was told. Says on standard output what
// it did, a line of JSON each.
//   node race-worker.js REPOSITORY DIRECTORY NAME COUNT TIMEOUT
import { setTimeout as sleep } from 'node:timers/promises'
import { PatchrunError } from '../../lib/errors.js'
import { gitStore } from '../../lib/store/git/git-store.js'

const [repository = '', directory = '', name = '', count = '0', timeout = '60000'] =
  process.argv.slice(2)
const store = gitStore({
  repository,
  ref: 'refs/patchrun/lab',
  environment: 'prod',
  directory,
  timeout: Number(timeout),
  much: 20_000,
})
const say = (what: object): void =>
  void process.stdout.write(`${JSON.stringify({ name, ...what })}\n`)
/** One clock for all processes of this machine, ms. */
const clock = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

let landed = 0
while (landed < Number(count)) {
  try {
    const lock = await store.take(Date.now())
    const from = clock()
    const journal = await store.open(lock)
    say({ took: lock.token, because: lock.takenBecause })
    for (
      let turns = 1 + Math.floor(Math.random() * 4);
      turns > 0 && landed < Number(count);
      turns--
    ) {
      const size = Math.min(1 + Math.floor(Math.random() * 16), Number(count) - landed)
      await Promise.all(
        Array.from({ length: size }, async (_, i) => {
          const order = `${name}-${landed + i}`
          await journal.append({
            type: 'paused',
            at: 1,
            scope: 'environment',
            reason: order,
            order,
            by: { user: name, host: name, pid: process.pid },
          })
          say({ landed: order, token: lock.token })
        }),
      )
      landed += size
    }
    await journal.close()
    const to = clock()
    await lock.release()
    say({ held: [from, to], token: lock.token })
  } catch (error) {
    if (!(error instanceof PatchrunError)) throw error
    say({ error: error.code, message: error.message })
    if (error.code !== 'lock/held') break
  }
  await sleep(Math.random() * 60)
}
