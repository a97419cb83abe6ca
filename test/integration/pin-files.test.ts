// SPDX-License-Identifier: Apache-2.0
// Commits whose files are not simply what git stores: attributes, Git LFS, other object formats.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path, { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  checkout,
  compare,
  fetch,
  openMirror,
  pruneCheckouts,
  resolve,
} from '../../lib/git/index.js'
import { patchrun } from '../support/command.js'
import { makeRepository } from '../support/repository.js'
import { makePlayground } from '../support/playground.js'
import { needsAnsible, OFTEN, run, statusOf, version } from '../support/say.js'
import { commit, mirrored, problem, repositories, sh, source } from '../support/pin-repository.js'

t.setTimeout(600_000)
const repo = repositories(t)

t.test(
  'a commit whose blobs do not fit its attributes is checked out, and changes to it are seen all the same',
  async (t) => {
    for (const [attributes, text] of [
      ['* text', 'line\r\nline 2\r\n'],
      ['*.j2 text eol=crlf', 'line\r\n'],
      ['*.j2 ident', '$Id: 0123 $\n'],
      ['*.j2 working-tree-encoding=UTF-16LE', 'a\n'],
      ['* text=auto', 'line\r\n'],
    ] as const) {
      const r = repo()
      commit(r, 'a.j2', text, 'text')
      const blob = execFileSync('git', ['hash-object', '-w', '--stdin', '--no-filters'], {
        cwd: r.work,
        input: `${attributes}\n`,
        encoding: 'utf8',
      }).trim()
      sh(r.work, 'update-index', '--add', '--cacheinfo', `100644,${blob},.gitattributes`)
      sh(r.work, 'commit', '-q', '-m', 'attributes')
      sh(r.work, 'push', '-q', 'origin', 'HEAD')
      const sha = sh(r.work, 'rev-parse', 'HEAD').trim()
      const mirror = await mirrored(r)
      const c = await checkout(mirror, sha)
      await c.verify()
      const file = path.join(c.path, 'a.j2')
      const before = readFileSync(file)
      appendFileSync(file, 'x')
      t.match(await problem(c.verify()), { code: 'pin/tree-dirty', message: /a\.j2/ }, attributes)
      writeFileSync(file, before)
      await c.verify()
      rmSync(file)
      t.match(
        await problem(c.verify()),
        { code: 'pin/tree-dirty', message: /a\.j2/ },
        `${attributes}, removed`,
      )
    }
  },
)

const POINTER =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n'

/** As on a machine where git-lfs is set up for nobody. */
function withoutLfs(t: Test): void {
  const before = process.env['GIT_CONFIG_NOSYSTEM']
  process.env['GIT_CONFIG_NOSYSTEM'] = '1'
  t.teardown(() =>
    before === undefined
      ? delete process.env['GIT_CONFIG_NOSYSTEM']
      : (process.env['GIT_CONFIG_NOSYSTEM'] = before),
  )
}

t.test('pointers of Git LFS are refused, or named', async (t) => {
  withoutLfs(t)
  const r = repo()
  commit(r, 'docs/lfs.md', `A pointer looks like this:\n${POINTER}`, 'a text about it')
  commit(
    r,
    'other.txt',
    'version https://git-lfs.github.com/spec/v1\nis the first line of a pointer\n',
    'another',
  )
  const before = sh(r.work, 'rev-parse', 'HEAD').trim()
  commit(r, 'files/firmware.bin', POINTER, 'firmware')
  const sha = commit(
    r,
    'files/second.bin',
    POINTER.replace('oid', 'ext-0-foo sha256:1\noid'),
    'second',
  )
  const mirror = await mirrored(r)
  t.same((await checkout(mirror, before)).lfsPointers, [], 'what only speaks of them is none')
  t.match(await problem(checkout(mirror, sha)), {
    code: 'pin/lfs-pointers',
    message: /2 pointers .*files\/firmware\.bin, files\/second\.bin/,
    hint: /playbooks\.lfs/,
    problems: [{ where: { file: 'files/firmware.bin' } }],
  })
  const named = await openMirror({ source: source(r.bare, { lfs: 'name' }), directory: r.state })
  t.same((await checkout(named, sha)).lfsPointers, ['files/firmware.bin', 'files/second.bin'])
})

const lfs =
  spawnSync('git', ['lfs', 'version']).status === 0 ? {} : { skip: 'git-lfs is not installed' }
t.test('files in Git LFS are fetched', lfs, async (t) => {
  withoutLfs(t)
  const r = repo()
  sh(r.work, 'lfs', 'install', '--local')
  sh(r.work, 'lfs', 'track', '*.bin')
  const sha = commit(r, 'files/firmware.bin', 'the firmware itself\n', 'firmware')
  t.match(sh(r.work, 'show', `${sha}:files/firmware.bin`), /git-lfs/)
  // git-lfs copies between repositories of one machine itself, where the address says so.
  const there = source(`file://${r.bare}`)
  const refusing = await openMirror({ source: there, directory: r.state })
  await fetch(refusing)
  t.match(await problem(checkout(refusing, sha)), { code: 'pin/lfs-pointers' })
  const mirror = await openMirror({ source: { ...there, lfs: 'fetch' }, directory: r.state })
  const c = await checkout(mirror, sha)
  t.equal(readFileSync(path.join(c.path, 'files/firmware.bin'), 'utf8'), 'the firmware itself\n')
  t.same(c.lfsPointers, [])
  await c.verify()
  appendFileSync(path.join(c.path, 'files/firmware.bin'), 'x')
  t.match(await problem(c.verify()), { code: 'pin/tree-dirty', message: /firmware/ })
})

