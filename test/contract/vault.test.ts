// SPDX-License-Identifier: Apache-2.0
// Ansible's vault, with the real one: passwords handed on, values that stay closed until Ansible
// opens them, and what is masked.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { buildInventory } from '../../lib/ansible/call/inventory-json.js'
import { openVault } from '../../lib/ansible/programs/open-vault.js'
import { runAnsible } from '../../lib/ansible/run/start-playbook.js'
import { writeInventory } from '../../lib/ansible/call/write-inventory.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import type { RunSummary } from '../../lib/outcome/summary/run-summary.js'
import { writeGatePlaybook } from '../../lib/engine/step/health-playbook.js'
import { openFleet } from '../../lib/engine/site/open-fleet.js'
import { openSecret } from '../../lib/engine/site/secrets.js'
import type { VaultId } from '../../lib/fleet/declare/fleet.js'
import { pasted } from '../support/vault-text.js'
import { install, LIMIT, onEach, password } from './harness.js'

t.setTimeout(LIMIT)

const SITE = `- hosts: all
  gather_facts: false
  tasks:
    - name: keeps
      ansible.builtin.copy: { content: "{{ own }} {{ deep.list.0 }} {{ filed }}", dest: "{{ marks }}/{{ inventory_hostname }}", mode: "0600" }
    - name: prints
      ansible.builtin.debug: { msg: "{{ own }} {{ deep }} {{ filed }} {{ lookup('env', 'SITE_TOKEN') }} {{ lookup('file', passwords ~ '/lab') }}" }
`
const PROBE =
  '- ansible.builtin.copy: { content: "{{ probed }}", dest: "{{ marks }}/probe", mode: "0600" }\n'

/** What is encrypted, by the password that does it. */
const PLAIN = {
  prod: {
    filed: 'filed: of-an-encrypted-file\n',
    deep: 'deep-in-a-group',
    url: 'https://hooks.example.org/"S3cret" ü\n',
  },
  lab: {
    own: 'own-of-a-node',
    probed: 'probed-by-a-gate',
    empty: '\n',
    other: 'https://hooks.example.org/"S3cret" ü',
  },
}

