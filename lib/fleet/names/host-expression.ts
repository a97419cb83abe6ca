// SPDX-License-Identifier: Apache-2.0
// Host expressions as Slurm and ClusterShell write them, docs/usage/host-expressions.md in full:
//
//   expression = term { operator term }      from left to right, no precedence, as ClusterShell does it
//   operator   = "," or white space (and)  "!" or -x (without)  "&" or -i (only those also in)  "^" (in one of both)
//   term       = text and [ranges], any number of each: m3a[001-120,130], r[1-4]n[01-32], node[0-100/10]
import { PatchrunError, type Problem } from '../../errors.js'
import { hostNameFault } from './host-name.js'

/** More nodes than this in one expression are a slip of the keyboard. */
export const MAX_HOSTS = 100_000

export type HostOperator = 'union' | 'difference' | 'intersection' | 'either'

/**
 * One operand of an expression: names still in the order they were written, repeated ones included.
 */
export interface HostTerm {
  readonly operator: HostOperator
  readonly hosts: readonly string[]
  /** Counted from 1, in the expression. */
  readonly column: number
  readonly text: string
}

/** A mistake inside an expression. */
export interface HostProblem {
  readonly code: 'config/host-expression' | 'config/host-name' | 'config/too-many-hosts'
  readonly message: string
  readonly hint: string
  /** Counted from 1, in the expression. */
  readonly column: number
  readonly text: string
}

export interface ParsedHosts {
  readonly terms: readonly HostTerm[]
  readonly problems: readonly HostProblem[]
}

const SYMBOLS: Readonly<Record<string, HostOperator>> = {
  ',': 'union',
  '!': 'difference',
  '&': 'intersection',
  '^': 'either',
}
const WORDS: Readonly<Record<string, HostOperator>> = {
  '-x': 'difference',
  '-i': 'intersection',
  '-X': 'either',
}

interface Token {
  readonly text: string
  readonly column: number
}

/**
 * Words and operator symbols; what stands in brackets stays together, white space there included.
 */
function tokens(text: string): Token[] {
  const found: Token[] = []
  let start = -1
  let depth = 0
  const flush = (end: number): void => {
    if (start >= 0) found.push({ text: text.slice(start, end), column: start + 1 })
    start = -1
  }
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    if (char === '[') depth += 1
    if (char === ']') depth = Math.max(0, depth - 1)
    if (depth === 0 && char.trim() === '') flush(i)
    else if (depth === 0 && char in SYMBOLS) {
      flush(i)
      found.push({ text: char, column: i + 1 })
    } else if (start < 0) start = i
  }
  flush(text.length)
  return found
}

const RANGE = /^(\d{1,15})(?:-(\d{1,15})(?:\/(\d{1,15}))?)?$/

class Mistake extends Error {
  constructor(readonly problem: HostProblem) {
    super(problem.message)
  }
}

function mistake(token: Token, offset: number, text: string, message: string, hint: string): never {
  throw new Mistake({
    code: 'config/host-expression',
    message,
    hint,
    column: token.column + offset,
    text,
  })
}

/** Numbers in a bracket, not yet counted out, so that a huge range costs nothing. */
interface Range {
  readonly from: number
  readonly to: number
  readonly step: number
  readonly width: number
}

function range(token: Token, offset: number, text: string): Range {
  const match = RANGE.exec(text.trim())
  const [, low = '', high = low, step = '1'] = match ?? []
  const say = (message: string, hint: string): never =>
    mistake(token, offset, text.trim() || token.text, message, hint)
  if (text.trim() === '')
    say('empty brackets, or a comma too many in them', 'Write numbers and ranges: [1-6,9].')
  if (text.includes(':'))
    say(
      `"${text.trim()}" is a range as Ansible writes it`,
      `Write it with a hyphen: [${text.trim().replace(':', '-')}].`,
    )
  if (!match)
    say(
      `"${text.trim()}" is no number, range or range with a step`,
      'Write [7], [1-6], [001-120] or [0-100/10]; only numbers can be ranges.',
    )
  const result: Range = {
    from: Number(low),
    to: Number(high),
    step: Number(step),
    width: low.startsWith('0') ? low.length : 0,
  }
  if (result.step < 1) say(`the step of "${text.trim()}" is 0`, 'A step is 1 or more: [0-100/10].')
  if (result.from > result.to)
    say(`the range "${text.trim()}" runs backwards`, `Write [${high}-${low}].`)
  const padded = low.startsWith('0') && low.length > 1
  if (
    (high.startsWith('0') && high.length !== low.length) ||
    (padded && high.length < low.length)
  ) {
    const wide = Math.max(low.length, high.length)
    say(
      `"${text.trim()}" mixes two paddings`,
      `Write both ends with the same number of digits: [${low.padStart(wide, '0')}-${high.padStart(wide, '0')}].`,
    )
  }
  return result
}

/** Alternating fixed text and ranges of one term. */
function pieces(token: Token): { text: string[]; ranges: Range[][] } {
  const text: string[] = ['']
  const ranges: Range[][] = []
  let at = 0
  while (at < token.text.length) {
    const open = token.text.indexOf('[', at)
    const stray = token.text.slice(at, open < 0 ? undefined : open).indexOf(']')
    if (stray >= 0)
      mistake(
        token,
        at + stray,
        ']',
        'a closing bracket without an opening one',
        'Write node[1-6], or leave the bracket out.',
      )
    if (open < 0) break
    const close = token.text.indexOf(']', open)
    const inner = token.text.slice(open + 1, close < 0 ? undefined : close)
    if (close < 0 || inner.includes('['))
      mistake(
        token,
        open,
        token.text.slice(open),
        'a bracket is opened and not closed',
        'Write node[1-6].',
      )
    text[text.length - 1] += token.text.slice(at, open)
    let offset = open + 1
    const list: Range[] = []
    for (const part of inner.split(',')) {
      list.push(range(token, offset + (part.length - part.trimStart().length), part))
      offset += part.length + 1
    }
    ranges.push(list)
    text.push('')
    at = close + 1
  }
  text[text.length - 1] += token.text.slice(at)
  return { text, ranges }
}

