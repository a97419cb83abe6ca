// SPDX-License-Identifier: Apache-2.0
// The pin against real repositories of real git.
import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import {
  checkout,
  compare,
  fetch,
  openMirror,
  playbookExists,
  pruneCheckouts,
  redact,
  requireForward,
  resolve,
  splitCredential,
} from '../../lib/git/index.js'
import { gitEnvironment } from '../../lib/git/process/git-environment.js'
import { commit, mirrored, problem, repositories, sh, source } from '../support/pin-repository.js'

// Real processes, on machines that may be busy.
t.setTimeout(600_000)

const repo = repositories(t)

t.test('resolves branches, tags, full names and SHAs', async (t) => {
  const r = repo()
  const first = sh(r.work, 'rev-parse', 'HEAD')
  sh(r.work, 'tag', '-a', 'v1', '-m', 'one')
  sh(r.work, 'tag', 'light')
  const tree = sh(r.work, 'rev-parse', 'HEAD^{tree}')
  sh(r.work, 'tag', 'a-tree', tree)
  const second = commit(r, 'site.yml', '- hosts: web\n', 'second: "quoted" | piped')
  sh(r.work, 'push', '-q', 'origin', '--tags')
  const mirror = await openMirror({ source: source(r.bare), directory: r.state })
  t.match(await problem(resolve(mirror, 'main')), { code: 'pin/ref-not-found', hint: /fetched/ })
  await fetch(mirror)
  const pin = await resolve(mirror, 'main')
  t.match(pin, {
    sha: second,
    ref: 'main',
    fullRef: 'refs/heads/main',
    subject: 'second: "quoted" | piped',
    author: 'Ann Operator',
    date: /^\d{4}-\d\d-\d\dT/,
    fetchedAt: /Z$/,
  })
  t.equal((await resolve(mirror, 'v1')).sha, first, 'an annotated tag is peeled')
  t.equal((await resolve(mirror, 'light')).sha, first)
  t.equal((await resolve(mirror, 'refs/tags/v1')).sha, first)
  t.equal((await resolve(mirror, first)).sha, first)
  t.equal((await resolve(mirror, first.toUpperCase())).sha, first)
  t.match(await problem(resolve(mirror, 'a-tree')), { code: 'pin/not-a-commit', message: /tree/ })
  t.match(await problem(resolve(mirror, first.slice(0, 10))), {
    code: 'pin/ref-not-found',
    hint: new RegExp(first),
  })
  t.match(await problem(resolve(mirror, 'f'.repeat(40))), { code: 'pin/sha-not-found' })
  t.match(await problem(resolve(mirror, 'mian')), { code: 'pin/ref-not-found', hint: /main/ })
  for (const bad of [
    '',
    '-x',
    '--output=/tmp/x',
    'a..b',
    'main~1',
    'main^{tree}',
    'a b',
    'main:site.yml',
    '@{u}',
    'x\n',
  ]) {
    t.match(await problem(resolve(mirror, bad)), { code: 'pin/ref-invalid' }, JSON.stringify(bad))
  }
  sh(r.work, 'push', '-q', 'origin', 'main:refs/heads/v1')
  await fetch(mirror)
  t.match(await problem(resolve(mirror, 'v1')), {
    code: 'pin/ref-ambiguous',
    message: /refs\/heads\/v1.*refs\/tags\/v1/,
  })
  t.equal((await resolve(mirror, 'heads/v1')).sha, second)
  sh(r.work, 'push', '-q', 'origin', ':refs/heads/v1', 'main:refs/heads/release')
  await fetch(mirror)
  sh(r.work, 'push', '-q', 'origin', ':refs/heads/release', 'main:refs/heads/release/1')
  await fetch(mirror)
  t.match(
    await problem(resolve(mirror, 'release')),
    { code: 'pin/ref-not-found', hint: /release\/1/ },
    'deleted, and its name is now a folder',
  )
})

