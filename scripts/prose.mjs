// SPDX-License-Identifier: Apache-2.0
// Names the paragraphs and sentences that are too long to be read once, in README.md and in the
// pages below docs/, or in the files that are given. Exit 1 if there is one.
import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { root } from './lib/paths.mjs'
import { pages, tooLong } from './lib/prose.mjs'

const SHOWN = 80

const given = process.argv.slice(2).map((file) => relative(root, resolve(file)))
const complaints = (given.length > 0 ? given : pages(root)).flatMap((file) =>
  tooLong(readFileSync(resolve(root, file), 'utf8')).map(
    ({ line, words, limit, text }) =>
      `${file}:${line}: ${words} words, at most ${limit}: ${text.slice(0, SHOWN)}\n`,
  ),
)
process.stdout.write(complaints.join(''))
if (complaints.length > 0) process.exitCode = 1
