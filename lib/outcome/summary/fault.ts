// SPDX-License-Identifier: Apache-2.0
// Ansible's standard error -> what went wrong with the run as a whole, and where. Pure.
import type { RunSummary } from './run-summary.js'

export type Fault = NonNullable<RunSummary['fault']>

const MESSAGE_LIMIT = 1000

/**
 * Ansible's last error that is not its remark on being interrupted; undefined when it printed none.
 */
export function errorIn(
  stderr: string,
  root = '',
): { readonly message: string; readonly file?: string; readonly line?: number } | undefined {
  // 2.14 writes "ERROR! text" or " [ERROR]: text", 2.19 "[ERROR]: text"; both wrap long lines.
  const parts = stderr.split(/^(?:ERROR! | ?\[ERROR\]: )/m).slice(1)
  const own = parts.filter((part) => !/^(User interrupted execution|patchrun: )/.test(part))
  const text = own.at(-1)
  if (text === undefined) return undefined
  const { file, line } = placeOf(text)
  return {
    message: plainly(messageOf(text)),
    ...(file !== undefined && { file: within(file, root) }),
    ...(line !== undefined && { line }),
  }
}

/**
 * What Ansible says of a vault that it cannot open, and of a collection that is not there, leaves
 * open what to do; other texts as they are.
 */
export function plainly(text: string): string {
  const [, collection] =
    /couldn't resolve module\/action '(\w+\.\w+)\.[\w.]+'/.exec(text) ??
    /role '?(\w+\.\w+)\.[\w.]+'? was not found/.exec(text) ??
    []
  // Ansible says of both cases that the name cannot be resolved.
  if (collection !== undefined && collection !== 'ansible.builtin')
    return `the collection ${collection} is not installed, or does not have what is asked of it. Ansible said: ${text}`
  const why = /no vault secrets were found that could decrypt/i.test(text)
    ? 'none of the vault passwords fits it'
    : /to decrypt but no vault secrets found/i.test(text)
      ? 'no vault password is given'
      : undefined
  return why === undefined
    ? text
    : `an encrypted value or file can not be opened: ${why}; name its password under ansible.vault in patchrun.yml. Ansible said: ${text}`
}

const within = (file: string, root: string): string =>
  root !== '' && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file

function messageOf(text: string): string {
  // 2.14 begins with what the JSON parser thinks of a YAML file; what is wrong with it comes two
  // lines later.
  const yaml = /Syntax Error while loading YAML\.\s*\n\s*(\S.*)/.exec(text)
  if (yaml?.[1]) return `the YAML does not parse: ${yaml[1].trim()}`.slice(0, MESSAGE_LIMIT)
  const end = text.search(/\n\s*\n|\nThe error appears to|\nOrigin: |\n\[WARNING\]|\n\[DEPRECATION/)
  return (end < 0 ? text : text.slice(0, end)).replace(/\s+/g, ' ').trim().slice(0, MESSAGE_LIMIT)
}

function placeOf(text: string): { file?: string; line?: number } {
  const old = /The error appears to (?:be|have been) in\s+'([^']+)':\s+line\s+(\d+)/.exec(text)
  if (old?.[1]) return { file: old[1].replace(/\s+/g, ''), line: Number(old[2]) }
  // The last origin is the innermost: the causes of an error follow it.
  const origins = [...text.matchAll(/^Origin: (.+?)(?::(\d+))?(?::(\d+))?$/gm)]
  const origin = origins.find((one) => one[2] !== undefined) ?? origins[0]
  if (!origin?.[1] || origin[1].startsWith('<')) return {}
  return { file: origin[1], ...(origin[2] ? { line: Number(origin[2]) } : {}) }
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /callback plugin spoke|without telling its stats/,
    "Look at the run's ansible.log, and call this ansible-playbook by hand: it may be broken, or have been ended from outside.",
  ],
  [
    /no play of the playbook/,
    'Correct the `hosts:` of the plays, or the groups in patchrun.yml: `patchrun inventory --list` shows what they can match.',
  ],
  [
    /couldn't resolve module\/action|Cannot resolve|collection/i,
    'Set playbooks.requirements: true where requirements.yml of the commit names the collection, or install it on the machine that runs patchrun (ansible-galaxy); or correct the name.',
  ],
  [
    /role .* was not found/i,
    'Add the role to the playbook repository (a missing submodule?), set playbooks.requirements: true where its requirements.yml names it, or correct the name.',
  ],
  [
    /'\w+' is undefined/,
    'Set the variable under playbooks.vars in patchrun.yml: what -e would give.',
  ],
  [
    /vault/i,
    'Name the password under ansible.vault in patchrun.yml; `patchrun doctor` looks at those that are named.',
  ],
  [
    /YAML|syntax|Syntax|mapping values|could not find expected|JSON/,
    'Correct the file at this place; ansible-playbook --syntax-check shows the same.',
  ],
  [
    /could not be found|playbook/i,
    'Check playbooks.playbook in patchrun.yml and that the file is in the pinned commit.',
  ],
  [
    /hosts to target|inventory/i,
    'Check the inventory: patchrun inventory --list shows what Ansible is given.',
  ],
]

export function hintFor(message: string): string {
  return (
    HINTS.find(([pattern]) => pattern.test(message))?.[1] ??
    "Read the run's ansible.log; it holds all that Ansible said."
  )
}
