// SPDX-License-Identifier: Apache-2.0
// Extra variables of patchrun.yml: for every run, over all others, and in no argument.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkDeclaration } from '../../lib/fleet/declare/declaration.js'
import { makePlayground, writeTask } from '../support/playground.js'
import { edit, error, needsAnsible, OFTEN, run, say, stateOf } from '../support/say.js'
import { inQuick } from '../support/size.js'

t.setTimeout(600_000)

await inQuick(t, 'extra variables', needsAnsible, async (t) => {
  const ground = makePlayground(t.testdir(), OFTEN, { nodes: 2, canary: 'node01' })
  const site = `- hosts: "{{ target }}"\n  gather_facts: false\n  vars: { word: of the play }\n  tasks:\n    - include_tasks: "{{ chosen }}.yml"\n      tags: [always]\n`
  ground.commit('first', {
    'site.yml': site,
    'go.yml': writeTask('etc/word', '{{ word }} {{ cuda }} {{ cuda | type_debug }}\n'),
  })
  t.match(await run(ground, '--once'), { code: 4, stdout: /'target' is undefined|target/ })
  t.match(
    await say(ground, ['detect']),
    error(3, 'playbook/fault', /'target' is undefined/, /playbooks\.vars/),
  )
  edit(
    ground,
    (d) =>
      (d['playbooks'] = {
        ...d['playbooks'],
        vars: { target: 'all', chosen: 'go', word: 'swordfish', cuda: 'NUMBER' },
      }),
  )
  writeFileSync(ground.file, readFileSync(ground.file, 'utf8').replace('"NUMBER"', '12.0'))
  t.match(
    JSON.parse((await say(ground, ['lint', '--json'])).stdout),
    { counts: { tasks: 2 } },
    'what is included is known',
  )
  t.match(await say(ground, ['retry']), { code: 0 })
  const out = await run(ground)
  t.equal(out.code, 0, out.stderr)
  t.equal(ground.read('node02', 'etc/word'), 'swordfish 12.0 float\n')
  const runs = stateOf(ground, 'runs')
  const all = readdirSync(runs, { recursive: true, encoding: 'utf8' }).map((name) =>
    join(runs, name),
  )
  const vars = all.filter((name) => name.endsWith('/extra-vars.json'))
  t.ok(vars.length >= 3)
  for (const file of vars) t.equal(statSync(file).mode & 0o777, 0o600)
  for (const file of all.filter((name) => name.endsWith('/process.json')))
    t.notMatch(readFileSync(file, 'utf8'), /swordfish/, 'no argument holds a value')
})

t.test('of an environment, and names that must not be', async (t) => {
  const check = (vars: string, more = ''): unknown =>
    checkDeclaration(
      '/patchrun.yml',
      `schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./p, vars: ${vars} }\nnodes: { allow: [n1], canary: [n1] }\n${more}`,
    ).problems
  t.same(check('{ target: compute, ansible_user: root }'), [])
  t.match(check('{ ansible_host: db1 }'), [
    {
      code: 'config/variable-name',
      message: /playbooks\.vars sets ansible_host/,
      where: { line: 3, column: 39 },
    },
  ])
  t.match(check('{ patchrun_controller: x, inventory_hostname: y }'), [
    { code: 'config/variable-name' },
    { code: 'config/variable-name' },
  ])
  t.match(
    check(
      '{}',
      'environments: { a: { nodes: { allow: [n1], canary: [n1] }, playbooks: { vars: { ansible_ssh_host: x } } } }\n',
    ),
    [{ code: 'config/variable-name', message: /environments\.a/ }],
  )
})
