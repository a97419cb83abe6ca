// SPDX-License-Identifier: Apache-2.0
// schemas/patchrun.schema.json -> lib/fleet/declare/{config,schema,validator}.generated.ts. With
// --check nothing is written: exit 1 when what is committed differs. The schema becomes a module
// because the pure rooms read no files, and because importing JSON warns on Node 20. The validator
// is compiled here because loading ajv and compiling take longer than all the rest of `patchrun
// status`.
import { readFile, writeFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { compile } from 'json-schema-to-typescript'

const root = new URL('../', import.meta.url)
const header =
  '// SPDX-License-Identifier: Apache-2.0\n// Generated from schemas/patchrun.schema.json by scripts/generate-types.mjs. Do not edit.\n'

const schema = JSON.parse(await readFile(new URL('schemas/patchrun.schema.json', root), 'utf8'))
// draft-07 ignores what stands beside $ref, and so does the generator: its comments would be lost.
const beside = (value) => {
  if (Array.isArray(value)) return value.map(beside)
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, beside(inner)]))
  if (typeof copy.$ref !== 'string' || Object.keys(copy).length === 1) return copy
  // A default would narrow the type to its own.
  const { $ref, default: _, ...rest } = copy
  return { ...rest, allOf: [{ $ref }] }
}
const types = await compile(beside(structuredClone(schema)), 'Declaration', {
  bannerComment: header,
  additionalProperties: false,
  declareExternallyReferenced: true,
  style: { semi: false, singleQuote: true, printWidth: 120 },
})

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  verbose: true,
  code: { source: true, esm: true, lines: true },
})
const length = 'require("ajv/dist/runtime/ucs2length").default'
const compiled = standalone
  .default(ajv, ajv.compile(schema))
  .replace('"use strict";\n', '')
  .replace(/^export default .*;\n/m, '')
// In characters, not in halves of them: the one thing of ajv that is needed when it runs.
const validator = compiled.replaceAll(length, '(text) => [...text].length')
if (/\brequire\(|\bimport\b/.test(validator))
  throw new Error('the compiled validator needs more of ajv than is given it here')

const outputs = {
  'lib/fleet/declare/config.generated.ts': types,
  'lib/fleet/declare/schema.generated.ts': `${header}export const patchrunSchema = ${JSON.stringify(schema, null, 1)} as const\n`,
  'lib/fleet/declare/validator.generated.ts': `${header}// @ts-nocheck\n${validator}`,
}

let stale = false
for (const [path, text] of Object.entries(outputs)) {
  const url = new URL(path, root)
  if ((await readFile(url, 'utf8').catch(() => '')) === text) continue
  stale = true
  if (process.argv.includes('--check'))
    console.error(`${path} does not fit the schema: run node scripts/generate-types.mjs`)
  else await writeFile(url, text)
}
process.exitCode = stale && process.argv.includes('--check') ? 1 : 0
