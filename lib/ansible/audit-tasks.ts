// SPDX-License-Identifier: Apache-2.0
// Asks Ansible for every task of a playbook with its effective tags. No play starts and no node is known to it.
import { mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { PatchrunError } from '../errors.js'
import type { AnsiblePolicy } from '../fleet/types.js'
import type { LintTaskEvent } from './events.js'
import type { AnsibleInstall } from './types.js'

export interface AuditRequest {
  readonly install: Pick<AnsibleInstall, 'playbook'>
  /** Absolute path of the checked-out repository. */
  readonly checkout: string
  /** Path of the playbook within it. */
  readonly playbook: string
  readonly policy: Pick<AnsiblePolicy, 'config' | 'extraArgs'>
  /** Absolute path of a directory for this call, ours. */
  readonly directory: string
  readonly signal?: AbortSignal
}

export interface AuditFault {
  readonly message: string
  readonly hint: string
  readonly file?: string
  readonly line?: number
}

export interface AuditResult {
  readonly tasks: readonly LintTaskEvent[]
  /** Why the list is missing or incomplete: a playbook that does not parse, a missing role or module. */
  readonly fault?: AuditFault
}

const PLUGINS = fileURLToPath(new URL('../../../lib/ansible/plugins/callback', import.meta.url))
const STDERR_KEPT = 8192
const GRACE = 3000

/** No node has this name: the run is limited to it. */
const NOBODY = 'patchrun-lint-nobody'

/**
 * Lists the tasks of a playbook. A playbook that cannot be loaded is a fault in the result, not an exception.
 * Throws ansible/not-started when ansible-playbook cannot be run at all, and the signal's reason when aborted.
 */
export async function auditTasks(request: AuditRequest): Promise<AuditResult> {
  const { install, checkout, playbook, policy, directory, signal } = request
  signal?.throwIfAborted()
  await mkdir(directory, { recursive: true })
  const inventory = path.join(directory, 'lint-inventory.ini')
  const config = path.join(directory, 'lint-ansible.cfg')
  await writeFile(inventory, `${NOBODY} ansible_connection=patchrun_none\n`)
  // An empty one, not none: without any, Ansible goes on to the user's and the machine's.
  await writeFile(config, '')
  const own = path.join(checkout, 'ansible.cfg')
  const args = ['-i', inventory, '--limit', NOBODY, '--check', ...policy.extraArgs, '--', path.join(checkout, playbook)]
  const child = execa(install.playbook, args, {
    cwd: checkout,
    env: auditEnvironment(process.env, { checkout, config: policy.config === 'repository' && (await isFile(own)) ? own : config }),
    extendEnv: false,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
    buffer: false,
    reject: false,
    // The group is ended below; execa knows only the leader.
    cleanup: false,
  })
  const stop = endGroup(child.pid, signal)
  try {
    const [events, stderr, result] = await Promise.all([readEvents(child.stdio[3]), tail(child.stderr), child])
    signal?.throwIfAborted()
    if (child.pid === undefined) {
      throw new PatchrunError({
        code: 'ansible/not-started',
        message: `${install.playbook} could not be started: ${result.shortMessage ?? 'no reason given'}`,
        hint: 'Run `patchrun doctor`: it says which Ansible is used and how to install one.',
      })
    }
    return judge(events, stderr, checkout)
  } finally {
    stop()
  }
}

/** Pure: the variables ansible-playbook is run with. Those of the caller that steer Ansible are dropped. */
export function auditEnvironment(from: NodeJS.ProcessEnv, { checkout, config }: { readonly checkout: string; readonly config: string }): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(from).filter(([name]) => !/^ANSIBLE_|^PATCHRUN_/.test(name) || /^ANSIBLE_(VAULT_|COLLECTIONS_PATH|ROLES_PATH|LIBRARY|HOME)/.test(name)))
  return {
    ...env,
    ANSIBLE_CONFIG: config,
    ANSIBLE_CALLBACK_PLUGINS: PLUGINS,
    ANSIBLE_CALLBACKS_ENABLED: 'patchrun_lint',
    ANSIBLE_STDOUT_CALLBACK: 'default',
    ANSIBLE_INVENTORY_ENABLED: 'ini',
    // Behind the plugin's own stop: a strategy that does not exist runs nothing.
    ANSIBLE_STRATEGY: 'patchrun_runs_nothing',
    ANSIBLE_NOCOLOR: '1',
    LC_ALL: 'C.UTF-8',
    ANSIBLE_RETRY_FILES_ENABLED: 'False',
    PYTHONDONTWRITEBYTECODE: '1',
    PATCHRUN_EVENTS_FD: '3',
    PATCHRUN_CHECKOUT: checkout,
  }
}

