#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// npm run bench: measures what every scripts/bench/*.mjs offers. --quick for small sizes, --only
// NAME for one of them. Each file exports `name` and `bench({ansibleBin, quick, signal, ...})`,
// which resolves to [{metric, value, detail}]. --seeds, --approaches (lists with commas) and --side
// (runs side by side) are for slurm; --against COMMIT, --now COMMIT and --rounds N for suite.
import { existsSync, readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './lib/paths.mjs'
import { run, say } from './lib/run.mjs'
import { setup } from './setup.mjs'

async function main() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seeds: { type: 'string' },
      approaches: { type: 'string' },
      side: { type: 'string' },
      against: { type: 'string' },
      now: { type: 'string' },
      rounds: { type: 'string' },
    },
  })
  const { ansible, env } = await setup()
  process.env.PATH = env.PATH
  const ansibleBin =
    ansible.bin ??
    dirname(
      (await run(['sh', '-c', 'command -v ansible-playbook'], { capture: true })).stdout.trim(),
    )
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  const { seeds, approaches, side, against, now, rounds } = values

  const directory = join(root, 'scripts/bench')
  const files = existsSync(directory)
    ? readdirSync(directory)
        .filter((file) => file.endsWith('.mjs'))
        .sort()
    : []
  const benches = await Promise.all(files.map((file) => import(join(directory, file))))
  const chosen = benches.filter((b) => !values.only || b.name === values.only)
  if (chosen.length === 0)
    throw new Error(
      `nothing to measure; there are: ${benches.map((b) => b.name).join(', ') || 'none'}`,
    )

  console.log(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ansible-core ${ansible.version}${values.quick ? ', quick' : ''}`,
  )
  for (const { name, bench } of chosen) {
    say(`measuring ${name}`)
    table(
      name,
      await bench({
        ansibleBin,
        quick: values.quick,
        signal: controller.signal,
        seeds: seeds?.split(','),
        approaches: approaches?.split(','),
        side: Number(side ?? 1),
        against,
        now,
        rounds: rounds && Number(rounds),
      }),
    )
  }
}

function table(name, rows) {
  const cells = rows.map(({ metric, value, detail = '' }) => [metric, String(value), detail])
  const width = [0, 1].map((column) => Math.max(...cells.map((row) => row[column].length)))
  console.log(`\n${name}`)
  for (const [metric, value, detail] of cells)
    console.log(`  ${metric.padEnd(width[0])}  ${value.padStart(width[1])}  ${detail}`.trimEnd())
}

await main().catch((error) => {
  say(error.message)
  process.exitCode = 1
})
