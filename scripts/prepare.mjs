#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What npm calls before it packs, and after it has installed from a git address: the package is the
// compiled code.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './lib/build.mjs'
import { root } from './lib/paths.mjs'
import { must, say } from './lib/run.mjs'

const PACKS = ['pack', 'publish']
const compiler = () => existsSync(join(root, 'node_modules/typescript/bin/tsc'))

try {
  // A clone in which nothing was installed yet. Without scripts: this is one.
  if (!compiler() && PACKS.includes(process.env.npm_command)) {
    say('npm ci: the packages that patchrun is built with, into node_modules/ (about 30 s)')
    await must(
      [
        'npm',
        'ci',
        '--include=dev',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ],
      { tries: 2 },
    )
  }
  if (compiler()) process.exitCode = (await build()) ? 0 : 1
  else say('nothing is compiled, since the packages for development were left out')
} catch (error) {
  say(error.message)
  process.exitCode = 1
}