const isFile = (file: string): Promise<boolean> => stat(file).then((found) => found.isFile(), () => false)

interface Read {
  readonly tasks: LintTaskEvent[]
  /** The plugin came to its end, with or without an error. */
  end?: { readonly tasks: number; readonly error?: string }
}

async function readEvents(stream: Readable): Promise<Read> {
  const read: Read = { tasks: [] }
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    let event: { ev?: unknown; v?: unknown } | null
    try {
      event = JSON.parse(line) as typeof event
    } catch {
      continue
    }
    if (event?.v !== 1) continue
    if (event.ev === 'lint_task') read.tasks.push(event as LintTaskEvent)
    if (event.ev === 'lint_end') read.end = event as unknown as NonNullable<Read['end']>
  }
  return read
}

async function tail(stream: Readable): Promise<string> {
  let kept = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) kept = (kept + (chunk as string)).slice(-STDERR_KEPT)
  return kept
}

function judge({ tasks, end }: Read, stderr: string, checkout: string): AuditResult {
  if (end && end.error === undefined && end.tasks === tasks.length) return { tasks }
  if (end?.error !== undefined) {
    return { tasks, fault: { message: `the tasks could not all be listed: ${end.error}`, hint: 'See that the playbook passes ansible-playbook --syntax-check.' } }
  }
  return { tasks, fault: parseFault(stderr, checkout) }
}

/** Pure: what Ansible says when it cannot load a playbook, in its old and its new form. */
export function parseFault(stderr: string, checkout: string): AuditFault {
  const lines = stderr.split('\n').map((line) => line.trimEnd())
  const error = lines.find((line) => /^(\[ERROR\]|ERROR!)/.test(line))
  const message = (error ?? lines.filter((line) => line !== '' && !/WARNING/.test(line)).at(-1) ?? 'Ansible said nothing').replace(/^(\[ERROR\]:?|ERROR!)\s*/, '')
  const yaml = /Syntax Error while loading YAML\.\s*\n\s*(\S.*)/.exec(stderr)?.[1]?.trim()
  const old = /The error appears to be in '([^']+)': line (\d+)/.exec(stderr)
  const newer = /^Origin: (.+?):(\d+)(?::\d+)?$/m.exec(stderr)
  const [, file, line] = old ?? newer ?? []
  return {
    message: yaml === undefined ? message : `the YAML does not parse: ${yaml}`,
    hint: 'Ansible cannot load the playbook. Mend the place it names, or install the role or collection it misses.',
    ...(file === undefined ? {} : { file: relative(checkout, file), line: Number(line) }),
  }
}

function relative(checkout: string, file: string): string {
  const inside = path.relative(checkout, file)
  return inside.startsWith('..') || path.isAbsolute(inside) ? file : inside
}

/** Ends the process group when aborted. Gives what takes the listener away. */
function endGroup(pid: number | undefined, signal: AbortSignal | undefined): () => void {
  const kill = (name: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) process.kill(-pid, name)
    } catch {
      // It is gone already.
    }
  }
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    kill('SIGINT')
    timer = setTimeout(() => kill('SIGKILL'), GRACE)
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
