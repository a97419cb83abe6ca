// SPDX-License-Identifier: Apache-2.0
// Draws the house from the imports of its sources, into docs/architecture.md between two marks: the
// rooms, the rooms inside them, and who imports whom. With --check it only says whether the drawing
// is that of the sources.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drawing, readFolders, withDrawing } from './lib/house.mjs'
import { root } from './lib/paths.mjs'

const page = join(root, 'docs/architecture.md')
const text = readFileSync(page, 'utf8')
const drawn = withDrawing(text, drawing(readFolders(root)))
if (drawn === text) process.exit(0)
if (process.argv.includes('--check')) {
  process.stderr.write(
    'docs/architecture.md: the drawing is not that of the sources: node scripts/house.mjs\n',
  )
  process.exit(1)
}
writeFileSync(page, drawn)
