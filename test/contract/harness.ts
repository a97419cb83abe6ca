// SPDX-License-Identifier: Apache-2.0
// Runs real playbooks on hosts of this machine (local connection), on each ansible-core that the
// tests are given.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { findAnsible } from '../../lib/ansible/programs/find-ansible.js'
import type { AnsibleEvent } from '../../lib/ansible/events/run-events.js'
import { runAnsible } from '../../lib/ansible/run/start-playbook.js'
import type {
  AnsibleInstall,
  RunExit,
  RunMode,
  RunRequest,
} from '../../lib/ansible/call/playbook-call.js'
import { RunSummarizer } from '../../lib/outcome/summary/summarize.js'
import type { RunSummary } from '../../lib/outcome/summary/run-summary.js'
import type { AnsiblePolicy, VaultId } from '../../lib/fleet/declare/fleet.js'
import { full, inFull, inQuick, quick } from '../support/size.js'

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

/** For a file: what the runner gives it is the limit, on a busy machine too. */
export const LIMIT = 3_600_000

/**
 * What a test on one ansible-core is given. `scene` is part of every run of the newest, `more` only
 * of a full one; of the oldest a full run has all.
 */
export interface Scenes {
  readonly t: Test
  readonly age: 'oldest' | 'middle' | 'newest'
  /** The bin directory of the ansible-core. */
  readonly bin: string
  readonly scene: (name: string, body: (t: Test) => unknown) => Promise<void>
  readonly more: (name: string, body: (t: Test) => unknown) => Promise<void>
}

/**
 * A test on each ansible-core: on the newest in every run, on the oldest in a full one. `more`:
 * there are scenes that a full run adds of the newest. `middle`: a full run has all of a release
 * between them, too.
 */
export function onEach(
  t: Test,
  name: string,
  body: (scenes: Scenes) => Promise<void>,
  { more = false, middle = false } = {},
): void {
  const of = (
    age: Scenes['age'],
    every: typeof inQuick,
  ): readonly [string, { skip: false | string }, (t: Test) => Promise<void>] => {
    const variable = `PATCHRUN_TEST_ANSIBLE_${age.toUpperCase()}`
    const bin = process.env[variable]
    const on = (t: Test): Promise<void> =>
      body({
        t,
        age,
        bin: bin ?? '',
        scene: (n, b) => every(t, n, {}, whole(b)),
        more: (n, b) => inFull(t, n, {}, whole(b)),
      })
    return [`${name}, ${age} ansible-core`, { skip: bin ? false : `${variable} is not set` }, on]
  }
  if (quick || (full && more)) void t.test(...of('newest', inQuick))
  void inFull(t, ...of('oldest', inFull))
  if (middle) void inFull(t, ...of('middle', inFull))
}

/**
 * Always a promise: where a body gives none, tap 21 takes a comment after its subtest for the end
 * of the process.
 */
const whole =
  (body: (t: Test) => unknown) =>
  async (t: Test): Promise<void> =>
    void (await body(t))

/** Waits for what a process does, as long as a busy machine takes; false when it does not come. */
export async function until(condition: () => boolean, longest = 600_000): Promise<boolean> {
  for (const begun = performance.now(); !condition(); await sleep(25))
    if (performance.now() - begun > longest) return false
  return true
}

/** How a play begins. */
export const HEAD = '- hosts: all\n  gather_facts: false\n  tasks:\n'

/**
 * A task that leaves a mark on the node, where that it ran is the point and not by which module: it
 * runs inside Ansible.
 */
export const mark = (name: string, more = '', file = name): string => {
  const lines = [
    `- name: ${name}`,
    `  ${WRITE_FILE}: { dest: "{{ marks }}/${file}", content: "{{ inventory_hostname }}" }`,
    ...more
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${line}`),
  ]
  return lines.map((line) => `    ${line}\n`).join('')
}

export const WRITE_FILE = 'write_file'

export const THIS = dirname(fileURLToPath(import.meta.url))

/** A vault password in a file. */
export const password = (path: string, id = 'default'): VaultId => ({
  id,
  kind: 'file',
  path,
  where: { file: 'patchrun.yml' },
})

export function install(bin: string): Promise<AnsibleInstall> {
  return findAnsible({ configured: join(bin, 'ansible-playbook') })
}

export function request(
  t: Test,
  ansible: AnsibleInstall,
  scene: Scene,
): RunRequest & { readonly marks: string } {
  const base = mkdtempSync(join(tmpdir(), 'patchrun-contract-'))
  t.teardown(() => rmSync(base, { recursive: true, force: true }))
  const checkout = join(base, 'checkout')
  const marks = join(base, 'marks')
  mkdirSync(marks)
  for (const [name, text] of Object.entries(scene.files)) {
    mkdirSync(dirname(join(checkout, name)), { recursive: true })
    writeFileSync(join(checkout, name), text)
  }
  if (Object.values(scene.files).some((text) => text.includes(` ${WRITE_FILE}:`))) {
    mkdirSync(join(checkout, 'action_plugins'), { recursive: true })
    copyFileSync(
      resolve(THIS, '../../../test/support/action_plugins', `${WRITE_FILE}.py`),
      join(checkout, 'action_plugins', `${WRITE_FILE}.py`),
    )
  }
  const hosts = scene.hosts ?? ['n1', 'n2']
  const inventory = join(base, 'inventory.ini')
  const local =
    'ansible_connection=local ansible_python_interpreter="{{ ansible_playbook_python }}"'
  writeFileSync(
    inventory,
    (scene.inventory ?? hosts).map((host) => `${host} ${local} marks=${marks}\n`).join(''),
  )
  const directory = join(base, 'run')
  mkdirSync(directory)
  return {
    install: ansible,
    mode: scene.mode ?? 'full',
    checkout,
    playbook: 'site.yml',
    hosts,
    denied: scene.denied ?? [],
    inventory,
    policy: {
      forks: 5,
      config: 'repository',
      hangTimeout: 600_000,
      connectTimeout: 60_000,
      diff: true,
      extraArgs: [],
      vault: [],
      ...scene.policy,
    },
    untagged: 'drain',
    directory,
    marks,
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
    exit,
    events,
    summary: summarizer.finish(exit, asked.hosts),
    directory,
    checkout,
    marks,
    log: readFileSync(join(directory, 'ansible.log'), 'utf8'),
    stream: readFileSync(join(directory, 'events.jsonl'), 'utf8'),
  }
}
