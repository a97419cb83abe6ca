// SPDX-License-Identifier: Apache-2.0
// Plays for localhost are left out, and named: by lint, detect, plan and run.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makePlayground, writeTask } from '../support/playground.js'
import { edit, error, needsAnsible, OFTEN, run, say, SELDOM, stateOf } from '../support/say.js'
import { inFull, inQuick } from '../support/size.js'

t.setTimeout(600_000)

await inQuick(t, 'plays for localhost', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), OFTEN, { nodes: 2 })
  const tasks = writeTask('etc/release', "{{ hostvars['localhost'].release | default('none') }}\n")
    .trim()
    .split('\n')
    .map((l) => `    ${l}\n`)
    .join('')
  ground.commit('local', {
    'site.yml': `- name: decide
  hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact: { release: "2026.1" }
- name: here too
  hosts: [127.0.0.1, localhost]
  gather_facts: false
  tasks: [{ ansible.builtin.debug: { msg: x } }]
- name: both
  hosts: localhost,all
  gather_facts: false
  tasks:
${tasks}`,
  })
  const words = /the play "decide" is for localhost, and is left out/
  const lint = JSON.parse((await say(ground, ['lint', '--json'])).stdout) as {
    findings: { finding: string; play: string; line: number }[]
  }
  t.match(
    lint.findings.filter((f) => f.finding === 'local-play'),
    [
      { play: 'decide', line: 5 },
      { play: 'here too', line: 9 },
    ],
  )
  const looked = await say(ground, ['detect'])
  t.match(looked, { code: 0, stderr: words })
  t.notMatch(looked.stderr, /"both"/, 'it runs on the others')
  t.match((await say(ground, ['plan'])).stderr, words)
  const out = await run(ground)
  t.match(out, { code: 0, stderr: words })
  t.equal(out.stderr.split('the play "decide"').length - 1, 1, 'once')
  t.equal(ground.read('node02', 'etc/release'), 'none\n')
})

/** Writes a file beside the nodes, from a play for localhost. */
const beside = (file: string, content: string, tags: string): string => `    - name: tell the world
      write_file: { dest: "${file}", content: "${content}" }
      tags: [${tags}]
`

for (const [size, bin] of [
  [inQuick, OFTEN],
  [inFull, SELDOM],
] as const) {
  await size(
    t,
    'plays for localhost that run',
    {
      ...needsAnsible,
      ...(size === inFull && SELDOM === OFTEN && { skip: 'there is no second ansible-core' }),
    },
    async (t) => {
      const ground = makePlayground(t.testdir(), bin, { nodes: 2 })
      edit(ground, (d) => (d['inventory'] = { ...d['inventory'], localhost: 'run' }))
      const note = join(ground.directory, 'world')
      const site = (local: string): string => `- name: decide
  hosts: localhost
  gather_facts: false
  tasks:
    - { ansible.builtin.set_fact: { release: "2026.1" }, tags: [always] }
${local}- hosts: all
  gather_facts: false
  tasks:
${writeTask('etc/release', "{{ hostvars['localhost'].release | default('none') }}\n")
  .trim()
  .split('\n')
  .map((l) => `    ${l}\n`)
  .join('')}`
      ground.commit('first', { 'site.yml': site(beside(note, 'one', 'HotChange')) })
      const lint = JSON.parse((await say(ground, ['lint', '--json'])).stdout) as {
        findings: { finding: string }[]
      }
      t.same(
        lint.findings.filter((f) => f.finding === 'local-play'),
        [],
      )
      const looked = await say(ground, ['detect', '--json'])
      t.match(looked, {
        code: 0,
        stderr: /localhost: would change 1 task: "tell the world" \(site\.yml:6\)/,
      })
      t.match(
        JSON.parse(looked.stdout),
        { counts: { HOT: 2 }, nodes: [{ node: 'node01' }, { node: 'node02' }] },
        'it is no node',
      )
      t.notOk(existsSync(note), 'a look changes nothing')
      const out = await run(ground)
      t.match(out, { code: 0, stderr: /localhost: changed 1 task: "tell the world"/ }, out.stderr)
      t.equal(readFileSync(note, 'utf8'), 'one')
      t.equal(
        ground.read('node02', 'etc/release'),
        '2026.1\n',
        'what it sets is there for the others',
      )
      t.notMatch(
        readFileSync(stateOf(ground, 'journal.jsonl'), 'utf8'),
        /"localhost":/,
        'it has no record among the nodes',
      )

      ground.commit('drains', { 'site.yml': site(beside(note, 'two', 'DrainChange')) })
      t.match(await run(ground), {
        code: 4,
        stdout: /on localhost: "tell the world" is a DrainChange, and localhost is not drained/,
      })
      t.equal(readFileSync(note, 'utf8'), 'one')

      ground.commit('fails', {
        'site.yml': site(
          `    - { name: ask the world, ansible.builtin.fail: { msg: nobody answers }, tags: [HotChange] }\n`,
        ).replace('2026.1', '2026.2'),
      })
      t.match(
        await say(ground, ['detect']),
        error(3, 'playbook/fault', /on localhost: nobody answers/),
      )
      t.match(await run(ground), { code: 4, stdout: /on localhost: nobody answers/ })
      t.equal(ground.read('node01', 'etc/release'), '2026.1\n', 'no node was touched')
    },
  )
}
