// SPDX-License-Identifier: Apache-2.0
// A process of its own that takes the lock in argv[2], says how that went, and holds it until its stdin ends.
import { takeLock } from '../../lib/store/lock.js'
import { PatchrunError } from '../../lib/errors.js'

try {
  const lock = await takeLock(process.argv[2] ?? '', Date.now())
  console.log(`held ${lock.token}`)
  process.stdin.resume().on('end', () => {
    lock.check().then(() => lock.release()).then(() => console.log('released'), (e: unknown) => console.log(e instanceof PatchrunError ? e.code : String(e)))
  })
} catch (error) {
  console.log(error instanceof PatchrunError ? error.code : String(error))
}
