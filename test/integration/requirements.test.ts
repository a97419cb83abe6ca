// SPDX-License-Identifier: Apache-2.0
// Roles and collections of requirements.yml: installed once for the commit's own runs by
// ansible-galaxy, from git repositories of this machine.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readRequirements } from '../../lib/git/index.js'
import { makePlayground } from '../support/playground.js'
import { makeRepository } from '../support/repository.js'
import { edit, error, needsAnsible, OFTEN, run, say, SELDOM } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(900_000)

/**
 * A module that notes a word in a file. It reads its arguments itself: module_utils would be
 * compiled anew for each node and look.
 */
const MODULE = `#!/usr/bin/python3
# WANT_JSON
import json, os, sys
with open(sys.argv[1]) as file:
    args = json.load(file)
path, word = args['path'], args['word']
old = open(path).read() if os.path.exists(path) else None
if old != word and not args['_ansible_check_mode']:
    open(path, 'w').write(word)
print(json.dumps(dict(changed=old != word)))
`

function published(base: string): { readonly role: string; readonly collection: string } {
  const [role, collection] = [join(base, 'role-motd'), join(base, 'collection-tools')]
  const one = makeRepository(role)
  one.commit('1.2.0', {
    'tasks/main.yml': `- name: message of the day\n  site.tools.note: { path: "{{ node_root }}/motd", word: "{{ words }}" }\n  tags: [HotChange]\n`,
    'meta/main.yml': 'dependencies: []\n',
  })
  one.git('tag', 'v1.2.0')
  const two = makeRepository(collection)
  two.commit('0.3.0', {
    'galaxy.yml':
      'namespace: site\nname: tools\nversion: 0.3.0\nauthors: [ops]\nreadme: README.md\ndependencies: { nobody.has_this: ">=1.0.0" }\n',
    'README.md': 'Tools.\n',
    'meta/runtime.yml': "requires_ansible: '>=2.14.0'\n",
    'plugins/modules/note.py': MODULE,
  })
  two.git('tag', '0.3.0')
  return { role, collection }
}

const play = (words: string): string => `- hosts: all
  gather_facts: false
  roles: [{ role: motd, words: ${words} }]
  tasks:
    - name: a note
      site.tools.note: { path: "{{ node_root }}/note", word: ${words} }
      tags: [HotChange]
`

for (const [size, bin] of [
  [inQuick, OFTEN],
  [inFull, SELDOM],
] as const) {
  await size(
    t,
    'installed once, for the runs of the commit',
    {
      ...needsAnsible,
      ...(size === inFull && SELDOM === OFTEN && { skip: 'there is no second ansible-core' }),
    },
    async (t) => {
      const base = t.testdir()
      const { role, collection } = published(base)
      const ground = makePlayground(join(base, 'ground'), bin, { nodes: 2 })
      const requirements = `---\nroles:\n  - name: motd\n    src: file://${role}\n    scm: git\n    version: v1.2.0\ncollections:\n  - name: git+file://${collection}\n    type: git\n    version: 0.3.0\n`
      ground.commit('first', { 'site.yml': play('one'), 'requirements.yml': requirements })
      t.match(
        await say(ground, ['detect']),
        error(3, 'playbook/fault', /motd/, /playbooks\.requirements: true/),
        'not asked for: the role is missing',
      )
      edit(ground, (d) => (d['playbooks'] = { ...d['playbooks'], requirements: true }))
      const first = await run(ground)
      t.match(first, { code: 0, stderr: /installing what requirements\.yml names/ })
      for (const node of ['node01', 'node02'])
        t.same([ground.read(node, 'motd'), ground.read(node, 'note')], ['one', 'one'])

      // From now on there is nobody to ask.
      rmSync(role, { recursive: true })
      rmSync(collection, { recursive: true })
      ground.commit('second', { 'site.yml': play('two') })
      t.match(
        JSON.parse((await say(ground, ['lint', '--json'])).stdout),
        { counts: { tasks: 2 } },
        'lint knows the tasks of the role',
      )
      const second = await run(ground)
      t.equal(second.code, 0, second.stderr)
      t.notMatch(second.stderr, 'installing')
      t.same([ground.read('node02', 'motd'), ground.read('node02', 'note')], ['two', 'two'])

      ground.commit('third', { 'requirements.yml': `${requirements}# another text\n` })
      t.match(
        await run(ground),
        error(3, 'playbook/requirements-failed', /requirements\.yml/, /galaxy_server/),
      )
      t.same(
        readdirSync(join(ground.directory, '.patchrun/playbooks/requirements')).length,
        1,
        'nothing half installed is left',
      )
      t.equal(ground.read('node02', 'motd'), 'two')
    },
  )
}

