// SPDX-License-Identifier: Apache-2.0
// Errors of the schema validator in the words of the person who wrote the file.
import type { Problem } from '../../errors.js'
import { nearest } from '../names/nearest.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'
import { shown } from '../yaml/yaml-text.js'

interface SchemaNode {
  readonly title?: string
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly SchemaNode[]
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
}

/** What the validator says of one mistake: the fields of ajv's errors that are used here. */
export interface SchemaError {
  readonly keyword: string
  /** JSON pointer into the file. */
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string
  /** The name that is wrong, for an error of a name. */
  readonly propertyName?: string
  readonly schema?: unknown
  readonly parentSchema?: object
  readonly data?: unknown
}

/** "/nodes/allow/0" as people say it: nodes.allow[0]. */
export function fieldName(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'))
  const name = parts
    .map((p) => (/^\d+$/.test(p) ? `[${p}]` : `.${p}`))
    .join('')
    .replace(/^\./, '')
  return name === '' ? 'the file' : shown(name)
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'nothing',
}

/**
 * Where a URL or a key may stand by mistake: what is there is not repeated, because problems are
 * printed and logged.
 */
const SECRET = /^(\/environments\/[^/]*)?\/notify(?!\/[^/]+\/on\/)(\/|$)/

/** Below it a URL is a secret wherever it stands, as a name and in a list of kinds, too. */
const NOTIFY = /^(\/environments\/[^/]*)?\/notify(\/|$)/
const URLS = /\b(https?:\/\/[^\s/"']+)\/[^\s"']*/gi

/** The host of a URL says which one is meant. */
function withoutUrls(problem: Problem): Problem {
  const cut = (text: string): string => text.replace(URLS, '$1/…')
  const told = { ...problem, message: cut(problem.message), hint: cut(problem.hint) }
  const { text } = problem.where ?? {}
  return text !== undefined && cut(text) !== text ? withoutText(told) : told
}

/** A problem without the text that stands at its place, which nobody shows from the file either. */
export function withoutText({ where, ...problem }: Problem): Problem {
  if (!where) return problem
  const { text: _text, ...place } = where
  return { ...problem, where: { ...place, withheld: true } }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return `${value}`
  return typeof value === 'string' ? `the text "${shown(value)}"` : 'a mapping'
}

const example = (node: SchemaNode): string => {
  const first = node.examples?.[0]
  return first === undefined ? '' : ` For example: ${JSON.stringify(first)}.`
}
const described = (node: SchemaNode, otherwise: string): string =>
  `${node.description ?? otherwise}${example(node)}`

/** What a list of alternatives takes, in words. */
const alternatives = (node: SchemaNode): string =>
  (node.anyOf ?? [])
    .map((b) =>
      b.required?.includes('__ansible_vault')
        ? 'a !vault value'
        : b.required
          ? `{${b.required.join(', ')}: …}`
          : (KINDS[b.type ?? ''] ??
            (b.$ref?.endsWith('/hostExpression')
              ? 'a host expression'
              : (b.title ?? 'another form'))),
    )
    .join(', ')

/** One validator error as a problem with its place. */
export function describeError(error: SchemaError, places: Located): Problem {
  const problem = inWords(error, places)
  if (!NOTIFY.test(error.instancePath)) return problem
  const told = withoutUrls(problem)
  return SECRET.test(error.instancePath) && error.keyword !== 'additionalProperties'
    ? withoutText(told)
    : told
}

function inWords(error: SchemaError, places: Located): Problem {
  const at = error.instancePath
  const node = (error.parentSchema ?? {}) as SchemaNode
  const field = fieldName(at)
  if (SECRET.test(at) && typeof error.data === 'string' && error.propertyName === undefined)
    return secretProblem(error, node, field, places)
  const where = places.place(at)
  const { params } = error
  const invalid = (message: string, hint: string): Problem => ({
    code: 'config/invalid-value',
    message,
    hint,
    where,
  })

  if (at === '/schemaVersion') {
    return {
      code: 'config/schema-version',
      message: `schemaVersion is ${kindOf(error.data)}; this patchrun reads version 1`,
      hint: 'Write schemaVersion: 1, or use the patchrun this file was written for.',
      where,
    }
  }
  if (error.propertyName !== undefined) return keyProblem(error, field, places)
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty'])
      const known = Object.keys(node.properties ?? {})
      const meant = nearest(name, known)
      return {
        code: 'config/unknown-field',
        message: `${at === '' ? '' : `${field} has `}an unknown field: "${shown(name)}"`,
        hint: meant
          ? `Did you mean "${meant}"?`
          : `Known here: ${known.filter((k) => !k.startsWith('$')).join(', ')}.`,
        where: places.place(`${at}/${escapePointer(name)}`, 'key'),
      }
    }
    case 'required': {
      const name = String(params['missingProperty'])
      const wanted = (node.properties?.[name] ?? {}) as SchemaNode
      // The key of the mapping is where somebody looks for what is missing from it.
      return {
        code: 'config/missing-field',
        message: `${at === '' ? 'the file' : field} has no "${name}"`,
        hint: `Add it.${wanted.description ? ` ${wanted.description}` : ''}${example(wanted)}`.trim(),
        where: places.place(at, at === '' ? 'value' : 'key'),
      }
    }
    case 'type': {
      const wanted = KINDS[String(params['type'])] ?? String(params['type'])
      return {
        code: 'config/wrong-type',
        message: `${field} is ${kindOf(error.data)}, where ${wanted} is wanted`,
        hint: described(node, `Write ${wanted}.`),
        where,
      }
    }
    case 'enum':
      return invalid(`${field} is ${kindOf(error.data)}`, enumHint(error.data, node.enum ?? []))
    case 'anyOf':
      return {
        code: 'config/wrong-type',
        message: `${field} is ${kindOf(error.data)}, which fits nothing that is taken here`,
        hint:
          node.description && !node.anyOf?.some((branch) => branch.required)
            ? described(node, '')
            : `Taken are: ${alternatives(node)}.${example(node)}`,
        where,
      }
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return {
        code: 'config/empty-value',
        message: `${field} is empty`,
        hint: described(node, 'Fill it in, or take it out.'),
        where,
      }
    case 'minimum':
    case 'maximum':
      return invalid(
        `${field} is ${kindOf(error.data)}`,
        `It must be ${error.keyword === 'minimum' ? 'at least' : 'at most'} ${String(params['limit'])}.`,
      )
    default:
      return invalid(
        `${field} is ${kindOf(error.data)}`,
        described(node, `It ${error.message ?? 'is not valid'}.`),
      )
  }
}

