#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path'
import { root } from './lib/paths.mjs'
import { run, say } from './lib/run.mjs'
import { setup } from './setup.mjs'

try {
  const { env } = await setup()
  const { code } = await run(
    [process.execPath, join(root, 'dist/bin/patchrun.js'), 'demo', ...process.argv.slice(2)],
    { cwd: process.cwd(), env },
  )
  process.exitCode = code
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
