#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the built command says of itself -> docs/patchrun.1. With --check nothing is written: exit 1
// when what is committed differs.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manPage } from './lib/man.mjs'
import { root } from './lib/paths.mjs'

const { GLOBAL_OPTIONS, VERBS } = await import('../dist/lib/cli/verbs.js')
const { PROGRAM_EXAMPLES } = await import('../dist/lib/cli/parse.js')
const read = (path) => readFileSync(join(root, path), 'utf8')
const page = manPage({
  verbs: VERBS,
  globals: GLOBAL_OPTIONS,
  examples: PROGRAM_EXAMPLES,
  exitCodes: read('docs/usage/exit-codes.md'),
  version: JSON.parse(read('package.json')).version,
})
const file = join(root, 'docs/patchrun.1')
if (!process.argv.includes('--check')) writeFileSync(file, page)
else if (readFileSync(file, 'utf8') !== page) {
  console.error(
    'docs/patchrun.1 does not say what the command does: run node scripts/man.mjs after the build',
  )
  process.exitCode = 1
}
