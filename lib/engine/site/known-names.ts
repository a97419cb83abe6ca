// SPDX-License-Identifier: Apache-2.0
// Names that are known without asking anybody: those that patchrun.yml and its list files hold,
// and, where a list comes from a command or an inventory, those that stand in the newest part of
// the journal. Good enough to be offered, and for nothing else.
import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { HostList } from '../../fleet/declare/config.generated.js'
import { expandHosts } from '../../fleet/names/host-expression.js'
import { environmentsOf } from '../../fleet/policy/resolve-fleet.js'
import type { Declared } from '../../fleet/declare/declaration.js'
import { readListFile } from './list-source.js'
import { layoutOf } from './layout.js'
import { readDeclaration } from './open-fleet.js'
import { placesOf } from './places.js'

/** Of the end of a journal: a step over some ten thousand nodes. */
const NEWEST = 1024 * 1024

export async function knownNames(
  file: string,
  kind: 'environments' | 'nodes',
  environment?: string,
): Promise<readonly string[]> {
  const declared = await readDeclaration(file)
  const environments = environmentsOf(declared)
  if (kind === 'environments') return declared.config.environments ? environments : []
  const chosen = environments.filter((name) => environment === undefined || name === environment)
  const { nodes, environments: parts } = declared.config
  // The list of an environment stands in place of that of the fleet. What is denied is on none of
  // them, or nothing is started at all.
  const { names, elsewhere } = await namesOf(
    declared,
    chosen.flatMap((name) => [
      ...(parts?.[name]?.nodes?.allow ?? nodes.allow),
      ...(parts?.[name]?.nodes?.canary ?? nodes.canary ?? []),
    ]),
  )
  if (elsewhere) {
    for (const place of await placesOf({ file }))
      if (chosen.includes(place.environment))
        for (const name of await journaledNames(layoutOf(place).journal)) names.add(name)
  }
  return [...names].sort()
}

async function namesOf(
  { file, places }: Declared,
  list: HostList,
): Promise<{ readonly names: Set<string>; readonly elsewhere: boolean }> {
  const names = new Set<string>()
  let elsewhere = false
  for (const entry of new Set(list)) {
    if (typeof entry === 'string') for (const name of expandHosts(entry)) names.add(name)
    else if ('file' in entry) {
      const lines = await readListFile(resolve(dirname(file), entry.file), places.place('/nodes'))
      for (const line of lines)
        for (const name of line.kind === 'names' ? line.names : expandHosts(line.text))
          names.add(name)
    } else elsewhere = true
  }
  return { names, elsewhere }
}

async function journaledNames(journal: string): Promise<readonly string[]> {
  const handle = await open(journal, 'r').catch(() => null)
  if (!handle) return []
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, NEWEST)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return buffer
      .toString('utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          const { nodes } = (
            JSON.parse(line.slice(line.indexOf('{'))) as { event: { nodes?: unknown } }
          ).event
          return Array.isArray(nodes) ? nodes.filter((n) => typeof n === 'string') : []
        } catch {
          return []
        }
      })
  } finally {
    await handle.close()
  }
}