t.test('says what lies between, and when history was rewritten', async (t) => {
  const r = repo()
  const first = sh(r.work, 'rev-parse', 'HEAD')
  commit(r, 'a b/ü.yml', 'x\n', 'second')
  const third = commit(r, 'site.yml', '- hosts: x\n', 'third')
  const mirror = await mirrored(r)
  const pin = await resolve(mirror, 'main')
  t.match(await compare(mirror, null, pin), { kind: 'first' })
  t.match(await compare(mirror, third, pin), {
    kind: 'same',
    commits: { count: 0 },
    files: { count: 0 },
  })
  const forward = await compare(mirror, first, pin, { limit: 1 })
  t.match(forward, {
    kind: 'forward',
    commits: { count: 2 },
    dropped: { count: 0 },
    files: { count: 2 },
  })
  t.same(
    forward.commits.list.map((c) => c.subject),
    ['third'],
  )
  t.same((await compare(mirror, first, pin)).files.list, [
    { path: 'a b/ü.yml', status: 'added' },
    { path: 'site.yml', status: 'changed' },
  ])
  requireForward(forward, mirror.remote)
  const back = await compare(mirror, third, await resolve(mirror, first))
  t.match(back, { kind: 'backward', dropped: { count: 2 } })
  sh(r.work, 'reset', '-q', '--hard', first)
  commit(r, 'site.yml', '- hosts: other\n', 'instead')
  await fetch(mirror)
  const rewritten = await compare(mirror, third, await resolve(mirror, 'main'))
  t.match(rewritten, { kind: 'rewritten', commits: { count: 1 }, dropped: { count: 2 } })
  t.match(await problem(() => requireForward(rewritten, mirror.remote)), {
    code: 'pin/history-rewritten',
    exitCode: 3,
  })
  const unknown = await compare(mirror, 'e'.repeat(40), pin)
  t.match(unknown, { kind: 'unknown-remembered' })
  t.match(await problem(() => requireForward(unknown, mirror.remote)), {
    code: 'pin/history-rewritten',
  })
  t.equal((await resolve(mirror, third)).sha, third, 'a commit that was rewritten away stays known')
})

t.test('a shallow source is not mistaken for rewritten history', async (t) => {
  const r = repo()
  const first = sh(r.work, 'rev-parse', 'HEAD')
  const mirror = await mirrored(r)
  commit(r, 'site.yml', '2\n', 'second')
  commit(r, 'site.yml', '3\n', 'third')
  const shallow = path.join(path.dirname(r.bare), 'shallow')
  sh(path.dirname(r.bare), 'clone', '-q', '--depth=1', `file://${r.bare}`, shallow)
  const other = await openMirror({ source: source(shallow), directory: r.state })
  await fetch(other)
  const pin = await resolve(other, 'main')
  t.equal(pin.subject, 'third')
  t.match(await compare(other, first, pin), { kind: 'unknown-remembered' })
  t.match(await resolve(mirror, 'main'), { sha: first }, 'another address has another mirror')
})

t.test('a remote that is down, missing, or foreign', async (t) => {
  const r = repo()
  const state = r.state
  const down = await openMirror({
    source: source('http://ann:s3cr3t%21@127.0.0.1:1/x.git'),
    directory: state,
  })
  const error = await problem(fetch(down))
  t.match(error, {
    code: 'pin/remote-unreachable',
    exitCode: 3,
    message: /127\.0\.0\.1/,
    hint: /network/,
  })
  t.notMatch(JSON.stringify(error.problems) + error.stack, /s3cr3t/)
  const missing = await openMirror({
    source: source(path.join(path.dirname(r.bare), 'nowhere')),
    directory: state,
  })
  t.match(await problem(fetch(missing)), { code: 'pin/not-a-repository' })
  t.match(
    await problem(openMirror({ source: source('ext::sh -c touch% /tmp/x'), directory: state })),
    { code: 'pin/repository-invalid' },
  )
  t.match(await problem(openMirror({ source: source('--upload-pack=x'), directory: state })), {
    code: 'pin/repository-invalid',
  })
  const mirror = await mirrored(r)
  rmSync(r.bare, { recursive: true })
  await problem(fetch(mirror))
  t.equal(
    (await resolve(mirror, 'main')).subject,
    'first',
    'what the last fetch brought can still be used',
  )
})

