// SPDX-License-Identifier: Apache-2.0
// A list of host expressions and sources to the nodes it names, each with the place that named it.
import type { Place, Problem } from '../../errors.js'
import type { HostList } from '../declare/config.generated.js'
import { applyTerms, parseHosts } from '../names/host-expression.js'
import { foldHosts } from '../names/host-fold.js'
import { hostNameFault } from '../names/host-name.js'
import type { Located } from '../yaml/yaml-source.js'

/** What a source gave: a line with an expression, or names that are to be taken as they are. */
export type ListEntry =
  | {
      readonly kind: 'expression'
      readonly text: string
      place(offset: number, part: string): Place
    }
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly where: Place }

/** What was read for the sources of the lists, by the JSON Pointer of each source. */
export type Gathered = ReadonlyMap<string, readonly ListEntry[]>

/** Names with the place that named each, in the order they were first named. */
export type NamedHosts = ReadonlyMap<string, Place>

/** A garbled list is shown by its first mistakes; a thousand more help nobody. */
const MAX_PROBLEMS = 50

/** Entries of a list in order, sources replaced by what they gave. */
export function entriesOf(
  list: HostList,
  pointer: string,
  places: Located,
  gathered: Gathered,
): ListEntry[] {
  return list.flatMap((entry, i): readonly ListEntry[] => {
    const at = `${pointer}/${i}`
    if (typeof entry !== 'string') return gathered.get(at) ?? []
    return [
      {
        kind: 'expression',
        text: entry,
        place: (offset, part) => places.placeWithin(at, offset, part),
      },
    ]
  })
}

interface Listing {
  readonly hosts: Map<string, Place>
  readonly problems: Problem[]
}

function addNames(into: Listing, names: readonly string[], where: Place): void {
  const repeated = new Map<Place, string[]>()
  for (const name of names) {
    const before = into.hosts.get(name)
    if (!before) into.hosts.set(name, where)
    else repeated.set(before, [...(repeated.get(before) ?? []), name])
  }
  for (const [before, twice] of repeated) {
    const again = before === where ? 'in this very entry' : `first in ${spot(before, where)}`
    into.problems.push({
      code: 'config/duplicate-node',
      message: `${summed(twice)} ${twice.length === 1 ? 'is' : 'are'} listed twice, ${again}`,
      hint: 'Name each node once; "!" takes nodes out of a range: "node[01-06]!node03".',
      where,
    })
  }
}

/** At most a line of names. */
export function summed(names: readonly string[]): string {
  const folded = foldHosts(names)
  return folded.length <= 200 ? folded : `${folded.slice(0, 180)}… (${names.length} nodes)`
}

/** "line 7", or with its file where that is another one. */
export function spot(place: Place, from: Place): string {
  const line = place.line === undefined ? '' : `line ${place.line}`
  return place.file === from.file && line ? line : `${place.file}${line ? ` ${line}` : ''}`
}

function addExpression(into: Listing, entry: ListEntry & { kind: 'expression' }): void {
  const { terms, problems } = parseHosts(entry.text, { inList: true })
  for (const p of problems)
    into.problems.push({
      code: p.code,
      message: p.message,
      hint: p.hint,
      where: entry.place(p.column - 1, p.text),
    })
  const [first, ...rest] = terms
  if (!first || problems.length > 0) return
  if (first.operator === 'difference') {
    // "!a,b" takes both out: to add b again would surprise whoever wrote it.
    for (const name of applyTerms([{ ...first, operator: 'union' }, ...rest]))
      into.hosts.delete(name)
    return
  }
  // With unions alone the repetitions inside the entry are known too; after other operators only
  // its result is.
  if (terms.every((term) => term.operator === 'union')) {
    for (const term of terms) addNames(into, term.hosts, entry.place(term.column - 1, term.text))
  } else addNames(into, [...applyTerms(terms)], entry.place(first.column - 1, entry.text.trim()))
}

/** Puts a list together. Problems: bad expressions, bad names, nodes named twice. */
export function putTogether(
  entries: readonly ListEntry[],
  options: { readonly repeatable?: boolean } = {},
): { readonly hosts: NamedHosts; readonly problems: readonly Problem[] } {
  const into: Listing = { hosts: new Map(), problems: [] }
  for (const entry of entries) {
    if (into.problems.length >= MAX_PROBLEMS) break
    if (entry.kind === 'expression') {
      addExpression(into, entry)
      continue
    }
    const good: string[] = []
    for (const name of entry.names) {
      const fault = hostNameFault(name)
      if (fault) into.problems.push({ ...fault, where: entry.where })
      else good.push(name)
    }
    addNames(into, good, entry.where)
  }
  const problems = options.repeatable
    ? into.problems.filter((p) => p.code !== 'config/duplicate-node')
    : into.problems
  return { hosts: into.hosts, problems: problems.slice(0, MAX_PROBLEMS) }
}