onEach(
  t,
  'vault',
  async ({ t, bin, scene, more }) => {
    const dir = t.testdir({
      checkout: {
        'site.yml': SITE,
        group_vars: {},
        roles: { probe: { tasks: { 'main.yml': PROBE } } },
      },
      pw: { lab: 'of-the-laboratory\n', wrong: 'of-somebody-else\n' },
      marks: {},
    })
    for (const name of ['lab', 'wrong']) chmodSync(join(dir, 'pw', name), 0o600)
    writeFileSync(
      join(dir, 'pw/site-client.sh'),
      '#!/bin/sh\n[ "$*" = "--vault-id prod" ] && echo of-production\n',
      { mode: 0o700 },
    )
    const ansible = await install(bin)
    const ids = [
      '--vault-id',
      `lab@${join(dir, 'pw/lab')}`,
      '--vault-id',
      `prod@${join(dir, 'pw/site-client.sh')}`,
    ]
    mkdirSync(join(dir, 'sealed'))
    for (const [id, texts] of Object.entries(PLAIN)) {
      const files = Object.entries(texts).map(([name, text]) => {
        const path = join(dir, 'sealed', name)
        writeFileSync(path, text)
        return path
      })
      execFileSync(
        join(bin, 'ansible-vault'),
        ['encrypt', '--encrypt-vault-id', id, ...ids, ...files],
        { stdio: 'ignore', env: { ...process.env, LC_ALL: 'C.UTF-8' } },
      )
    }
    const sealed = (name: string): string => readFileSync(join(dir, 'sealed', name), 'utf8').trim()
    writeFileSync(join(dir, 'checkout/group_vars/all.yml'), `${sealed('filed')}\n`)
    const file = join(dir, 'patchrun.yml')
    writeFileSync(
      file,
      `schemaVersion: 1
fleet: demo
playbooks: { repository: ./checkout }
nodes: { allow: [n1], canary: [n1] }
ansible:
  vault: [{ id: lab, file: pw/lab }, { id: prod, script: pw/site-client.sh }]
inventory:
  vars:
    ansible_connection: local
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
    marks: ${dir}/marks
    passwords: ${dir}/pw
    deep:
      list:
        - ${pasted(sealed('deep'), 8)}  hostVars:
    n1:
      own: ${pasted(sealed('own'), 6)}health:
  - name: probe
    role: probe
    vars:
      probed: ${pasted(sealed('probed'), 6)}`,
    )
    const fleet = await openFleet({ file, ansibleInventory: async () => ansible.inventory })
    process.env['SITE_TOKEN'] = 'token: of-the-environment'
    t.teardown(() => delete process.env['SITE_TOKEN'])

    const play = async (
      name: string,
      playbook: string,
      vaultIds = fleet.ansible.vault,
    ): Promise<{ summary: RunSummary; written: string; inventory: string }> => {
      const directory = join(dir, name)
      mkdirSync(directory)
      const inventory = await writeInventory(join(directory, 'inventory'), buildInventory(fleet))
      const checkout = join(dir, 'checkout')
      const summarizer = new RunSummarizer(checkout)
      const exit = await runAnsible({
        install: ansible,
        mode: 'gate',
        checkout,
        playbook,
        inventory,
        hosts: ['n1'],
        denied: [],
        untagged: 'drain',
        directory,
        policy: { ...fleet.ansible, vault: vaultIds, extraArgs: ['-v'] },
        onEvent: (event) => summarizer.add(event),
      })
      const summary = summarizer.finish(exit, ['n1'])
      const written = ['ansible.log', 'events.jsonl', 'process.json']
        .map((one) => readFileSync(join(directory, one), 'utf8'))
        .join('\n')
      return {
        summary,
        written: `${written}${exit.stderr}${JSON.stringify([...summary.nodes])}`,
        inventory: readFileSync(join(dirname(inventory), 'inventory.json'), 'utf8'),
      }
    }
    const secrets =
      /deep-in-a-group|own-of-a-node|of-an-encrypted|of-the-environment|of-the-laboratory|of-production|probed-by-a-gate/

    await scene(
      'closed until Ansible opens them, by passwords of a file and of a client script',
      async (t) => {
        const { summary, written, inventory } = await play('good', 'site.yml')
        t.match(summary.nodes.get('n1'), { result: 'ok' }, written.slice(-1500))
        t.equal(
          readFileSync(join(dir, 'marks/n1'), 'utf8'),
          'own-of-a-node deep-in-a-group of-an-encrypted-file',
        )
        t.notMatch(inventory, secrets)
        t.notMatch(written, secrets)
        t.ok(written.includes('******** '.repeat(2)), 'they were there to be found')
      },
    )

    await scene('variables of a health gate', async (t) => {
      const gate = fleet.policy.health[0]
      if (!gate) throw new Error('no gate')
      const playbook = await writeGatePlaybook(
        { gate, point: 'start', sha: 'a'.repeat(40), scheduler: null, nodes: [] },
        { checkout: join(dir, 'checkout'), playbook: 'site.yml', config: 'none' },
        dir,
      )
      const { summary, written } = await play('gate-run', playbook)
      t.match(summary.nodes.get('n1'), { result: 'ok' }, written.slice(-1500))
      t.equal(readFileSync(join(dir, 'marks/probe'), 'utf8'), 'probed-by-a-gate')
      t.notMatch(written, secrets)
    })

    await scene('a password that does not fit, or none: said plainly', async (t) => {
      const wrong: readonly VaultId[] = [password(join(dir, 'pw/wrong'), 'lab')]
      t.match((await play('wrong', 'site.yml', wrong)).summary.fault, {
        message: /none of the vault passwords fits it; name its password under ansible\.vault/,
        hint: /ansible\.vault/,
      })
      t.match((await play('none', 'site.yml', [])).summary.fault, {
        message: /no vault password is given/,
      })
      writeFileSync(join(dir, 'checkout/value.yml'), SITE.replace(/ \{\{ filed \}\}/g, ''))
      writeFileSync(join(dir, 'checkout/group_vars/all.yml'), '{}\n')
      t.match((await play('value', 'value.yml', wrong)).summary.nodes.get('n1')?.failure, {
        task: 'keeps',
        message: /can not be opened: none of the vault passwords fits it/,
      })
    })

    const ask = (text: string, ids: readonly VaultId[]): Promise<string> =>
      openVault({
        value: { __ansible_vault: text },
        where: { file, line: 3, column: 5 },
        install: ansible,
        policy: { vault: ids },
        cwd: dir,
      })
    const text = PLAIN.lab.other
    const [url, other] = [sealed('url'), sealed('other')]
    const source = {
      vaulted: { __ansible_vault: url },
      where: { file },
      directory: dir,
      vault: fleet.ansible.vault,
      executable: ansible.playbook,
    }
    await scene('a value that patchrun needs is opened by ansible-vault', async (t) => {
      t.equal(await ask(`${url}\n`, fleet.ansible.vault), text)
      t.equal(
        await openSecret(source, 'the URL of the target ops'),
        text,
        'at the door to all secrets',
      )
      await t.rejects(
        openSecret(
          { ...source, vaulted: { __ansible_vault: sealed('empty') } },
          'the URL of the target ops',
        ),
        { code: 'config/secret', message: /empty/ },
      )
      await t.rejects(
        openSecret(
          { ...source, vault: [password(join(dir, 'pw/wrong'))] },
          'the URL of the target ops',
        ),
        {
          code: 'config/secret',
          message:
            /^the URL of the target ops is to come from a !vault value: it can not be opened: none of the passwords fits/,
        },
      )
    })

    await more('a value that is odd, and passwords of other places', async (t) => {
      t.equal(
        await ask(url.replaceAll('\n', '\r\n').trim(), fleet.ansible.vault),
        text,
        'line ends of another system',
      )
      await t.rejects(ask(url, [password(join(dir, 'pw/wrong'))]), {
        code: 'config/secret',
        message: /none of the passwords fits/,
      })
      await t.rejects(ask(url, []), { code: 'config/secret', message: /no password is named/ })
      await t.rejects(ask(url.slice(0, -4), fleet.ansible.vault), { code: 'config/secret' })
      await t.rejects(
        openVault({
          value: { __ansible_vault: url },
          where: { file },
          install: { playbook: join(dir, 'nowhere/ansible-playbook') },
          policy: { vault: [] },
          cwd: dir,
        }),
        { code: 'config/secret', message: /no ansible-vault beside/ },
      )
      writeFileSync(join(dir, 'ansible.cfg'), '[defaults]\nverbosity = 4\n')
      process.env['ANSIBLE_DEBUG'] = 'True'
      t.equal(
        await ask(url, fleet.ansible.vault),
        text,
        'and nothing else, however much Ansible is to say',
      )
      delete process.env['ANSIBLE_DEBUG']
      process.env['ANSIBLE_VAULT_PASSWORD_FILE'] = join(dir, 'pw/lab')
      t.teardown(() => delete process.env['ANSIBLE_VAULT_PASSWORD_FILE'])
      t.equal(await ask(other, []), text, 'the password of the environment')
      await t.rejects(
        ask(other, [password(join(dir, 'pw/wrong'))]),
        { message: /none of the passwords/ },
        'which does not count where some are declared',
      )
    })
  },
  { more: true },
)
