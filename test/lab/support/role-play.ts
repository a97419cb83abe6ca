// SPDX-License-Identifier: Apache-2.0
// Plays one role in a lab by plain ansible-playbook, and reads what its tasks report.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Lab } from './lab.js'

const ROLES = resolve(import.meta.dirname, '../../../../roles')

/** Writes a line for each result of a task that reports, or that failed. */
const CALLBACK = `
import json, os
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, 'aggregate', 'reports'
    def write(self, result, failed):
        report = result._task.vars.get('patchrun_report')
        if report or failed:
            data = {key: result._result.get(key) for key in ('stdout', 'stderr', 'msg', 'changed', 'skipped')}
            data['tags'] = [str(tag) for tag in result._task.tags]
            with open(os.environ['REPORTS'], 'a') as file:
                file.write(json.dumps(dict(data, host=result._host.get_name(), report=report, failed=failed)) + '\\n')
    def v2_runner_on_ok(self, result): self.write(result, False)
    def v2_runner_on_failed(self, result, ignore_errors=False): self.write(result, True)
    def v2_runner_on_unreachable(self, result): self.write(result, True)
`

export interface SlurmNode {
  readonly name: string
  readonly state: readonly string[]
  readonly reason: string
  readonly reasonAt: number | null
  readonly features: readonly string[]
  readonly boot: number
}
export interface SlurmReport {
  readonly complete: boolean
  readonly nodes: readonly SlurmNode[]
  readonly jobs: readonly Readonly<Record<string, unknown>>[]
  readonly reservations: readonly { readonly name: string; readonly nodes: readonly string[] }[]
  readonly results: Readonly<Record<string, { readonly result: string; readonly message: string }>>
}
export interface RebootReport {
  readonly rebooted: boolean
  readonly why: string
  readonly before: string
  readonly after: string
  readonly uptime: number
}
export interface Played<T> {
  readonly exitCode: number | null
  readonly changed: boolean
  /** By host; a task that runs once has one. */
  readonly reports: ReadonlyMap<string, T>
  /** What tasks that failed said. */
  readonly failures: string
  /** Tags of tasks that failed. */
  readonly failedTags: readonly string[]
  /** s. */
  readonly took: number
  readonly output: string
}

export interface PlayOptions {
  readonly hosts?: readonly string[]
  readonly check?: boolean
  readonly signal?: AbortSignal
  /** Roles of the test's own, by name: the text of tasks/main.yml. */
  readonly ownRoles?: Readonly<Record<string, string>>
  readonly timeout?: number
}

export type Play = <T = SlurmReport>(
  role: string,
  vars: Readonly<Record<string, unknown>>,
  options?: PlayOptions,
) => Promise<Played<T>>

export function playRoles(lab: Lab, bin: string): Play {
  return async <T>(
    role: string,
    vars: Readonly<Record<string, unknown>>,
    { hosts = ['node01'], check = false, signal, ownRoles = {}, timeout }: PlayOptions = {},
  ) => {
    const directory = mkdtempSync(join(lab.directory, 'play-'))
    const reports = join(directory, 'reports')
    mkdirSync(join(directory, 'callback'))
    writeFileSync(join(directory, 'callback/reports.py'), CALLBACK)
    writeFileSync(join(directory, 'ansible.cfg'), '[defaults]\n')
    writeFileSync(
      join(directory, 'site.yml'),
      JSON.stringify([{ hosts: 'all', gather_facts: false, vars, roles: [role] }]),
    )
    for (const [name, tasks] of Object.entries(ownRoles)) {
      mkdirSync(join(directory, 'roles', name, 'tasks'), { recursive: true })
      writeFileSync(join(directory, 'roles', name, 'tasks/main.yml'), tasks)
    }
    const argv = [
      join(bin, 'ansible-playbook'),
      '-i',
      lab.inventoryFile,
      '--limit',
      hosts.join(','),
      ...(check ? ['--check'] : []),
      join(directory, 'site.yml'),
    ]
    const env = {
      ANSIBLE_CONFIG: join(directory, 'ansible.cfg'),
      ANSIBLE_ROLES_PATH: ROLES,
      ANSIBLE_CALLBACK_PLUGINS: join(directory, 'callback'),
      ANSIBLE_CALLBACKS_ENABLED: 'reports',
      ANSIBLE_PIPELINING: 'true',
      ANSIBLE_NOCOLOR: '1',
      PYTHONUNBUFFERED: '1',
      REPORTS: reports,
      LC_ALL: 'C.UTF-8',
    }
    const done = await lab.exec(argv, {
      env,
      ...(signal ? { signal } : {}),
      ...(timeout ? { timeout } : {}),
    })
    const lines = existsSync(reports)
      ? readFileSync(reports, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
      : []
    rmSync(directory, { recursive: true, force: true })
    const told = lines.filter((line) => line.report && !line.failed && !line.skipped)
    return {
      exitCode: done.exitCode,
      changed: told.some((line) => line.changed),
      reports: new Map(told.map((line) => [line.host, JSON.parse(line.stdout ?? '') as T])),
      failures: lines
        .filter((line) => line.failed)
        .map((line) => `${line.host}: ${line.msg ?? ''} ${line.stderr ?? ''}`)
        .join('\n'),
      failedTags: lines.filter((line) => line.failed).flatMap((line) => line.tags),
      took: done.duration / 1000,
      output: done.stdout + done.stderr,
    }
  }
}

interface Line {
  readonly host: string
  readonly report: string | null
  readonly failed: boolean
  readonly skipped: boolean | null
  readonly changed: boolean | null
  readonly stdout: string | null
  readonly stderr: string | null
  readonly msg: string | null
  readonly tags: readonly string[]
}
