// SPDX-License-Identifier: Apache-2.0
// One process that brings a repository's commit to a checkout, for the tests that kill it or start
// several.
import { checkout, fetch, openMirror, resolve } from '../../lib/git/index.js'

const [repository = '', directory = '', ref = ''] = process.argv.slice(2)
const mirror = await openMirror({
  source: {
    repository,
    ref,
    playbook: 'site.yml',
    submodules: true,
    lfs: 'refuse',
    requirements: false,
  },
  directory,
})
await fetch(mirror)
const tree = await checkout(mirror, (await resolve(mirror, ref)).sha)
console.log(tree.sha)