t.test('without git-lfs nothing is fetched, and said so', async (t) => {
  withoutLfs(t)
  const r = repo()
  const sha = commit(r, 'x.txt', 'x', 'x')
  const before = process.env['PATH']
  const bin = path.join(path.dirname(r.bare), 'bin')
  mkdirSync(bin)
  symlinkSync('/usr/bin/git', path.join(bin, 'git'))
  const mirror = await openMirror({ source: source(r.bare, { lfs: 'fetch' }), directory: r.state })
  await fetch(mirror)
  process.env['PATH'] = bin
  t.teardown(() => (process.env['PATH'] = before))
  t.match(await problem(checkout(mirror, sha)), { code: 'pin/lfs-missing' })
})

t.test('a repository of SHA-256', async (t) => {
  const r = repo('--object-format=sha256')
  const first = sh(r.work, 'rev-parse', 'HEAD')
  t.equal(first.length, 64)
  const mirror = await mirrored(r)
  t.match(await resolve(mirror, 'main'), { sha: first })
  const second = commit(r, 'site.yml', '- hosts: all\n# 2\n', 'second')
  await fetch(mirror)
  t.match(await resolve(mirror, second), { sha: second, fullRef: second }, 'by its SHA')
  t.match(
    await problem(resolve(mirror, second.slice(0, 40))),
    { hint: new RegExp(second) },
    '40 digits of it are a shortened SHA',
  )
  t.match(await compare(mirror, first, { sha: second }), {
    kind: 'forward',
    commits: { count: 1 },
    files: { list: [{ path: 'site.yml' }] },
  })
  const [a, b] = [await checkout(mirror, first), await checkout(mirror, second)]
  t.match(readFileSync(path.join(b.path, 'site.yml'), 'utf8'), /# 2/)
  await b.verify()
  await a.remove()
  t.same(await pruneCheckouts(mirror, [second]), [])
  const plain = await openMirror({
    source: source(r.bare, { submodules: false }),
    directory: r.state,
  })
  t.equal(path.basename((await checkout(plain, second)).path), `${second}-plain`)
  t.same(await pruneCheckouts(mirror, []), [], 'in use')
})

t.test('a repository that was made anew in the other object format', async (t) => {
  const r = repo()
  const mirror = await mirrored(r)
  const old = await resolve(mirror, 'main')
  const other = repo('--object-format=sha256')
  rmSync(r.bare, { recursive: true })
  renameSync(other.bare, r.bare)
  await fetch(mirror)
  const pin = await resolve(mirror, 'main')
  t.equal(pin.sha.length, 64)
  t.match(await compare(mirror, old.sha, pin), { kind: 'unknown-remembered' })
  t.ok(await checkout(mirror, pin.sha))
})

const reftable = /reftable/.test(
  spawnSync('git', ['init', '-h'], { encoding: 'utf8' }).stdout +
    spawnSync('git', ['version', '--build-options'], { encoding: 'utf8' }).stdout,
)
t.test(
  'a repository whose refs are kept as reftable',
  reftable ? {} : { skip: 'this git does not know reftable' },
  async (t) => {
    const r = repo('--ref-format=reftable')
    const mirror = await mirrored(r)
    t.match(await resolve(mirror, 'main'), { sha: sh(r.work, 'rev-parse', 'HEAD') })
  },
)

t.test('a connection that ssh leaves open keeps nobody from ending', async (t) => {
  const directory = t.testdir()
  makeRepository(join(directory, 'playbooks')).commit('first', { 'site.yml': '- hosts: all\n' })
  const [ssh, masters] = [join(directory, 'ssh'), join(directory, 'masters')]
  writeFileSync(
    join(directory, 'patchrun.yml'),
    `schemaVersion: 1\nfleet: x\nplaybooks: { repository: "ssh://git@host${directory}/playbooks" }\nnodes: { allow: [n1], canary: [n1] }\n`,
  )
  // As ssh with ControlPersist: the master holds the standard error of the first connection.
  writeFileSync(
    ssh,
    `#!/bin/sh\nsleep 900 >/dev/null &\necho $! >> '${masters}'\nshift $(($# - 1))\nexec sh -c "$1"\n`,
    { mode: 0o755 },
  )
  const { code, stdout, stderr } = await patchrun(['pin'], {
    cwd: directory,
    env: { GIT_SSH_COMMAND: `'${ssh}'` },
  })
  t.match({ code, stdout }, { code: 0, stdout: /first/ }, stderr)
  for (const pid of readFileSync(masters, 'utf8').trim().split('\n'))
    t.doesNotThrow(() => process.kill(Number(pid)), 'the master is still there')
})

for (const [what, refs] of [
  ['empty', false],
  ['with refs', true],
] as const) {
  t.test(`playbooks and state in repositories of SHA-256, ${what}`, needsAnsible, async (t) => {
    const ground = makePlayground(t.testdir(), OFTEN, {
      nodes: 2,
      canary: 'node01',
      gitInit: ['--object-format=sha256'],
      state: { git: { repository: './state.git' } },
    })
    sh(ground.directory, 'init', '-q', '--bare', '--object-format=sha256', 'state.git')
    const sha = ground.commit('version 1', version('1'))
    if (refs) ground.git('push', '-q', join(ground.directory, 'state.git'), 'main')
    const out = await run(ground, '--sha', sha)
    t.equal(out.code, 0, out.stderr)
    t.equal(ground.read('node02', 'etc/version'), '1\n')
    t.match(await statusOf(ground), { remembered: sha })
    t.match(
      sh(join(ground.directory, 'state.git'), 'for-each-ref', '--format=%(objectname)'),
      /^[0-9a-f]{64}$/m,
    )
    t.match(await run(ground), { code: 0 }, 'and reads what it wrote')
  })
}
