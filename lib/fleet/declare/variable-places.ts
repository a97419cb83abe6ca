// SPDX-License-Identifier: Apache-2.0
// Where a declaration holds variables of Ansible, whose numbers go through as they were written.
import type { Problem } from '../../errors.js'
import type { Declaration } from './config.generated.js'
import { isExactNumber } from '../yaml/exact-numbers.js'
import { fieldName } from './schema-words.js'
import { escapePointer, type Located } from '../yaml/yaml-source.js'

/** Field names; `*` stands for any name or index. */
const VARIABLES: readonly (readonly string[])[] = [
  ['inventory', 'vars'],
  ['inventory', 'groupVars', '*'],
  ['inventory', 'hostVars', '*'],
  ['playbooks', 'vars'],
  ['environments', '*', 'playbooks', 'vars'],
  ['scheduler', 'vars'],
  ['scheduler', 'controllerVars'],
  ['schedulers', '*', 'vars'],
  ['schedulers', '*', 'controllerVars'],
  ['health', '*', 'vars'],
  ['environments', '*', 'health', '*', 'vars'],
]

/**
 * The declaration, with the variables of `exact` in place of its own. `exact` is of the same file.
 */
export function withExactVariables(config: Declaration, exact: unknown): Declaration {
  return VARIABLES.reduce<unknown>(
    (value, path) => replaced(value, exact, path),
    config,
  ) as Declaration
}

function replaced(value: unknown, exact: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return exact
  if (!isContainer(value) || !isContainer(exact)) return value
  const copy: Record<string, unknown> = Array.isArray(value)
    ? Object.assign([], value)
    : { ...value }
  for (const key of name === '*' ? Object.keys(copy) : [name])
    if (Object.hasOwn(copy, key)) copy[key] = replaced(copy[key], exact[key], rest)
  return copy
}

/** Names of extra variables that would send every run somewhere else, and those of our own. */
const OURS =
  /^(patchrun_|ansible_(ssh_)?host$|inventory_(hostname|file|dir)|ansible_(limit|check_mode|run_tags|skip_tags)$|groups$|hostvars$|group_names$)/

/** Extra variables go over everything: some names they must not have. */
export function extraVariableProblems(
  { playbooks, environments }: Declaration,
  places: Located,
): readonly Problem[] {
  const all: (readonly [string, object | undefined])[] = [
    ['/playbooks/vars', playbooks.vars],
    ...Object.entries(environments ?? {}).map(
      ([name, { playbooks: own }]) =>
        [`/environments/${escapePointer(name)}/playbooks/vars`, own?.vars] as const,
    ),
  ]
  return all.flatMap(([pointer, vars]) =>
    Object.keys(vars ?? {})
      .filter((name) => OURS.test(name))
      .map((name) => ({
        code: 'config/variable-name' as const,
        message: `${fieldName(pointer)} sets ${name}, which must not be the same for every host`,
        hint: 'Extra variables go over all others. Set what a host is, or how it is reached, under inventory.',
        where: places.place(`${pointer}/${escapePointer(name)}`, 'key'),
      })),
  )
}

/** Values of variables that JSON has no word for, and that no inventory can hand on. */
export function variableProblems(config: Declaration, places: Located): readonly Problem[] {
  return VARIABLES.flatMap((path) => [...nowhere(config, path)]).map(([pointer, value]) => ({
    code: 'config/variable-value',
    message: `${fieldName(pointer)} is ${String(value) === 'NaN' ? 'not a number (.nan)' : 'infinite (.inf)'}, which an inventory cannot say`,
    hint: 'Write it as a text, and let the playbook turn it into a number.',
    where: places.place(pointer),
  }))
}

function* nowhere(
  value: unknown,
  [name, ...rest]: readonly string[],
  pointer = '',
): Iterable<readonly [string, number]> {
  if (typeof value === 'number' && name === undefined && !Number.isFinite(value))
    yield [pointer, value]
  if (!isContainer(value) || isExactNumber(value)) return
  const names = name === undefined || name === '*' ? Object.keys(value) : [name]
  for (const key of names)
    if (Object.hasOwn(value, key))
      yield* nowhere(value[key], rest, `${pointer}/${escapePointer(key)}`)
}

const isContainer = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
