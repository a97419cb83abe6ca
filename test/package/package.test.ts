// SPDX-License-Identifier: Apache-2.0
// What users get: the packed tarball, installed into an empty project.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { inFull, inQuick } from '../support/size.js'

const run = promisify(execFile)
t.setTimeout(900_000)
const root = resolve(import.meta.dirname, '../../..')
// npm run hands its own settings to children; an npm started here must read those of the empty
// project.
const bin =
  process.env['PATCHRUN_TEST_ANSIBLE_NEWEST'] ?? process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']
const env: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_local_prefix)/.test(name),
  ),
)
if (bin) env['PATH'] = `${bin}:${env['PATH'] ?? ''}`

/** Everything the tarball may hold. A new kind of file is added here on purpose, or not at all. */
const ALLOWED = [
  /^package\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^LICENSE$/,
  /^LICENSES\/[\w.-]+\.txt$/,
  /^dist\/(bin|lib)\/[\w/.-]+\.(js|d\.ts)$/,
  /^lib\/ansible\/plugins\/[\w/-]+\.py$/,
  /^schemas\/[\w.-]+\.json$/,
  /^(roles|inventories)\/[\w/.-]+\.(ya?ml|json|ini|md|j2|sh|py|cfg|txt)$/,
  /^templates\/[\w\/.-]+\.yml$/,
  /^docs\/usage\/[\w/.-]+\.(md|svg|png)$/,
  /^docs\/patchrun\.1$/,
]
const NEEDED = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'LICENSES/GPL-3.0-or-later.txt',
  'dist/bin/patchrun.js',
  'dist/lib/index.js',
  'dist/lib/index.d.ts',
  'docs/patchrun.1',
]

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string; readonly mode: number }[]
}

inQuick(t, 'the tarball holds what users need and nothing else', {}, async (t) => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    env,
  })
  const [packed] = JSON.parse(stdout) as Packed[]
  const paths = packed?.files.map((file) => file.path) ?? []
  t.same(
    paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path))),
    [],
    'nothing that is not on the list',
  )
  t.same(
    NEEDED.filter((path) => !paths.includes(path)),
    [],
    'nothing is missing',
  )
  t.ok((packed?.size ?? Infinity) < 1_000_000, 'under 1 MB')
  const { man } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { man: unknown }
  t.same(man, ['./docs/patchrun.1'], 'a list: npm install --global links no single one')
})

t.test('the tarball works in an empty project', async (t) => {
  // Outside this tree: below it, a dependency that is missing would be found in our own
  // node_modules.
  const directory = await mkdtemp(join(tmpdir(), 'patchrun-package-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const { stdout } = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    { cwd: root, env },
  )
  const tarball = join(directory, (JSON.parse(stdout) as Packed[])[0]?.filename ?? '')
  const project = join(directory, 'empty')
  await mkdir(project)
  await writeFile(
    join(project, 'package.json'),
    '{ "name": "empty", "private": true, "type": "module" }',
  )
  const install = [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    tarball,
  ]
  const installed = await wordsOf(run('npm', install, { cwd: project, env }))
  if (
    !process.env['CI'] &&
    /ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED|ETIMEDOUT/.test(installed)
  ) {
    t.skip('no network to install its dependencies', async () => {})
    return
  }

  await inQuick(t, 'npx patchrun', {}, async (t) => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    const { stdout } = await run('npx', ['--no-install', 'patchrun', '--version'], {
      cwd: project,
      env,
    })
    t.equal(stdout.trim(), version)
  })

  await inQuick(t, 'import from plain JavaScript', {}, async (t) => {
    await writeFile(
      join(project, 'plain.js'),
      `import { EXIT, PatchrunError } from 'patchrun'\nconsole.log(EXIT.halted, typeof PatchrunError)\n`,
    )
    const { stdout } = await run(process.execPath, ['plain.js'], { cwd: project, env })
    t.equal(stdout, '4 function\n')
  })

  await inQuick(t, 'import from TypeScript, NodeNext and strict', {}, async (t) => {
    const typed = `import { EXIT, type ExitCode, type Verdict } from 'patchrun'\nexport const code: ExitCode = EXIT.halted\nexport const verdict: Verdict = 'GOOD'\n`
    await writeFile(join(project, 'typed.ts'), typed)
    await mkdir(join(project, 'node_modules/@types'), { recursive: true })
    await symlink(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'))
    const tsc = [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--module',
      'NodeNext',
      '--target',
      'ES2023',
      '--types',
      'node',
    ]
    await writeFile(
      join(project, 'wrong.ts'),
      `import type { Verdict } from 'patchrun'\nexport const verdict: Verdict = 'FINE'\n`,
    )
    // Both by one compiler, which costs as much as all else here.
    const said = (
      await wordsOf(run(process.execPath, [...tsc, 'typed.ts', 'wrong.ts'], { cwd: project, env }))
    )
      .split('\n')
      .filter(Boolean)
    t.same(
      said.filter((line) => !line.startsWith('wrong.ts')),
      [],
      'compiles, library checks included',
    )
    t.match(said, [/"FINE"' is not assignable/], 'the types say something')
  })

  const page = await readFile(join(root, 'docs/usage/library.md'), 'utf8')
  const example = (marker: string): string =>
    new RegExp(`<!-- ${marker} -->\n\`\`\`\\w+\n([\\s\\S]*?)\n\`\`\``).exec(page)?.[1] ?? ''

  await inFull(t, 'the typed example of docs/usage/library.md', {}, async (t) => {
    await mkdir(join(project, 'node_modules/@types'), { recursive: true })
    await symlink(
      join(root, 'node_modules/@types/node'),
      join(project, 'node_modules/@types/node'),
    ).catch(() => undefined)
    await writeFile(join(project, 'example.ts'), example('compile: example.ts'))
    const tsc = [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--module',
      'NodeNext',
      '--target',
      'ES2023',
      '--types',
      'node',
    ]
    t.equal(
      await wordsOf(run(process.execPath, [...tsc, 'example.ts'], { cwd: project, env })),
      '',
      'it compiles',
    )
  })

  await inFull(t, 'the other example of docs/usage/library.md', {}, async (t) => {
    await run('npx', ['--no-install', 'patchrun', 'init'], { cwd: project, env })
    await writeFile(join(project, 'example.js'), example('run: example.js'))
    const ansible = await run('ansible-playbook', ['--version'], { env }).catch(() => null)
    if (!ansible && !process.env['CI'])
      return t.skip('no ansible-playbook on PATH to run the other one', async () => {})
    const said = await wordsOf(run(process.execPath, ['example.js'], { cwd: project, env }))
    t.match(said, /would change 6 nodes in 4 waves\ndetect of 2 nodes is done/)
    t.match(said, /\ndone 6 nodes are GOOD\n$/)
  })

  await inQuick(t, 'nothing but the public API can be imported', {}, async (t) => {
    const inner = run(process.execPath, ['-e', `import('patchrun/dist/lib/errors.js')`], {
      cwd: project,
      env,
    })
    t.match(await wordsOf(inner), /ERR_PACKAGE_PATH_NOT_EXPORTED/)
  })
})

/** What a process said, whether it failed or not. */
async function wordsOf(process: Promise<{ stdout: string; stderr: string }>): Promise<string> {
  const { stdout, stderr } = await process.catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  )
  return stdout + stderr
}
