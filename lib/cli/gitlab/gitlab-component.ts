// SPDX-License-Identifier: Apache-2.0
// The component of GitLab that lies in this package: its inputs, and its jobs with the inputs put
// in. GitLab does that by itself where the component is included; a generated pipeline brings the
// jobs along.
import { readFile } from 'node:fs/promises'
import { loadAll } from 'js-yaml'
import { PatchrunError } from '../../errors.js'
import { nearest } from '../../fleet/names/nearest.js'

const TEMPLATE = new URL('../../../../templates/patchrun/template.yml', import.meta.url)

export type Value = string | boolean | readonly unknown[]
export type Inputs = Readonly<Record<string, Value>>
export type Job = Readonly<Record<string, unknown>>

interface InputSpec {
  readonly type: 'string' | 'boolean' | 'array'
  readonly default: Value
}

export interface Component {
  readonly inputs: Readonly<Record<string, InputSpec>>
  readonly jobs: Readonly<Record<string, unknown>>
}

/** What patchrun.yml says; nobody else is asked for it. */
const DECLARED = ['environment', 'config', 'approval', 'needs']

export async function readComponent(): Promise<Component> {
  const [header, jobs] = loadAll(await readFile(TEMPLATE, 'utf8')) as [
    { spec: { inputs: Component['inputs'] } },
    Component['jobs'],
  ]
  return { inputs: header.spec.inputs, jobs }
}

/** `--input name=value`. Throws usage/input. */
export function inputsOf({ inputs }: Component, given: readonly string[]): Inputs {
  return Object.fromEntries(
    given.map((pair): [string, Value] => {
      const [, name = '', text = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      const known = Object.keys(inputs).filter((n) => !DECLARED.includes(n))
      const spec = known.includes(name) ? inputs[name] : undefined
      const meant = nearest(name, known)
      if (!spec)
        throw wrong(
          pair,
          DECLARED.includes(name)
            ? 'patchrun.yml says that'
            : meant
              ? `Did you mean "${meant}"?`
              : `Known are ${known.join(', ')}.`,
        )
      if (spec.type === 'boolean' && text !== 'true' && text !== 'false')
        throw wrong(pair, 'Write true or false.')
      return [
        name,
        spec.type === 'boolean'
          ? text === 'true'
          : spec.type === 'array'
            ? listOf(pair, text)
            : text,
      ]
    }),
  )
}

function listOf(pair: string, text: string): readonly unknown[] {
  if (!text.startsWith('[')) return [text]
  try {
    return JSON.parse(text) as readonly unknown[]
  } catch {
    throw wrong(pair, 'A list is written as JSON: ["one", "two"]; one entry may stand alone.')
  }
}

const wrong = (pair: string, hint: string): PatchrunError =>
  new PatchrunError({
    code: 'usage/input',
    message: `--input ${pair.slice(0, 80)} is no input of the component with a value for it`,
    hint,
  })

/** The jobs of one environment, with defaults for what was not given. */
export function withInputs(
  { inputs, jobs }: Component,
  given: Inputs,
): Readonly<Record<string, Job>> {
  const values = Object.fromEntries(
    Object.entries(inputs).map(([name, spec]) => [name, given[name] ?? spec.default]),
  )
  return filled(jobs, values) as Readonly<Record<string, Job>>
}

/** An input that is a whole value keeps its type, as GitLab does it. */
function filled(part: unknown, values: Inputs): unknown {
  if (typeof part === 'string') {
    const whole = /^\$\[\[ inputs\.([\w-]+) \]\]$/.exec(part)?.[1]
    return whole === undefined
      ? part.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => String(values[name]))
      : values[whole]
  }
  if (Array.isArray(part)) return part.map((entry) => filled(entry, values))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [filled(key, values), filled(value, values)]),
  )
}
