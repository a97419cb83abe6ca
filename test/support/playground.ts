// SPDX-License-Identifier: Apache-2.0
// A playbook repository with real commits, and nodes that are directories on this machine:
// Ansible's local connection runs the real modules, without root and without ssh.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeRepository } from './repository.js'
import type { Repository } from './repository.js'

export interface Playground extends Pick<Repository, 'commit' | 'git'> {
  readonly directory: string
  /** Path of patchrun.yml. */
  readonly file: string
  /** Rewrites patchrun.yml. */
  readonly declare: (changes: PlaygroundFleet) => void
  /** What a file on a node holds; null when it is not there. */
  readonly read: (node: string, path: string) => string | null
  readonly write: (node: string, path: string, text: string) => void
}

export interface PlaygroundFleet {
  readonly nodes?: number
  readonly canary?: string
  readonly deny?: readonly string[]
  readonly rollout?: Readonly<Record<string, unknown>>
  readonly ansible?: Readonly<Record<string, unknown>>
  readonly changes?: Readonly<Record<string, unknown>>
  readonly hostVars?: Readonly<Record<string, unknown>>
  readonly state?: Readonly<Record<string, unknown>>
  /** Further options of git init, for the playbook repository. */
  readonly gitInit?: readonly string[]
}

/** `ansibleBin`: the bin directory of the ansible-core to run with. */
export function makePlayground(
  directory: string,
  ansibleBin: string,
  fleet: PlaygroundFleet = {},
): Playground {
  const file = join(directory, 'patchrun.yml')
  const at = (node: string, path: string): string => join(directory, 'nodes', node, path)
  const { git, commit } = makeRepository(join(directory, 'playbooks'), fleet.gitInit)
  const playground: Playground = {
    directory,
    file,
    git,
    commit: (subject, files) =>
      commit(
        subject,
        Object.values(files).some((text) => text?.includes(` ${WRITE_FILE}:`))
          ? { ...files, [`action_plugins/${WRITE_FILE}.py`]: writingAction() }
          : files,
      ),
    declare: ({
      nodes = 6,
      canary = 'node[01-02]',
      deny = [],
      rollout,
      ansible,
      changes,
      hostVars,
      state,
    }) => {
      const last = String(nodes).padStart(2, '0')
      // JSON is YAML: no quoting of ours can go wrong.
      writeFileSync(
        file,
        JSON.stringify(
          {
            schemaVersion: 1,
            fleet: 'playground',
            playbooks: { repository: './playbooks' },
            nodes: { allow: [`node[01-${last}]`], deny, canary: [canary] },
            inventory: {
              vars: {
                ansible_connection: 'local',
                ansible_python_interpreter: '{{ ansible_playbook_python }}',
                node_root: `${directory}/nodes/{{ inventory_hostname }}`,
              },
              ...(hostVars && { hostVars }),
            },
            // One wave after the canaries: every wave costs three launches of Ansible. One attempt:
            // what fails is told at once.
            rollout: {
              soak: '0s',
              maxFailed: 0,
              waves: ['100%'],
              retries: { attempts: 1 },
              ...rollout,
            },
            ansible: { executable: join(ansibleBin, 'ansible-playbook'), forks: 6, ...ansible },
            ...(changes && { changes }),
            ...(state && { state }),
          },
          null,
          2,
        ),
      )
    },
    read: (node, path) =>
      existsSync(at(node, path)) ? readFileSync(at(node, path), 'utf8') : null,
    write: (node, path, text) => {
      mkdirSync(dirname(at(node, path)), { recursive: true })
      writeFileSync(at(node, path), text)
    },
  }
  for (let i = 1; i <= (fleet.nodes ?? 6); i++)
    playground.write(`node${String(i).padStart(2, '0')}`, 'etc/hostname', `node${i}\n`)
  playground.declare(fleet)
  return playground
}

/** A play over the nodes; `tasks` and `handlers` are YAML, indented by two. */
export const site = (tasks: string, handlers = ''): string => `- name: site
  hosts: all
  gather_facts: false
  tasks:
${indent(tasks)}${handlers === '' ? '' : `  handlers:\n${indent(handlers)}`}`

const indent = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')

const WRITE_FILE = 'write_file'
/**
 * The text of that action's plugin: below another name in `action_plugins` it stands for the module
 * of that name.
 */
export const writingAction = (): string =>
  readFileSync(
    resolve(import.meta.dirname, '../../../test/support/action_plugins', `${WRITE_FILE}.py`),
    'utf8',
  )

/**
 * Writes one file on the node, by the module that playbooks use: two or three processes for each
 * node and look.
 */
export const copyTask = (path: string, content: string, tags = '[HotChange]', more = ''): string =>
  task('ansible.builtin.copy', path, content, tags, more)

/**
 * The same by an action of the repository's own, where the module is not the point: half a
 * rollout's processor time.
 */
export const writeTask = (path: string, content: string, tags = '[HotChange]', more = ''): string =>
  task(WRITE_FILE, path, content, tags, more)

const task = (
  module: string,
  path: string,
  content: string,
  tags: string,
  more: string,
): string => `- name: write ${path}
  ${module}:
    dest: "{{ node_root }}/${path}"
    content: ${JSON.stringify(content)}
${module === WRITE_FILE ? '' : '    mode: "0644"\n'}  tags: ${tags}
${
  more.trim() === ''
    ? ''
    : more
        .trim()
        .split('\n')
        .map((l) => `  ${l}\n`)
        .join('')
}`
