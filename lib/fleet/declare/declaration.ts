// SPDX-License-Identifier: Apache-2.0
// lib/fleet/declare/: patchrun.yml: its form, its sense, and what is wrong with it.
//
// Text of a patchrun.yml -> Declaration, or every problem it has, each with its place. What the
// schema can say is said here; what it can not (contradicting lists) is
// lib/fleet/policy/resolve-fleet.ts's.
import { refuse, type Problem } from '../../errors.js'
import type { Declaration } from './config.generated.js'
import { describeError, type SchemaError } from './schema-words.js'
import { ordered } from './problem-order.js'
import { semanticProblems } from './semantics.js'
import { validate as compiled } from './validator.generated.js'
import { extraVariableProblems, variableProblems, withExactVariables } from './variable-places.js'
import { vaultProblems } from './vault-values.js'
import { parseYaml, type Located } from '../yaml/yaml-source.js'

/** A declaration whose form is right, and where everything in it stands. */
export interface Declared {
  /** Absolute path of patchrun.yml. */
  readonly file: string
  readonly config: Declaration
  readonly places: Located
}

/**
 * A file that is wrong in more places is wrong as a whole; sorting them all out would take minutes.
 */
const MAX_ERRORS = 2000

const validate = compiled as {
  (value: unknown): boolean
  readonly errors?: readonly SchemaError[] | null
}

/**
 * An anyOf that fails reports the errors of all its branches. Keeps those of the branch somebody
 * meant: one whose type fits, with the fewest fields missing; the anyOf's own error only where no
 * branch has the right type.
 */
function withoutOtherBranches(errors: readonly SchemaError[]): SchemaError[] {
  const dropped = new Set<SchemaError>()
  for (const any of errors.filter((e) => e.keyword === 'anyOf')) {
    const branches = new Map<string, SchemaError[]>()
    /** Inside a definition that one of the branches refers to, further down. */
    let deeper = false
    const prefix = `${any.schemaPath}/`
    for (const error of errors) {
      if (
        error === any ||
        (error.instancePath !== any.instancePath &&
          !error.instancePath.startsWith(`${any.instancePath}/`))
      )
        continue
      const branch = error.schemaPath.startsWith(prefix)
        ? error.schemaPath.slice(prefix.length).split('/', 1)[0]
        : refBranch(any, error)
      if (branch === undefined) {
        deeper ||= error.instancePath.startsWith(`${any.instancePath}/`)
        continue
      }
      branches.set(branch, [...(branches.get(branch) ?? []), error])
    }
    const wrongType = (e: SchemaError): boolean =>
      e.instancePath === any.instancePath && e.keyword === 'type'
    const cost = (list: readonly SchemaError[]): number =>
      list.reduce(
        (sum, e) =>
          sum + (e.instancePath === any.instancePath && e.keyword === 'required' ? 100 : 1),
        0,
      )
    const fitting = [...branches.values()]
      .filter((list) => !list.some(wrongType))
      .sort((a, b) => cost(a) - cost(b))
    for (const error of [...branches.values()].flat()) dropped.add(error)
    if (!fitting[0]) continue
    dropped.add(any)
    // Where no branch is complete, the one error worth showing is that of an unknown field, or the
    // anyOf's own.
    const best = fitting[0]
    const unknown = best.filter((e) => e.keyword === 'additionalProperties')
    const incomplete = best.some(
      (e) => e.keyword === 'required' && e.instancePath === any.instancePath,
    )
    // An error further down belongs to a branch that is complete: that one was meant.
    if (incomplete && deeper) continue
    if (incomplete && unknown.length === 0) dropped.delete(any)
    else for (const error of incomplete ? unknown : best) dropped.delete(error)
  }
  return errors.filter(
    (e) => !dropped.has(e) && e.keyword !== 'propertyNames' && e.keyword !== 'allOf',
  )
}

/**
 * A branch that is a $ref reports paths in the definition; its place among the branches is found by
 * that name.
 */
function refBranch(any: SchemaError, error: SchemaError): string | undefined {
  const branches = any.schema as readonly { readonly $ref?: string }[]
  const index = branches.findIndex(
    (branch) => branch.$ref !== undefined && error.schemaPath.startsWith(`${branch.$ref}/`),
  )
  return index < 0 ? undefined : String(index)
}

