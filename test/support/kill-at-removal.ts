// SPDX-License-Identifier: Apache-2.0
// Preloaded into the real command (node --import): ends the process with SIGKILL when an order is
// in the journal and would be taken out of the mailbox.
import fsp from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const unlink = fsp.unlink
fsp.unlink = async (path) => {
  if (/\/orders\/\d{15}-[0-9a-f]{16}\.json$/.test(String(path))) {
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => undefined)
  }
  return unlink(path)
}
syncBuiltinESMExports()
