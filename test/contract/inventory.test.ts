// SPDX-License-Identifier: Apache-2.0
// The real ansible-inventory, oldest and newest, at both ends: it reads the inventory we generate,
// and we read what it says of somebody else's.
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { askInventory } from '../../lib/ansible/programs/ask-inventory.js'
import { buildInventory } from '../../lib/ansible/call/inventory-json.js'
import { writeInventory } from '../../lib/ansible/call/write-inventory.js'
import { openFleet } from '../../lib/engine/site/open-fleet.js'
import { PatchrunError } from '../../lib/errors.js'
import { hostsOfGroup } from '../../lib/fleet/lists/source-inventory.js'
import { LIMIT, onEach } from './harness.js'

const run = promisify(execFile)
t.setTimeout(LIMIT)
const INI = `localhost ansible_connection=local
[compute:children]
rack1
rack2
[rack1]
node[01:03] kind=a
[rack2]
node[04:06]
[db]
db1
[db:vars]
password=hunter2
[compute:vars]
ansible_group_priority=10
who=compute
[all:vars]
ntp=a
`
const DECLARATION = `schemaVersion: 1
fleet: demo
playbooks: { repository: ./playbooks }
nodes:
  allow:  [{ inventory: hosts.ini, group: compute }, "!node06"]
  deny:   [{ inventory: hosts.ini, group: db }, node06]
  canary: [node01]
inventory:
  source: hosts.ini
  groups: { extra: ["node[01-02]"] }
  vars: { greeting: "{{ who }}", odd: "#{% raw %}{% endraw %}", yes_word: yes, number: 0700, list: [1, { a: null }] }
  groupVars: { extra: { who: extra } }
  hostVars: { node02: { who: node02, "text": "a: b\\n\\u00fc" } }
failureDomains: { fromGroups: ["rack*"] }
`
const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: "@@{{ {'host': inventory_hostname, 'greeting': greeting, 'odd': odd, 'secret': secret | default(''), 'plain': plain | default(''), 'groups': group_names, 'text': text | default(''), 'all': groups.all | sort} | to_json | b64encode }}@@"
`

onEach(t, 'inventory', async ({ t, bin, scene }) => {
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  const dir = t.testdir({
    'hosts.ini': INI,
    'patchrun.yml': DECLARATION,
    pw: 'of-the-fleet\n',
    group_vars: {},
    host_vars: { 'node01.yml': 'plain: !unsafe "{{ who }}"\n' },
    'site.yml': PLAYBOOK,
    'bad.yml': '[[[\n',
  })
  const vaulted = (
    await run(
      join(bin, 'ansible-vault'),
      ['encrypt_string', '--vault-password-file', join(dir, 'pw'), '--name', 'secret', 'swordfish'],
      { env },
    )
  ).stdout
  await writeFile(join(dir, 'group_vars/compute.yml'), vaulted)
  const ask = (inventory: string) =>
    askInventory({
      executable: join(bin, 'ansible-inventory'),
      inventory: join(dir, inventory),
      cwd: dir,
    })

  await scene('reads an existing inventory as Ansible means it', async (t) => {
    const source = await ask('hosts.ini')
    t.same(hostsOfGroup(source, 'compute'), [
      'node01',
      'node02',
      'node03',
      'node04',
      'node05',
      'node06',
    ])
    t.same(
      source.hostVars.get('node01'),
      { kind: 'a', plain: { __ansible_unsafe: '{{ who }}' } },
      'without the variables of its groups',
    )
    t.match(
      source.groups.get('compute')?.vars,
      {
        who: 'compute',
        ansible_group_priority: 10,
        secret: { __ansible_vault: /^\$ANSIBLE_VAULT;1\.1;AES256/ },
      },
      'vaults stay closed',
    )
  })

  await scene('what can not be read is an error, never an empty inventory', async (t) => {
    await t.rejects(ask('bad.yml'), { code: 'ansible/inventory-failed' })
    await t.rejects(ask('gone'), { code: 'config/inventory-unreadable' })
    const sealed = join(dir, 'sealed.yml')
    await writeFile(sealed, 'all: { hosts: { a: { b: 1 } } }\n')
    await run(
      join(bin, 'ansible-vault'),
      ['encrypt', '--vault-password-file', join(dir, 'pw'), sealed],
      { env },
    )
    process.env['ANSIBLE_VAULT_PASSWORD_FILE'] = join(dir, 'pw')
    t.teardown(() => delete process.env['ANSIBLE_VAULT_PASSWORD_FILE'])
    const error: unknown = await ask('sealed.yml').catch((e: unknown) => e)
    t.ok(error instanceof PatchrunError)
    t.match(error, { code: 'ansible/inventory-failed', hint: /stays closed/ })
    // As does the password of an ansible.cfg of the operator's own.
    await writeFile(
      join(dir, 'ansible.cfg'),
      `[defaults]\nvault_password_file = ${join(dir, 'pw')}\nvault_identity_list = a@${join(dir, 'pw')}\n`,
    )
    t.match(await ask('sealed.yml').catch((e: unknown) => e), {
      code: 'ansible/inventory-failed',
      hint: /stays closed/,
    })
    await rm(join(dir, 'ansible.cfg'))
  })

  await scene('Ansible reads the generated inventory as it was meant', async (t) => {
    const fleet = await openFleet({
      file: join(dir, 'patchrun.yml'),
      ansibleInventory: async () => join(bin, 'ansible-inventory'),
    })
    t.same(
      fleet.nodes.map((n) => n.name),
      ['node01', 'node02', 'node03', 'node04', 'node05'],
    )
    t.same(fleet.nodes[0]?.domains, ['rack1'])
    t.same(fleet.denied, ['db1', 'node06'])
    const built = buildInventory(fleet)
    const script = await writeInventory(join(dir, 'generated'), built)
    const back = await askInventory({
      executable: join(bin, 'ansible-inventory'),
      inventory: script,
      cwd: dir,
    })
    t.same(
      [...(hostsOfGroup(back, 'all') ?? [])].sort(),
      fleet.nodes.map((n) => n.name),
    )
    for (const node of fleet.nodes) t.same(back.hostVars.get(node.name) ?? {}, node.vars, node.name)
    for (const [group, vars] of Object.entries(fleet.groupVars))
      t.same(back.groups.get(group)?.vars, vars, group)
    t.same(hostsOfGroup(back, 'rack1'), ['node01', 'node02', 'node03'])
    t.same(back.groups.get('compute')?.children, ['rack1', 'rack2'])
    const text = JSON.stringify([...back.groups, ...back.hostVars])
    t.notMatch(text, /db1|node06|hunter2|swordfish/)

    const { stdout } = await run(
      join(bin, 'ansible-playbook'),
      ['-i', script, '--vault-password-file', join(dir, 'pw'), join(dir, 'site.yml')],
      { env, cwd: dir },
    )
    const told = [...stdout.matchAll(/@@(.+?)@@/g)].map(
      ([, text = '']) =>
        JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as { readonly host?: string },
    )
    const seen = (name: string): unknown => told.find((values) => values.host === name)
    t.equal(told.length, 5)
    t.match(
      seen('node01'),
      {
        odd: '#',
        secret: 'swordfish',
        plain: '{{ who }}',
        greeting: 'compute',
        all: ['node01', 'node02', 'node03', 'node04', 'node05'],
      },
      'vault, unsafe, templates and priority survive',
    )
    t.match(seen('node02'), {
      greeting: 'node02',
      groups: ['compute', 'extra', 'rack1'],
      text: 'a: b\nü',
    })
  })
})