const counted = (list: readonly Range[]): number =>
  list.reduce((sum, r) => sum + Math.floor((r.to - r.from) / r.step) + 1, 0)

function expandTerm(token: Token): string[] {
  if (/^@/.test(token.text))
    mistake(
      token,
      0,
      token.text,
      `"${token.text}" asks for a node group`,
      'Groups come from an inventory: {inventory: PATH, group: NAME}.',
    )
  if (/[*?]/.test(token.text))
    mistake(
      token,
      token.text.search(/[*?]/),
      token.text,
      `"${token.text}" is a wildcard`,
      'Write the numbers as a range: node[01-06].',
    )
  const { text, ranges } = pieces(token)
  const total = ranges.reduce((product, list) => product * counted(list), 1)
  if (total > MAX_HOSTS) {
    throw new Mistake({
      code: 'config/too-many-hosts',
      message: `"${token.text}" stands for ${total.toLocaleString('en')} nodes; the limit is ${MAX_HOSTS.toLocaleString('en')}`,
      hint: 'Look for a digit too many in a range.',
      column: token.column,
      text: token.text,
    })
  }
  let names = [text[0] ?? '']
  ranges.forEach((list, index) => {
    const numbers = list.flatMap((r) => {
      const values: string[] = []
      for (let n = r.from; n <= r.to; n += r.step) values.push(String(n).padStart(r.width, '0'))
      return values
    })
    const after = text[index + 1] ?? ''
    names = names.flatMap((name) => numbers.map((number) => name + number + after))
  })
  for (const name of names) {
    const fault = hostNameFault(name)
    if (fault)
      throw new Mistake({
        ...fault,
        code: 'config/host-name',
        column: token.column,
        text: token.text,
      })
  }
  return names
}

/**
 * Takes an expression apart. Never throws; every mistake is in `problems`, and then `terms` lacks
 * what could not be read. A leading `!` (remove from what the list held before) is allowed only
 * where `inList` is set.
 */
export function parseHosts(text: string, options: { readonly inList?: boolean } = {}): ParsedHosts {
  const terms: HostTerm[] = []
  const problems: HostProblem[] = []
  let pending: { operator: HostOperator; token: Token } | undefined
  let begun = false
  let total = 0
  const missing = (token: Token): void => {
    problems.push({
      code: 'config/host-expression',
      message: `"${token.text}" has no node beside it`,
      hint: 'Put a node or a range on both sides of it, or take it out.',
      column: token.column,
      text: token.text,
    })
  }
  for (const token of tokens(text)) {
    const operator = SYMBOLS[token.text] ?? WORDS[token.text]
    if (operator) {
      if (pending || (!begun && !(options.inList && operator === 'difference'))) missing(token)
      pending = { operator, token }
      begun = true
      continue
    }
    begun = true
    try {
      const hosts = expandTerm(token)
      total += hosts.length
      if (total > MAX_HOSTS) {
        problems.push({
          code: 'config/too-many-hosts',
          message: `the expression stands for more than ${MAX_HOSTS.toLocaleString('en')} nodes`,
          hint: 'Look for a digit too many in a range.',
          column: token.column,
          text: token.text,
        })
        return { terms, problems }
      }
      terms.push({
        operator: pending?.operator ?? 'union',
        hosts,
        column: token.column,
        text: token.text,
      })
    } catch (error) {
      if (!(error instanceof Mistake)) throw error
      problems.push(error.problem)
    }
    pending = undefined
  }
  if (pending) missing(pending.token)
  if (!begun)
    problems.push({
      code: 'config/host-expression',
      message: 'an empty host expression',
      hint: 'Write a node or a range, such as node[01-06], or take the entry out.',
      column: 1,
      text,
    })
  return { terms, problems }
}

/** Applies terms to a set of names, in order. */
export function applyTerms(terms: readonly HostTerm[], start: Iterable<string> = []): Set<string> {
  let names = new Set(start)
  for (const term of terms) {
    if (term.operator === 'union') for (const name of term.hosts) names.add(name)
    else if (term.operator === 'difference') for (const name of term.hosts) names.delete(name)
    else {
      const other = new Set(term.hosts)
      const both = term.operator === 'intersection'
      const kept = [...names].filter((name) => other.has(name) === both)
      names = new Set(both ? kept : [...kept, ...[...other].filter((name) => !names.has(name))])
    }
  }
  return names
}

/**
 * The nodes an expression stands for, each once, in the order they are first named.
 * @throws PatchrunError config/host-expression, config/host-name or config/too-many-hosts, the
 * column counted within `text`
 */
export function expandHosts(text: string, file = '(host expression)'): readonly string[] {
  const { terms, problems } = parseHosts(text)
  const [first, ...rest] = problems.map((p): Problem => ({
    code: p.code,
    message: p.message,
    hint: p.hint,
    where: { file, line: 1, column: p.column, text: p.text.slice(0, 120) },
  }))
  if (first) throw new PatchrunError([first, ...rest])
  return [...applyTerms(terms)]
}
