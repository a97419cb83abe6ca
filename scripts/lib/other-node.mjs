// SPDX-License-Identifier: Apache-2.0
// Tests run on the Node that started them; this is the other end of the supported range.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { tools } from './paths.mjs'
import { must, run, say } from './run.mjs'

const OLDEST = '20.20.2'
/** The newest long-term support release. */
const NEWEST = '26.10.0'

/** @returns {Promise<{node: string, version: string} | {reason: string}>} */
export async function ensureOtherNode() {
  const version =
    Number(process.versions.node.split('.', 1)[0]) < Number(NEWEST.split('.', 1)[0])
      ? NEWEST
      : OLDEST
  const directory = join(tools, `node-${version}`)
  const name = `node-${process.platform}-${process.arch}`
  const node = join(directory, 'node_modules', name, 'bin/node')
  if (!existsSync(node)) {
    say(
      `Node ${version} into ${relative(process.cwd(), directory)} (npm package ${name}, for the tests only)`,
    )
    const aside = `${directory}.${process.pid}`
    try {
      mkdirSync(aside, { recursive: true })
      await must(
        [
          'npm',
          'install',
          '--prefix',
          aside,
          '--no-audit',
          '--no-fund',
          '--loglevel=error',
          `${name}@${version}`,
        ],
        { cwd: aside, tries: 2 },
      )
      rmSync(directory, { recursive: true, force: true })
      renameSync(aside, directory)
    } catch (error) {
      rmSync(aside, { recursive: true, force: true })
      return { reason: `Node ${version} cannot be installed: ${error.message.split('\n').at(-1)}` }
    }
  }
  const { code, stdout } = await run([node, '--version'], { capture: true })
  return code === 0
    ? { node, version: `Node ${stdout.trim()}` }
    : { reason: `Node ${version} does not start on this machine` }
}