t.test('a credential goes to its host alone, and into no argv, file or message', async (t) => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const state = repo().state
  const mirror = await openMirror({
    source: source(`http://bot:t%40ken-77@127.0.0.1:${port}/x.git`),
    directory: state,
  })
  const error = await problem(fetch(mirror))
  t.match(error, { code: 'pin/remote-refused' })
  t.ok(
    seen.includes(`Basic ${Buffer.from('bot:t@ken-77').toString('base64')}`),
    'the server was given it',
  )
  t.notMatch(JSON.stringify(error.problems) + JSON.stringify(error.stack), /t(@|%40)ken-77/)
  t.notMatch(readFileSync(path.join(mirror.path, 'config'), 'utf8'), /ken-77/)
  const without = await openMirror({
    source: source(`http://127.0.0.1:${port}/y.git`),
    directory: state,
  })
  t.match(await problem(fetch(without)), { code: 'pin/remote-refused', hint: /never asks/ })
  t.same(splitCredential('ssh://git:pw@host/x'), { url: 'ssh://git@host/x' })
  t.same(splitCredential('git@host:x.git'), { url: 'git@host:x.git' })
  t.equal(
    redact('a https://u:p@h/x b ssh://git@h/y c https://tok@h?private_token=abc'),
    'a https://***@h/x b ssh://git@h/y c https://***@h?private_token=***',
  )
})

t.test('checks out a commit, verifies it, refuses a dirty or moved tree', async (t) => {
  const r = repo()
  writeFileSync(path.join(r.work, 'run.sh'), '#!/bin/sh\r\n')
  chmodSync(path.join(r.work, 'run.sh'), 0o755)
  symlinkSync('/etc/hostname', path.join(r.work, 'link'))
  const first = commit(r, '.gitignore', 'ignored/\n', 'files')
  const second = commit(r, 'site.yml', '2\n', 'second')
  const mirror = await mirrored(r)
  const c = await checkout(mirror, first)
  t.equal(sh(c.path, 'rev-parse', 'HEAD'), first)
  t.match(execFileSync('git', ['status'], { cwd: c.path, encoding: 'utf8' }), /detached/)
  t.equal(readFileSync(path.join(c.path, 'run.sh'), 'utf8'), '#!/bin/sh\r\n')
  t.ok((await import('node:fs')).statSync(path.join(c.path, 'run.sh')).mode & 0o100)
  t.equal(await playbookExists(c, 'site.yml'), path.join(c.path, 'site.yml'))
  t.match(await problem(playbookExists(c, 'sit.yml')), {
    code: 'playbook/not-found',
    hint: /site\.yml/,
    problems: [{ where: { file: 'sit.yml' } }],
  })
  t.match(await problem(playbookExists(c, '../x.yml')), { code: 'playbook/outside' })
  t.match(await problem(playbookExists(c, '.git')), { code: 'playbook/not-a-file' })
  const again = await checkout(mirror, first)
  t.equal(again.path, c.path)
  mkdirSync(path.join(c.path, 'filter_plugins/__pycache__'), { recursive: true })
  writeFileSync(path.join(c.path, 'filter_plugins/__pycache__/x.cpython-311.pyc'), '')
  await c.verify()
  mkdirSync(path.join(c.path, 'ignored'))
  writeFileSync(path.join(c.path, 'ignored/x.yml'), '')
  t.match(
    await problem(c.verify()),
    { code: 'pin/tree-dirty', message: /ignored/ },
    'ignored files count',
  )
  rmSync(path.join(c.path, 'ignored'), { recursive: true })
  appendFileSync(path.join(c.path, 'site.yml'), '# mine\n')
  t.match(await problem(checkout(mirror, first)), {
    code: 'pin/tree-dirty',
    message: /site\.yml/,
    problems: [{ where: { file: 'site.yml' } }],
  })
  sh(c.path, 'checkout', '-q', '--', 'site.yml')
  await c.verify()
  sh(c.path, 'checkout', '-q', second)
  t.match(await problem(c.verify()), { code: 'pin/tree-moved', message: new RegExp(second) })
  await c.remove()
  t.notOk(existsSync(c.path))
  t.equal((await checkout(mirror, first)).path, c.path, 'made afresh')
  t.match(await problem(checkout(mirror, 'd'.repeat(40))), { code: 'pin/sha-not-found' })
})

