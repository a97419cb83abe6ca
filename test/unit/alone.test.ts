// SPDX-License-Identifier: Apache-2.0
// Programs that are run to their end: what they leave behind holds nobody up.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { runAlone, type Alone } from '../../lib/ansible/programs/run-alone.js'

t.setTimeout(600_000)
const LONG = 500_000

const shell = (t: Test, script: string, more: Partial<Alone> = {}): ReturnType<typeof runAlone> =>
  runAlone('/bin/sh', ['-c', script], { cwd: t.testdir(), timeout: LONG, ...more })
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
async function gone(pid: number): Promise<boolean> {
  for (let n = 0; alive(pid) && n < 600; n++) await sleep(100)
  return !alive(pid)
}

t.test('output, errors and how it ended', async (t) => {
  t.same(await shell(t, 'echo out; echo err >&2; exit 3'), {
    stdout: 'out\n',
    stderr: 'err\n',
    exitCode: 3,
    late: false,
    tooMuch: false,
  })
  t.same(await shell(t, 'cat', { input: 'fed' }), {
    stdout: 'fed',
    stderr: '',
    exitCode: 0,
    late: false,
    tooMuch: false,
  })
  t.match(await shell(t, 'kill -KILL $$'), { signal: 'SIGKILL' })
  t.match(await runAlone('/nowhere/at-all', [], { cwd: '/', timeout: LONG }), {
    code: 'ENOENT',
    stdout: '',
    late: false,
  })
  t.match(
    await shell(t, 'test -t 0 || echo none; (: </dev/tty) 2>/dev/null || echo nobody'),
    { stdout: 'none\nnobody\n' },
    'there is nobody to ask',
  )
})

t.test('all that was printed has come, however much it is', async (t) => {
  const { stdout } = await shell(t, 'head -c 3000000 /dev/zero | tr "\\\\0" x', {
    maxOutput: 3_000_000,
  })
  t.equal(stdout.length, 3_000_000)
})

t.test('a process that is left behind holds nobody up, and lives', async (t) => {
  for (const holds of ['', '2>/dev/null', '>/dev/null', '>/dev/null 2>&1']) {
    const { stdout, exitCode, late } = await shell(t, `sleep 400 ${holds} & echo $!; echo n1`)
    const pid = Number(stdout.split('\n')[0])
    t.match({ exitCode, late, stdout }, { exitCode: 0, late: false, stdout: /^\d+\nn1\n$/ }, holds)
    t.ok(alive(pid), 'it may be what the command is for: an agent, a master connection')
    process.kill(pid)
  }
})

t.test('one that prints on after the end is not listened to for ever', async (t) => {
  const { stdout } = await shell(t, '(while :; do echo more; sleep 0.01; done) & echo $!; exit 0')
  t.match(stdout, /^\d+\n/)
  process.kill(Number(stdout.split('\n')[0]))
})

t.test('when its time is up all that it started ends', async (t) => {
  const directory = t.testdir()
  const out = await runAlone(
    '/bin/sh',
    ['-c', 'trap "" TERM; sleep 400 & echo $! > pid; wait; wait'],
    { cwd: directory, timeout: 3_000 },
  )
  t.match(out, { late: true, signal: 'SIGKILL' })
  t.ok(await gone(Number(readFileSync(join(directory, 'pid'), 'utf8'))))
})

t.test('too much output, and an abort', async (t) => {
  const much = await shell(t, 'echo $$; yes', { maxOutput: 100_000 })
  t.match(much, { tooMuch: true })
  t.ok(much.stdout.length <= 100_000)
  t.ok(await gone(Number(much.stdout.split('\n')[0])))
  const abort = new AbortController()
  const directory = t.testdir({ pid: '' })
  const run = runAlone('/bin/sh', ['-c', 'echo $$ > pid; sleep 400'], {
    cwd: directory,
    timeout: LONG,
    signal: abort.signal,
  })
  while (readFileSync(join(directory, 'pid'), 'utf8') === '') await sleep(20)
  abort.abort(new Error('enough'))
  await t.rejects(run, { message: 'enough' })
  t.ok(await gone(Number(readFileSync(join(directory, 'pid'), 'utf8'))))
})
