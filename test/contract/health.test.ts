// SPDX-License-Identifier: Apache-2.0
// What a health gate may do, and what the role `ready_checklist` finds: on this machine's own
// packages, mounts and ports, in directories of the test, and with stand-ins for the tools that
// this machine does not have.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import t, { type Test } from 'tap'
import { packageRoot } from '../../lib/ansible/programs/package-root.js'
import { checkedOf } from '../../lib/outcome/summary/health-answer.js'
import type { CheckOutcome } from '../../lib/rollout/index.js'
import { inFull, inQuick } from '../support/size.js'
import { HEAD, install, LIMIT, mark, onEach, play } from './harness.js'
import type { Outcome } from './harness.js'

t.setTimeout(LIMIT)

const ROLE = join(packageRoot(), 'roles', 'ready_checklist')

function temporary(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'patchrun-health-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function tool(directory: string, name: string, script: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(directory, name), 0o755)
}

/** A server that answers with the text it is told, or a status. */
async function serve(
  t: Test,
): Promise<{ port: number; answer: (text: string, status?: number) => void }> {
  let now = { text: 'one', status: 200 }
  const server = createServer((_, response) => response.writeHead(now.status).end(now.text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return {
    port: (server.address() as AddressInfo).port,
    answer: (text, status = 200) => void (now = { text, status }),
  }
}

/** A port at which nobody listens: one that was free a moment ago may be somebody's by now. */
const CLOSED = 1

const verdictOf = ({ summary }: Outcome, node: string): CheckOutcome => {
  const seen = summary.nodes.get(node)
  if (!seen) throw new Error(`nothing of ${node}`)
  return checkedOf(seen, summary)
}

/** What repository pointers of a node lead to, with the variables of a gate that asks for them. */
async function pointersOf(t: Test): Promise<{
  home: string
  kept: string
  vars: Readonly<Record<string, unknown>>
  answer: (text: string, status?: number) => void
  link: (to: string) => void
  release: (text: string) => void
}> {
  const home = temporary(t)
  const kept = join(home, 'kept')
  const { port, answer } = await serve(t)
  const link = (to: string): void => {
    rmSync(join(home, 'current'), { force: true })
    symlinkSync(to, join(home, 'current'))
  }
  const release = (text: string): void => writeFileSync(join(home, 'release'), text)
  link('/repo/2026-10')
  release('release 1\n')
  // What a node says is never taken for a template.
  tool(home, 'which', `cat ${home}/release; echo '{{ 7 * 7 }}'`)
  const vars = {
    ready_checklist_pointer_directory: kept,
    ready_checklist_pointers: [
      { name: 'link', path: join(home, 'current') },
      { name: 'file', path: join(home, 'release') },
      { name: 'command', command: [join(home, 'which')] },
      { name: 'web', url: `http://127.0.0.1:${port}/` },
    ],
  }
  return { home, kept, vars, answer, link, release }
}

/** Settings that mean nothing, and what is said of them. */
const MISDECLARED: readonly (readonly [Readonly<Record<string, unknown>>, RegExp])[] = [
  [
    {
      ready_checklist_packages: [
        { name: 'dpkg', version: 5.1 },
        { name: 'bash', version: '5.1' },
      ],
    },
    /the version of dpkg is a number; put it into quotes/,
  ],
  [
    { ready_checklist_pointers: [{ name: '../x', path: '/x' }] },
    /pointers \.\.\/x one has another name/,
  ],
  [
    { ready_checklist_pointers: [{ name: 'x', path: '/x', url: 'http://x' }] },
    /not exactly one of path, url and command/,
  ],
  [{}, /nothing to check is declared/],
  [
    { ready_checklist_mounts: [{ path: '/proc' }], ready_checklist_mount: [] },
    /a name that this role does not know: ready_checklist_mount; it knows/,
  ],
  [{ ready_checklist_ports: [{ host: 'x' }] }, /port/],
]
/**
 * How long the node that nothing answers waits, s. Nothing is declared of the others that may not
 * answer.
 */
const TIMEOUT = 5

onEach(t, 'health gates', async ({ bin, scene }) => {
  const ansible = await install(bin)
  /** One gate over nodes with variables of their own. */
  const ask = (
    t: Test,
    nodes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<Outcome> =>
    play(t, ansible, {
      files: {
        'site.yml': JSON.stringify([
          {
            hosts: 'all',
            gather_facts: false,
            vars: { patchrun_sha: 'f'.repeat(40) },
            roles: [{ role: ROLE }],
          },
        ]),
        ...Object.fromEntries(
          Object.entries(nodes).map(([node, vars]) => [
            `host_vars/${node}.yml`,
            JSON.stringify({ patchrun_point: 'start', ready_checklist_timeout: 30, ...vars }),
          ]),
        ),
      },
      mode: 'gate',
      hosts: Object.keys(nodes),
    })

  await scene('a gate runs everything for real, but nothing tagged DrainChange', async (t) => {
    const out = await play(t, ansible, {
      files: {
        'site.yml': `${HEAD}${mark('untagged')}    - name: hot\n      ansible.builtin.command: touch "{{ marks }}/hot"\n      tags: HotChange\n      notify: handler\n  handlers:\n${mark('handler')}`,
      },
      mode: 'gate',
      hosts: ['n1'],
    })
    t.same(readdirSync(out.marks).sort(), ['handler', 'hot', 'untagged'])
    t.same(verdictOf(out, 'n1'), { checked: 'pass' })
    const drain = await play(t, ansible, {
      files: { 'site.yml': `${HEAD}${mark('first')}${mark('drain', 'tags: DrainChange')}` },
      mode: 'gate',
      hosts: ['n1'],
    })
    t.same(readdirSync(drain.marks), ['first'], 'stopped before it started')
    t.match(drain.summary.guard, { reason: 'drain-change', task: { name: 'drain' } })
    t.match(verdictOf(drain, 'n1'), { checked: 'inconclusive', failure: { cause: 'guard' } })
    const denied = await play(t, ansible, {
      files: {
        'site.yml': `${HEAD}${mark('there', 'delegate_to: db1\nvars: { ansible_connection: local }')}`,
      },
      mode: 'gate',
      hosts: ['n1'],
      denied: ['db1'],
    })
    t.same(readdirSync(denied.marks), [])
    t.match(denied.summary.guard, { reason: 'denied-delegate' })
  })

  await scene('what a checklist finds, from one rollout to the next', async (t) => {
    const web = await serve(t)
    web.answer('', 500)
    const tools = temporary(t)
    tool(
      tools,
      'systemctl',
      'case $* in *broken*) printf "LoadState=loaded\\nActiveState=failed\\nSubState=failed\\n" ;; *) printf "LoadState=loaded\\nActiveState=active\\nSubState=exited\\n" ;; esac',
    )
    const before = process.env['PATH']
    process.env['PATH'] = `${tools}${delimiter}${before}`
    t.teardown(() => (process.env['PATH'] = before))
    const [fresh, node, moved, torn] = [
      await pointersOf(t),
      await pointersOf(t),
      await pointersOf(t),
      await pointersOf(t),
    ]
    const first = await ask(t, {
      wrong: {
        ready_checklist_timeout: TIMEOUT,
        ready_checklist_packages: [
          { name: 'dpkg', version: '1.0' },
          { name: 'dpkg', version: '99.1' },
          { name: 'dpkg', version: '1:0', comparison: 'lt' },
          { name: 'patchrun-no-such-package' },
        ],
        ready_checklist_mounts: [
          { path: '/proc', fstype: 'proc' },
          { path: '/proc/', fstype: 'nfs4' },
          { path: '{{ marks }}' },
          { path: '/proc', source: 'server:/proc' },
        ],
        ready_checklist_services: ['fine', 'broken'],
        ready_checklist_ports: [{ port: web.port }, { port: CLOSED, host: 'localhost' }],
        ready_checklist_pointers: [
          { name: 'gone', path: '{{ marks }}/gone' },
          { name: 'web', url: `http://127.0.0.1:${web.port}/` },
          { name: 'slow', command: ['sleep', '600'] },
        ],
        ready_checklist_pointer_directory: '{{ marks }}/pointers-of-wrong',
      },
      nobody: {
        patchrun_point: 'end',
        ready_checklist_packages: [{ name: 'dpkg' }],
        ready_checklist_pointers: [
          { name: 'empty', command: ['true'] },
          { name: 'none', command: ['patchrun-no-such-command'] },
        ],
        ready_checklist_pointer_directory: '{{ marks }}/pointers-of-nobody',
      },
      fresh: fresh.vars,
      node: { ...node.vars, patchrun_point: 'end' },
      ...Object.fromEntries(MISDECLARED.map(([vars], i) => [`misdeclared${i}`, vars])),
    })

    await t.test('what is wrong and what cannot be told are told together', async (t) => {
      const { checked, failure } = verdictOf(first, 'wrong')
      t.equal(checked, 'fail')
      const lines = failure?.message.split('\n') ?? []
      t.match(lines, [
        /^8 of 15 checks failed:$/,
        /^- package dpkg: wanted 99\.1 or newer, found \d+\.\d[^;]*; update it, or correct ready_checklist_packages$/,
        /^- package patchrun-no-such-package: wanted any version, found none installed; install it/,
        /^- mount \/proc: wanted a file system of type nfs4, found proc from proc;/,
        /^- mount \/.*\/marks: wanted a mount at this path, found none;/,
        /^- mount \/proc: wanted it from server:\/proc, found proc \(proc\);/,
        /^- service broken: wanted active, found failed \(failed\);/,
        /^- repository pointer gone: there is no .*\/gone;/,
        new RegExp(
          `^- port ${CLOSED} of localhost: wanted an answer within ${TIMEOUT} s, found none;`,
        ),
        /^2 of 15 checks cannot be told:$/,
        new RegExp(`^- repository pointer slow: sleep 600 gave no answer within ${TIMEOUT} s$`),
        /^- repository pointer web: http:.* gave no answer: .*500/,
      ])
      t.equal(lines.length, 12, failure?.message ?? '')
      t.equal(existsSync(join(first.marks, 'pointers-of-wrong')), false)
    })

    await t.test('nobody knows: inconclusive', async (t) => {
      t.match(verdictOf(first, 'nobody'), {
        checked: 'inconclusive',
        failure: {
          cause: 'failed',
          message:
            /^2 of 3 checks cannot be told:\n- repository pointer empty: true answered with an empty line\n- repository pointer none: patchrun-no-such-command ended with exit code 127: /,
        },
      })
      t.equal(
        existsSync(join(first.marks, 'pointers-of-nobody')),
        false,
        'nothing is remembered of a gate that did not pass',
      )
    })

    await t.test('settings that mean nothing', async (t) => {
      for (const [i, [, message]] of MISDECLARED.entries())
        t.match(
          verdictOf(first, `misdeclared${i}`),
          { checked: 'fail', failure: { message } },
          String(message),
        )
    })

    await t.test('repository pointers from one rollout to the next', async (t) => {
      const { kept } = node
      t.same(
        verdictOf(first, 'fresh'),
        { checked: 'pass' },
        'the first time there is nothing to compare with',
      )
      t.equal(existsSync(fresh.kept), false, 'and before the end nothing is remembered')
      t.same(verdictOf(first, 'node'), { checked: 'pass' })
      t.same(
        first.summary.nodes.get('node')?.changes,
        [],
        'its own notes are no change of the node',
      )
      t.same(readdirSync(kept).sort(), ['command', 'file', 'link', 'web'])
      const [value, since, sha] = readFileSync(join(kept, 'link'), 'utf8').split('\n')
      t.equal(value, '/repo/2026-10')
      t.match(since, /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      t.equal(sha, 'f'.repeat(40))
      t.match(readFileSync(join(kept, 'file'), 'utf8'), /^sha256:[0-9a-f]{64}\n/)
      const noted = statSync(join(kept, 'link')).mtimeMs
      node.release('{{ 6 * 7 }}\n')
      node.answer('two')
      t.same(verdictOf(await ask(t, { node: { ...node.vars, patchrun_point: 'end' } }), 'node'), {
        checked: 'pass',
      })
      t.equal(
        statSync(join(kept, 'link')).mtimeMs,
        noted,
        'a value that is the same keeps its date',
      )
      t.match(readFileSync(join(kept, 'command'), 'utf8'), /^\{\{ 6 \* 7 \}\}\n/)
      // Two more nodes remember the same; there everything moves.
      for (const one of [moved, torn]) {
        cpSync(kept, one.kept, { recursive: true })
        one.link('/repo/2026-11')
        one.release('release 2\n')
        one.answer('three')
      }
      writeFileSync(join(torn.kept, 'link'), 'torn')
      node.link('/repo/2026-11')
      const last = await ask(t, { node: node.vars, moved: moved.vars, torn: torn.vars })
      const { checked, failure } = verdictOf(last, 'node')
      t.equal(checked, 'fail')
      t.match(
        failure?.message.split('\n').map((line) => line.replace(node.home, '')),
        [
          '3 of 4 checks failed:',
          new RegExp(
            `^- repository pointer file: it has not moved: .*/release is still sha256:.*, as it has been since 2.*Z \\(rollout of commit f{40}\\), so there is nothing new to install; move the pointer`,
          ),
          /^- repository pointer command: it has not moved: .*\/which is still \{\{ 6 \* 7 \}\}, as/,
          /^- repository pointer web: it has not moved: http/,
        ],
      )
      t.same(verdictOf(last, 'moved'), { checked: 'pass' }, 'all have moved')
      t.match(verdictOf(last, 'torn'), {
        checked: 'inconclusive',
        failure: {
          message: /kept\/link, where its last value is kept, cannot be read or is damaged/,
        },
      })
    })
  })
})

/** Runs a script of the role with these tools only. */
function script(tools: string, name: string, ...args: string[]): readonly string[] {
  const out = spawnSync('/bin/sh', [join(ROLE, 'files', name), ...args], {
    encoding: 'utf8',
    env: { PATH: tools, DPKG_ADMINDIR: tools },
  })
  // The shell says so when a tool was ended.
  if (out.status !== 0 || !/^(Killed\n)*$/.test(out.stderr))
    throw new Error(`${name}: ${out.status} ${out.stderr}`)
  return out.stdout.split('\n').filter((line) => line !== '')
}

function onlyTools(t: Test, ...names: string[]): string {
  const directory = temporary(t)
  mkdirSync(directory, { recursive: true })
  for (const name of ['sed', 'head', 'tr', 'cat', 'sleep', ...names])
    symlinkSync(
      existsSync(`/usr/bin/${name}`) ? `/usr/bin/${name}` : `/bin/${name}`,
      join(directory, name),
    )
  return directory
}

void inQuick(t, 'packages on a node with rpm', {}, async (t) => {
  const tools = onlyTools(t, 'timeout')
  t.match(script(tools, 'packages.sh', '5', 'kernel', 'ge', '1'), [
    /^unknown: package kernel: wanted 1 or newer, but there is neither dpkg nor rpm/,
  ])
  // As rpm 4.18 answers. Its order of versions, for the few that are compared here.
  tool(
    tools,
    'rpm',
    `case "$*" in
  *lua*)
    a=\${2#*"'"}; a=\${a%%"'"*}; b=\${2%"'"*}; b=\${b##*"'"}
    case $a,$b in
      "$b,$a") echo 0 ;;
      5.10,5.9 | 28.el9_2,9.el9) echo 1 ;;
      5.9,5.10 | 9.el9,28.el9_2 | 28.el9_2,100 | 0,1) echo -1 ;;
      *) echo "? $a,$b" ;;
    esac ;;
  *-q*kernel) printf '0:5.10-9.el9\\n0:5.10-28.el9_2\\n' ;;
  *-q*bind) echo 32:5.9-1 ;;
  *-q*stuck) sleep 600 ;;
  *-q*locked) echo "error: can't open Packages database"; exit 1 ;;
  *) echo "package $5 is not installed"; exit 1 ;;
esac`,
  )
  t.same(
    script(
      tools,
      'packages.sh',
      '3',
      'kernel',
      'ge',
      '5.9',
      'kernel',
      'eq',
      '5.10-28.el9_2',
      'kernel',
      'eq',
      '5.10',
      'bind',
      'ge',
      '5.9',
      'kernel',
      'ge',
      '',
    ),
    [],
    'the newest of several counts; what is not asked is not compared',
  )
  t.match(
    script(
      tools,
      'packages.sh',
      '3',
      'kernel',
      'ge',
      '5.10-100',
      'kernel',
      'lt',
      '5.10',
      'kernel',
      'ge',
      '1:5.10',
      'nope',
      'ge',
      '1',
      'stuck',
      'ge',
      '1',
      'locked',
      'ge',
      '1',
      'kernel',
      'ge',
      "1'",
    ),
    [
      /^fail: package kernel: wanted 5\.10-100 or newer, found 5\.10-28\.el9_2; update it/,
      /^fail: package kernel: wanted older than 5\.10, found 5\.10-28/,
      /^fail: package kernel: wanted 1:5\.10 or newer, found 5\.10-28/,
      /^fail: package nope: wanted 1 or newer, found none installed/,
      /^unknown: package stuck: wanted 1 or newer, but rpm gave no answer within 3 s$/,
      /^unknown: package locked: .*can't open Packages database/,
      /^fail: package kernel: "1'" is no version/,
    ],
  )
})

void inQuick(t, 'services', {}, async (t) => {
  const tools = onlyTools(t, 'timeout')
  t.match(script(tools, 'services.sh', '5', 'sshd'), [
    /^unknown: service sshd: there is no systemd on this node/,
  ])
  const states: Readonly<Record<string, string>> = {
    sshd: 'loaded active running',
    setup: 'loaded active exited',
    dead: 'loaded inactive dead',
    gone: 'not-found inactive dead',
    masked: 'masked inactive dead',
    begins: 'loaded activating start-pre',
    crashed: 'loaded failed failed',
  }
  tool(
    tools,
    'systemctl',
    `for name; do :; done\ncase $name in\n${Object.entries(states)
      .map(([name, state]) => `  ${name}) set -- ${state} ;;`)
      .join(
        '\n',
      )}\n  stuck) sleep 600 ;;\n  *) echo 'System has not been booted with systemd as init system (PID 1). Can'"'"'t operate.' >&2; exit 1 ;;\nesac\nprintf 'LoadState=%s\\nActiveState=%s\\nSubState=%s\\n' "$@"`,
  )
  t.match(
    script(
      tools,
      'services.sh',
      '3',
      'sshd',
      'setup',
      'dead',
      'gone',
      'masked',
      'begins',
      'crashed',
      'stuck',
      'no-systemd',
    ),
    [
      /^fail: service dead: wanted active, found inactive \(dead\);/,
      /^fail: service gone: wanted active, found no such unit/,
      /^fail: service masked: wanted active, found it masked/,
      /^unknown: service begins: wanted active, found it activating \(start-pre\) just now/,
      /^fail: service crashed: wanted active, found failed/,
      /^unknown: service stuck: systemd gave no answer within 3 s$/,
      /^unknown: service no-systemd: .*not been booted with systemd/,
    ],
  )
})

void inQuick(t, 'mounts that hang or are stale', {}, async (t) => {
  const tools = onlyTools(t, 'timeout')
  tool(
    tools,
    'stat',
    `for path; do :; done\ncase $path in /proc) exec sleep 600 ;; *) echo "stat: cannot read file system information for '$path': Stale file handle" >&2; exit 1 ;; esac`,
  )
  const begun = performance.now()
  t.match(script(tools, 'mounts.sh', '3', '/proc', '', '', '/', '', '', '/no such', '', ''), [
    /^unknown: mount \/proc: no answer within 3 s; look at its server/,
    /^fail: mount \/: it is mounted \(.* from .*\) and cannot be used: Stale file handle; mount it anew/,
    /^fail: mount \/no such: wanted a mount at this path, found none/,
  ])
  t.ok(performance.now() - begun < 300_000, 'long before it would have answered')
})

/** Mounts of its own, which go with it. */
const alone = spawnSync('unshare', ['--mount', 'true']).status === 0
void inQuick(
  t,
  'of several mounts at one path the last counts',
  { skip: alone ? false : 'it needs root, to mount' },
  async (t) => {
    const place = temporary(t)
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        '--mount',
        'sh',
        '-c',
        `mount -t tmpfs below "$0" && mount -t ramfs above "$0" && sh "$1" 30 "$0" ramfs above "$0" tmpfs below`,
        place,
        join(packageRoot(), 'roles/ready_checklist/files/mounts.sh'),
      ],
      { encoding: 'utf8' },
    )
    t.equal(stderr, '')
    t.match(
      stdout,
      /^fail: mount \S+: wanted a file system of type tmpfs, found ramfs from above;[^\n]*\n$/,
    )
  },
)

const lint = process.env['PATCHRUN_TEST_ANSIBLE_LINT']
void inFull(
  t,
  'our roles, seen by ansible-lint',
  { skip: lint ? false : 'PATCHRUN_TEST_ANSIBLE_LINT is not set' },
  async (t) => {
    // In a copy: it writes beside what it reads.
    const project = temporary(t)
    cpSync(join(packageRoot(), 'roles'), join(project, 'roles'), { recursive: true })
    const run = spawnSync(
      join(lint ?? '', 'ansible-lint'),
      ['--offline', '--nocolor', '--profile', 'production', 'roles'],
      {
        cwd: project,
        encoding: 'utf8',
        env: {
          PATH: `${lint ?? ''}${delimiter}${process.env['PATH'] ?? ''}`,
          HOME: project,
          ANSIBLE_HOME: join(project, 'ansible'),
          LC_ALL: 'C.UTF-8',
        },
      },
    )
    t.equal(run.status, 0, `${run.stdout}${run.stderr}`)
    t.match(run.stderr, /Profile 'production' was required, and it passed/)
    for (const role of readdirSync(join(packageRoot(), 'roles'))) {
      for (const file of ['README.md', 'meta/argument_specs.yml'])
        t.ok(existsSync(join(packageRoot(), 'roles', role, file)), `${role}/${file}`)
    }
  },
)