t.test("repository hooks and the operator's settings change nothing", async (t) => {
  const r = repo()
  const sha = commit(r, 'text.txt', 'a\nb\n', 'text')
  const home = path.join(path.dirname(r.bare), 'home')
  const marker = path.join(home, 'ran')
  mkdirSync(path.join(home, 'hooks'), { recursive: true })
  for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
    writeFileSync(path.join(home, 'hooks', hook), `#!/bin/sh\ntouch '${marker}'\n`, { mode: 0o755 })
  }
  writeFileSync(path.join(home, 'ignore'), '*.local\n')
  writeFileSync(
    path.join(home, '.gitconfig'),
    `[core]\n hooksPath = ${home}/hooks\n autocrlf = true\n excludesFile = ${home}/ignore\n[fetch]\n prune = false\n[safe]\n bareRepository = explicit\n`,
  )
  const hostile = {
    GIT_CONFIG_GLOBAL: path.join(home, '.gitconfig'),
    GIT_DIR: '/nonexistent',
    GIT_WORK_TREE: '/',
    GIT_INDEX_FILE: '/nonexistent/i',
    GIT_SSL_CAINFO: '/etc/ssl/certs/ca-certificates.crt',
    GIT_TERMINAL_PROMPT: '1',
    GIT_SSH_COMMAND: 'ssh -o X=y',
    GIT_ASKPASS: '/bin/true',
    GIT_TRACE: '1',
    GIT_EDITOR: 'false',
    EDITOR: 'false',
    PAGER: 'less',
    PREFIX: '/usr',
    GIT_TEMPLATE_DIR: home,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'url.x.insteadOf',
    GIT_CONFIG_VALUE_0: 'y',
    LC_ALL: 'de_DE.UTF-8',
  }
  const before = { ...process.env }
  t.teardown(() => {
    for (const name of Object.keys(hostile)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })
  Object.assign(process.env, hostile)
  const mirror = await mirrored(r)
  const c = await checkout(mirror, (await resolve(mirror, 'main')).sha)
  t.equal(c.sha, sha)
  t.equal(readFileSync(path.join(c.path, 'text.txt'), 'utf8'), 'a\nb\n')
  t.notOk(existsSync(marker), 'no hook ran')
  writeFileSync(path.join(c.path, 'x.local'), '')
  t.match(await problem(c.verify()), { code: 'pin/tree-dirty', message: /x\.local/ })
  const bare = gitEnvironment({
    PATH: '/bin',
    GIT_SSL_CAINFO: 'x',
    GIT_DIR: 'x',
    GIT_TERMINAL_PROMPT: '1',
    GIT_CURL_VERBOSE: '1',
  })
  t.same(Object.keys(bare).sort(), [
    'GCM_INTERACTIVE',
    'GIT_NO_REPLACE_OBJECTS',
    'GIT_OPTIONAL_LOCKS',
    'GIT_SSL_CAINFO',
    'GIT_TERMINAL_PROMPT',
    'LC_ALL',
    'PATH',
  ])
})