/**
 * A text where the secret's source, or something around it, is wanted: most likely the secret
 * itself.
 */
function secretProblem(
  { instancePath }: SchemaError,
  node: SchemaNode,
  field: string,
  places: Located,
): Problem {
  const hint =
    node.title === 'SecretSource'
      ? 'Write where it is found: { env: NAME }, a variable of the environment, or { file: PATH }; or encrypt it: !vault.'
      : described(node, 'See docs/usage/notify.md.')
  return {
    code: 'config/secret-in-file',
    message: `${field} is a text, where ${node.title === 'SecretSource' ? 'the source of a secret' : 'something else'} is wanted; it is not shown, because it may be a secret`,
    hint,
    where: places.place(instancePath),
  }
}

function enumHint(value: unknown, known: readonly unknown[]): string {
  const words = known.map(String)
  const meant = nearest(String(value), words)
  return `${meant ? `Did you mean "${meant}"? ` : ''}Write ${words.map((w) => `"${w}"`).join(' or ')}.`
}

/** A key whose form is wrong: a variable, an environment, a failure domain. */
function keyProblem(error: SchemaError, field: string, places: Located): Problem {
  const name = String(error.propertyName)
  const variable = error.schemaPath.includes('variableName')
  return {
    code: variable ? 'config/variable-name' : 'config/invalid-value',
    message: variable
      ? `"${shown(name)}" in ${field} can not be the name of an Ansible variable`
      : `"${shown(name)}" in ${field} can not be a name`,
    hint: variable
      ? 'A variable is letters, digits and "_", and does not begin with a digit.'
      : 'A name is letters, digits, "-", "_" and ".", begins with a letter or a digit, and has at most 63 characters.',
    where: places.place(`${error.instancePath}/${escapePointer(name)}`, 'key'),
  }
}
