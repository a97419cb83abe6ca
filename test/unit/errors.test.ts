// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import { EXIT, PatchrunError, refuse, unreachable } from '../../lib/errors.js'

const root = resolve(import.meta.dirname, '../../..')
const problem = {
  code: 'config/unknown-field',
  message: 'unknown field "nods"',
  hint: 'Did you mean "nodes"?',
} as const

t.test('the area of the first problem decides the exit code', async (t) => {
  const cases = [
    ['usage/x', EXIT.usage],
    ['config/x', EXIT.config],
    ['pin/x', EXIT.config],
    ['ansible/x', EXIT.config],
    ['playbook/x', EXIT.config],
    ['state/x', EXIT.fault],
    ['lock/x', EXIT.locked],
    ['internal/x', EXIT.fault],
  ] as const
  for (const [code, exit] of cases) {
    t.equal(new PatchrunError({ ...problem, code }).exitCode, exit, code)
  }
})

t.test('an error carries every problem, and the first one leads', async (t) => {
  const other = { code: 'lock/held', message: 'held', hint: 'wait' } as const
  const error = new PatchrunError([problem, other], { cause: 'why' })
  t.equal(error.message, 'unknown field "nods"\nheld')
  t.equal(error.code, 'config/unknown-field')
  t.equal(error.hint, problem.hint)
  t.equal(error.cause, 'why')
  t.same(error.problems, [problem, other])
})

t.test('refuse throws only where there is something to refuse', async (t) => {
  t.doesNotThrow(() => refuse([]))
  t.throws(() => refuse([problem]), { name: 'PatchrunError', code: problem.code })
})

t.test('a forgotten case is a fault of patchrun', async (t) => {
  t.throws(() => unreachable('odd' as never), {
    code: 'internal/unreachable',
    exitCode: EXIT.fault,
  })
})

t.test('every code that the source gives is explained in docs/usage', async (t) => {
  const textsBelow = async (directory: string, ending: string): Promise<string> => {
    const names = (await readdir(join(root, directory), { recursive: true })).filter((name) =>
      name.endsWith(ending),
    )
    return (
      await Promise.all(names.map((name) => readFile(join(root, directory, name), 'utf8')))
    ).join('\n')
  }
  const codes = new Set(
    [
      ...(await textsBelow('lib', '.ts')).matchAll(
        /'((?:usage|config|pin|plan|ansible|playbook|state|lock|internal)\/[a-z-]+)'/g,
      ),
    ].map((m) => m[1] ?? ''),
  )
  const pages = await textsBelow('docs/usage', '.md')
  t.ok(codes.size > 60, `${codes.size} codes`)
  t.same(
    [...codes].filter((code) => !pages.includes(`\`${code}\``)),
    [],
    'each stands in a page',
  )
})
