// SPDX-License-Identifier: Apache-2.0
// Plays for localhost are left out, and named: by lint, detect, plan and run.
import t from 'tap'
import { makePlayground, writeTask } from '../support/playground.js'
import { needsAnsible, OFTEN, run, say } from '../support/say.js'
import { inQuick } from '../support/size.js'

t.setTimeout(600_000)

await inQuick(t, 'plays for localhost', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), OFTEN, { nodes: 2, canary: 'node01' })
  const tasks = writeTask('etc/release', "{{ hostvars['localhost'].release | default('none') }}\n").trim().split('\n').map((l) => `    ${l}\n`).join('')
  ground.commit('local', { 'site.yml': `- name: decide
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
${tasks}` })
  const words = /the play "decide" is for localhost, and is left out/
  const lint = JSON.parse((await say(ground, ['lint', '--json'])).stdout) as { findings: { finding: string; play: string; line: number }[] }
  t.match(lint.findings.filter((f) => f.finding === 'local-play'), [{ play: 'decide', line: 5 }, { play: 'here too', line: 9 }])
  const looked = await say(ground, ['detect'])
  t.match(looked, { code: 0, stderr: words })
  t.notMatch(looked.stderr, /"both"/, 'it runs on the others')
  t.match((await say(ground, ['plan'])).stderr, words)
  const out = await run(ground)
  t.match(out, { code: 0, stderr: words })
  t.equal(out.stderr.split('the play "decide"').length - 1, 1, 'once')
  t.equal(ground.read('node02', 'etc/release'), 'none\n')
})
