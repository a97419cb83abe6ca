#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What npm calls before it packs, and after it has installed from a git address: the package is the compiled code.
import { build } from './lib/build.mjs'

process.exitCode = (await build()) ? 0 : 1
