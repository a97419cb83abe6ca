// SPDX-License-Identifier: Apache-2.0
import { placeAt, type TextFile } from './yaml-text.js'

/**
 * What to do about a parser's error, guessed from what stands around it: its reasons are written
 * for parser authors.
 */
export function yamlHint(text: TextFile, offset: number, reason: string): string {
  const { line = 1 } = placeAt(text, Math.min(offset, text.source.length))
  const from = text.lines[line - 1] ?? 0
  const content = text.source.slice(from, text.lines[line] ?? text.source.length)
  if (reason.includes('tab')) return 'Indent with spaces: YAML takes no tabs there.'
  if (/\[[^\]"']*[A-Za-z0-9._-]\[/.test(content))
    return 'Quote host expressions that hold brackets: "node[01-06]".'
  if (reason.includes('!<!vault>'))
    return 'A vault value is one encrypted text: "NAME: !vault |", and the text in the lines below, indented.'
  if (reason.includes('tag'))
    return 'A word that begins with "!" is a YAML tag: quote it, as in "!node3".'
  if (/[:[,-]\s*[@`%&*]/.test(content)) return 'Quote values that begin with @, `, %, & or *.'
  if (reason.includes('flow collection'))
    return 'Look for a closing ] or } that is missing, and quote texts that hold brackets.'
  if (reason.includes('quoted scalar')) return 'Look for a closing quote that is missing.'
  if (reason.includes('nesting') || reason.includes('depth'))
    return 'Nothing in a declaration is nested that deeply: look for stray brackets.'
  if (/:\s.*:\s/.test(content)) return 'Quote values that hold a colon followed by a space.'
  if (reason.includes('indentation') || reason.includes('end of the stream'))
    return 'Keys of one mapping begin in the same column: check the indentation of this line and the one above.'
  return 'Check this line and the one above; an editor that knows schemas/patchrun.schema.json marks such places.'
}

/** Reasons that a bracket or a quote which is still open may lie behind. */
const BY_OPEN =
  /indentation|flow collection|quoted scalar|end of the stream|unexpected end|document/

/**
 * Where the bracket or the quote stands that is still open at `offset` and explains the parser's
 * reason.
 */
export function unclosedMark(text: TextFile, offset: number, reason: string): number | undefined {
  if (!BY_OPEN.test(reason)) return undefined
  const open = unclosed(text.source.slice(0, offset))
  const at = open.at(-1)
  if (at === undefined) return undefined
  // Within a list another bracket, or a word, may be what is wrong.
  const next = text.source.charAt(offset)
  if (reason.includes('flow collection') && next !== '')
    return (next === ']' || next === '}') && next !== CLOSING[text.source.charAt(at)]
      ? at
      : undefined
  return at
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' }

/**
 * Offsets of the flow brackets, and of the quote, that are open at the end, the innermost last.
 * Outside of them a bracket counts only where a value begins.
 */
function unclosed(source: string): readonly number[] {
  const open: number[] = []
  let begins = true
  for (let i = 0; i < source.length; i += 1) {
    const char = source.charAt(i)
    if (char === '#' && /^$|\s/.test(source.charAt(i - 1))) i = endOf(source, '\n', i) - 1
    else if (begins && (char === '"' || char === "'")) {
      const end = endOfQuoted(source, char, i + 1)
      if (end >= source.length) return [...open, i]
      i = end
      begins = false
    } else if (begins && char in CLOSING) open.push(i)
    else if (open.length > 0 && (char === ']' || char === '}')) open.pop()
    else if (
      char === '\n' ||
      (open.length > 0 && char === ',') ||
      (/[:-]/.test(char) && /^$|\s/.test(source.charAt(i + 1)))
    )
      begins = true
    else if (char.trim() !== '') begins = false
  }
  return open
}

function endOfQuoted(source: string, quote: string, from: number): number {
  let at = endOf(source, quote, from)
  // A quote within is written twice, or behind a backslash.
  while (
    at < source.length &&
    (quote === "'"
      ? source.charAt(at + 1) === "'"
      : (/\\*$/.exec(source.slice(from, at))?.[0].length ?? 0) % 2 === 1)
  )
    at = endOf(source, quote, at + (quote === "'" ? 2 : 1))
  return at
}

function endOf(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from)
  return at < 0 ? source.length : at
}
