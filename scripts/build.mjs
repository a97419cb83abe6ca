#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { build } from './lib/build.mjs'
import { ensureNodeModules } from './lib/node-modules.mjs'

await ensureNodeModules()
process.exitCode = (await build()) ? 0 : 1