await inQuick(
  t,
  'a collection that is not there is told as that, with its place',
  needsAnsible,
  async (t) => {
    const ground = makePlayground(t.testdir(), OFTEN, { nodes: 1, canary: 'node01' })
    ground.commit('first', {
      'site.yml': `- hosts: all\n  gather_facts: false\n  tasks:\n    - name: a note\n      site.tools.note: { path: /x, word: y }\n      tags: [HotChange]\n`,
    })
    t.match(
      await say(ground, ['detect']),
      error(
        3,
        'playbook/fault',
        /the collection site\.tools is not installed/,
        /site\.yml:[45]/,
        /playbooks\.requirements: true/,
      ),
    )
    edit(ground, (d) => (d['playbooks'] = { ...d['playbooks'], requirements: true }))
    t.match(
      await say(ground, ['detect']),
      error(3, 'playbook/requirements-missing', /collections\/requirements\.yml/),
    )
  },
)

t.test('only what names one version', async (t) => {
  let n = 0
  const read = (text: string, file = 'requirements.yml'): Promise<unknown> => {
    const { commit, directory } = makeRepository(join(t.testdirName, String((n += 1))))
    commit('x', { [file]: text })
    return readRequirements(directory).then(
      (found) => found.files,
      (e: { problems: readonly { code: string; message: string; where?: { line?: number } }[] }) =>
        e.problems.map(
          ({ code, message, where }) =>
            `${code.replace('playbook/requirements-', '')} ${where?.line}: ${message}`,
        ),
    )
  }
  t.testdir()
  const sha = '0123456789abcdef0123456789abcdef01234567'
  t.same(
    await read(
      `- { name: geerlingguy.ntp, version: 2.3.1 }\n- src: git@git.example.org:a/b.git\n  scm: git\n  version: ${sha}\n- geerlingguy.nfs,1.0.0\n`,
    ),
    [{ file: 'requirements.yml', roles: true, collections: false }],
  )
  t.same(
    await read(
      'collections:\n  - { name: community.general, version: "9.5.0" }\n  - ansible.posix:1.6.2\n  - { name: "https://git.example.org/a/c.git", type: git, version: v1.0.0 }\n',
      'collections/requirements.yml',
    ),
    [{ file: 'collections/requirements.yml', roles: false, collections: true }],
  )
  t.same(await read('roles: []\ncollections: [{ name: a.b, version: ==1.0.0 }]\n'), [
    { file: 'requirements.yml', roles: false, collections: true },
  ])
  for (const version of ['">=1.0.0"', '"*"', 'latest', '"1.0"', '"1.0.0,<2.0.0"', 'main', '""']) {
    t.match(
      await read(`collections:\n  - name: a.b\n    version: ${version}\n`),
      [/^unpinned 3: the collection a\.b has the version/],
      version,
    )
  }
  for (const version of ['main', 'stable', '1.x', 'v1', '"*"', sha.slice(0, 12)].filter(
    (v) => v !== 'v1',
  )) {
    t.match(
      await read(`roles:\n  - src: https://github.com/a/b\n    version: ${version}\n`),
      [/^unpinned 3: the role .* has the version/],
      version,
    )
  }
  t.match(await read('- name: a.b\n  version: 1.10\n'), [
    /^unreadable 2: the version of the role a\.b is a number/,
  ])
  t.match(
    await read(
      '- name: a.b\n- src: https://example.org/r.tar.gz\n  version: 1.0.0\n- include: more.yml\n- {}\n',
    ),
    [
      /^unpinned 1: .* has no version/,
      /^unpinned 2: .* archive/,
      /^unreadable 4: include/,
      /^unreadable 5: .*names no role/,
    ],
  )
  t.match(
    await read(
      'collections:\n  - { name: ./here, type: dir }\n  - { name: "https://example.org/c.tar.gz", type: url }\n  - community.general\nextra: 1\n',
    ),
    [
      /^unreadable 5: "extra"/,
      /^unpinned 2: .*type dir/,
      /^unpinned 3: .*type url/,
      /^unpinned 4: .*no version/,
    ],
  )
  t.match(await read('roles: yes please\n'), [/^unreadable 1: roles is no list/])
  t.match(await read('roles: [\n'), [/^unreadable/])
  t.match(
    await read(
      'collections:\n  - name: git+https://user:swordfish@example.org/c.git\n    type: git\n',
    ),
    [/^unpinned 2: the collection git\+https:\/\/\*\*\*@example\.org\/c\.git has no version/],
    'no credential is shown',
  )
})
