// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'
import { must, say } from './run.mjs'

/** Runs `npm ci` unless what is installed is what package-lock.json asks for. */
export async function ensureNodeModules() {
  if (installed()) return
  say('npm ci: the packages of package-lock.json into node_modules/ (about 30 s)')
  await must(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { tries: 2 })
}

// npm writes this second lock file last of all, so a broken-off installation has none.
function installed() {
  try {
    const wanted = packages('package-lock.json')
    const found = packages('node_modules/.package-lock.json')
    return Object.entries(wanted).every(
      ([path, { version, optional }]) =>
        path === '' || (found[path] ? found[path].version === version : optional),
    )
  } catch {
    return false
  }
}

function packages(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
}
