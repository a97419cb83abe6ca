// SPDX-License-Identifier: Apache-2.0
// The one door to git: fetch, resolve, compare, check out the pin.
export { openMirror, type Mirror, type OpenMirror } from './mirror/mirror.js'
export { fetch } from './mirror/fetch.js'
export { resolve, SHA, type Pin } from './mirror/resolve-ref.js'
export {
  compare,
  requireForward,
  type ChangedFile,
  type Commit,
  type CompareOptions,
  type Comparison,
  type ComparisonKind,
  type Some,
} from './mirror/compare.js'
export {
  checkout,
  pruneCheckouts,
  type Checkout,
  type CheckoutOptions,
} from './checkout/checkout.js'
export { mentions } from './mirror/mentions.js'
export { uncommitted } from './checkout/uncommitted.js'
export { patchOf } from './mirror/patch.js'
export { ownTree, type OwnTree } from './checkout/own-tree.js'
export { cached } from './process/cached.js'
export {
  readRequirements,
  type Requirements,
  type RequirementsFile,
} from './checkout/declared-requirements.js'
export { playbookExists } from './checkout/find-playbook.js'
export { redact, splitCredential, type SplitUrl } from './process/redact.js'
