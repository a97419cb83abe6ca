// SPDX-License-Identifier: Apache-2.0
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { run } from './run.mjs'

/**
 * Type check and compile to dist/, only what changed. Prints the compiler's complaints; true when
 * there are none.
 */
export async function build() {
  prune()
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const argv = [
    process.execPath,
    tsc,
    '--incremental',
    '--tsBuildInfoFile',
    'dist/.tsbuildinfo',
    '--noEmitOnError',
    '--pretty',
    'false',
  ]
  const { code } = await run(argv)
  const command = join(root, 'dist/bin/patchrun.js')
  if (existsSync(command)) chmodSync(command, 0o755)
  return code === 0
}

// What was compiled from a source that is gone would still be imported, and packed.
function prune() {
  for (const room of ['bin', 'lib', 'test']) {
    const directory = join(root, 'dist', room)
    if (!existsSync(directory)) continue
    for (const path of readdirSync(directory, { recursive: true })) {
      const source = path.replace(/(\.d\.ts|\.js|\.js\.map)$/, '')
      if (source !== path && !existsSync(join(root, room, `${source}.ts`)))
        rmSync(join(directory, path))
    }
  }
  // The compiler trusts its notes over its eyes: without output they are worth nothing.
  if (!existsSync(join(root, 'dist/lib'))) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true })
}
