// SPDX-License-Identifier: Apache-2.0
// How a run ends, with a stand-in for ansible-playbook that misbehaves in ways the real one cannot
// be made to.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AnsibleEvent } from '../../lib/ansible/events/run-events.js'
import { groupsOf } from '../../lib/ansible/run/processes.js'
import { endOrphan, runAnsible } from '../../lib/ansible/run/start-playbook.js'
import type { RunRequest } from '../../lib/ansible/call/playbook-call.js'

t.setTimeout(600_000)

const START =
  '{"v":1,"seq":1,"ts":1,"ev":"start","playbook":"p","pid":1,"ansible":"2.19.0","python":"3","check":false,"diff":false}'
const on = (host: string, seq: number): string =>
  `{"v":1,"seq":${seq},"ts":1,"ev":"host_start","host":"${host}","task":"t"}`

function request(t: Test, script: string, more: Partial<RunRequest> = {}): RunRequest {
  const base = mkdtempSync(join(tmpdir(), 'patchrun-run-'))
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const playbook = join(base, 'ansible-playbook')
  writeFileSync(playbook, `#!/bin/sh\n${script}\n`)
  chmodSync(playbook, 0o755)
  mkdirSync(join(base, 'checkout'))
  return {
    install: { playbook, inventory: '', version: '2.19.0', from: 'configured' },
    mode: 'hot',
    checkout: join(base, 'checkout'),
    playbook: 'site.yml',
    hosts: ['n1'],
    denied: ['db1'],
    inventory: '/dev/null',
    untagged: 'drain',
    directory: join(base, 'run'),
    policy: {
      forks: 5,
      config: 'none',
      hangTimeout: 60_000,
      connectTimeout: 5_000,
      diff: false,
      extraArgs: ['--ssh-extra-args=-o Hush=hush'],
      vault: [],
    },
    ...more,
  }
}
const pidOf = (directory: string): number =>
  (JSON.parse(readFileSync(join(directory, 'process.json'), 'utf8')) as { pid: number }).pid

t.test('events, foreign lines, standard error, files', async (t) => {
  const events: AnsibleEvent[] = []
  const asked = request(
    t,
    `echo '${START}' >&3; echo out; echo foreign >&3; printf '%s' '${on('n1', 2)}' >&3; echo error >&2; exit 7`,
    { onEvent: (event) => void events.push(event) },
  )
  const exit = await runAnsible(asked)
  t.match(exit, { exitCode: 7, signal: null, stderr: 'error\n', foreignLines: 1, ended: undefined })
  t.same(
    events.map((event) => event.ev),
    ['start', 'host_start'],
    'the last one without a line end',
  )
  t.same(readFileSync(join(asked.directory, 'ansible.log'), 'utf8').split('\n').sort(), [
    '',
    'error',
    'out',
  ])
  t.equal(readFileSync(join(asked.directory, 'hosts'), 'utf8'), 'n1\n')
  t.equal(readFileSync(join(asked.directory, 'deny'), 'utf8'), 'db1\n')
  t.match(readFileSync(join(asked.directory, 'events.jsonl'), 'utf8'), `${START}\nforeign\n`)
  t.notMatch(readFileSync(join(asked.directory, 'process.json'), 'utf8'), 'hush')
})

t.test('a host that was not planned ends the run at once, children and all', async (t) => {
  const asked = request(
    t,
    `echo '${START}' >&3; sleep 63 & echo '${on('n2', 2)}' >&3; sleep 63; touch "${'$'}PATCHRUN_RUN/after"`,
  )
  const exit = await runAnsible(asked)
  t.equal(exit.ended, 'unplanned-host')
  t.ok(exit.duration < 55_000, 'and waits for none of them')
  t.equal(existsSync(join(asked.directory, 'after')), false)
  t.equal(groupsOf(asked.directory, pidOf(asked.directory)).size, 0)
  t.equal(await endOrphan(asked.directory), 'gone')
})

