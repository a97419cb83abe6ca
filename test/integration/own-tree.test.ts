// SPDX-License-Identifier: Apache-2.0
// What tasks write beside the playbook: it harms no other run, and is named and kept.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ownTree } from '../../lib/git/index.js'
import { makePlayground, site, writeTask } from '../support/playground.js'
import { edit, error, needsAnsible, OFTEN, run, say, stateOf, version } from '../support/say.js'
import { inQuick } from '../support/size.js'

t.setTimeout(1_200_000)

const files = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((e) => !e.isDirectory())
    .map((e) => e.name)
    .sort()

await inQuick(t, 'a tree of its own', {}, async (t) => {
  const checkout = t.testdir({
    tree: {
      'site.yml': 'a\n',
      'run.sh': '#!/bin/sh\n',
      roles: { r: { tasks: { 'main.yml': 'x\n' } } },
      '.git': { HEAD: 'ref: x\n' },
    },
  })
  const from = join(checkout, 'tree')
  symlinkSync('roles/r', join(from, 'link'))
  writeFileSync(join(from, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 })
  utimesSync(join(from, 'site.yml'), 1_000_000_000.9, 1_000_000_000.9)
  const tree = await ownTree(from)
  for (const name of ['site.yml', 'roles/r/tasks/main.yml', 'link/tasks/main.yml', '.git/HEAD'])
    t.equal(
      readFileSync(join(tree.path, name), 'utf8'),
      readFileSync(join(from, name), 'utf8'),
      name,
    )
  t.equal(
    Math.floor(statSync(join(tree.path, 'site.yml')).mtimeMs / 1000),
    Math.floor(statSync(join(from, 'site.yml')).mtimeMs / 1000),
    'synchronize compares times',
  )
  writeFileSync(join(from, 'run.sh'), '#!/bin/sh\n')
  const kept = join(checkout, 'kept')
  t.same(await (await ownTree(from)).giveBack(kept), [], 'nothing was left')

  mkdirSync(join(tree.path, 'fetched/n1'), { recursive: true })
  writeFileSync(join(tree.path, 'fetched/n1/hostname'), 'n1\n')
  appendFileSync(join(tree.path, 'roles/r/tasks/main.yml'), 'changed\n')
  mkdirSync(join(tree.path, 'roles/r/__pycache__'))
  writeFileSync(join(tree.path, 'roles/r/__pycache__/x.pyc'), '')
  writeFileSync(join(tree.path, '.git/FETCH_HEAD'), '')
  t.same(await tree.giveBack(kept), ['fetched/n1/hostname', 'roles/r/tasks/main.yml'])
  t.equal(readFileSync(join(kept, 'fetched/n1/hostname'), 'utf8'), 'n1\n')
  t.equal(
    readFileSync(join(from, 'roles/r/tasks/main.yml'), 'utf8'),
    'x\n',
    'what was checked out is as it was',
  )
  t.same(await tree.giveBack(kept), [], 'once')
  t.same(readdirSync(checkout).sort(), ['kept', 'tree'])
})

await inQuick(t, 'files that tasks leave beside the playbook', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), OFTEN, { nodes: 2, canary: 'node01' })
  const tasks = `${writeTask('etc/version', '1\n')}- name: fetch the name
  ansible.builtin.fetch: { src: "{{ node_root }}/etc/hostname", dest: fetched/ }
  tags: [HotChange]
- name: make a password
  ansible.builtin.set_fact: { made: "{{ lookup('ansible.builtin.password', 'credentials/' ~ inventory_hostname ~ ' length=12') }}" }
  tags: [HotChange]
`
  const sha = ground.commit('fetch', { 'site.yml': site(tasks) })
  const out = await run(ground)
  t.equal(out.code, 0, out.stderr)
  t.match(
    out.stderr,
    /wrote beside the playbook, where the next run does not find it: credentials\/node01/,
  )
  t.equal(out.stderr.split('credentials/node01').length - 1, 1, 'each file is told once')
  t.equal(ground.read('node02', 'etc/version'), '1\n')
  const left = readdirSync(stateOf(ground, 'runs'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /left\/.*hostname$/.test(name),
  )
  t.ok(left.length >= 2, 'what was fetched is kept')
  t.match(await run(ground), { code: 0 }, 'and nothing is in the way of the next run')
  const checkouts = join(
    ground.directory,
    '.patchrun/playbooks',
    readdirSync(join(ground.directory, '.patchrun/playbooks'))[0] ?? '',
    'checkouts',
  )
  t.same(
    readdirSync(checkouts).filter((name) => !name.endsWith('~lease')),
    [sha],
    'no tree is left over',
  )
})

await inQuick(
  t,
  'a checkout that somebody changed is put aside by run, and refused where nothing is held',
  needsAnsible,
  async (t) => {
    const ground = makePlayground(t.testdir(), OFTEN, { nodes: 2, canary: 'node01' })
    const sha = ground.commit('version 1', version('1'))
    edit(ground, (d) => (d['rollout'] = { ...d['rollout'], soak: '10m' }))
    t.match(await run(ground, '--once'), { code: 5 })
    const checkouts = join(
      ground.directory,
      '.patchrun/playbooks',
      readdirSync(join(ground.directory, '.patchrun/playbooks'))[0] ?? '',
      'checkouts',
    )
    const tree = join(checkouts, sha)
    appendFileSync(join(tree, 'site.yml'), '# somebody was here\n')
    t.match(await say(ground, ['detect']), error(3, 'pin/tree-dirty', /site\.yml/))
    edit(ground, (d) => (d['rollout'] = { ...d['rollout'], soak: '0s' }))
    const out = await run(ground)
    t.match(out, {
      code: 0,
      stderr:
        /not as in the commit: site\.yml\. It was made anew; what was there lies in \S+\.changed-1/,
    })
    t.equal(ground.read('node02', 'etc/version'), '1\n')
    t.match(
      readFileSync(join(checkouts, `${sha}.changed-1`, 'site.yml'), 'utf8'),
      /somebody was here/,
    )
    t.notMatch(readFileSync(join(tree, 'site.yml'), 'utf8'), /somebody/)
    t.same(files(checkouts).includes('site.yml'), true)
    ground.commit('version 2', version('2'))
    t.match(await run(ground), { code: 0 })
    t.same(
      readdirSync(checkouts)
        .filter((name) => name.startsWith(sha))
        .filter((name) => !name.includes('~')),
      [],
      'gone with the commit',
    )
  },
)
