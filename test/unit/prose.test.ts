// SPDX-License-Identifier: Apache-2.0
// The pages have no paragraph and no sentence that is too long to be read once.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

interface Found {
  readonly line: number
  readonly words: number
  readonly limit: number
  readonly text: string
}

const root = resolve(import.meta.dirname, '../../..')
const script = join(root, 'scripts/prose.mjs')
const { pages, tooLong } = (await import(
  pathToFileURL(join(root, 'scripts/lib/prose.mjs')).href
)) as {
  pages: (root: string) => string[]
  tooLong: (markdown: string) => Found[]
}

/** So many words, with no end of a sentence. */
const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ')
const sentencesOf = (length: number, count: number): string =>
  Array.from({ length: count }, () => `${words(length)}.`).join(' ')
const limits = (markdown: string): string[] =>
  tooLong(markdown).map(({ words, limit }) => `${words} of ${limit}`)

t.test('a sentence has at most 30 words', async (t) => {
  t.same(limits(`${words(30)}.`), [])
  t.same(limits(`${words(31)}.`), ['31 of 30'])
  t.same(tooLong(`# Heading\n\n${words(20)}.\n${words(40)}`), [
    { line: 3, words: 40, limit: 30, text: words(40) },
  ])
})

t.test('what ends a sentence', async (t) => {
  const [half, other] = [words(20), words(20)]
  for (const text of [
    `${half}. ${other}.`,
    `${half}? ${other}!`,
    `${half}: ${other}`,
    `${half}; ${other}`,
    `**${half}.** ${other}`,
    `*${half}.* ${other}`,
    `"${half}." ${other}`,
    `“${half}.” ${other}`,
    `(${half}.) ${other}`,
    `[${half}.](page.md) ${other}`,
    `${half} \`a. b\`. ${other}`,
  ])
    t.same(limits(text), [], text)
  for (const text of [
    `${half}, ${other}`,
    `**${half}** ${other}`,
    `${half} e.g. ${other}`,
    `${half} 1.5 ${other}`,
    `${half} \`a. b\` ${other}`,
  ])
    t.equal(limits(text).length, 1, text)
})

t.test('a paragraph has at most 90 words', async (t) => {
  t.same(limits(sentencesOf(15, 6)), [])
  t.same(limits(sentencesOf(13, 7)), ['91 of 90'])
  t.same(limits(`${sentencesOf(15, 6)}\n\n${sentencesOf(15, 6)}`), [], 'of two each by itself')
  t.same(limits(`${sentencesOf(15, 6)}\n${sentencesOf(15, 6)}`), ['180 of 90'], 'lines are joined')
})

t.test('a list item is a paragraph', async (t) => {
  t.same(limits(Array.from({ length: 9 }, () => `- ${words(20)}`).join('\n')), [])
  for (const text of [
    `- ${words(20)}\n  ${words(20)}`,
    `- ${words(20)}\n${words(20)}`,
    `- first\n\n  ${words(40)}`,
    `10. first\n\n    ${words(40)}`,
    `- first\n\n    - ${words(40)}`,
    `- first\n- ${words(40)}`,
    `1. first\n\n   second\n2. ${words(40)}`,
  ])
    t.same(limits(text), ['40 of 30'], text)
})

t.test('what else is prose', async (t) => {
  for (const text of [
    `> ${words(20)}\n> ${words(20)}`,
    `<details><summary>More</summary>\n\n${words(40)}\n\n</details>`,
    `<details>\n${words(40)}\n</details>`,
    `${words(20)}\n    ${words(20)}`,
    `${words(20)}\n<kbd>q</kbd> ${words(19)}`,
  ])
    t.same(limits(text), ['40 of 30'], text)
})

t.test('code, tables, headings and comments are no prose', async (t) => {
  const long = words(100)
  for (const text of [
    `\`\`\`\n${long}\n\`\`\``,
    `\`\`\`\n\`\`\`js\n${long}\n\`\`\``,
    `~~~~js\n\`\`\`\n${long}\n~~~~`,
    `> \`\`\`\n> ${long}\n> \`\`\``,
    `    ${long}`,
    `10. first\n\n        ${long}`,
    `- first\n\nsecond\n\n    ${long}`,
    `| ${long} |\n| --- |\n| ${long} |`,
    `## ${long}`,
    `${long}\n===`,
    `${long}\n---`,
    `<!-- ${long}\n\n${long} -->`,
    `[name]: page.md "${long}"`,
  ])
    t.same(limits(text), [], text.slice(0, 40))
  t.same(limits(`${words(29)} \`${long}\``), [], 'code counts as one word')
  t.same(limits(`${words(29)} [word](page.md "${long}")`), [], 'a link counts as its text')
})

t.test('the pages of the project', async (t) => {
  const all = pages(root)
  for (const page of ['README.md', 'docs/bench.md', 'docs/usage/drain.md']) t.ok(all.includes(page))
  t.same(
    all.flatMap((page) =>
      tooLong(readFileSync(join(root, page), 'utf8')).map(
        ({ line, words, limit }) => `${page}:${line}: ${words} words, at most ${limit}`,
      ),
    ),
    [],
  )
})

t.test('scripts/prose.mjs', async (t) => {
  const page = join(t.testdir(), 'page.md')
  writeFileSync(page, `Short.\n\n${words(31)}.\n`)
  const { status, stdout } = spawnSync(process.execPath, [script, page], { encoding: 'utf8' })
  t.equal(status, 1)
  t.match(stdout, /page\.md:3: 31 words, at most 30: word word[^\n]*\n$/)
  writeFileSync(page, 'Short.\n')
  t.equal(execFileSync(process.execPath, [script, page], { encoding: 'utf8' }), '')
})
