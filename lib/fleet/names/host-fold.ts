// SPDX-License-Identifier: Apache-2.0
// The way back: names to the shortest expression people write, node01,node02 -> node[01-02]. A name
// is fixed text with numbers in it. Folding goes number by number from the right: names alike in
// everything else share one bracket. The result stands for exactly the names put in: a product is
// formed only where it is complete.

/** Longer runs of digits are serial numbers: text, not something to count with. */
const NUMBER = /(?<!\d)\d{1,15}(?!\d)/

interface Shape {
  /** Fixed text around the numbers: one more than there are numbers. */
  readonly text: readonly string[]
  /** Each a number as written, or ranges already folded. */
  readonly parts: readonly string[]
}

function shapeOf(name: string): Shape {
  const text: string[] = ['']
  const parts: string[] = []
  for (const piece of name.split(/(\d+)/)) {
    if (NUMBER.test(piece)) {
      parts.push(piece)
      text.push('')
    } else text[text.length - 1] += piece
  }
  return { text, parts }
}

/** 7 and 07 are different nodes: a padded number goes only with numbers of its own length. */
function foldNumbers(numbers: readonly string[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => Number(a) - Number(b) || a.length - b.length)
  const byWidth = new Map<number, string[]>()
  for (const number of sorted) {
    const width = widthOf(number, byWidth)
    const list = byWidth.get(width)
    if (list) list.push(number)
    else byWidth.set(width, [number])
  }
  return [...byWidth.values()].flatMap((list) => runs(list)).join(',')
}

function widthOf(number: string, seen: ReadonlyMap<number, unknown>): number {
  if (number.length > 1 && number.startsWith('0')) return number.length
  // 10 continues 09 where there is an 09, and 9 otherwise.
  return seen.has(number.length) ? number.length : 0
}

function runs(sorted: readonly string[]): string[] {
  const found: [string, string][] = []
  for (const number of sorted) {
    const last = found.at(-1)
    if (last && Number(number) === Number(last[1]) + 1) last[1] = number
    else found.push([number, number])
  }
  return found.map(([low, high]) => (low === high ? low : `${low}-${high}`))
}

function compareNatural(a: Shape, b: Shape): number {
  for (let i = 0; i < Math.max(a.text.length, b.text.length); i += 1) {
    const [left, right] = [a.text[i] ?? '', b.text[i] ?? '']
    if (left !== right) return left < right ? -1 : 1
    const [one, two] = [a.parts[i] ?? '', b.parts[i] ?? '']
    const difference = Number.parseInt(one, 10) - Number.parseInt(two, 10)
    if (difference) return difference
    if (one !== two) return one < two ? -1 : 1
  }
  return 0
}

/** The expression for a set of names: sorted, each name once. Empty for no names. */
export function foldHosts(names: Iterable<string>): string {
  let shapes: Shape[] = [...new Set(names)].map(shapeOf)
  const most = shapes.reduce((max, shape) => Math.max(max, shape.parts.length), 0)
  for (let index = most - 1; index >= 0; index -= 1) {
    const groups = new Map<string, { shape: Shape; numbers: string[] }>()
    for (const shape of shapes) {
      const others = shape.parts.map((part, i) => (i === index ? '' : part))
      const key =
        index < shape.parts.length
          ? JSON.stringify([shape.text, others])
          : JSON.stringify([shape.text, shape.parts, 'whole'])
      const group = groups.get(key)
      const number = shape.parts[index] ?? ''
      if (group) group.numbers.push(number)
      else groups.set(key, { shape, numbers: [number] })
    }
    shapes = [...groups.values()].map(({ shape, numbers }) =>
      index < shape.parts.length
        ? {
            text: shape.text,
            parts: shape.parts.map((part, i) => (i === index ? foldNumbers(numbers) : part)),
          }
        : shape,
    )
  }
  return shapes
    .sort(compareNatural)
    .map(({ text, parts }) =>
      text.map((fixed, i) => fixed + (parts[i] === undefined ? '' : bracket(parts[i]))).join(''),
    )
    .join(',')
}

const bracket = (part: string): string => (/[-,]/.test(part) ? `[${part}]` : part)
