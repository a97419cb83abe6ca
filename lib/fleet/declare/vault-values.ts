// SPDX-License-Identifier: Apache-2.0
// Values encrypted with Ansible's vault in a patchrun.yml. They stay closed: here only their form
// is looked at, and where they stand.
import type { Place, Problem } from '../../errors.js'
import { fieldName, type SchemaError } from './schema-words.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

/** A `!vault` value, as ansible-inventory writes it. */
export interface Vaulted {
  readonly __ansible_vault: string
}

export const isVaulted = (value: unknown): value is Vaulted =>
  typeof value === 'object' && value !== null && '__ansible_vault' in value

/**
 * What is wrong with an encrypted text, and in which of its lines, counted from 0; undefined where
 * it has the form that Ansible writes.
 */
export function vaultTextFault(
  text: string,
): { readonly line: number; readonly message: string } | undefined {
  const [header = '', ...body] = text.trimEnd().split(/\r?\n/)
  if (!header.startsWith('$ANSIBLE_VAULT;'))
    return { line: 0, message: 'does not begin with $ANSIBLE_VAULT;1.1;AES256' }
  if (!/^\$ANSIBLE_VAULT;(1\.1;AES256|1\.2;AES256;[^;\s]+)$/.test(header))
    return {
      line: 0,
      message:
        'has a first line that is neither $ANSIBLE_VAULT;1.1;AES256 nor $ANSIBLE_VAULT;1.2;AES256;LABEL',
    }
  if (body.length === 0) return { line: 0, message: 'ends after its first line' }
  const odd = body.findIndex((line) => !/^[0-9a-f]+$/.test(line))
  if (odd >= 0)
    return {
      line: odd + 1,
      message: 'has a line that holds something else than the digits 0 to 9 and a to f',
    }
  // Salt, checksum and text, each in hexadecimal digits on a line of its own, and all of that once
  // more in hexadecimal digits.
  const inner = body
    .join('')
    .replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))
  return /^[0-9a-f]{64}\n[0-9a-f]{64}\n([0-9a-f]{32})+$/.test(inner)
    ? undefined
    : { line: body.length, message: 'is not complete' }
}

/** Pointers of all vaulted values. */
function* vaultedIn(value: unknown, pointer = ''): Iterable<readonly [string, Vaulted]> {
  if (typeof value !== 'object' || value === null) return
  if (isVaulted(value)) {
    yield [pointer, value]
    return
  }
  for (const [key, inner] of Object.entries(value))
    yield* vaultedIn(inner, `${pointer}/${escapePointer(key)}`)
}

/**
 * What is wrong with the vaulted values of a file, and the schema's errors less those that only say
 * so in other words: the schema knows where one may stand. Where the form is wrong, the text is not
 * repeated: it may be a secret that somebody forgot to encrypt.
 */
export function vaultProblems(
  value: unknown,
  errors: readonly SchemaError[],
  places: Located,
): { readonly problems: readonly Problem[]; readonly others: readonly SchemaError[] } {
  const problems: Problem[] = []
  let others = errors
  for (const [pointer, { __ansible_vault: text }] of vaultedIn(value)) {
    const about = (error: SchemaError): boolean =>
      error.instancePath === pointer || error.instancePath.startsWith(`${pointer}/`)
    if (pointer === '' || others.some(about)) {
      others = others.filter((error) => !about(error))
      problems.push({
        code: 'config/vault-place',
        message: `${fieldName(pointer)} is a vault value, which cannot stand here`,
        hint: 'A vault value can be the value of a variable (vars, groupVars, hostVars), or of a secret that patchrun itself needs. Write the plain value here.',
        where: placeOf(places, pointer, 0),
      })
      continue
    }
    const fault =
      typeof text === 'string' ? vaultTextFault(text) : { line: 0, message: 'is no text' }
    if (fault)
      problems.push({
        code: 'config/vault-value',
        message: `the vault value of ${fieldName(pointer)} ${fault.message}`,
        hint: 'Encrypt it anew: "ansible-vault encrypt_string --stdin-name NAME" prints the whole of it, to be pasted below "NAME:".',
        where: placeOf(places, pointer, fault.line),
      })
  }
  return { problems, others }
}

/** Line of an encrypted text: a block begins with the indentation of its first line. */
export function placeOf(places: Located, pointer: string, lines = 0): Place {
  const { file, line = 1, column = 1, text = '' } = places.place(pointer)
  const indent = text.length - text.trimStart().length
  return { file, line: line + (indent > 0 ? lines : 0), column: column + indent }
}
