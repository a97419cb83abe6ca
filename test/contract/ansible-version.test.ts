// SPDX-License-Identifier: Apache-2.0
// The version that an ansible-playbook's own Python tells is the one that ansible-playbook tells;
// and what only some versions cannot do.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { askVersion, pythonOf } from '../../lib/ansible/programs/ask-version.js'
import { HEAD, install, LIMIT, onEach, play } from './harness.js'

t.setTimeout(LIMIT)
t.jobs = 1
onEach(t, 'the version', async ({ bin, scene }) => {
  await scene('by its Python and by itself', async (t) => {
    const playbook = join(bin, 'ansible-playbook')
    const said = /\[core ([^\]]*)\]/.exec(
      execFileSync(playbook, ['--version'], { encoding: 'utf8' }),
    )?.[1]
    t.ok(said)
    t.ok(pythonOf(playbook), 'it is a script of a Python')
    const here = process.cwd()
    const directory = t.testdir({
      ansible: { '__init__.py': '', 'release.py': '__version__ = "9.9"\n' },
      'jinja2.py': 'raise SystemExit(1)\n',
      bare: {},
    })
    process.chdir(directory)
    t.teardown(() => process.chdir(here))
    t.equal(
      await askVersion(playbook, undefined),
      said,
      'whatever lies in the directory of the call',
    )
    const bare = join(directory, 'bare', 'ansible-playbook')
    writeFileSync(bare, readFileSync(playbook, 'utf8').replace(/^#!.*/, '#!/usr/bin/python3 -I'))
    chmodSync(bare, 0o755)
    t.equal(
      await askVersion(bare, undefined),
      undefined,
      'with a Python that has no Ansible it tells none, as by itself',
    )
  })

  // From 2.21 on a path of 76 bytes or more leaves no room for a socket, and no run starts.
  await scene('a temporary directory whose path is long', async (t) => {
    const [long, short] = [76, 75].map((bytes) => `/tmp/${'x'.repeat(bytes - '/tmp/'.length)}`) as [
      string,
      string,
    ]
    const before = process.env['TMPDIR']
    t.teardown(() =>
      before === undefined ? delete process.env['TMPDIR'] : (process.env['TMPDIR'] = before),
    )
    const site = `${HEAD}    - { name: which, ansible.builtin.debug: { msg: "{{ lookup('ansible.builtin.env', 'TMPDIR') }}" } }\n`
    for (const [directory, used] of [
      [long, '/tmp'],
      [short, short],
    ] as const) {
      mkdirSync(directory, { recursive: true })
      t.teardown(() => rmSync(directory, { recursive: true, force: true }))
      process.env['TMPDIR'] = directory
      const { exit, events } = await play(t, await install(bin), {
        files: { 'site.yml': site },
        hosts: ['n1'],
      })
      t.match(exit, { exitCode: 0 }, `${directory.length} bytes`)
      t.match(
        events.filter(({ ev }) => ev === 'ok'),
        [{ msg: used }],
      )
    }
  })
})
