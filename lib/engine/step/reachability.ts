// SPDX-License-Identifier: Apache-2.0
// Can Ansible log in to these nodes and run a module there? Changes nothing.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fleet } from '../../fleet/declare/fleet.js'
import { describeFailure } from '../../rollout/index.js'
import { makeAnew, play } from './step.js'
import type { StepContext } from './step.js'

const PING = [
  {
    name: 'reach',
    hosts: 'all',
    gather_facts: false,
    tasks: [{ name: 'answer', 'ansible.builtin.ping': {} }],
  },
]

/**
 * What keeps each of these nodes from answering, in words; a node that answers is not in it.
 * `directory` is made anew and keeps the log.
 */
export async function reach(
  { fleet, install, signal }: Pick<StepContext, 'fleet' | 'install' | 'signal'>,
  nodes: readonly string[],
  directory: string,
): Promise<ReadonlyMap<string, string>> {
  await makeAnew(directory)
  const playbook = join(directory, 'reach.yml')
  // JSON is YAML.
  await writeFile(playbook, `${JSON.stringify(PING)}\n`)
  // No repository's settings: what is asked is whether the way is there.
  const bare: Fleet = { ...fleet, ansible: { ...fleet.ansible, config: 'none' } }
  const { summary } = await play({ mode: 'check', playbook }, nodes, directory, {
    fleet: bare,
    install,
    checkout: directory,
    signal,
  })
  const silent = summary.fault?.message ?? 'Ansible said nothing about it'
  return new Map(
    nodes.flatMap((node) => {
      const seen = summary.nodes.get(node)
      return seen?.result === 'ok'
        ? []
        : [[node, seen?.failure ? describeFailure(seen.failure) : silent] as const]
    }),
  )
}