t.test(
  'submodules: checked out, verified, and refused at local paths unless allowed',
  async (t) => {
    const lib = repo(),
      r = repo()
    const base = path.dirname(r.bare)
    sh(r.work, 'submodule', '--quiet', 'add', lib.bare, 'roles/lib')
    const sha = commit(r, 'x.yml', '', 'with submodule')
    const mirror = await mirrored(r)
    const config = path.join(base, 'gitconfig')
    const before = process.env['GIT_CONFIG_GLOBAL']
    t.teardown(() =>
      before === undefined
        ? delete process.env['GIT_CONFIG_GLOBAL']
        : (process.env['GIT_CONFIG_GLOBAL'] = before),
    )
    writeFileSync(config, '')
    process.env['GIT_CONFIG_GLOBAL'] = config
    t.match(await problem(checkout(mirror, sha)), {
      code: 'pin/submodule-refused',
      message: /roles\/lib/,
      hint: /protocol\.file\.allow/,
    })
    t.same(
      readdirSync(mirror.checkouts).filter((name) => !name.includes('~')),
      [],
      'nothing half-made is left in place',
    )
    t.same(
      readdirSync(mirror.checkouts).filter((name) => name.startsWith('.making')),
      [],
    )
    writeFileSync(config, '[protocol "file"]\n allow = always\n')
    const c = await checkout(mirror, sha)
    t.ok(existsSync(path.join(c.path, 'roles/lib/site.yml')))
    writeFileSync(path.join(c.path, 'roles/lib/added.yml'), '')
    t.match(await problem(c.verify()), { code: 'pin/tree-dirty', message: /roles\/lib/ })
    rmSync(path.join(c.path, 'roles/lib/added.yml'))
    await c.verify()
    const plain = await openMirror({
      source: source(r.bare, { submodules: false }),
      directory: r.state,
    })
    const without = await checkout(plain, sha)
    t.not(without.path, c.path)
    t.notOk(existsSync(path.join(without.path, 'roles/lib/site.yml')))
    rmSync(lib.bare, { recursive: true })
    await c.remove()
    t.match(await problem(checkout(mirror, sha)), {
      code: 'pin/submodule-failed',
      message: /roles\/lib/,
    })
  },
)

t.test('what a killed process left is repaired', async (t) => {
  const made = repo()
  // The state usually lies inside a repository of the operator, which git must not climb up to.
  const r = { ...made, state: path.join(made.work, '.patchrun', 'playbooks') }
  writeFileSync(path.join(r.work, '.gitignore'), '.patchrun/\n')
  const sha = commit(r, 'x.yml', '', 'ignore the state')
  const mirror = await mirrored(r)
  const c = await checkout(mirror, sha)
  rmSync(path.join(c.path, '.git', 'HEAD'))
  await checkout(mirror, sha)
  await c.verify()
  rmSync(path.join(c.path, '.git'), { recursive: true })
  await checkout(mirror, sha)
  await c.verify()
  const dead = spawn('true')
  await new Promise((done) => dead.on('exit', done))
  const own = readdirSync(mirror.checkouts).find((name) => name.endsWith('~lease'))!
  const [, host] = own.split('~')
  const left = path.join(mirror.checkouts, `.making~${host}~${dead.pid}~00`)
  const living = path.join(mirror.checkouts, `.making~${host}~${process.ppid}~00`)
  mkdirSync(left)
  mkdirSync(living)
  await checkout(mirror, sha)
  t.notOk(existsSync(left))
  t.ok(existsSync(living), 'what a living process makes is left alone')
  rmSync(path.join(mirror.path, 'HEAD'))
  const again = await mirrored(r)
  t.equal((await resolve(again, 'main')).sha, sha)
  await checkout(again, sha)
  const lock = path.join(mirror.path, 'refs/origin/heads/main.lock')
  commit(r, 'site.yml', 'new\n', 'new')
  mkdirSync(path.dirname(lock), { recursive: true })
  writeFileSync(lock, '')
  setTimeout(() => rmSync(lock), 600)
  await fetch(again)
  t.equal((await resolve(again, 'main')).subject, 'new', 'waited for the lock')
  commit(r, 'site.yml', 'newer\n', 'newer')
  writeFileSync(lock, '')
  utimesSync(lock, 1, 1)
  await fetch(again)
  t.equal((await resolve(again, 'main')).subject, 'newer', 'a lock that nobody holds is removed')
})