/** What the schema and the file alone say of a declaration. */
export interface Checked {
  readonly problems: readonly Problem[]
  /**
   * The declaration, less what the schema refuses; absent where too little would be left to look
   * further.
   */
  readonly declared?: Declared
}

/** Reads and checks a declaration. `file` is an absolute path, used for places only. */
export function checkDeclaration(file: string, text: string): Checked {
  const places = parseYaml(file, text)
  const value: unknown = places.value
  if (validate(value)) {
    const config = withExactVariables(value as Declaration, places.exact())
    return {
      problems: [
        ...vaultProblems(value, [], places).problems,
        ...variableProblems(config, places),
        ...extraVariableProblems(config, places),
        ...semanticProblems(config, places),
      ],
      declared: { file, config, places },
    }
  }
  const errors = withoutOtherBranches((validate.errors ?? []).slice(0, MAX_ERRORS))
  const version = errors.find((e) => e.instancePath === '/schemaVersion')
  // A file of another version is another language: its other "mistakes" would mislead.
  if (version) return { problems: [describeError(version, places)] }
  const vault = vaultProblems(value, errors, places)
  const problems = [
    ...vault.problems,
    ...vault.others.map((error): Problem => describeError(error, places)),
  ]
  const config = withoutRefused(value, errors)
  return config
    ? {
        problems: [
          ...problems,
          ...variableProblems(config, places),
          ...extraVariableProblems(config, places),
          ...semanticProblems(config, places),
        ],
        declared: { file, config, places },
      }
    : { problems }
}

/**
 * @throws PatchrunError with every problem found, ordered by place; all codes begin with "config/"
 */
export function parseDeclaration(file: string, text: string): Declared {
  const { problems, declared } = checkDeclaration(file, text)
  refuse(ordered(problems))
  if (!declared) throw new Error('a declaration without problems and without content')
  return declared
}

/**
 * Unknown fields, and optional settings with something wrong in them, are taken away, so that one
 * slip does not hide the others. A scheduler stays: without it what needs one would look wrong.
 */
function withoutRefused(value: unknown, errors: readonly SchemaError[]): Declaration | undefined {
  const copy = structuredClone(value) as Record<string, unknown>
  for (const { instancePath, keyword, params } of errors) {
    const path = instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    if (mendsScheduler(copy, path, keyword)) continue
    if (keyword === 'additionalProperties' && path[0] !== 'notify')
      remove(copy, [
        ...path,
        String((params as { additionalProperty?: unknown }).additionalProperty),
      ])
    else if (path[0] !== undefined && OPTIONAL.has(path[0]))
      remove(copy, path.slice(0, DEPTH[path[0]] ?? 2))
  }
  return validate(copy) ? (copy as unknown as Declaration) : undefined
}

const SLURM = { type: 'slurm' }

/** A scheduler without a type that there is becomes one; whether that was the matter. */
function mendsScheduler(copy: object, path: readonly string[], keyword: string): boolean {
  if (path[0] !== 'scheduler' && path[0] !== 'schedulers') return false
  const its = path.slice(0, path[0] === 'schedulers' ? 2 : 1)
  const isItself = path.length === its.length && its.at(-1) !== 'schedulers'
  const isType = path.length === its.length + 1 && path.at(-1) === 'type'
  if (isItself && keyword === 'type') put(copy, its, SLURM)
  else if (isType || (isItself && keyword === 'required')) put(copy, [...its, 'type'], SLURM.type)
  else return isItself && keyword !== 'additionalProperties'
  return true
}

/** How far below the top of the file what is wrong is taken out as a whole; 2 where not named. */
const DEPTH: Readonly<Record<string, number>> = { health: 1, schedulers: 3 }

const OPTIONAL = new Set([
  'inventory',
  'failureDomains',
  'partitions',
  'scheduler',
  'schedulers',
  'runsOn',
  'changes',
  'rollout',
  'drain',
  'windows',
  'health',
  'notify',
  'ansible',
  'state',
])

function put(into: unknown, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path
  if (key === undefined || typeof into !== 'object' || into === null) return
  if (rest.length > 0) put((into as Record<string, unknown>)[key], rest, value)
  else (into as Record<string, unknown>)[key] = value
}

function remove(from: unknown, path: readonly string[]): void {
  const [key, ...rest] = path
  if (key === undefined || typeof from !== 'object' || from === null) return
  if (rest.length > 0) remove((from as Record<string, unknown>)[key], rest)
  else if (!Array.isArray(from)) Reflect.deleteProperty(from, key)
}
