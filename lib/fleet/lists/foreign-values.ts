// SPDX-License-Identifier: Apache-2.0
// Values of an inventory that JSON cannot say, and that would reach a playbook as something else:
// found in what ansible-inventory prints as YAML.
import {
  load,
  realMapTag,
  timestampTag,
  binaryTag,
  setTag,
  defineScalarTag,
  CORE_SCHEMA,
} from 'js-yaml'

/** A value that has a type of its own, and whose variable it is. */
export interface ForeignValue {
  /** "day of node n1", "limits.cpu of group gpu". */
  readonly variable: string
  /** "a date". */
  readonly what: string
}

const SUSPECT =
  /"\d{4}-\d{1,2}-\d{1,2}(?:[Tt ][^"]{5,32})?"(?!\s*:)|"(?:-?\d[\d.eE+-]*|true|false|null)"\s*:/

/**
 * Whether JSON of ansible-inventory holds a text that may be a date, or a key that may have been a
 * number. Most inventories do not.
 */
export const maySayMore = (json: string): boolean => SUSPECT.test(json)

const closed = ['!vault', '!vault-encrypted', '!unsafe'].map((tag) =>
  defineScalarTag(tag, { resolve: (source) => source, identify: () => false }),
)
const SCHEMA = CORE_SCHEMA.withTags(realMapTag, timestampTag, binaryTag, setTag, ...closed)

/**
 * @param yaml what `ansible-inventory --list --export --yaml` prints
 * @throws YAMLException
 */
export function foreignValues(yaml: string): readonly ForeignValue[] {
  const top = load(yaml, { schema: SCHEMA })
  return [...mapping(top)].flatMap(([name, group]) => [...inGroup(String(name), group)])
}

function* inGroup(name: string, group: unknown): Iterable<ForeignValue> {
  const parts = new Map(mapping(group))
  yield* inVars(parts.get('vars'), `group ${name}`)
  for (const [host, vars] of mapping(parts.get('hosts')))
    yield* inVars(vars, `node ${String(host)}`)
  for (const [child, below] of mapping(parts.get('children'))) yield* inGroup(String(child), below)
}

function* inVars(vars: unknown, of: string): Iterable<ForeignValue> {
  for (const [name, value] of mapping(vars))
    for (const { variable, what } of inValue(value, String(name)))
      yield { variable: `${variable} of ${of}`, what }
}

function* inValue(value: unknown, variable: string): Iterable<ForeignValue> {
  if (value instanceof Date) yield { variable, what: 'a date' }
  else if (value instanceof Uint8Array) yield { variable, what: 'binary' }
  else if (value instanceof Set) yield { variable, what: 'a set' }
  else if (Array.isArray(value))
    for (const [i, one] of value.entries()) yield* inValue(one, `${variable}[${i}]`)
  else {
    for (const [key, inner] of mapping(value)) {
      if (typeof key !== 'string')
        yield { variable, what: `a mapping with the key ${String(key)}, which is no text` }
      else yield* inValue(inner, `${variable}.${key}`)
    }
  }
}

const mapping = (value: unknown): Iterable<readonly [unknown, unknown]> =>
  value instanceof Map ? value.entries() : []