t.test('SIGKILL in the middle, and several at once', async (t) => {
  const r = repo()
  for (let i = 0; i < 300; i++) writeFileSync(path.join(r.work, `f${i}.yml`), `${i}\n`.repeat(200))
  const sha = commit(r, 'site.yml', 'x\n', 'many')
  const worker = fileURLToPath(new URL('./pin-worker.js', import.meta.url))
  const start = () => {
    const child = spawn(process.execPath, [worker, r.bare, r.state, 'main'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    return { child, done: new Promise<string>((done) => child.on('close', () => done(out.trim()))) }
  }
  for (const delay of [250, 350, 450]) {
    const { child, done } = start()
    await new Promise((next) => setTimeout(next, delay))
    child.kill('SIGKILL')
    await done
  }
  const results = await Promise.all([start(), start(), start()].map(({ done }) => done))
  t.same(results, [sha, sha, sha])
  const mirror = await mirrored(r)
  const c = await checkout(mirror, sha)
  t.same(
    readdirSync(mirror.checkouts).filter((name) => name.startsWith('.')),
    [],
    'nothing is left lying about',
  )
  await c.remove()
})

t.test('old checkouts are removed, those in use are not', async (t) => {
  const r = repo()
  const a = sh(r.work, 'rev-parse', 'HEAD')
  const b = commit(r, 'site.yml', 'b\n', 'b')
  const mirror = await mirrored(r)
  const ca = await checkout(mirror, a)
  const cb = await checkout(mirror, b)
  t.same(await pruneCheckouts(mirror, [b]), [], 'this process uses both')
  for (const name of readdirSync(mirror.checkouts))
    if (name.startsWith(a) && name.includes('~')) rmSync(path.join(mirror.checkouts, name))
  t.same(await pruneCheckouts(mirror, []), [a])
  t.notOk(existsSync(ca.path))
  t.ok(existsSync(cb.path))
})

t.test('an abort is obeyed', async (t) => {
  const r = repo()
  const mirror = await mirrored(r)
  await t.rejects(fetch(mirror, { signal: AbortSignal.abort(new Error('stop')) }), {
    message: 'stop',
  })
  const silent = createServer(() => {})
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
  t.teardown(() => {
    silent.closeAllConnections()
    silent.close()
  })
  const hung = await openMirror({
    source: source(`http://127.0.0.1:${(silent.address() as { port: number }).port}/x`),
    directory: r.state,
  })
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('enough')), 400)
  await t.rejects(fetch(hung, { signal: controller.signal }), { message: 'enough' })
})

t.test('no git on PATH', async (t) => {
  const r = repo()
  const before = process.env['PATH']
  t.teardown(() => (process.env['PATH'] = before))
  process.env['PATH'] = '/nonexistent'
  t.match(await problem(openMirror({ source: source(r.bare), directory: r.state })), {
    code: 'pin/git-missing',
  })
})

t.test(
  'a repository of another user',
  { skip: process.getuid?.() === 0 ? false : 'needs root to give a repository away' },
  async (t) => {
    const r = repo()
    execFileSync('chown', ['-R', '12345', r.bare])
    const home = process.env['GIT_CONFIG_GLOBAL']
    process.env['GIT_CONFIG_GLOBAL'] = '/dev/null'
    t.teardown(() =>
      home === undefined
        ? delete process.env['GIT_CONFIG_GLOBAL']
        : (process.env['GIT_CONFIG_GLOBAL'] = home),
    )
    t.match(await problem(mirrored(r)), { code: 'pin/unsafe-owner', hint: /safe\.directory/ })
  },
)
