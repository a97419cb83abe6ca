// SPDX-License-Identifier: Apache-2.0
// Which releases of ansible-core were tried: one list, for doctor and for the page.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { runEnvironment } from '../../lib/ansible/call/environment.js'
import { packageRoot } from '../../lib/ansible/programs/package-root.js'
import {
  compareVersions,
  NEWEST,
  OLDEST,
  standingOf,
  TRIALS,
} from '../../lib/ansible/programs/versions.js'

t.test('the table of docs/usage/ansible.md has what the code has', (t) => {
  const page = readFileSync(join(packageRoot(), 'docs/usage/ansible.md'), 'utf8')
  const rows = [
    ...page.matchAll(
      /^\| (\d+\.\d+\.\S+) \| (\S+) \| \d{4}-\d\d-\d\d \| (CI|CI in part|once) \|/gm,
    ),
  ].map(([, version, python, tried]) => ({ version, python, tried }))
  t.same(rows, TRIALS)
  t.match(page, `Supported are ${OLDEST} to ${NEWEST}.`)
  t.equal(
    TRIALS[0]?.version.startsWith(`${OLDEST}.`),
    true,
    'the oldest that is supported was tried',
  )
  t.equal(TRIALS.at(-1)?.version.startsWith(`${NEWEST}.`), true, 'and the newest')
  t.same(
    TRIALS,
    [...TRIALS].sort((a, b) => compareVersions(a.version, b.version)),
  )
  t.end()
})

t.test('what doctor says of a version', (t) => {
  t.match(standingOf('2.14.3'), { words: /tried with 2\.14\.18 by every/, hint: undefined })
  t.match(standingOf('2.16.1'), { words: /tried with 2\.16\.14 by some tests/ })
  t.match(standingOf('2.21.0'), { words: /tried with 2\.21\.\d+ once/, hint: undefined })
  t.match(standingOf('2.22.0rc1'), { words: 'tried with 2.22.0rc1 once', hint: undefined })
  t.match(standingOf('2.17.4'), { words: /supported, but not tried: 2\.14\.18, /, hint: undefined })
  for (const version of ['2.13.9', '2.23.0', '3.0.0'])
    t.match(
      standingOf(version),
      {
        words: 'outside of 2.14 to 2.22, not tried',
        hint: /Name one of 2\.14 to 2\.22 in ansible\.executable/,
      },
      version,
    )
  t.end()
})

t.test('a temporary directory that leaves no room for a socket is replaced', (t) => {
  const policy = {
    forks: 1,
    config: 'none',
    hangTimeout: 1_000,
    connectTimeout: 1_000,
    diff: false,
    extraArgs: [],
    vault: [],
  } as const
  const places = {
    directory: '/r',
    hostsFile: '/r/h',
    limitFile: '/r/h',
    denyFile: '/r/d',
    plugins: '/p',
    configFile: '/r/c',
    configText: '',
  }
  const used = (env: Readonly<Record<string, string>>): string | undefined =>
    runEnvironment({ mode: 'check', checkout: '/c', policy, untagged: 'drain' }, env, places)[
      'TMPDIR'
    ]
  const [long, short] = [76, 75].map((bytes) => `/${'x'.repeat(bytes - 1)}`) as [string, string]
  t.equal(used({ TMPDIR: long }), '/tmp')
  t.equal(used({ TMPDIR: short }), short)
  t.equal(used({ TMP: long }), '/tmp', 'also by the other names that Python knows')
  t.equal(used({ TMPDIR: `/${'ä'.repeat(38)}` }), '/tmp', 'bytes, not letters')
  t.equal(used({}), undefined)
  t.end()
})
