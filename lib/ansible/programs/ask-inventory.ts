// SPDX-License-Identifier: Apache-2.0
// Asks ansible-inventory what an existing inventory says. Reading the files ourselves would differ
// from Ansible in silence: it has its own YAML, ranges, plugins, group_vars and precedence.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PatchrunError, refuse, type Place, type Problem } from '../../errors.js'
import { parseExact } from '../../fleet/yaml/exact-numbers.js'
import { foreignValues, maySayMore, type ForeignValue } from '../../fleet/lists/foreign-values.js'
import type { SourceGroup, SourceInventory } from '../../fleet/lists/source-inventory.js'
import { runAlone } from './run-alone.js'
import { packageRoot } from './package-root.js'

const TIMEOUT = 120_000
/**
 * Bytes of output that are read; 50,000 hosts with a dozen variables each need about 30 million.
 */
const MAX_OUTPUT = 500_000_000

export interface InventoryQuestion {
  /** Absolute path of ansible-inventory. */
  readonly executable: string
  /** Absolute path of the inventory: a file, a directory or a script. */
  readonly inventory: string
  /**
   * Directory of patchrun.yml: an ansible.cfg there, which may enable inventory plugins, is the
   * operator's own.
   */
  readonly cwd: string
  /** Where the declaration names the inventory. */
  readonly where?: Place
  readonly signal?: AbortSignal
  /** Milliseconds; two minutes unless given. */
  readonly timeout?: number
}

/**
 * What makes ansible-inventory fail on what it otherwise only warns of: exit code 0 and an empty
 * inventory.
 */
const ENVIRONMENT = {
  ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FATAL: 'true',
  ANSIBLE_INVENTORY_UNPARSED_FAILED: 'true',
  ANSIBLE_NOCOLOR: 'true',
  ANSIBLE_FORCE_COLOR: 'false',
  ANSIBLE_DEPRECATION_WARNINGS: 'false',
}

/**
 * With a password at hand it would hand us the contents of files that are encrypted as a whole. An
 * ansible.cfg may name one, and a variable that is empty goes over none of it: so the password is a
 * text that fits nothing. The list takes no path with a comma.
 */
const noPassword = (): Readonly<Record<string, string>> => {
  const file = join(packageRoot(), 'package.json')
  return {
    ANSIBLE_VAULT_PASSWORD_FILE: file,
    ANSIBLE_VAULT_IDENTITY_LIST: file.includes(',') ? '' : `none@${file}`,
  }
}

/**
 * One call of ansible-inventory --list --export: variables of groups stay with their groups,
 * vaulted ones stay closed.
 * @throws PatchrunError config/inventory-unreadable, config/variable-value,
 * ansible/inventory-failed, ansible/inventory-timeout;
 *   the signal's reason when aborted
 */
export async function askInventory(question: InventoryQuestion): Promise<SourceInventory> {
  const { executable, inventory, cwd, where, signal, timeout = TIMEOUT } = question
  const at = where ? { where } : {}
  await stat(inventory).catch((cause: unknown) => {
    throw new PatchrunError(
      {
        code: 'config/inventory-unreadable',
        message: `the inventory ${inventory} can not be read`,
        hint: 'Check the path; a relative one is taken from the directory of patchrun.yml.',
        ...at,
      },
      { cause },
    )
  })
  const ask = async (...more: readonly string[]): Promise<string> => {
    const result = await runAlone(
      executable,
      ['--inventory', inventory, '--list', '--export', ...more],
      {
        cwd,
        env: { ...process.env, ...ENVIRONMENT, ...noPassword() },
        timeout,
        maxOutput: MAX_OUTPUT,
        ...(signal ? { signal } : {}),
      },
    )
    if (result.late) {
      throw new PatchrunError({
        code: 'ansible/inventory-timeout',
        message: `ansible-inventory gave no answer on ${inventory} within ${timeout / 1000} s`,
        hint: 'An inventory script or plugin hangs: try "ansible-inventory --list -i PATH" by hand.',
        ...at,
      })
    }
    if (result.exitCode !== 0)
      throw new PatchrunError({
        ...failure(inventory, result.stderr || (result.code ?? result.signal ?? '')),
        ...at,
      })
    return result.stdout
  }
  const answer = await ask()
  const refused = [
    ...wordsNoNumber(answer),
    ...(maySayMore(answer) ? foreignValues(await ask('--yaml')) : []),
  ]
  refuse(
    refused.map(({ variable, what }): Problem => ({
      code: 'config/variable-value',
      message: `${variable} in ${inventory} is ${what}, which would reach the playbook as something else`,
      hint: 'Write it as a text, in quotes, and let the playbook turn it into what it needs.',
      ...at,
    })),
  )
  try {
    return parseInventory(answer)
  } catch (cause) {
    throw new PatchrunError(
      {
        code: 'ansible/inventory-failed',
        message: `ansible-inventory did not answer with an inventory on ${inventory}`,
        hint: 'Try "ansible-inventory --list --export -i PATH" by hand: its standard output must be JSON and nothing else.',
        ...at,
      },
      { cause },
    )
  }
}

/** Python writes numbers that JSON does not have, in a form of its own. */
const wordsNoNumber = (json: string): readonly ForeignValue[] =>
  [...json.matchAll(/^\s*(?:"([^"\\]+)": )?(NaN|-?Infinity),?$/gm)].map(
    ([, name = 'a value', word]) => ({
      variable: name,
      what: word === 'NaN' ? 'not a number (.nan)' : 'infinite (.inf)',
    }),
  )

function failure(
  inventory: string,
  stderr: string,
): { code: 'ansible/inventory-failed'; message: string; hint: string } {
  const text = stderr.replaceAll(/\s+/g, ' ').trim().slice(0, 1500)
  const vault = /no vault secrets|Attempting to decrypt/i.test(text)
  return {
    code: 'ansible/inventory-failed',
    message: `ansible-inventory can not read ${inventory}: ${text || 'it said nothing'}`,
    hint: vault
      ? 'A file of an inventory that is encrypted as a whole stays closed, whatever passwords are named: its values would lie open in the inventory that patchrun writes. Encrypt single variables (ansible-vault encrypt_string), or keep the encrypted file in group_vars beside the playbook, where ansible-playbook opens it.'
      : 'Try "ansible-inventory --list -i PATH" by hand.',
  }
}

/** The answer of ansible-inventory --list --export. Throws on anything that has not its shape. */
export function parseInventory(text: string): SourceInventory {
  const answer = parseExact(text)
  const groups = new Map<string, SourceGroup>()
  const hostVars = new Map<string, Readonly<Record<string, unknown>>>()
  for (const [name, value] of Object.entries(record(answer))) {
    if (name === '_meta') {
      for (const [host, vars] of Object.entries(record(record(value)['hostvars'] ?? {})))
        hostVars.set(host, record(vars))
      continue
    }
    const { hosts = [], children = [], vars = {} } = record(value)
    groups.set(name, { hosts: names(hosts), children: names(children), vars: record(vars) })
  }
  return { groups, hostVars }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('not a mapping')
  return value as Record<string, unknown>
}

function names(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string'))
    throw new TypeError('not a list of names')
  return value
}
