// SPDX-License-Identifier: Apache-2.0
// Runs real playbooks on hosts of this machine (local connection), on each ansible-core that the tests are given.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { findAnsible } from '../../lib/ansible/find-ansible.js'
import type { AnsibleEvent } from '../../lib/ansible/events.js'
import { runAnsible } from '../../lib/ansible/run.js'
import type { AnsibleInstall, RunExit, RunMode, RunRequest } from '../../lib/ansible/types.js'
import { RunSummarizer } from '../../lib/change/summarize.js'
import type { RunSummary } from '../../lib/change/types.js'
import type { AnsiblePolicy, VaultId } from '../../lib/fleet/types.js'

export interface Scene {
  readonly files: Readonly<Record<string, string>>
  readonly mode?: RunMode
  readonly hosts?: readonly string[]
  /** Hosts of the inventory; those of the run when absent. */
  readonly inventory?: readonly string[]
  readonly denied?: readonly string[]
  readonly policy?: Partial<AnsiblePolicy>
  readonly signal?: AbortSignal
  readonly onEvent?: (event: AnsibleEvent) => void
}

export interface Outcome {
  readonly exit: RunExit
  readonly events: readonly AnsibleEvent[]
  readonly summary: RunSummary
  readonly directory: string
  readonly checkout: string
  /** Where playbooks put their marks: the variable `marks`. */
  readonly marks: string
  readonly log: string
  readonly stream: string
}

/** The versions to run with, as [label, bin directory]. */
export const VERSIONS = [
  ['oldest', process.env['PATCHRUN_TEST_ANSIBLE_OLDEST']],
  ['newest', process.env['PATCHRUN_TEST_ANSIBLE_NEWEST']],
] as const

export const THIS = dirname(fileURLToPath(import.meta.url))

/** A vault password in a file. */
export const password = (path: string, id = 'default'): VaultId => ({ id, kind: 'file', path, where: { file: 'patchrun.yml' } })

export function install(bin: string): Promise<AnsibleInstall> {
  return findAnsible({ configured: join(bin, 'ansible-playbook') })
}

export function request(t: Test, ansible: AnsibleInstall, scene: Scene): RunRequest & { readonly marks: string } {
  const base = mkdtempSync(join(tmpdir(), 'patchrun-contract-'))
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const checkout = join(base, 'checkout')
  const marks = join(base, 'marks')
  mkdirSync(marks)
  for (const [name, text] of Object.entries(scene.files)) {
    mkdirSync(dirname(join(checkout, name)), { recursive: true })
    writeFileSync(join(checkout, name), text)
  }
  const hosts = scene.hosts ?? ['n1', 'n2']
  const inventory = join(base, 'inventory.ini')
  const local = 'ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"'
  writeFileSync(inventory, (scene.inventory ?? hosts).map((host) => `${host} ${local} marks=${marks}\n`).join(''))
  const directory = join(base, 'run')
  mkdirSync(directory)
  return {
    install: ansible, mode: scene.mode ?? 'full', checkout, playbook: 'site.yml', hosts, denied: scene.denied ?? [], inventory,
    policy: { forks: 5, config: 'repository', hangTimeout: 60_000, connectTimeout: 5_000, diff: true, extraArgs: [], vault: [], ...scene.policy },
    untagged: 'drain', directory, marks,
    ...(scene.signal ? { signal: scene.signal } : {}),
  }
}

export async function play(t: Test, ansible: AnsibleInstall, scene: Scene): Promise<Outcome> {
  const asked = request(t, ansible, scene)
  const events: AnsibleEvent[] = []
  const summarizer = new RunSummarizer(asked.checkout)
  const exit = await runAnsible({
    ...asked,
    onEvent: (event) => {
      events.push(event)
      summarizer.add(event)
      scene.onEvent?.(event)
    },
  })
  const { directory, checkout, marks } = asked
  return {
    exit, events, summary: summarizer.finish(exit, asked.hosts), directory, checkout, marks,
    log: readFileSync(join(directory, 'ansible.log'), 'utf8'),
    stream: readFileSync(join(directory, 'events.jsonl'), 'utf8'),
  }
}
