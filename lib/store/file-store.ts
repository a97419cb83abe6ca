// SPDX-License-Identifier: Apache-2.0
// The state of an environment in a directory: of one machine, or on a file system that all of them
// share.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FileJournal, readState } from './journal/journal.js'
import { currentHolder, takeLock } from './lock/lock.js'
import type { HeldLock } from './lock/lock.js'
import { fateOf, letters, post, setAside, takeOut } from './disk/mailbox.js'
import type { Store } from './store.js'

export interface StateFiles {
  readonly journal: string
  readonly lock: string
  readonly orders: string
}

/** `timeout`: ms without a sign of life after which a holder of the lock is taken over. */
export function fileStore({ journal, lock, orders }: StateFiles, timeout: number): Store {
  return {
    read: () => readState(journal),
    writtenAt: () =>
      stat(journal).then(
        (s) => s.mtimeMs,
        () => null,
      ),
    holder: () => currentHolder(lock),
    take: (now) => takeLock(lock, now, { timeout }),
    // Only what `take` gave comes back here.
    open: (held) => FileJournal.open(journal, held as HeldLock),
    mail: {
      post: (content, now) => post(orders, content, now),
      letters: () => letters(orders),
      takeOut: (name) => takeOut(orders, name),
      setAside: (name, why) => setAside(orders, name, why),
      fateOf: (id) => fateOf(orders, id),
      placeOf: (name) => join(orders, name),
    },
  }
}
