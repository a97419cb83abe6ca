#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// All that must be there before patchrun can run from a clone. Quick when it is there already.
import { pathToFileURL } from 'node:url'
import { delimiter } from 'node:path'
import { ensureAnsible } from './lib/ansible.mjs'
import { build } from './lib/build.mjs'
import { ensureNodeModules } from './lib/node-modules.mjs'
import { say } from './lib/run.mjs'

const OLDEST_NODE = 20

export function checkNode() {
  const major = Number(process.versions.node.split('.', 1)[0])
  if (major < OLDEST_NODE)
    throw new Error(`patchrun needs Node ${OLDEST_NODE} or newer; this is ${process.version}.`)
}

/**
 * Packages, build and an Ansible. Returns the Ansible and an environment whose PATH leads to it.
 */
export async function setup() {
  checkNode()
  await ensureNodeModules()
  const [built, ansible] = await Promise.all([build(), ensureAnsible()])
  if (!built) throw new Error('patchrun does not compile: see above.')
  say(
    `ready: ansible-core ${ansible.version} (${ansible.bin ?? 'on PATH'}), Node ${process.version}`,
  )
  const PATH = ansible.bin ? `${ansible.bin}${delimiter}${process.env.PATH}` : process.env.PATH
  return { ansible, env: { ...process.env, PATH } }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setup().catch((error) => {
    say(error.message)
    process.exitCode = 1
  })
}
