// SPDX-License-Identifier: Apache-2.0
// Paragraphs and sentences of a page in Markdown that are too long to be read once. Code, tables,
// headings and HTML are not prose.

/** Words of a paragraph, and of a sentence. */
const PARAGRAPH = 90
const SENTENCE = 30

/**
 * @param {string} markdown
 * @returns {{line: number, words: number, limit: number, text: string}[]} `line` is that on which
 * the paragraph begins
 */
export function tooLong(markdown) {
  return paragraphs(markdown).flatMap(({ line, text }) => {
    const found = sentences(text)
      .filter((sentence) => words(sentence) > SENTENCE)
      .map((sentence) => ({ line, words: words(sentence), limit: SENTENCE, text: sentence }))
    const all = words(text)
    return all > PARAGRAPH ? [{ line, words: all, limit: PARAGRAPH, text }, ...found] : found
  })
}

/** A list item is a paragraph of its own. */
function paragraphs(markdown) {
  const out = []
  let open
  let fence = null
  markdown.split('\n').forEach((raw, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(raw)?.[1]
    if (mark && (fence === null || mark.startsWith(fence))) {
      fence = fence === null ? mark : null
      open = undefined
      return
    }
    const isProse =
      fence === null &&
      !/^( {4}|\t)/.test(raw) &&
      !/^\s*(\||#|<|>?\s*$|\[[^\]]+\]: |[-=]{3,}$)/.test(raw)
    if (
      !isProse &&
      !(open?.item && fence === null && /^ {2,}\S/.test(raw) && !/^\s*\|/.test(raw))
    ) {
      open = undefined
      return
    }
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)/.exec(raw)
    if (item || !open) {
      open = {
        line: index + 1,
        text: item ? item[1] : raw.trim(),
        item: item !== null || open?.item,
      }
      out.push(open)
    } else open.text += ` ${raw.trim()}`
  })
  return out
}

/** Code counts as one word, a link as its text. */
const plain = (text) =>
  text
    .replace(/`[^`]*`/g, 'code')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*|__/g, '')

const sentences = (text) => plain(text).split(/(?<=[.!?:;]["')]?)\s+(?=\S)/)
const words = (text) =>
  plain(text)
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length
