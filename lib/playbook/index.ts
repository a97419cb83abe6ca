// SPDX-License-Identifier: Apache-2.0
// The one door to git: fetch, resolve, compare, check out the pin.
export { openMirror, type Mirror, type OpenMirror } from './mirror.js'
export { fetch } from './fetch.js'
export { resolve, SHA, type Pin } from './resolve.js'
export {
  compare,
  requireForward,
  type ChangedFile,
  type Commit,
  type CompareOptions,
  type Comparison,
  type ComparisonKind,
  type Some,
} from './compare.js'
export { checkout, pruneCheckouts, type Checkout, type CheckoutOptions } from './checkout.js'
export { mentions } from './mentions.js'
export { uncommitted } from './uncommitted.js'
export { patchOf } from './patch.js'
export { ownTree, type OwnTree } from './own-tree.js'
export { cached } from './cached.js'
export { readRequirements, type Requirements, type RequirementsFile } from './requirements.js'
export { playbookExists } from './find-playbook.js'
export { redact, splitCredential, type SplitUrl } from './redact.js'
