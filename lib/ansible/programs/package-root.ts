// SPDX-License-Identifier: Apache-2.0
// Where this package lies, and what Ansible needs of it.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let root: string | undefined

/** The directory of this package's package.json, whether compiled into dist or not. */
export function packageRoot(): string {
  if (root === undefined) {
    let at = dirname(fileURLToPath(import.meta.url))
    while (!isOurs(at) && dirname(at) !== at) at = dirname(at)
    root = at
  }
  return root
}

function isOurs(directory: string): boolean {
  try {
    return (
      (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name?: unknown })
        .name === 'patchrun'
    )
  } catch {
    return false
  }
}

/** lib/ansible/plugins of this package, absolute. */
export function pluginDirectory(): string {
  return join(packageRoot(), 'lib', 'ansible', 'plugins')
}
