// SPDX-License-Identifier: Apache-2.0
// Paragraphs and sentences of a page in Markdown that are too long to be read once. Code, headings,
// comments and tables whose rows begin with a bar are not prose. The text inside HTML is.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Words of a paragraph, and of a sentence. */
const PARAGRAPH = 90
const SENTENCE = 30

/** The pages of the project, as paths from its root. */
export const pages = (root) => [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path))
    .sort(),
]

/**
 * @param {string} markdown
 * @returns {{line: number, words: number, limit: number, text: string}[]} `line` is that on which
 * the paragraph begins
 */
export function tooLong(markdown) {
  return paragraphs(markdown).flatMap(({ line, text }) => [
    ...judged(line, [text], PARAGRAPH),
    ...judged(line, sentences(text), SENTENCE),
  ])
}

const judged = (line, texts, limit) =>
  texts
    .map((text) => ({ line, words: words(text), limit, text }))
    .filter(({ words }) => words > limit)

const COMMENT = /<!--[^]*?-->|<(pre|script|style)\b[^]*?<\/\1>/g
const QUOTE = /^ {0,3}(?:> ?)+/
const FENCE = /^ *(?:(?:[-*+]|\d+[.)]) +)?(`{3,}(?=[^`]*$)|~{3,})/
const ITEM = /^( *(?:[-*+]|(\d+)[.)]) +)(?=\S)/
const NO_PROSE =
  /^ *(?:$|\||#{1,6}(?: |$)|\[[^\]^][^\]]*\]: |\[!\w+\] *$|(?:([-*_])(?: *\1){2,}|=+|--) *$)/
const UNDERLINE = /^ *(?:=+|--+) *$/
const INLINE = 'a|abbr|b|br|code|em|i|img|kbd|span|strong|sub|sup|https?:'
const BLOCK_TAG = new RegExp(`^ *</?(?!(?:${INLINE})\\b)[a-z][^>]*>`, 'i')

/** The paragraphs of a page, each in one line. A list item is a paragraph of its own. */
function paragraphs(markdown) {
  const found = []
  let open = null
  let column = 0
  textLines(markdown).forEach((text, index) => {
    const indent = text.search(/\S|$/)
    const isCode = open === null && indent >= column + 4
    if (isCode || NO_PROSE.test(text)) {
      if (open?.item === false && UNDERLINE.test(text)) found.pop() // It was a heading.
      open = null
      return
    }
    const mark = itemMark(text, open !== null && column === 0)
    if (mark !== '') column = mark.length
    else if (open === null) column = Math.min(column, indent)
    const prose = text.slice(mark.length).trim()
    if (open === null || mark !== '' || BLOCK_TAG.test(text)) {
      open = { line: index + 1, text: prose, item: mark !== '' }
      found.push(open)
    } else open.text += ` ${prose}`
  })
  return found
}

/** The mark of a list item, with its indent. No list that begins with 2 or more cuts a paragraph. */
function itemMark(text, isInParagraph) {
  const [, mark = '', number = '1'] = ITEM.exec(text) ?? []
  return number !== '1' && isInParagraph ? '' : mark
}

/** The lines without marks of a quotation; those of fenced code and of comments are empty. */
function textLines(markdown) {
  let fence = null
  const lines = markdown.split('\n').map((raw) => {
    const line = raw.replace(/\t/g, '    ').replace(QUOTE, '')
    if (fence !== null) {
      const mark = line.trim()
      if (mark.startsWith(fence) && mark === fence[0].repeat(mark.length)) fence = null
      return ''
    }
    fence = FENCE.exec(line)?.[1] ?? null
    return fence === null ? line : ''
  })
  return lines
    .join('\n')
    .replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ''))
    .split('\n')
}

const CODE = /(`+)(?!`).+?(?<!`)\1(?!`)/g
const ABBREVIATION = /(?<=\b(?:e\.g|i\.e|cf|vs|approx|incl))\./gi
const END = /(?<=[.!?:;][\])}"'’”*_]*)\s+(?=\S)/g

/** What ends a sentence may stand before a bracket, a quote or the end of bold text. */
function sentences(text) {
  const masked = text
    .replace(CODE, (code) => 'x'.repeat(code.length))
    .replace(/\]\([^)]*\)/g, (target) => ')'.repeat(target.length))
    .replace(ABBREVIATION, ',')
  const ends = [...masked.matchAll(END)].map(({ index }) => index)
  return [0, ...ends].map((from, n) => text.slice(from, ends[n]).trim())
}

/** Code counts as one word, a link as its text. */
const words = (text) =>
  text
    .replace(CODE, 'code')
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length
