// SPDX-License-Identifier: Apache-2.0
import t from 'tap'
import {
  exactNumber,
  isExactNumber,
  parseExact,
  stringifyExact,
} from '../../lib/fleet/yaml/exact-numbers.js'
import { patchrunSchema } from '../../lib/fleet/declare/schema.generated.js'
import { checkDeclaration } from '../../lib/fleet/declare/declaration.js'

t.test('JSON comes back as it was written', async (t) => {
  for (const text of [
    '{"a":12.0}',
    '[12345678901234567890]',
    '[9007199254740993,1]',
    '{"a":-0}',
    '{"a":{"b":[-0.0,1e3,1E+2,5e-324]}}',
    '[1e400]',
    '{"__proto__":{"a":1.0}}',
    '{"a":1.5,"b":"1.0","c":[null,true]}',
    '0',
    '{"a":"10.0.0.1"}',
  ]) {
    t.equal(stringifyExact(parseExact(text)), text)
  }
  t.equal(stringifyExact(parseExact('{"a":  12.0 }'), 2), '{\n  "a": 12.0\n}')
  t.same(
    [exactNumber('1.5'), exactNumber('42'), exactNumber('1e+22')],
    [1.5, 42, 1e22],
    'where JavaScript writes the same, it is a number',
  )
  t.throws(() => parseExact('{"a":1.0,}'), SyntaxError)
})

const written = (text: string): unknown => {
  const { declared, problems } = checkDeclaration(
    '/patchrun.yml',
    `schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p }\nnodes: { allow: [n1], canary: [n1] }\ninventory: { vars: { a: ${text} } }\n`,
  )
  t.same(problems, [], text)
  return stringifyExact(declared?.config.inventory?.vars?.['a'])
}

t.test('numbers of YAML, digit by digit', async (t) => {
  // By YAML 1.2.2, 10.3.2.
  for (const [yaml, json] of [
    ['12.0', '12.0'],
    ['+12.50', '12.50'],
    ['.5', '0.5'],
    ['-.50', '-0.50'],
    ['1.', '1.0'],
    ['1.e3', '1.0e3'],
    ['1e3', '1e3'],
    ['007', '7'],
    ['00.5', '0.5'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['0xFFFFFFFFFFFFFFFF', '18446744073709551615'],
    ['0o777', '511'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['!!float 3', '3'],
    ['"12.0"', '"12.0"'],
    ['1_000', '"1_000"'],
  ] as const)
    t.equal(written(yaml), json, yaml)
})

t.test(
  'every place that the schema has for variables keeps numbers as they were written',
  async (t) => {
    const vars = { a: 'EXACT' }
    const places: string[] = []
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      if ('$ref' in schema && schema.$ref === '#/definitions/variables') places.push(path)
      for (const [key, value] of Object.entries(schema)) walk(value, `${path}/${key}`)
    }
    walk(patchrunSchema, '')
    const gate = { name: 'g', role: 'r', vars }
    const whole = {
      schemaVersion: 1,
      fleet: 'demo',
      playbooks: { repository: './p', vars },
      nodes: { allow: ['n1'] },
      inventory: { vars, groups: { g: ['n1'] }, groupVars: { g: vars }, hostVars: { n1: vars } },
      scheduler: { type: 'slurm', controllerVars: vars, vars },
      health: [gate],
      environments: {
        vars: { nodes: { allow: ['n1'], canary: ['n1'] }, playbooks: { vars }, health: [gate] },
      },
    }
    const text = JSON.stringify(whole).replaceAll('"EXACT"', '[7.0, 12345678901234567890]')
    const { declared } = checkDeclaration('/patchrun.yml', text)
    const found = stringifyExact(declared?.config)
    // One more than the schema names: gates stand in two places.
    t.equal(found.split('[7.0,12345678901234567890]').length - 1, places.length + 1, found)
    t.equal(found.split('.0').length - 1, places.length + 1, 'in their places, and nowhere else')
  },
)

t.test('numbers elsewhere stay numbers', async (t) => {
  const { declared, problems } = checkDeclaration(
    '/patchrun.yml',
    'schemaVersion: 1.0\nfleet: demo\nplaybooks: { repository: ./p }\nnodes: { allow: [n1], canary: [n1] }\nansible: { forks: 5.0 }\n',
  )
  t.same(problems, [])
  t.same([declared?.config.schemaVersion, declared?.config.ansible?.forks], [1, 5])
})

t.test('what JSON cannot say is refused, with its place', async (t) => {
  const { problems } = checkDeclaration(
    '/patchrun.yml',
    'schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p }\nnodes: { allow: [n1], canary: [n1] }\ninventory:\n  vars:\n    limit: .inf\n    deep: { list: [1, .nan], "a/b": -.inf, fine: 1.0 }\n',
  )
  t.match(problems, [
    {
      code: 'config/variable-value',
      message: /^inventory\.vars\.limit is infinite/,
      where: { line: 7, column: 12 },
    },
    {
      code: 'config/variable-value',
      message: /^inventory\.vars\.deep\.list\[1\] is not a number/,
      where: { line: 8, column: 23 },
    },
    { code: 'config/variable-value', message: /infinite/, where: { line: 8, column: 37 } },
  ])
  t.equal(isExactNumber(1), false)
})
