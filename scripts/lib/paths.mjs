// SPDX-License-Identifier: Apache-2.0
// Where things lie. Everything the scripts install goes below `tools`, which git ignores.
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')
/** PATCHRUN_TOOLS_DIR lets several checkouts, or a CI cache, share one set of tools. */
export const tools = resolve(process.env.PATCHRUN_TOOLS_DIR ?? join(root, '.patchrun-tools'))
