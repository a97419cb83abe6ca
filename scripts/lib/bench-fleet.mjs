// SPDX-License-Identifier: Apache-2.0
// A fleet to measure with: nodes that are directories of this machine, a playbook of the kind sites
// have, real commits. All of it can be put back to where it was, so that two ways of doing the same
// start from the same state.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { must } from './run.mjs'

const GIT = {
  GIT_AUTHOR_NAME: 'op',
  GIT_AUTHOR_EMAIL: 'op@example.org',
  GIT_COMMITTER_NAME: 'op',
  GIT_COMMITTER_EMAIL: 'op@example.org',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

const HEAD = `- name: compute nodes
  hosts: all
  gather_facts: false
  vars_files: [vars/versions.yml]
  tags: [HotChange]
  tasks:
`

const SITE = `${HEAD}
    - name: Directories
      ansible.builtin.file: { path: "{{ node_root }}/etc/ssh", state: directory, mode: "0755" }
    - name: Is it a login node?
      ansible.builtin.stat: { path: "{{ node_root }}/etc/login-node" }
      register: login
    - name: Role of the node
      ansible.builtin.set_fact: { node_role: "{{ 'login' if login.stat.exists else 'compute' }}" }
    - name: Releases are numbers
      ansible.builtin.assert: { that: "release | int > 0", quiet: true }
    - name: Message of the day
      ansible.builtin.copy: { dest: "{{ node_root }}/etc/motd", content: "{{ node_role }}, release {{ release }}\\n", mode: "0644" }
    - name: Time servers
      ansible.builtin.template: { src: chrony.conf.j2, dest: "{{ node_root }}/etc/chrony.conf", mode: "0644" }
      notify: Time service reads its configuration
    - name: No root login
      ansible.builtin.lineinfile: { path: "{{ node_root }}/etc/ssh/sshd_config", regexp: "^PermitRootLogin", line: "PermitRootLogin no", create: true, mode: "0600" }
    - name: Limits
      ansible.builtin.blockinfile: { path: "{{ node_root }}/etc/limits.conf", block: "* soft memlock unlimited\\n* hard memlock unlimited", create: true, mode: "0644" }
    - name: Host key
      ansible.builtin.command: { cmd: "touch {{ node_root }}/etc/ssh/host_key", creates: "{{ node_root }}/etc/ssh/host_key" }
    - name: Nothing left over
      ansible.builtin.file: { path: "{{ node_root }}/etc/nologin", state: absent }
  handlers:
    - name: Time service reads its configuration
      ansible.builtin.command: { cmd: "touch {{ node_root }}/etc/chrony-restarted" }
`

/**
 * Nothing is done on the nodes: what is left is Ansible's own handling of hosts and tasks, the
 * least it can do.
 */
const HOLLOW =
  HEAD +
  Array.from(
    { length: 10 },
    (_, i) => `    - name: Task ${i}
      ansible.builtin.debug: { msg: "{{ inventory_hostname }} ${i}" }
`,
  ).join('')

/** One file of each node. */
const SMALL = `${HEAD}
    - name: Message of the day
      ansible.builtin.copy: { dest: "{{ node_root }}/motd", content: "release {{ release }}\\n", mode: "0644" }
`

/** How many tasks each node has, handlers aside, by playbook. */
export const TASKS = { 'site.yml': 10, 'hollow.yml': 10, 'small.yml': 1 }

const FILES = {
  'site.yml': SITE,
  'hollow.yml': HOLLOW,
  'small.yml': SMALL,
  'templates/chrony.conf.j2':
    '# release {{ release }}\n{% for n in range(1, 5) %}server time{{ n }}.example.org iburst\n{% endfor %}makestep 1.0 3\n',
}

const versions = (release) => `release: "${release}"\n`

export const nodeName = (number) => `node${String(number).padStart(3, '0')}`

/**
 * Makes the fleet below `directory`, its nodes empty, the repository at release 1.
 * @returns names and places; `release(n)` commits another release, `save` and `restore` keep and
 * bring back
 *   nodes and state
 */
export async function makeFleet(directory, { nodes, canaries, forks, playbook, ansibleBin }) {
  const repository = join(directory, 'playbooks')
  const git = async (...args) =>
    (
      await must(['git', '-C', repository, ...args], { env: { ...process.env, ...GIT } })
    ).stdout.trim()
  for (const [path, text] of Object.entries({ ...FILES, 'vars/versions.yml': versions(1) })) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text)
  }
  await git('init', '-q', '-b', 'main')
  const commit = async (subject) => {
    await git('add', '-A')
    await git('commit', '-q', '-m', subject)
    return git('rev-parse', 'HEAD')
  }
  await commit('release 1')
  const names = Array.from({ length: nodes }, (_, i) => nodeName(i + 1))
  for (const name of names) mkdirSync(join(directory, 'nodes', name, 'etc'), { recursive: true })
  const file = join(directory, 'patchrun.yml')
  const vars = {
    ansible_connection: 'local',
    ansible_python_interpreter: '{{ ansible_playbook_python }}',
    node_root: `${directory}/nodes/{{ inventory_hostname }}`,
  }
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify(
      {
        schemaVersion: 1,
        fleet: 'bench',
        playbooks: { repository: './playbooks', playbook },
        nodes: {
          allow: [`node[001-${String(nodes).padStart(3, '0')}]`],
          canary: [`node[001-${String(canaries).padStart(3, '0')}]`],
        },
        inventory: { vars },
        rollout: { soak: '0s', maxFailed: 0, waves: ['10%', '50%', '100%'] },
        ansible: { executable: join(ansibleBin, 'ansible-playbook'), forks },
        state: { directory: './state' },
      },
      null,
      2,
    ),
  )
  const parts = ['nodes', 'state']
  const copy = (from, to) => {
    for (const part of parts) {
      rmSync(join(to, part), { recursive: true, force: true })
      cpSync(join(from, part), join(to, part), {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true,
      })
    }
  }
  return {
    directory,
    file,
    names,
    repository,
    release: async (number) => {
      writeFileSync(join(repository, 'vars/versions.yml'), versions(number))
      return commit(`release ${number}`)
    },
    save: () => copy(directory, join(directory, 'saved')),
    restore: () => copy(join(directory, 'saved'), directory),
  }
}
