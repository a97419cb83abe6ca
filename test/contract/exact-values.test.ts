// SPDX-License-Identifier: Apache-2.0
// What a playbook sees of a variable through patchrun beside what it sees without: the same value
// of the same type, or patchrun refuses by name.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { buildInventory } from '../../lib/ansible/call/inventory-json.js'
import { writeInventory } from '../../lib/ansible/call/write-inventory.js'
import { openFleet } from '../../lib/engine/site/open-fleet.js'
import { PatchrunError, type Problem } from '../../lib/errors.js'
import { LIMIT, onEach } from './harness.js'

const run = promisify(execFile)
t.setTimeout(LIMIT)

const NUMBERS: Readonly<Record<string, string>> = {
  cuda: '12.0',
  big: '12345678901234567890',
  wwn: '0x5000c500a1b2c3d4',
  small: '9007199254740993',
  power: '1.0e+22',
  tiny: '1.0e-7',
  half: '0.5',
  dot: '.5',
  point: '1.',
  minus: '-550.0',
  zero: '-0.0',
  plain: '42',
  many: '0.1000000000000000055511151231257827',
}
const vars = (indent: string): string =>
  [
    ...Object.entries(NUMBERS),
    ['nested', '{ list: [1.0, 2, 3.50], deep: { x: 18446744073709551616 } }'],
  ]
    .map(([name, text]) => `${indent}${name}: ${text}\n`)
    .join('')
const names = [
  ...Object.keys(NUMBERS),
  'nested.list[0]',
  'nested.list[1]',
  'nested.list[2]',
  'nested.deep.x',
]
const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.debug: { msg: "@@${names.map((n) => `{{ ${n} | type_debug }} {{ ${n} }}`).join('; ')}@@" }
`
const HOME =
  'all:\n  vars: { ansible_connection: local, ansible_python_interpreter: "{{ ansible_playbook_python }}" }\n  hosts:\n    n1:\n'
const DECLARATION =
  'schemaVersion: 1\nfleet: demo\nplaybooks: { repository: ./playbooks }\nnodes: { allow: [n1], canary: [n1] }\ninventory:\n'

onEach(
  t,
  'values',
  async ({ t, bin, scene }) => {
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const dir = t.testdir({ 'site.yml': PLAYBOOK, 'bare.yml': HOME, 'vars.yml': vars('') })
    const open = async (inventory: string) => {
      await writeFile(join(dir, 'patchrun.yml'), `${DECLARATION}${inventory}`)
      return openFleet({
        file: join(dir, 'patchrun.yml'),
        ansibleInventory: async () => join(bin, 'ansible-inventory'),
      })
    }
    const seen = async (...args: readonly string[]): Promise<string | undefined> =>
      /@@(.*)@@/.exec(
        (
          await run(join(bin, 'ansible-playbook'), [...args, join(dir, 'site.yml')], {
            env,
            cwd: dir,
          })
        ).stdout,
      )?.[1]

    await scene('numbers of an inventory', async (t) => {
      await writeFile(join(dir, 'numbers.yml'), `${HOME}${vars('      ')}`)
      const fleet = await open('  source: numbers.yml\n')
      const ours = await seen('-i', await writeInventory(join(dir, 'one'), buildInventory(fleet)))
      t.match(ours, /^float 12\.0; int 12345678901234567890; int 5764824129537754068; /)
      t.equal(ours, await seen('-i', join(dir, 'numbers.yml')))
    })

    await scene('numbers of patchrun.yml', async (t) => {
      const fleet = await open(
        `  vars:\n    ansible_connection: local\n    ansible_python_interpreter: "{{ ansible_playbook_python }}"\n  hostVars:\n    n1:\n${vars('      ')}`,
      )
      const ours = await seen('-i', await writeInventory(join(dir, 'two'), buildInventory(fleet)))
      t.match(ours, /^float 12\.0; /)
      t.equal(ours, await seen('-i', join(dir, 'bare.yml'), '-e', `@${join(dir, 'vars.yml')}`))
    })

    await scene('what no inventory can say is refused by name', async (t) => {
      const refused = async (value: string): Promise<string> => {
        await writeFile(
          join(dir, 'odd.yml'),
          `${HOME}      odd: ${value}\n      "2024-01-01": 1\n      text: "2024-01-02"\n`,
        )
        const error: unknown = await open('  source: odd.yml\n').then(
          () => undefined,
          (e: unknown) => e,
        )
        return error instanceof PatchrunError
          ? error.problems.map(({ code, message }: Problem) => `${code}: ${message}`).join('\n')
          : String(error)
      }
      for (const [value, words] of [
        ['2024-02-29', /^config\/variable-value: odd of node n1 in \S+ is a date, [^\n]*$/],
        ['{ from: 2024-01-01T00:00:00Z }', /odd\.from of node n1 .*a date/],
        ['[ 2024-01-01 ]', /odd\[0\] of node n1/],
        ['{ 100: a }', /odd of node n1 .*the key 100, which is no text/],
        ['.inf', /odd in \S+ is infinite/],
        ['[ .nan ]', /a value in \S+ is not a number/],
      ] as const)
        t.match(await refused(value), words, value)
      t.equal(await refused('{ "100": a, day: "2024-01-01" }'), 'undefined', 'texts are texts')
    })
  },
  { middle: true },
)
