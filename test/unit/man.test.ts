// SPDX-License-Identifier: Apache-2.0
// The man page says what the command does, and groff has nothing against it.
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { EXIT } from '../../lib/errors.js'
import { GLOBAL_OPTIONS, VERBS } from '../../lib/cli/verbs.js'

const root = resolve(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/patchrun.1'), 'utf8')
const { manPage } = (await import(join(root, 'scripts/lib/man.mjs'))) as {
  manPage: (source: object) => string
}
const needsGroff = spawnSync('groff', ['--version']).error ? { skip: 'groff is not here' } : {}
/** As it is read on a terminal, and what groff warns of. */
const format = (text: string): { readonly text: string; readonly warnings: string } => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tascii', '-P-cbou'], {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  return { text: stdout, warnings: stderr }
}

t.test('what is committed is what the verbs say', async (t) => {
  await t.resolves(
    promisify(execFile)(process.execPath, [join(root, 'scripts/man.mjs'), '--check'], {
      cwd: root,
    }),
  )
  const source = {
    verbs: VERBS,
    globals: GLOBAL_OPTIONS,
    examples: [],
    exitCodes: readFileSync(join(root, 'docs/usage/exit-codes.md'), 'utf8'),
    version: '0',
  }
  t.not(
    manPage({ ...source, verbs: VERBS.slice(1) }),
    manPage(source),
    'a verb less is another page',
  )
})

t.test('it is read without a warning, and whole', needsGroff, async (t) => {
  const { text, warnings } = format(page)
  t.equal(warnings, '')
  const words = text.replace(/\s+/g, ' ')
  for (const { name, options = [] } of VERBS) {
    t.match(text, new RegExp(`^ +patchrun ${name}\\b`, 'm'), name)
    for (const [flags] of options)
      t.ok(words.includes(flags.replace(/[<>]/g, '')), `${name} ${flags}`)
  }
  for (const code of Object.values(EXIT))
    t.match(text, new RegExp(`^ +${code} +\\S`, 'm'), `exit ${code}`)
  t.match(text, /source ~\/\.patchrun-completion/, 'what is to be typed is ASCII')
})

t.test('whatever a text holds stays text', needsGroff, async (t) => {
  const odd = `.so /etc/passwd \\n(.g 'a' "b" ^ ~ -x`
  const { text, warnings } = format(
    manPage({
      verbs: [{ name: 'odd', summary: odd, examples: [[odd, odd]], more: `${odd}\n.TP` }],
      globals: [],
      examples: [],
      exitCodes: '',
      version: '0',
    }),
  )
  t.equal(warnings, '')
  t.equal(text.replace(/\s+/g, ' ').split(odd).length - 1, 4, text)
  t.match(format('.TP\n.nonsense\n').warnings, /nonsense/, 'groff does warn')
})