t.test('one that ignores SIGINT is killed', async (t) => {
  const controller = new AbortController()
  const asked = request(t, `trap '' INT; echo '${START}' >&3; sleep 64; sleep 64`, {
    signal: controller.signal,
    onEvent: () => controller.abort(),
  })
  const exit = await runAnsible(asked)
  t.equal(exit.ended, 'aborted')
  t.equal(exit.signal, 'SIGKILL')
  t.equal(groupsOf(asked.directory, pidOf(asked.directory)).size, 0)
})

t.test('a listener that throws ends the run and is heard', async (t) => {
  const asked = request(t, `echo '${START}' >&3; sleep 65`, {
    onEvent: () => {
      throw new Error('listener')
    },
  })
  await t.rejects(runAnsible(asked), { message: 'listener' })
  t.equal(groupsOf(asked.directory, pidOf(asked.directory)).size, 0)
})

t.test('one that nobody waits for gives way, with all that it starts', async (t) => {
  const niceness = async (gentle: boolean): Promise<readonly number[]> => {
    const asked = request(
      t,
      'sleep 1; nice >"$PATCHRUN_RUN/nice"; sh -c nice >>"$PATCHRUN_RUN/nice"',
      { gentle },
    )
    await runAnsible(asked)
    return readFileSync(join(asked.directory, 'nice'), 'utf8').trim().split('\n').map(Number)
  }
  const own = getPriority()
  t.same(await niceness(false), [own, own])
  t.same(await niceness(true), [Math.max(own, 10), Math.max(own, 10)])
})

t.test('what cannot start', async (t) => {
  const asked = request(t, 'exit 0')
  await t.rejects(
    runAnsible({ ...asked, install: { ...asked.install, playbook: '/nowhere/ansible-playbook' } }),
    { code: 'ansible/missing' },
  )
  await t.rejects(
    runAnsible({ ...asked, policy: { ...asked.policy, extraArgs: ['--limit', 'all'] } }),
    { code: 'ansible/argument' },
  )
  await t.rejects(runAnsible({ ...asked, signal: AbortSignal.abort(new Error('early')) }), {
    message: 'early',
  })
})

t.test(
  "what a run left behind is ended whoever has its leader's number, and nobody else",
  async (t) => {
    // As a worker of ansible-core 2.19: a group of its own, marked as a part of its run.
    const worker = async (directory: string, file: string | null): Promise<ChildProcess> => {
      mkdirSync(directory, { recursive: true })
      writeFileSync(
        join(directory, 'ansible-playbook'),
        "console.log('up'); setInterval(() => {}, 1000)",
      )
      const child = spawn(process.execPath, [join(directory, 'ansible-playbook')], {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, PATCHRUN_RUN: directory },
      })
      t.teardown(() => void child.kill('SIGKILL'))
      await once(child.stdout, 'data')
      if (file !== null) writeFileSync(join(directory, 'process.json'), file)
      return child
    }
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const base = mkdtempSync(join(tmpdir(), 'patchrun-orphan-'))
    t.teardown(() => rmSync(base, { recursive: true, force: true }))
    const led = (pid: number, directory: string): string =>
      JSON.stringify({ pid, pgid: pid, startTime: '1', bootId: boot, argv: [], directory })
    const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
    t.teardown(() => void stranger.kill('SIGKILL'))
    const strange = stranger.pid ?? 0
    for (const [name, file] of [
      ['stranger', (d: string) => led(strange, d)],
      ['nobody', (d: string) => led(4_194_300, d)],
      ['torn', () => '{"pid":'],
      ['none', () => null],
    ] as const) {
      const directory = join(base, name)
      const child = await worker(directory, file(directory))
      const gone = once(child, 'exit')
      t.equal(await endOrphan(directory), 'ended', name)
      await gone
      t.equal(
        await endOrphan(directory),
        name === 'stranger' ? 'not-ours' : 'gone',
        `${name}: nothing is left`,
      )
    }
    t.equal(stranger.exitCode ?? stranger.signalCode, null, 'it was not touched')
    const before = join(base, 'before')
    const child = await worker(
      before,
      JSON.stringify({ ...(JSON.parse(led(strange, before)) as object), bootId: 'another' }),
    )
    t.equal(await endOrphan(before), 'gone', 'numbers of an earlier boot say nothing')
    t.equal(child.exitCode, null)
  },
)
