// SPDX-License-Identifier: Apache-2.0
// Can Ansible log in to these nodes and run a module there? Changes nothing.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildInventory } from '../ansible/inventory.js'
import { runAnsible } from '../ansible/run.js'
import type { AnsibleInstall } from '../ansible/types.js'
import { writeInventory } from '../ansible/write-inventory.js'
import { RunSummarizer } from '../change/summarize.js'
import type { Fleet } from '../fleet/types.js'
import { describeFailure } from '../rollout/index.js'

const PING = [{ name: 'reach', hosts: 'all', gather_facts: false, tasks: [{ name: 'answer', 'ansible.builtin.ping': {} }] }]

/** What keeps each of these nodes from answering, in words; a node that answers is not in it. `directory` is made anew and keeps the log. */
export async function reach(fleet: Fleet, install: AnsibleInstall, nodes: readonly string[], directory: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const playbook = join(directory, 'reach.yml')
  // JSON is YAML.
  await writeFile(playbook, `${JSON.stringify(PING)}\n`)
  const inventory = await writeInventory(join(directory, 'inventory'), buildInventory(fleet))
  const summarizer = new RunSummarizer(directory)
  const exit = await runAnsible({
    install, playbook, inventory, directory, signal,
    mode: 'check',
    // No repository's settings: what is asked is whether the way is there.
    checkout: directory,
    hosts: nodes,
    denied: fleet.denied,
    policy: { ...fleet.ansible, config: 'none' },
    untagged: 'drain',
    onEvent: (event) => summarizer.add(event),
  })
  const summary = summarizer.finish(exit, nodes)
  const silent = summary.fault?.message ?? 'Ansible said nothing about it'
  return new Map(nodes.flatMap((node) => {
    const seen = summary.nodes.get(node)
    return seen?.result === 'ok' ? [] : [[node, seen?.failure ? describeFailure(seen.failure) : silent] as const]
  }))
}
