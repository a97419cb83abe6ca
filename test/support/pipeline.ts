// SPDX-License-Identifier: Apache-2.0
// A project of GitLab on this machine: a bare repository, the checkout of a job, nodes that are
// directories, and gitlab-ci-local, which reads the pipeline as GitLab does, holds it against
// GitLab's own schema, and runs its jobs.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { PATCHRUN } from './command.js'
import { makeRepository } from './repository.js'
import type { Repository } from './repository.js'

const root = resolve(import.meta.dirname, '../../..')

/** What is missing to run pipelines; undefined: nothing. */
export function missingForPipelines(): string | undefined {
  if (spawnSync('rsync', ['--version']).status !== 0) return 'no rsync, which gitlab-ci-local needs'
  return undefined
}

const gitlabCiLocal = (): string => createRequire(import.meta.url).resolve('gitlab-ci-local')

export type Source = 'push' | 'merge_request_event' | 'schedule'

export interface Ran {
  readonly code: number | null
  /** Standard output and standard error, as GitLab's log shows them. */
  readonly log: string
}

export interface Project extends Pick<Repository, 'commit' | 'git'> {
  readonly directory: string
  readonly bare: string
  /** Rewrites patchrun.yml in the checkout, not committed. */
  readonly declare: (changes: Readonly<Record<string, unknown>>) => void
  readonly nodeFile: (node: string, path: string) => string | null
  readonly putOn: (node: string, path: string, text: string) => void
  /** Pushes what is checked out. */
  readonly push: (ref?: string) => void
  readonly artifact: (path: string) => string
  readonly start: (
    source: Source,
    ...args: string[]
  ) => { readonly child: ChildProcess; readonly log: () => string; readonly ended: Promise<Ran> }
  readonly pipeline: (source: Source, ...args: string[]) => Promise<Ran>
}

export function makeProject(
  base: string,
  ansibleBin: string,
  inputs: Readonly<Record<string, unknown>> = {},
): Project {
  const [directory, bare, state] = [
    join(base, 'checkout'),
    join(base, 'origin.git'),
    join(base, 'state'),
  ]
  const { git, commit } = makeRepository(directory)
  // The action of playground.ts; a repository without tasks of it is none the worse.
  cpSync(join(root, 'test/support/action_plugins'), join(directory, 'action_plugins'), {
    recursive: true,
  })
  git('config', 'user.name', 'op')
  git('config', 'user.email', 'op@example.org')
  git('init', '-q', '--bare', '-b', 'main', bare)
  git('remote', 'add', 'origin', bare)
  // Where gitlab-ci-local takes the names of server and project from.
  git('remote', 'add', 'gcl-origin', 'https://gitlab.example.org/site/playbooks.git')
  cpSync(join(root, 'templates/patchrun'), join(directory, 'templates/patchrun'), {
    recursive: true,
  })
  const include = {
    component: '$CI_SERVER_FQDN/$CI_PROJECT_PATH/patchrun@$CI_COMMIT_SHA',
    inputs: { command: `${process.execPath} ${PATCHRUN}`, ...inputs },
  }
  writeFileSync(join(directory, '.gitlab-ci.yml'), JSON.stringify({ include: [include] }, null, 2))
  writeFileSync(join(directory, '.gitignore'), '.gitlab-ci-local/\n.patchrun/\npatchrun-*\ngl-*\n')
  for (const node of ['node01', 'node02']) mkdirSync(join(base, 'nodes', node), { recursive: true })
  const declare: Project['declare'] = (changes) =>
    writeFileSync(
      join(directory, 'patchrun.yml'),
      JSON.stringify(
        {
          schemaVersion: 1,
          fleet: 'playground',
          playbooks: { repository: bare, ref: 'main', playbook: 'site.yml' },
          nodes: { allow: ['node[01-02]'], canary: ['node01'] },
          inventory: {
            vars: {
              ansible_connection: 'local',
              ansible_python_interpreter: '{{ ansible_playbook_python }}',
              node_root: `${base}/nodes/{{ inventory_hostname }}`,
            },
          },
          rollout: {
            soak: '0s',
            maxFailed: 0,
            waves: ['100%'],
            retries: { attempts: 1 },
            approval: ['wide'],
            onNewCommit: 'supersede',
          },
          ansible: { executable: join(ansibleBin, 'ansible-playbook') },
          state: { directory: state },
          ...changes,
        },
        null,
        2,
      ),
    )
  declare({})
  const start: Project['start'] = (source, ...args) => {
    // As on a runner with a shell executor: this is a job of GitLab, in this directory, and the
    // pipeline has this source.
    const own = [
      '--force-shell-executor',
      '--variable',
      'GITLAB_CI=true',
      '--variable',
      `CI_PIPELINE_SOURCE=${source}`,
      '--variable',
      `CI_PROJECT_DIR=${directory}`,
      '--ignore-predefined-vars',
      'CI_PIPELINE_SOURCE,GITLAB_CI,CI_PROJECT_DIR',
    ]
    const child = spawn(process.execPath, [gitlabCiLocal(), ...own, ...args], {
      cwd: directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: base, NO_COLOR: '1', FORCE_COLOR: '0', TZ: 'UTC' },
    })
    let log = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (log += text))
    const ended = new Promise<Ran>((done, fail) =>
      child.once('error', fail).once('close', (code) => done({ code, log })),
    )
    return { child, log: () => log, ended }
  }
  return {
    directory,
    bare,
    git,
    commit,
    declare,
    start,
    push: (ref = 'main') => {
      git(
        'push',
        '-q',
        '-f',
        'origin',
        `HEAD:${ref.startsWith('refs/') ? ref : `refs/heads/${ref}`}`,
      )
      if (ref === 'main') git('remote', 'set-head', 'origin', 'main')
    },
    nodeFile: (node, path) =>
      existsSync(join(base, 'nodes', node, path))
        ? readFileSync(join(base, 'nodes', node, path), 'utf8')
        : null,
    putOn: (node, path, text) => writeFileSync(join(base, 'nodes', node, path), text),
    artifact: (path) => readFileSync(join(directory, path), 'utf8'),
    pipeline: (source, ...args) => start(source, ...args).ended,
  }
}
