#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { ASK } from '../lib/cli/shells/shell.js'

const [word, ...more] = process.argv.slice(2)
// Somebody has pressed Tab and waits: no more is loaded than it takes to answer.
process.exitCode =
  word === ASK
    ? await (await import('../lib/cli/begin/complete.js')).complete(more, process)
    : await (await import('../lib/cli/main.js')).main(process.argv.slice(2))
