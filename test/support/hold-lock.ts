// SPDX-License-Identifier: Apache-2.0
// A process of its own that takes the lock in argv[2], says how that went, and holds it until its
// stdin ends. argv[3]: time-out in ms. It says when it hears of its loss.
import { takeLock } from '../../lib/store/lock/lock.js'
import { PatchrunError } from '../../lib/errors.js'

const [, , directory = '', timeout] = process.argv
try {
  const lock = await takeLock(
    directory,
    Date.now(),
    timeout === undefined ? {} : { timeout: Number(timeout) },
  )
  console.log(`held ${lock.token}`)
  lock.lost.addEventListener('abort', () =>
    console.log(
      `heard ${(lock.lost.reason as PatchrunError).code}: ${(lock.lost.reason as PatchrunError).message}`,
    ),
  )
  process.stdin.resume().on('end', () => {
    lock
      .check()
      .then(() => lock.release())
      .then(
        () => console.log('released'),
        (e: unknown) => console.log(e instanceof PatchrunError ? e.code : String(e)),
      )
  })
} catch (error) {
  console.log(error instanceof PatchrunError ? error.code : String(error))
}
