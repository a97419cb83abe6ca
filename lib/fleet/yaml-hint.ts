// SPDX-License-Identifier: Apache-2.0
import { placeAt, type TextFile } from './yaml-text.js'

/** What to do about a parser's error, guessed from what stands around it: its reasons are written for parser authors. */
export function yamlHint(text: TextFile, offset: number, reason: string): string {
  const { line = 1 } = placeAt(text, Math.min(offset, text.source.length))
  const from = text.lines[line - 1] ?? 0
  const content = text.source.slice(from, text.lines[line] ?? text.source.length)
  if (reason.includes('tab')) return 'Indent with spaces: YAML takes no tabs there.'
  if (/\[[^\]"']*[A-Za-z0-9._-]\[/.test(content)) return 'Quote host expressions that hold brackets: "node[01-06]".'
  if (reason.includes('!<!vault>')) return 'A vault value is one encrypted text: "NAME: !vault |", and the text in the lines below, indented.'
  if (reason.includes('tag')) return 'A word that begins with "!" is a YAML tag: quote it, as in "!node3".'
  if (/[:[,-]\s*[@`%&*]/.test(content)) return 'Quote values that begin with @, `, %, & or *.'
  if (reason.includes('flow collection')) return 'Look for a closing ] or } that is missing, and quote texts that hold brackets.'
  if (reason.includes('quoted scalar')) return 'Look for a closing quote that is missing.'
  if (reason.includes('nesting') || reason.includes('depth')) return 'Nothing in a declaration is nested that deeply: look for stray brackets.'
  if (/:\s.*:\s/.test(content)) return 'Quote values that hold a colon followed by a space.'
  if (reason.includes('indentation') || reason.includes('end of the stream')) return 'Keys of one mapping begin in the same column: check the indentation of this line and the one above.'
  return 'Check this line and the one above; an editor that knows schemas/patchrun.schema.json marks such places.'
}
